//! How large differences are, by material, edit and codec, beside what else could be sent.

mod material;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use deltaplate::kernels::subtract::{difference, residual};
use deltaplate::kernels::{Coverage, Layout, Process, Selection, Store};
use images::{Codec, Format, Header, Image, Rect, SampleType, WriteOptions};
use transfer::{Difference, Error, Output, Packing};

use self::material::{EDITS, MATERIALS, Material, Planes};
use crate::bench::page::Page;
use crate::bench_pipeline::read;

/// The ways to pack a difference.
const PACKINGS: [(&str, Packing); 5] = [
    ("zip", Packing::With(Codec::Zip)),
    ("zips", Packing::With(Codec::Zips)),
    ("piz", Packing::With(Codec::Piz)),
    (
        "zip, tiles of 64",
        Packing::Tiled {
            size: 64,
            codec: Some(Codec::Zip),
        },
    ),
    ("auto", Packing::Auto),
];

/// The programs that make a patch of two files.
const PATCHERS: [&str; 2] = ["xdelta3", "zstd"];

/// Measures in `target/size-table`, which it makes new, and writes the table into docs/transfer.md.
pub fn run(root: &Path) -> Result<(), String> {
    let folder = root.join("target/size-table");
    // What an earlier run left.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let patchers = PATCHERS.map(|name| is_there(name).then_some(name));
    for (name, found) in PATCHERS.iter().zip(patchers) {
        if found.is_none() {
            eprintln!(
                "\n!!! {name} is not installed: its columns stay empty (apt install {name}) !!!\n"
            );
        }
    }
    let mut table = head();
    let photograph = read(&root.join("examples/plates/background.exr"))?;
    for material in MATERIALS {
        let plate = material.plate(&photograph);
        for (name, edit) in EDITS {
            let painted = material.stored(edit(&plate));
            let row = measure(&folder, material, [&plate, &painted], &patchers)?;
            let row = format!("| {} | {name} | {row}", material.name);
            println!("{row}");
            table += &row;
            table.push('\n');
        }
    }
    for (name, found) in PATCHERS.iter().zip(patchers) {
        if found.is_none() {
            let _ = write!(
                table,
                "\n**{name} was not installed when this was measured.**\n"
            );
        }
    }
    fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut page = Page::named(root, "transfer.md")?;
    page.replace("sizes", &table)?;
    page.write()
}

fn head() -> String {
    let mut names = vec![
        "material",
        "edit",
        "changed",
        "painted plate",
        "plain minus",
    ];
    names.extend(PACKINGS.map(|(name, _)| name));
    names.extend([
        "xdelta3, stored",
        "zstd, stored",
        "xdelta3, bare",
        "zstd, bare",
    ]);
    let line = |cells: &[&str]| format!("| {} |\n", cells.join(" | "));
    let ruler: Vec<&str> = (0..names.len())
        .map(|column| if column < 2 { "---" } else { "---:" })
        .collect();
    line(&names) + &line(&ruler)
}

fn measure(
    folder: &Path,
    material: Material,
    plates: [&Planes; 2],
    patchers: &[Option<&str>; 2],
) -> Result<String, String> {
    let [background, painted] = plates.map(|planes| material.image(planes));
    let window = background.data;
    let made = Difference::encode(&background, &painted, window, |output| {
        Ok::<_, Error>(min(plates, output))
    })
    .map_err(|error| error.to_string())?;
    let changed = made.proof.changed_pixels as f64 / window.area() as f64;
    let mut cells = vec![format!("{:.2} %", 100.0 * changed)];
    let extension = material.format.name();
    let stored = store(folder, "stored", [&background, &painted], extension, None)?;
    cells.push(kilobytes(Some(stored)));
    cells.push(kilobytes(Some(plain(folder, plates, window)?)));
    for (_, packing) in PACKINGS {
        let path = folder.join("difference.exr");
        let bytes = made.write(&path, packing);
        cells.push(kilobytes(Some(bytes.map_err(|error| error.to_string())?)));
    }
    for (kind, codec) in [("stored", None), ("bare", Some(Codec::None))] {
        if codec.is_some() {
            store(folder, kind, [&background, &painted], extension, codec)?;
        }
        let [from, to] = names(kind, extension).map(|name| folder.join(name));
        for patcher in patchers {
            let bytes = patcher.map(|name| patch(name, &from, &to, &folder.join("patch")));
            cells.push(kilobytes(bytes.transpose()?));
        }
    }
    Ok(format!("{} |", cells.join(" | ")))
}

