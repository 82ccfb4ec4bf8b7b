//! `deltaplate nodes --check`: bundles against OpenFX.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use host::Library;
use host::conformance::{
    Checked, Finding, Severity, cannot_open, check_files, check_plugin, check_structures,
    process_ended,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::args::{Nodes, Part};
use crate::child::parent::{self, Death, End};
use crate::child::{self, observer};
use crate::engine::built_in;
use crate::failure::Failure;
use crate::plugins::{bundles_at, open};
use crate::report::{Named, Report, plural, print};
use crate::talk::Talk;

/// What is found of some bundles.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CheckReport {
    bundles: Vec<BundleReport>,
    errors: u64,
    warnings: u64,
    notes: u64,
    exit_code: u8,
}

/// What is found of a bundle.
#[derive(Serialize)]
struct BundleReport {
    /// None for the plug-in that is linked in.
    bundle: Option<Named>,
    /// The ids of its plug-ins.
    plugins: Vec<String>,
    /// How many of them were checked.
    #[serde(skip)]
    chosen: usize,
    findings: Vec<Finding>,
    /// False where a plug-in did not load, ended its process or did not return.
    #[serde(rename = "checked")]
    whole: bool,
}

/// What a library says of its plug-ins.
#[derive(Serialize, Deserialize)]
struct Structures {
    plugins: Vec<String>,
    findings: Vec<Finding>,
}

/// Runs the command.
///
/// # Errors
///
/// [`Failure::Plugin`] where there is no bundle, or none of the plug-in that was asked for.
pub fn run(args: &Nodes, json: bool, talk: &Talk) -> Result<ExitCode, Failure> {
    let path = args.check.as_ref().and_then(Option::as_ref);
    if let Some(part) = args.part {
        return check_part(path, part);
    }
    let mut bundles = Vec::new();
    match path {
        None => bundles.push(linked_in(args.id.as_deref(), talk)?),
        Some(path) => {
            for bundle in bundles_at(path)? {
                bundles.push(apart(&bundle, args, talk)?);
            }
        }
    }
    if let Some(id) = &args.id
        && !bundles.iter().any(|bundle| bundle.plugins.contains(id))
    {
        return Err(Failure::Plugin(host::Error::NoSuchPlugin {
            library: path.map_or("the program".into(), |path| path.display().to_string()),
            id: id.clone(),
            known: bundles
                .into_iter()
                .flat_map(|bundle| bundle.plugins)
                .collect(),
        }));
    }
    let count = |severity| {
        let findings = bundles.iter().flat_map(|bundle| &bundle.findings);
        findings.filter(|f| f.severity == severity).count() as u64
    };
    let errors = count(Severity::Error);
    let report = CheckReport {
        errors,
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        exit_code: match errors {
            _ if bundles.iter().any(|bundle| !bundle.whole) => 3,
            0 => 0,
            _ => 1,
        },
        bundles,
    };
    print(&report, json)?;
    Ok(ExitCode::from(report.exit_code))
}

/// In a child: a part of the check, as JSON for the parent.
fn check_part(path: Option<&PathBuf>, part: Part) -> Result<ExitCode, Failure> {
    let library = path.map_or_else(built_in, |path| open(path))?;
    let found = match part {
        Part::Structures => serde_json::to_string(&structures(&library)),
        Part::Plugin(index) => serde_json::to_string(&check_plugin(&library, index, observer())),
    };
    child::print(&found.map_err(|error| Failure::Print(error.into()))?)?;
    Ok(ExitCode::SUCCESS)
}

fn structures(library: &Library) -> Structures {
    let plugins = library.plugins().iter();
    Structures {
        plugins: plugins.map(|plugin| plugin.identifier.clone()).collect(),
        findings: check_structures(library),
    }
}

/// The findings about a plug-in; all where none is named.
fn about(id: Option<&str>, mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.retain(|finding| id.is_none_or(|id| finding.plugin.as_deref() == Some(id)));
    findings
}

/// The plug-in that is linked in, in this process.
fn linked_in(id: Option<&str>, talk: &Talk) -> Result<BundleReport, Failure> {
    let library = built_in()?;
    let Structures { plugins, findings } = structures(&library);
    let mut report = BundleReport {
        bundle: None,
        plugins,
        findings: about(id, findings),
        whole: true,
        chosen: 0,
    };
    for index in report.chosen(id) {
        talk.step(&format!("checking {}", report.plugins[index]))?;
        report.add(check_plugin(&library, index, None));
    }
    Ok(report)
}

