//! Chores of the workspace, run as `cargo xtask <chore>`.
#![forbid(unsafe_code)]

mod bench;
mod bench_pipeline;
mod bench_probe;
mod bindgen;
mod bundle;
mod cpu;
mod docs;
mod install;
mod memory;
mod overlay_pictures;
mod overlay_table;
mod peak;
mod size_table;
mod tree;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use install::Destination;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of the Deltaplate workspace")]
enum Chore {
    /// Regenerate crates/ofx-sys/src/bindings.rs from ofx_headers/
    Bindgen {
        /// Write nothing; fail when the committed bindings differ
        #[arg(long)]
        check: bool,
    },
    /// Write docs/nodes.md and docs/commands.md from what nodes and commands say of themselves
    Docs {
        /// Write nothing; fail when a committed page is another
        #[arg(long)]
        check: bool,
    },
    /// Build the bundle as it ships: optimised, stripped, a copy in place of the link
    Bundle,
    /// Build the bundle and install it where hosts look: the first folder of OFX_PLUGIN_PATH, or
    /// else the platform's
    Install {
        /// Install into this folder
        #[arg(long, value_name = "DIR", conflicts_with = "system")]
        user: Option<PathBuf>,
        /// Install for all users, into the platform's folder
        #[arg(long)]
        system: bool,
    },
    /// Measure the bundle as it ships beside what the machine allows, and write
    /// docs/performance.md
    Bench {
        /// Only what is promised, within two minutes; nothing is written
        #[arg(long)]
        quick: bool,
        /// Print one JSON object of ratios in place of the table
        #[arg(long)]
        json: bool,
        /// Leave out the programs of others, which are installed by name
        #[arg(long)]
        no_peers: bool,
    },
    /// Measure the command line over a shot of 2K half frames, beside its codecs alone, and write
    /// docs/performance.md
    BenchPipeline {
        /// Frames of the shot
        #[arg(long, default_value_t = 24)]
        frames: usize,
    },
    /// Measure the memory of min, plus and compare against the size of the frame, and write
    /// docs/memory.md; takes some 10 GB of disk
    Memory {
        /// Sides of the square frames, in pixels
        #[arg(long, value_delimiter = ',', default_values_t = memory::SIDES)]
        sides: Vec<i32>,
        /// Only EXR, or only TIFF
        #[arg(long, value_name = "EXTENSION", default_values = ["exr", "tif"])]
        format: Vec<String>,
        /// Print the table and write nothing
        #[arg(long)]
        print: bool,
    },
    /// Make the pictures of docs/overlay.md, and its figures of them, with `deltaplate extract`
    OverlayPictures,
    /// Measure how large differences are, by material, edit and codec, and write docs/transfer.md's
    /// table; needs xdelta3 and zstd for all of it
    SizeTable,
    /// Measure one pixel of a packed shot beside decoding whole frames, and write docs/transfer.md's
    /// table; fails where it is not a hundred times faster
    BenchProbe {
        /// Frames of the shot
        #[arg(long, default_value_t = 100)]
        frames: usize,
    },
    /// Measure OverlayExtract's estimator on photographs that xtask/overlay-table/prepare.py made
    OverlayTable,
}

fn main() -> ExitCode {
    let result = match Chore::parse() {
        Chore::Bindgen { check } => bindgen::run(&workspace_root(), check),
        Chore::Docs { check } => docs::run(&workspace_root(), check),
        Chore::Bundle => {
            bundle::run(&workspace_root()).map(|bundle| println!("{}", bundle.display()))
        }
        Chore::Bench {
            quick,
            json,
            no_peers,
        } => bench::run(
            &workspace_root(),
            bench::Options {
                quick,
                json,
                no_peers,
            },
        ),
        Chore::BenchPipeline { frames } => bench_pipeline::run(&workspace_root(), frames),
        Chore::Memory {
            sides,
            format,
            print,
        } => memory::run(&workspace_root(), &sides, &format, print),
        Chore::OverlayPictures => overlay_pictures::run(&workspace_root()),
        Chore::BenchProbe { frames } => bench_probe::run(&workspace_root(), frames),
        Chore::SizeTable => size_table::run(&workspace_root()),
        Chore::OverlayTable => overlay_table::run(&workspace_root()),
        Chore::Install { user, system } => install::run(
            &workspace_root(),
            match user {
                Some(folder) => Destination::Folder(folder),
                None if system => Destination::System,
                None => Destination::Default,
            },
        ),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The folder that holds this workspace.
fn workspace_root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}
