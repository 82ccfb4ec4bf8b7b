//! `deltaplate`: the command line.
//!
//! Every command reads images, lets the embedded host call the nodes through OpenFX, and reports.
//! Arguments are in [`args`], one file a command in [`commands`], the calls of the nodes in
//! [`engine`], and the way from files to clips in [`clips`].

#![forbid(unsafe_code)]

mod args;
mod child;
mod clips;
mod commands;
mod engine;
mod failure;
mod files;
mod plugins;
mod report;
mod sequence;
mod signals;
mod strips;
mod talk;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use serde::Serialize;

use crate::args::{Cli, Command};
use crate::failure::Failure;
use crate::signals::Signals;
use crate::talk::Talk;

fn main() -> ExitCode {
    let cli = match Cli::try_parse_from(child::arguments()) {
        Ok(cli) => cli,
        Err(error) => return refuse_arguments(&error),
    };
    let code = match run(&cli) {
        Ok(code) => code,
        Err(failure) => fail(&failure, cli.common.json),
    };
    child::done();
    code
}

/// Does what was asked. Gives exit code 1 where the report says why, 0 where all is well.
fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    let talk = Talk::new(&cli.common, Signals::listen());
    child::obey(talk.signals());
    let json = cli.common.json;
    let done = match &cli.command {
        Command::Roundtrip(args) => commands::roundtrip::run(args, json, &talk),
        Command::Min(args) => commands::min::run(args, json, &talk),
        Command::Plus(args) => commands::plus::run(args, json, &talk),
        Command::Compare(args) => commands::compare::run(args, json, &talk),
        Command::Extract(args) => commands::extract::run(args, json, &talk),
        Command::Pack(args) => commands::pack::run(args, json, &talk),
        Command::Unpack(args) => commands::unpack::run(args, json, &talk),
        Command::Probe(args) => commands::probe::run(args, json, &talk),
        Command::Info(args) => commands::info::run(args, json, &talk),
        // Bundles of others, in a process of their own.
        Command::Render(args) if child::is_due(&args.plugin_path) => {
            commands::apart(args.time_limit, &talk)
        }
        Command::Nodes(args) if child::is_due(&args.plugin_path) => {
            commands::apart(args.time_limit, &talk)
        }
        Command::Render(args) => commands::render::run(args, json, &talk),
        Command::Nodes(args) if args.check.is_some() => commands::check::run(args, json, &talk),
        Command::Nodes(args) => commands::nodes::run(args, json, &talk),
    };
    talk.end();
    // A plug-in that was told to stop fails: the reason is the signal.
    if done.is_err() {
        talk.signals().check()?;
    }
    done
}

/// What `--json` prints where a command fails before it has anything to report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailureReport {
    error: String,
    exit_code: u8,
}

fn fail(failure: &Failure, json: bool) -> ExitCode {
    let (error, exit_code) = (failure.to_string(), failure.exit_code());
    say(&format!("error: {error}"));
    if json {
        print_json(&FailureReport { error, exit_code });
    }
    ExitCode::from(exit_code)
}

/// Help and version are no errors: they go to stdout.
fn refuse_arguments(error: &clap::Error) -> ExitCode {
    let exit_code = u8::try_from(error.exit_code()).unwrap_or(2);
    // Nobody to tell if the stream is closed.
    let _ = error.print();
    if exit_code != 0 && std::env::args_os().any(|arg| arg == "--json") {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        print_json(&FailureReport {
            error: first.trim_start_matches("error: ").to_owned(),
            exit_code,
        });
    }
    ExitCode::from(exit_code)
}

/// Nobody to tell if the streams are closed.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn print_json(report: &FailureReport) {
    if let Ok(text) = serde_json::to_string(report) {
        let _ = child::print(&text);
    }
}
