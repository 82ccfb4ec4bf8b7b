//! docs/commands.md: the help of each command, and what is written by hand of exit codes and reports.

use std::path::Path;

use super::deltaplate;

/// Exit codes, sequences, JSON reports.
const BY_HAND: &str = include_str!("commands.md");

/// The page.
pub fn page(root: &Path) -> Result<String, String> {
    let own = deltaplate(root, &["--help"])?;
    let mut page = format!(
        "# The command line\n\nMade by `cargo xtask docs` from what the program says of itself; a check fails when \
         it is stale.\n\n{}",
        fenced(&own)
    );
    for name in names(&own) {
        let help = deltaplate(root, &[&name, "--help"])?;
        page += &format!("\n## {name}\n\n{}", fenced(&help));
    }
    Ok(page + BY_HAND)
}

/// The commands in a help, without the one for help.
fn names(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = lines
        .take_while(|line| !line.is_empty())
        // What goes on from the line before is further in.
        .filter_map(|line| {
            line.strip_prefix("  ")
                .filter(|line| !line.starts_with(' '))
        })
        .filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn fenced(help: &str) -> String {
    let lines = help.lines().map(str::trim_end);
    let lines: Vec<&str> = lines.collect();
    format!("```text\n{}\n```\n", lines.join("\n").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_in_a_help() {
        let help = "About\n\nCommands:\n  one  Does this\n       and that\n  two\n  help  Says\n\nOptions:\n  -x\n";
        assert_eq!(names(help), ["one", "two"]);
        assert_eq!(fenced("a  \nb\n\n"), "```text\na\nb\n```\n");
    }
}
