//! Cost against size, as an SVG.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::table::{nanoseconds, rows, text};

const HEIGHT: f64 = 400.0;
/// Of a panel, without what is written around it.
const PANEL: [f64; 2] = [240.0, 240.0];
const LEFT: f64 = 64.0;
const TOP: f64 = 56.0;
const GAP: f64 = 56.0;
/// Colour-blind safe; one for each number of threads.
const COLOURS: [&str; 6] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
];

/// Writes docs/images/cost.svg: a panel for each kind of work, nanoseconds a pixel against the
/// pixels of the frame, both in powers. Each panel has its own scale of costs.
pub fn write(root: &Path, figures: &Value) -> Result<(), String> {
    let path = root.join("docs").join("images").join("cost.svg");
    fs::write(&path, draw(rows(figures)?)).map_err(|error| format!("{}: {error}", path.display()))
}

/// A range in powers.
#[derive(Clone, Copy)]
struct Axis {
    from: f64,
    to: f64,
}

impl Axis {
    /// From a power of `base` below all values to one above.
    fn around(values: impl Iterator<Item = f64> + Clone, base: f64) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min);
        let most = values.fold(0.0, f64::max);
        Self {
            from: base.powf(least.log(base).floor()),
            to: base.powf(most.log(base).ceil()),
        }
    }

    /// 0..=1
    fn place(&self, value: f64) -> f64 {
        (value / self.from).ln() / (self.to / self.from).ln()
    }
}

/// One curve: what it is called, how it is drawn, and where it goes.
struct Curve {
    label: String,
    colour: &'static str,
    dashed: bool,
    points: Vec<[f64; 2]>,
}

fn draw(rows: &[Value]) -> String {
    let pixels = |row: &Value| row["pixels"].as_f64().unwrap_or(1.0);
    let x = Axis::around(rows.iter().map(pixels), 4.0);
    let mut works: Vec<String> = Vec::new();
    for row in rows {
        let work = text(&row["work"]);
        if !works.contains(&work) {
            works.push(work);
        }
    }
    let width = LEFT + works.len() as f64 * (PANEL[0] + GAP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let mut legend = Vec::new();
    for (index, work) in works.iter().enumerate() {
        let own: Vec<_> = rows.iter().filter(|row| row["work"] == *work).collect();
        let costs = own
            .iter()
            .flat_map(|row| [nanoseconds(row, "ms"), nanoseconds(row, "limitMs")])
            .filter(|cost| cost.is_finite());
        let y = Axis::around(costs, 2.0);
        let curves = curves(&own);
        let left = LEFT + index as f64 * (PANEL[0] + GAP);
        panel(&mut svg, [left, TOP], work, [x, y], &curves, rows);
        legend = curves;
    }
    let under = TOP + PANEL[1] + 64.0;
    for (index, curve) in legend.iter().enumerate() {
        let from = LEFT + index as f64 * 190.0;
        line(&mut svg, [[from, under], [from + 28.0, under]], curve);
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\">{}</text>",
            from + 34.0,
            under + 4.0,
            curve.label
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"22\" font-size=\"14\">Nanoseconds a pixel against pixels of the frame</text>\n</svg>"
    );
    svg
}

/// The work and its limit, for each number of threads.
fn curves(rows: &[&Value]) -> Vec<Curve> {
    let mut threads: Vec<u64> = rows
        .iter()
        .filter_map(|row| row["threads"].as_u64())
        .collect();
    threads.sort_unstable();
    threads.dedup();
    let mut curves = Vec::new();
    for (index, threads) in threads.iter().enumerate() {
        for (of, dashed) in [("ms", false), ("limitMs", true)] {
            let own = rows.iter().filter(|row| row["threads"] == *threads);
            let point =
                |row: &&Value| [row["pixels"].as_f64().unwrap_or(1.0), nanoseconds(row, of)];
            let plural = if *threads == 1 { "thread" } else { "threads" };
            let limit = if dashed { ", limit" } else { "" };
            curves.push(Curve {
                label: format!("{threads} {plural}{limit}"),
                colour: COLOURS[index % COLOURS.len()],
                dashed,
                points: own
                    .map(point)
                    .filter(|[_, cost]| cost.is_finite())
                    .collect(),
            });
        }
    }
    curves
}

fn panel(
    svg: &mut String,
    [left, top]: [f64; 2],
    title: &str,
    [x, y]: [Axis; 2],
    curves: &[Curve],
    rows: &[Value],
) {
    let [width, height] = PANEL;
    let at = |[px, cost]: [f64; 2]| {
        [
            left + width * x.place(px),
            top + height * (1.0 - y.place(cost)),
        ]
    };
    let bottom = top + height;
    let _ = writeln!(
        svg,
        "<text x=\"{left}\" y=\"{}\" font-weight=\"bold\">{title}</text>\n<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"none\" stroke=\"#888\"/>",
        top - 8.0
    );
    let mut tick = y.from;
    while tick <= y.to * 1.001 {
        let [_, level] = at([x.from, tick]);
        let _ = writeln!(
            svg,
            "<path d=\"M{left} {level:.1}h{width}\" stroke=\"#ddd\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{tick}</text>",
            left - 6.0,
            level + 4.0
        );
        tick *= 2.0;
    }
    let mut named: Vec<String> = Vec::new();
    for row in rows {
        let size = text(&row["size"]);
        if named.contains(&size) {
            continue;
        }
        let [place, _] = at([row["pixels"].as_f64().unwrap_or(1.0), y.from]);
        let _ = writeln!(
            svg,
            "<path d=\"M{place:.1} {top}v{height}\" stroke=\"#eee\"/><text transform=\"translate({:.1} {:.1}) rotate(-60)\" text-anchor=\"end\" font-size=\"10\">{size}</text>",
            place + 4.0,
            bottom + 12.0
        );
        named.push(size);
    }
    for curve in curves {
        let points: Vec<[f64; 2]> = curve.points.iter().map(|point| at(*point)).collect();
        line(svg, points, curve);
    }
}

fn line(svg: &mut String, points: impl IntoIterator<Item = [f64; 2]>, curve: &Curve) {
    let points: Vec<String> = points
        .into_iter()
        .map(|[x, y]| format!("{x:.1},{y:.1}"))
        .collect();
    let dash = if curve.dashed {
        " stroke-dasharray=\"4 3\""
    } else {
        ""
    };
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{dash}/>",
        points.join(" "),
        curve.colour
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_work_and_number_of_threads_has_its_curves() {
        let row = |work: &str, size: &str, pixels: u32, threads: u32| {
            json!({"work": work, "size": size, "pixels": pixels, "threads": threads,
                "ms": {"fastest": 0.5}, "limitMs": {"fastest": 0.25}})
        };
        let mut rows = Vec::new();
        for work in ["min", "plus"] {
            for threads in [1, 2] {
                rows.push(row(work, "tile", 65536, threads));
                rows.push(row(work, "2K", 3_186_688, threads));
            }
        }
        let svg = draw(&rows);
        // Two for each panel and number of threads, and the legend's.
        assert_eq!(svg.matches("<polyline").count(), 2 * 2 * 2 + 4);
        for text in [
            ">min<",
            ">plus<",
            ">2 threads<",
            ">1 thread, limit<",
            ">tile<",
        ] {
            assert!(svg.contains(text), "{text}");
        }
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}
