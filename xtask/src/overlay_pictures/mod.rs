//! `overlay-pictures`: the pictures and figures of docs/overlay.md, made by `deltaplate extract` from
//! the example plates.

mod figures;
mod picture;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::bench::page::Page;
use figures::Figures;
use picture::{Photographs, Picture};

/// The opacity of the uniform overlay.
const ALPHA: f32 = 0.15;
/// The grain of its plates.
const GRAIN: f32 = 2.0 / 255.0;
/// The colour of the logo.
const LOGO: [f32; 3] = [0.85, 0.45, 0.2];

/// Makes them.
pub fn run(root: &Path) -> Result<(), String> {
    let maker = Maker::new(root)?;
    let photographs = Photographs::read(root)?;
    let mut figures = Figures::default();
    uniform(&maker, &photographs, &mut figures)?;
    soft(&maker, &photographs, &mut figures)?;
    logo(&maker, &photographs, &mut figures)?;
    let mut page = Page::named(root, "overlay.md")?;
    page.replace("pictures", &figures.table())?;
    page.write()
}

/// Where things go.
struct Maker {
    root: PathBuf,
    /// What is in between.
    work: PathBuf,
    pictures: PathBuf,
}

impl Maker {
    fn new(root: &Path) -> Result<Self, String> {
        let maker = Maker {
            root: root.to_path_buf(),
            work: root.join("target").join("overlay-pictures"),
            pictures: root.join("docs").join("images").join("overlay"),
        };
        for folder in [&maker.work, &maker.pictures] {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        Ok(maker)
    }

    /// A picture of the page.
    fn show(&self, name: &str, picture: &Picture) -> Result<(), String> {
        picture.write(&self.pictures.join(format!("{name}.png")))
    }

    /// A plate for the command.
    fn plate(&self, name: &str, picture: &Picture) -> Result<(), String> {
        picture.write(&self.work.join(format!("{name}.tif")))
    }

    /// Runs `deltaplate extract` on the plates `merged` and `background`. Options that begin with @
    /// name plates. Gives what it wrote and what it reported.
    fn extract(&self, output: &str, options: &str) -> Result<(Picture, Value), String> {
        let plate = |name: &str| self.work.join(format!("{name}.tif")).into_os_string();
        let file = self.work.join("layer.exr");
        let run = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(&self.root)
            .args(["run", "--quiet", "--package", "deltaplate-cli", "--"])
            .args(["extract", "--json", "--quiet", "--output", output])
            .arg(plate("merged"))
            .arg(plate("background"))
            .arg("-o")
            .arg(&file)
            .args(
                options
                    .split_whitespace()
                    .map(|word| match word.strip_prefix('@') {
                        Some(name) => plate(name),
                        None => word.into(),
                    }),
            )
            .output()
            .map_err(|error| format!("cargo cannot be run: {error}"))?;
        if !run.status.success() {
            return Err(String::from_utf8_lossy(&run.stderr).into_owned());
        }
        let report = serde_json::from_slice(&run.stdout)
            .map_err(|error| format!("`deltaplate extract --json` printed no JSON: {error}"))?;
        Ok((Picture::read(&file)?, report))
    }
}

/// An overlay of one opacity under grain, found in several ways, and what goes wrong.
fn uniform(maker: &Maker, photographs: &Photographs, figures: &mut Figures) -> Result<(), String> {
    let background = photographs.garden([560, 150]);
    let overlay = photographs.sunrise([300, 120]);
    let merged = overlay.over(&background, &|_, _| ALPHA).grained(GRAIN, 1);
    let background = background.grained(GRAIN, 2);
    maker.plate("merged", &merged)?;
    maker.plate("background", &background)?;
    maker.show("merged", &merged)?;
    maker.show("background", &background)?;
    maker.show("truth", &overlay)?;
    let subtraction = merged.with(&background, |m, b| m - b);
    maker.show("subtraction", &subtraction)?;
    figures.add("merged minus background", subtraction.psnr(&overlay), None);
    for (name, what, options) in [
        (
            "seed-30",
            "seed, 30 iterations",
            "--method seed --opacity 0.15 --set iterations=30",
        ),
        (
            "seed",
            "seed, 300 iterations",
            "--method seed --opacity 0.15",
        ),
        ("", "closed form", "--method closed --opacity 0.15"),
        ("layer", "recommended, opacity measured", ""),
        (
            "wrong-opacity",
            "recommended, opacity set to 0.3",
            "--opacity 0.3",
        ),
        ("", "recommended, blend space set to sRGB", "--space srgb"),
    ] {
        let (found, report) = maker.extract("straight", options)?;
        if !name.is_empty() {
            maker.show(name, &found)?;
        }
        figures.add(what, found.psnr(&overlay), Some(&report));
    }
    let (ghost, _) = maker.extract("ghost", "--opacity 0.3")?;
    // As bright as it is, the page would show next to nothing.
    maker.show("ghost", &ghost.with(&ghost, |share, _| 4.0 * share))
}

/// A soft reflection, laid over another background.
fn soft(maker: &Maker, photographs: &Photographs, figures: &mut Figures) -> Result<(), String> {
    let background = photographs.garden([120, 60]);
    let overlay = photographs.sunrise([300, 120]);
    let opacity = picture::soft_oval;
    figures.heading("a soft reflection over a new background");
    vary(
        maker,
        photographs,
        figures,
        "soft",
        [&overlay, &background],
        &opacity,
        ["smooth", "minimum"],
    )
}

/// A logo, laid over another background.
fn logo(maker: &Maker, photographs: &Photographs, figures: &mut Figures) -> Result<(), String> {
    let background = photographs.garden([560, 150]);
    let overlay = Picture::of(|_, _, c| LOGO[c]);
    figures.heading("a logo over a new background");
    vary(
        maker,
        photographs,
        figures,
        "logo",
        [&overlay, &background],
        &picture::emblem,
        ["solid", "minimum"],
    )
}

fn vary(
    maker: &Maker,
    photographs: &Photographs,
    figures: &mut Figures,
    name: &str,
    [overlay, background]: [&Picture; 2],
    opacity: &dyn Fn(i32, i32) -> f32,
    modes: [&str; 2],
) -> Result<(), String> {
    let new = photographs.garden([20, 230]);
    let merged = overlay.over(background, opacity);
    let truth = overlay.over(&new, opacity);
    maker.plate("merged", &merged)?;
    maker.plate("background", background)?;
    maker.plate("new", &new)?;
    maker.show(&format!("{name}-merged"), &merged)?;
    maker.show(&format!("{name}-truth"), &truth)?;
    for mode in modes {
        let options = format!("--opacity-mode {mode}");
        let over = format!("{options} --new-background @new");
        let (found, report) = maker.extract("recomposite", &over)?;
        maker.show(&format!("{name}-{mode}"), &found)?;
        figures.add(
            &format!("opacity mode {mode}"),
            found.psnr(&truth),
            Some(&report),
        );
        if mode != "minimum" {
            let (matte, _) = maker.extract("matte", &options)?;
            maker.show(&format!("{name}-matte"), &matte)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn the_page_shows_the_pictures_and_they_are_small() {
        let docs = crate::workspace_root().join("docs");
        let page = std::fs::read_to_string(docs.join("overlay.md")).unwrap();
        let shown: BTreeSet<String> = page
            .split("](images/overlay/")
            .skip(1)
            .map(|rest| rest.split(')').next().unwrap().to_owned())
            .collect();
        let entries = std::fs::read_dir(docs.join("images/overlay")).unwrap();
        let made = entries.map(|entry| {
            let entry = entry.unwrap();
            assert!(entry.metadata().unwrap().len() < 150_000, "{entry:?}");
            entry.file_name().into_string().unwrap()
        });
        assert_eq!(made.collect::<BTreeSet<String>>(), shown);
    }
}