/// Thousands of bytes.
fn kilobytes(bytes: Option<u64>) -> String {
    match bytes {
        Some(bytes) => format!("{:.1}", bytes as f64 / 1e3),
        None => "-".to_owned(),
    }
}

/// What the node Min renders.
fn min(plates: [&Planes; 2], output: Output) -> Vec<Vec<f32>> {
    let [below, above] = plates;
    let selection = Selection {
        layout: Layout::Alpha,
        process: Process::ALL,
        coverage: Coverage::Uniform(1.0),
    };
    let plane = |(a, b): (&Vec<f32>, &Vec<f32>)| {
        let mut out = vec![0.0; a.len()];
        match output {
            Output::Difference => difference(a, b, selection, true, Store::Cached, &mut out),
            Output::Residual => residual(a, b, selection, Store::Cached, &mut out),
        }
        out
    };
    above.iter().zip(below).map(plane).collect()
}

/// What a compositor's own minus writes: float, ZIP, cropped to what changed; not always exact.
fn plain(folder: &Path, plates: [&Planes; 2], window: Rect) -> Result<u64, String> {
    let float = Material {
        name: "",
        format: Format::Exr,
        kind: SampleType::Float,
    };
    let planes = min(plates, Output::Difference);
    let width = window.width();
    let places = planes.iter().flat_map(|plane| plane.iter().enumerate());
    let boxed = places
        .filter(|(_, value)| **value != 0.0)
        .map(|(at, _)| ((at % width) as i32, (at / width) as i32))
        .fold(Rect::default(), |filled, (x, y)| {
            filled.union(&Rect::new(x, y, x + 1, y + 1))
        });
    let header = Header {
        data: boxed,
        ..float.image(plates[0]).header()
    };
    let image = Image::from_planes(&header, window, &planes);
    write(&folder.join("plain.exr"), &image, Some(Codec::Zip))
}

fn names(kind: &str, extension: &str) -> [String; 2] {
    ["background", "painted"].map(|name| format!("{kind}-{name}.{extension}"))
}

/// Writes both plates; gives the size of the painted one.
fn store(
    folder: &Path,
    kind: &str,
    plates: [&Image; 2],
    extension: &str,
    codec: Option<Codec>,
) -> Result<u64, String> {
    let mut bytes = 0;
    for (name, plate) in names(kind, extension).iter().zip(plates) {
        bytes = write(&folder.join(name), plate, codec)?;
    }
    Ok(bytes)
}

fn write(path: &Path, image: &Image, codec: Option<Codec>) -> Result<u64, String> {
    let options = WriteOptions {
        codec,
        ..WriteOptions::default()
    };
    images::write(path, image, &options).map_err(|error| error.to_string())
}

fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg("-V")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok()
}

/// The size of the patch from one file to another, as small as the program makes it.
fn patch(program: &str, from: &Path, to: &Path, patch: &Path) -> Result<u64, String> {
    let mut command = Command::new(program);
    match program {
        "xdelta3" => command.args(["-e9fq", "-s"]).args([from, to, patch]),
        _ => command
            .args(["-19fq", "--long=27", "--patch-from"])
            .args([from, to])
            .arg("-o")
            .arg(patch),
    };
    let output = command
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    let facts = fs::metadata(patch).map_err(|error| error.to_string())?;
    Ok(facts.len())
}
