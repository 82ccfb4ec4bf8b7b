//! What `min`, `plus` and `roundtrip` do with a frame strip by strip: one that is too large to be held
//! whole, or one that is held, whose strips stay in the processor's caches.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use images::{Donor, ReadOptions, Rect, WriteOptions, info, write_strips_with};
use transfer::{
    Estimate, FileDifference, Output, Packing, Pair, Phase, Plate, Plates, StripHashes, Whole,
    Written, encode_file, estimate,
};

use super::transfer::pair;
use crate::engine::{Engine, MIN, PLUS};
use crate::failure::Failure;
use crate::files::make_folder_of;
use crate::strips::{Height, Memory, Nodes, are_files};
use crate::talk::{Steps, Strips};

/// Two plates that go strip by strip.
pub struct LargePlates {
    names: [PathBuf; 2],
    background: Arc<dyn Plate>,
    /// After it was painted.
    pub painted: Arc<dyn Plate>,
    /// Sizes of both files.
    pub sizes: [u64; 2],
    /// Their common window, and what is lost.
    pub pair: Pair,
    /// How they are walked.
    pub height: Height,
}

impl LargePlates {
    /// Opens two plates that may not be held whole, and checks that they make a pair; none where they
    /// may.
    ///
    /// # Errors
    ///
    /// As [`pair`], and [`Failure::Image`].
    pub fn find(
        background: &Path,
        painted: &Path,
        memory: Memory,
    ) -> Result<Option<Self>, Failure> {
        if !are_files([background, painted]) {
            return Ok(None);
        }
        let headers = [info(background)?.header, info(painted)?.header];
        let window = headers[0].data.union(&headers[1].data);
        let Some(height) = memory.strips_of_transfer(&[&headers[0], &headers[1]], window) else {
            return Ok(None);
        };
        let pair = pair([background, painted], &headers[0], &headers[1])?;
        let names = [background, painted].map(Path::to_path_buf);
        let [background, painted] = [height.open(background)?, height.open(painted)?];
        Ok(Some(LargePlates {
            names,
            sizes: [background.file_bytes(), painted.file_bytes()],
            background,
            painted,
            pair,
            height,
        }))
    }

    /// Opens two plates, whole where they may be held so, and checks that they make a pair.
    ///
    /// # Errors
    ///
    /// As [`LargePlates::find`].
    pub fn open(
        background: &Path,
        painted: &Path,
        memory: Memory,
        steps: &Steps,
    ) -> Result<Self, Failure> {
        match Self::find(background, painted, memory)? {
            Some(plates) => Ok(plates),
            None => Self::held(background, painted, steps),
        }
    }

    /// Reads two plates whole, and checks that they make a pair.
    ///
    /// # Errors
    ///
    /// As [`LargePlates::find`].
    fn held(background: &Path, painted: &Path, steps: &Steps) -> Result<Self, Failure> {
        steps.begin(1);
        steps.step("reading")?;
        let names = [background, painted];
        let [background, painted] = Held::read_two(names)?;
        Ok(LargePlates {
            pair: pair(names, background.plate.header(), painted.plate.header())?,
            names: names.map(Path::to_path_buf),
            sizes: [background.bytes, painted.bytes],
            background: background.plate,
            painted: painted.plate,
            height: Height::HELD,
        })
    }

    /// Writes the difference that the node Min makes, and proves it from its file.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    pub fn difference(
        &self,
        engine: &Engine,
        output: &Path,
        packing: Packing,
        steps: &Steps,
    ) -> Result<Written, Failure> {
        steps.begin(3);
        make_folder_of(output)?;
        self.walk(engine, steps, |plates, min, step| {
            encode_file(plates, output, packing, min, step)
        })
    }

    /// How large that will be.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    pub fn estimate(
        &self,
        engine: &Engine,
        packing: Packing,
        steps: &Steps,
    ) -> Result<Estimate, Failure> {
        steps.begin(2);
        self.walk(engine, steps, |plates, min, step| {
            estimate(plates, packing, min, step)
        })
    }

    /// Goes through both plates, with what the node Min makes of them.
    fn walk<T>(
        &self,
        engine: &Engine,
        steps: &Steps,
        run: impl FnOnce(Plates<'_>, Min<'_>, Step<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let window = self.pair.window;
        let inputs: [(&str, Arc<dyn Plate>); 2] =
            [("B", self.background.clone()), ("A", self.painted.clone())];
        let mut nodes = Nodes::new(engine, MIN, self.painted.header(), &inputs)?;
        nodes.set("finite", true)?;
        let mut min = |output, strip: Rect| {
            nodes.set("output", i32::from(output == Output::Residual))?;
            let zeros = |_: &str| Ok(vec![0.0; strip.width() * strip.height()]);
            nodes.render(strip, zeros)
        };
        let strips = Strips::new(steps, window);
        let mut step = |phase, strip| {
            let what = match phase {
                Phase::Measure => "Min",
                Phase::Write => "writing",
                Phase::Prove => "proving",
            };
            strips.step(what, strip)
        };
        let plates = Plates {
            background: &*self.background,
            painted: &*self.painted,
            window,
            rows: self.height.rows,
            keep: self.height.is_held(),
            options: self.height.options,
        };
        let name = self.names[1].display();
        run(plates, &mut min, &mut step).map_err(|failure| match failure {
            Failure::Refused(message) => Failure::Refused(format!("{name}: {message}")),
            Failure::Differ(message) => Failure::Differ(format!("{name}: {message}")),
            other => other,
        })
    }
}

