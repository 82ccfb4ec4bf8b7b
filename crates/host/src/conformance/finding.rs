//! What was found.

use super::rules::{CANNOT_CHECK, PROCESS_ENDED, Rule};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// OpenFX forbids it, or it did not work.
    Error,
    /// OpenFX lets it pass, and some host trips over it.
    Warning,
    /// Good to know.
    Note,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The rule's name.
    pub rule: String,
    /// The plug-in's id; none for what the whole bundle has in common.
    pub plugin: Option<String>,
    /// The contexts, without their prefix; none where it is the same in all.
    pub contexts: Vec<String>,
    /// The clip, the parameter, the action or the file.
    pub object: Option<String>,
    /// The property.
    pub property: Option<String>,
    /// What is wrong, and what to do.
    pub message: String,
}

/// Where something is found.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub plugin: Option<String>,
    pub context: Option<String>,
    pub object: Option<String>,
    pub property: Option<String>,
}

impl Place {
    /// In a plug-in.
    pub fn plugin(id: &str) -> Self {
        Self {
            plugin: Some(id.into()),
            ..Self::default()
        }
    }

    /// There, in a context.
    pub fn context(&self, context: impl fmt::Display) -> Self {
        Self {
            context: Some(context.to_string()),
            ..self.clone()
        }
    }

    /// There, at an object.
    pub fn object(&self, object: impl fmt::Display) -> Self {
        Self {
            object: Some(object.to_string()),
            ..self.clone()
        }
    }

    /// There, at a property.
    pub fn property(&self, property: impl fmt::Display) -> Self {
        Self {
            property: Some(property.to_string()),
            ..self.clone()
        }
    }

    /// What a rule finds here.
    pub fn finds(&self, rule: &Rule, message: impl Into<String>) -> Finding {
        Finding {
            severity: rule.severity,
            rule: rule.name.into(),
            plugin: self.plugin.clone(),
            contexts: self.context.clone().into_iter().collect(),
            object: self.object.clone(),
            property: self.property.clone(),
            message: message.into(),
        }
    }
}

/// A plug-in that ended the process it was checked in, or had to be stopped.
pub fn process_ended(plugin: Option<String>, action: Option<String>, how: &str) -> Finding {
    let place = Place {
        plugin,
        object: action,
        ..Place::default()
    };
    place.finds(&PROCESS_ENDED, how)
}

/// A library that cannot be opened.
pub fn cannot_open(reason: &str) -> Finding {
    Place::default().finds(&CANNOT_CHECK, reason)
}

/// The findings, worst first, each once: what is the same in several contexts names them all.
pub fn merged(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    for finding in findings {
        let alone = |f: &Finding| Finding {
            contexts: Vec::new(),
            ..f.clone()
        };
        match merged.iter_mut().find(|m| alone(m) == alone(&finding)) {
            Some(known) => {
                for context in finding.contexts {
                    if !known.contexts.contains(&context) {
                        known.contexts.push(context);
                    }
                }
            }
            None => merged.push(finding),
        }
    }
    merged.sort_by_key(|finding| finding.severity);
    merged
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// One line: severity, rule, where, what.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}:", self.severity, self.rule)?;
        if let Some(plugin) = &self.plugin {
            write!(f, " {plugin}")?;
        }
        if !self.contexts.is_empty() {
            write!(f, " [{}]", self.contexts.join(", "))?;
        }
        for part in self.object.iter().chain(&self.property) {
            write!(f, " {part}")?;
        }
        if self.plugin.is_some() || self.object.is_some() {
            f.write_str(":")?;
        }
        write!(f, " {}", self.message)
    }
}
