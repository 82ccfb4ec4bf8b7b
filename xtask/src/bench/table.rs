//! Figures as tables.

use serde_json::Value;

/// Times, limits and ratios, and what has none.
pub fn ratios(figures: &Value) -> Result<String, String> {
    let mut out = String::from(
        "| work | size | threads | ms | limit, ms | ratio | of medians | promised |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows(figures)? {
        out += &format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |\n",
            text(&row["work"]),
            text(&row["size"]),
            row["threads"],
            ms(&row["ms"]["fastest"]),
            ms(&row["limitMs"]["fastest"]),
            ratio(&row["ratio"]),
            ratio(&row["medianRatio"]),
            match row["target"].as_f64() {
                Some(target) => format!("{target} at most"),
                None => String::new(),
            },
        );
    }
    let stencil = &figures["stencil"];
    let time = |name: &str, of: &str| stencil[name][of].as_f64().unwrap_or(f64::NAN);
    out += &format!(
        "\n{} iterations of the estimator on 2K:\n\n| | ms | ratio | of medians | promised |\n|---|---|---|---|---|\n",
        stencil["iterations"]
    );
    out += &format!(
        "| naive passes | {:.0} | | | |\n",
        time("naiveMs", "fastest")
    );
    for (name, of, over, target) in [
        (
            "ring, one thread: faster than naive by",
            "naiveMs",
            "oneMs",
            1.8,
        ),
        (
            "ring, two threads: faster than one by",
            "oneMs",
            "twoMs",
            1.6,
        ),
    ] {
        out += &format!(
            "| {name} | {:.0} | {:.2} | {:.2} | {target} at least |\n",
            time(over, "fastest"),
            time(of, "fastest") / time(over, "fastest"),
            time(of, "median") / time(over, "median"),
        );
    }
    let load = figures["loadMs"]["median"].as_f64().unwrap_or(f64::NAN);
    let bytes = figures["bundleBytes"].as_f64().unwrap_or(f64::NAN);
    out += &format!(
        "\nOpening the bundle, loading and describing all nodes, warm: {load:.2} ms (1 at most); no thread is started. The bundle, stripped, with its icons: {:.2} MB (2 at most).\n",
        bytes / 1e6
    );
    Ok(out)
}

/// Nanoseconds a pixel for each size, by work and threads.
pub fn sizes(figures: &Value) -> Result<String, String> {
    let rows = rows(figures)?;
    let mut sizes: Vec<&Value> = Vec::new();
    for row in rows {
        if !sizes.contains(&&row["size"]) {
            sizes.push(&row["size"]);
        }
    }
    let names: Vec<String> = sizes.iter().map(|size| text(size)).collect();
    let mut out = format!(
        "Nanoseconds a pixel; in brackets over the limit.\n\n| work | threads | {} |\n|---|---|{}\n",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    let mut done: Vec<[&Value; 2]> = Vec::new();
    for row in rows {
        let key = [&row["work"], &row["threads"]];
        if done.contains(&key) {
            continue;
        }
        done.push(key);
        out += &format!("| {} | {} |", text(key[0]), key[1]);
        for size in &sizes {
            let same = |row: &&Value| {
                [&row["work"], &row["threads"], &row["size"]] == [key[0], key[1], *size]
            };
            let cell = rows.iter().find(same).map(|row| {
                format!(
                    " {:.2} ({}) |",
                    nanoseconds(row, "ms"),
                    ratio(&row["ratio"])
                )
            });
            out += cell.as_deref().unwrap_or(" |");
        }
        out.push('\n');
    }
    Ok(out)
}

pub fn rows(figures: &Value) -> Result<&Vec<Value>, String> {
    let rows = figures["rows"].as_array();
    rows.ok_or_else(|| "the bench printed no rows".to_owned())
}

/// What a pixel costs; `of` is `ms` or `limitMs`.
pub fn nanoseconds(row: &Value, of: &str) -> f64 {
    let ms = row[of]["fastest"].as_f64().unwrap_or(f64::NAN);
    ms * 1e6 / row["pixels"].as_f64().unwrap_or(f64::NAN)
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Three digits.
fn ms(value: &Value) -> String {
    match value.as_f64() {
        Some(ms) if ms < 0.1 => format!("{ms:.4}"),
        Some(ms) if ms < 10.0 => format!("{ms:.2}"),
        Some(ms) => format!("{ms:.1}"),
        None => String::new(),
    }
}

fn ratio(value: &Value) -> String {
    value.as_f64().map_or(String::new(), |r| format!("{r:.2}"))
}