/// A plate in memory.
struct Held {
    plate: Arc<dyn Plate>,
    /// The file's size.
    bytes: u64,
}

impl Held {
    fn read(path: &Path) -> Result<Self, Failure> {
        let read = crate::files::Plate::read(path)?;
        Ok(Held {
            plate: Arc::new(Whole::new(Arc::new(read.image))),
            bytes: read.bytes,
        })
    }

    fn read_two(paths: [&Path; 2]) -> Result<[Self; 2], Failure> {
        let [a, b] = images::read_two(paths, &ReadOptions::default())?;
        let held = |path: &Path, image| {
            Ok::<_, Failure>(Held {
                plate: Arc::new(Whole::new(Arc::new(image))),
                bytes: fs::metadata(path).map_err(Failure::file(path))?.len(),
            })
        };
        Ok([held(paths[0], a)?, held(paths[1], b)?])
    }
}

/// What the node Min makes of a window.
type Min<'m> = &'m mut dyn FnMut(Output, Rect) -> Result<Vec<Vec<f32>>, Failure>;

/// What is called before each strip.
type Step<'s> = &'s mut dyn FnMut(Phase, Rect) -> Result<(), Failure>;

/// A background and a difference that go strip by strip.
pub struct LargeSum {
    names: [PathBuf; 2],
    background: Arc<dyn Plate>,
    /// The file of the difference.
    pub difference: FileDifference,
    height: Height,
}

/// A painted plate that was rebuilt.
pub struct Rebuilt {
    /// Whether it is the painted plate, bit for bit.
    pub exact: bool,
    /// Whether the background is the one that the difference was made against.
    pub background_matches: bool,
    /// The file's size.
    pub bytes: u64,
}

impl LargeSum {
    /// Opens a background and a difference that may not be held whole, and checks that they make a pair;
    /// none where they may.
    ///
    /// # Errors
    ///
    /// As [`pair`], and those of reading.
    pub fn find(
        background: &Path,
        difference: &Path,
        memory: Memory,
    ) -> Result<Option<Self>, Failure> {
        if !are_files([background, difference]) {
            return Ok(None);
        }
        let header = info(background)?.header;
        let target = FileDifference::open(difference, &ReadOptions::default())?;
        let target = target.facts().target.clone();
        let window = header.data.union(&target.data);
        let Some(height) = memory.strips_of_transfer(&[&header, &target], window) else {
            return Ok(None);
        };
        pair([background, difference], &header, &target)?;
        Self::open(background, difference, height).map(Some)
    }