/// A bundle of somebody else's, each plug-in in a process of its own.
fn apart(bundle: &Path, args: &Nodes, talk: &Talk) -> Result<BundleReport, Failure> {
    let mut report = BundleReport {
        bundle: Some(Named(bundle.to_path_buf())),
        plugins: Vec::new(),
        findings: Vec::new(),
        whole: true,
        chosen: 0,
    };
    if bundle.is_dir() && args.id.is_none() {
        report.findings = check_files(bundle);
    }
    match ask::<Structures>(bundle, "structures", args, talk)? {
        Ok(Structures { plugins, findings }) => {
            report.plugins = plugins;
            report.findings.extend(about(args.id.as_deref(), findings));
        }
        Err(end) => report.end(None, end),
    }
    for index in report.chosen(args.id.as_deref()) {
        let id = report.plugins[index].clone();
        talk.step(&format!("checking {id}"))?;
        match ask::<Checked>(bundle, &index.to_string(), args, talk)? {
            Ok(checked) => report.add(checked),
            Err(end) => report.end(Some(id), end),
        }
    }
    Ok(report)
}

/// Why a child had nothing to report.
enum NoAnswer {
    /// It did not end by its own will.
    Death(Death),
    /// The library cannot be opened.
    Refused(String),
}

/// Has a child check a part.
fn ask<T: DeserializeOwned>(
    bundle: &Path,
    part: &str,
    args: &Nodes,
    talk: &Talk,
) -> Result<Result<T, NoAnswer>, Failure> {
    let mut arguments: Vec<OsString> = ["nodes", "--quiet", "--json", "--part", part]
        .map(OsString::from)
        .to_vec();
    arguments.extend(["--check".into(), bundle.into()]);
    let mut answer = String::new();
    let keep = |text: &str| {
        answer = text.to_owned();
        Ok(())
    };
    let end = parent::run(&arguments, args.time_limit, talk.signals(), keep)?;
    talk.signals().check()?;
    Ok(match end {
        End::Death(death) => Err(NoAnswer::Death(death)),
        End::Code(_) => serde_json::from_str(&answer).map_err(|_| {
            let error = serde_json::from_str::<serde_json::Value>(&answer);
            let error = error
                .ok()
                .and_then(|json| json["error"].as_str().map(str::to_owned));
            NoAnswer::Refused(error.unwrap_or_else(|| "the library cannot be opened".to_owned()))
        }),
    })
}

impl BundleReport {
    /// The plug-ins of that id, by index; all where none is named.
    fn chosen(&self, id: Option<&str>) -> Vec<usize> {
        let all = 0..self.plugins.len();
        all.filter(|index| id.is_none_or(|id| self.plugins[*index] == id))
            .collect()
    }

    fn add(&mut self, checked: Checked) {
        self.chosen += 1;
        self.whole &= checked.loaded;
        self.findings.extend(checked.findings);
    }

    fn end(&mut self, id: Option<String>, end: NoAnswer) {
        self.whole = false;
        self.chosen += usize::from(id.is_some());
        self.findings.push(match end {
            NoAnswer::Death(death) => process_ended(id, death.action, &death.how),
            NoAnswer::Refused(reason) => cannot_open(&reason),
        });
    }
}

impl Report for CheckReport {
    fn text(&self) -> String {
        let mut text = String::new();
        for bundle in &self.bundles {
            if self.bundles.len() > 1
                && let Some(path) = &bundle.bundle
            {
                text += &format!("{path}\n");
            }
            for finding in &bundle.findings {
                text += &format!("{finding}\n");
            }
        }
        let plugins = self.bundles.iter().map(|bundle| bundle.chosen);
        text += &format!(
            "{}: {}, {}, {}\n",
            plural(plugins.sum::<usize>() as u64, "plug-in", "plug-ins"),
            plural(self.errors, "error", "errors"),
            plural(self.warnings, "warning", "warnings"),
            plural(self.notes, "note", "notes"),
        );
        text
    }
}