    /// Opens a background and a difference.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn open(background: &Path, difference: &Path, height: Height) -> Result<Self, Failure> {
        Ok(LargeSum {
            names: [background, difference].map(Path::to_path_buf),
            background: height.open(background)?,
            difference: FileDifference::open(difference, &height.options)?,
            height,
        })
    }

    /// The background of two plates, with the file of their difference.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn of(plates: &LargePlates, difference: &Path) -> Result<Self, Failure> {
        Ok(LargeSum {
            names: [&plates.names[0], difference].map(Path::to_path_buf),
            background: plates.background.clone(),
            difference: match plates.height.is_held() {
                true => FileDifference::read(difference, &plates.height.options)?,
                false => FileDifference::open(difference, &plates.height.options)?,
            },
            height: plates.height,
        })
    }

    /// Reads a background and a difference whole, and checks that they make a pair.
    ///
    /// # Errors
    ///
    /// As [`LargeSum::find`].
    pub fn held(background: &Path, difference: &Path, steps: &Steps) -> Result<Self, Failure> {
        steps.begin(1);
        steps.step("reading")?;
        let names = [background, difference];
        let height = Height::HELD;
        let background = Held::read(background)?.plate;
        let difference = FileDifference::read(difference, &height.options)?;
        pair(names, background.header(), &difference.facts().target)?;
        Ok(LargeSum {
            names: names.map(Path::to_path_buf),
            background,
            difference,
            height,
        })
    }

    /// Writes what the node Plus makes, proves it from its file, and only then gives the file its name.
    ///
    /// # Errors
    ///
    /// [`Failure::Differ`] for another background or where the proof fails, unless by `force`.
    pub fn rebuild(
        &self,
        engine: &Engine,
        output: &Path,
        force: bool,
        steps: &Steps,
    ) -> Result<Rebuilt, Failure> {
        let target = &self.difference.facts().target;
        let strips = Strips::new(steps, target.data);
        steps.begin(3);
        let hashes = self.check_background(force, &strips)?;
        let mut inputs: Vec<(&str, Arc<dyn Plate>)> = vec![
            ("B", self.background.clone()),
            ("D", self.difference.difference()),
        ];
        inputs.extend(self.difference.residual().map(|tier| ("Residual", tier)));
        let like = self.difference.difference().header().clone();
        let nodes = Nodes::new(engine, PLUS, &like, &inputs)?;
        let render = |window: Rect| -> Result<_, Failure> {
            let below = |name: &str| {
                let rows = self.background.rows(window.y0..window.y1)?;
                let zeros = || vec![0.0; window.width() * window.height()];
                Ok(rows.plane(name, window).unwrap_or_else(zeros))
            };
            let planes = nodes.render(window, below)?;
            Ok(self.difference.deliver(window, planes)?)
        };
        // Where no tier has a sample the node passes the background, whose samples are taken as they are
        // if the painted plate has them of the same type.
        let touched = self.difference.touched();
        let sum = |strip: Rect| -> Result<_, Failure> {
            let rows = self.background.rows(strip.y0..strip.y1)?;
            let Some(mut image) = rows.cut(target, strip) else {
                return render(strip);
            };
            let touched = strip.intersect(&touched);
            if !touched.is_empty() {
                image.lay(&render(touched)?);
            }
            Ok(image)
        };
        // Rows of tiles may be more than are held at once.
        let write = |rows: std::ops::Range<i32>| {
            let all = Rect {
                y0: rows.start,
                y1: rows.end,
                ..target.data
            };
            let mut pieces = self.height.of(all).map(|strip| {
                strips.step("Plus", strip)?;
                sum(strip)
            });
            let mut image = pieces.next().unwrap_or_else(|| sum(all))?;
            pieces.try_for_each(|piece| piece.map(|piece| image.append(piece)))?;
            Ok::<_, Failure>(image)
        };
        let mut exact = false;
        let check = |file: &Path| {
            let stored = self.height.open(file)?;
            let step = |strip| strips.step("proving", strip);
            // To read the background again takes longer than to hash.
            let hashes = hashes.as_ref().filter(|_| self.height.is_held());
            let background = hashes.map(|hashes| (&*self.background, hashes));
            let (stored, rows) = (&*stored, self.height.rows);
            exact = self.difference.proves(stored, background, rows, step)?;
            if !exact && !force {
                return Err(Failure::Differ(format!(
                    "{}: the sum is not the painted plate, by its hash; nothing is written (--force \
                     writes it all the same)",
                    self.names[1].display()
                )));
            }
            // What is no painted plate should be what was written at least.
            let sums = self.height.of(target.data).filter(|_| !exact);
            for strip in sums {
                strips.step("reading it back", strip)?;
                let rows = stored.rows(strip.y0..strip.y1)?;
                if rows.rows(strip.y0..strip.y1).channels != sum(strip)?.channels {
                    return Err(Failure::Differ(format!(
                        "{}: read back from disk it is not what was written; nothing is kept",
                        output.display()
                    )));
                }
            }
            Ok(())
        };
        make_folder_of(output)?;
        let options = WriteOptions::default();
        // Blocks of the background that nobody painted on are taken as they are packed.
        let mut donor = Donor {
            path: &self.names[0],
            is_same: &mut |window| matches!(self.difference.touches(window), Ok(false)),
        };
        let (rows, donor) = (self.height.rows, Some(&mut donor));
        let bytes = write_strips_with(output, target, rows, donor, write, check, &options)?;
        Ok(Rebuilt {
            exact,
            background_matches: hashes.is_some(),
            bytes,
        })
    }

    /// The hashes of the right background; a wrong one passes only by force, and has none.
    fn check_background(
        &self,
        force: bool,
        strips: &Strips,
    ) -> Result<Option<StripHashes>, Failure> {
        let name = self.names[0].display();
        let step = |strip| strips.step("hashing the background", strip);
        let (background, rows) = (&*self.background, self.height.rows);
        match self.difference.check_background(background, rows, step) {
            Ok(hashes) => Ok(Some(hashes)),
            Err(Failure::Differ(message)) if force => {
                tracing::warn!("{name}: {message}");
                Ok(None)
            }
            Err(Failure::Differ(message)) => Err(Failure::Differ(format!(
                "{name}: {message} (--force adds it all the same)"
            ))),
            Err(other) => Err(other),
        }
    }
}
