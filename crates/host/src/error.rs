//! What can go wrong, in words that name the plug-in, the clip or the parameter.

use crate::status::Status;
use std::path::PathBuf;
use std::sync::Arc;

/// An error of the host or of a plug-in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A library cannot be opened, or is no OpenFX library.
    #[error("{}: {reason}", path.display())]
    Library {
        /// The file or bundle.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// A library holds no plug-in of that id.
    #[error("{library} has no plug-in {id:?}; it has {}", list(known))]
    NoSuchPlugin {
        /// The library.
        library: String,
        /// The id asked for.
        id: String,
        /// The ids there are.
        known: Vec<String>,
    },

    /// A plug-in of another API, or of a version that this host does not speak.
    #[error("{plugin} speaks {api} version {version}, not OfxImageEffectPluginAPI version 1")]
    WrongApi {
        /// The plug-in's id.
        plugin: String,
        /// The API it names.
        api: String,
        /// The version of it.
        version: i32,
    },

    /// A plug-in that another host of this process has loaded.
    #[error(
        "{plugin} is in use by another host of this process, and a plug-in knows only one host: \
         open a private copy of its library"
    )]
    InUse {
        /// The plug-in's id.
        plugin: String,
    },

    /// An action that failed.
    #[error("{plugin}: {action} failed with {status}{}", after_colon(message))]
    Action {
        /// The plug-in's id, or the node's.
        plugin: String,
        /// The action, without its prefix.
        action: String,
        /// What the plug-in answered.
        status: Status,
        /// What it posted meanwhile.
        message: Option<String>,
    },

    /// An action that succeeded, with an answer that makes no sense.
    #[error("{plugin}: {action} answered {answer}")]
    Answer {
        /// The plug-in's id, or the node's.
        plugin: String,
        /// The action, without its prefix.
        action: String,
        /// What is wrong with the answer.
        answer: String,
    },

    /// A context that a plug-in does not offer.
    #[error("{plugin} has no {context} context; it has {}", list(known))]
    NoSuchContext {
        /// The plug-in's id.
        plugin: String,
        /// The context asked for, without its prefix.
        context: String,
        /// The contexts there are, without their prefix.
        known: Vec<String>,
    },

    /// A clip that a plug-in does not have.
    #[error("{plugin} has no clip {clip:?}; it has {}", list(known))]
    NoSuchClip {
        /// The plug-in's id, or the node's.
        plugin: String,
        /// The name asked for.
        clip: String,
        /// The names there are.
        known: Vec<String>,
    },

    /// A parameter that a plug-in does not have.
    #[error("{plugin} has no parameter {param:?}; it has {}", list(known))]
    NoSuchParam {
        /// The plug-in's id, or the node's.
        plugin: String,
        /// The name asked for.
        param: String,
        /// The names there are.
        known: Vec<String>,
    },

    /// A parameter that cannot take what it is given.
    #[error("{plugin}: parameter {param}: {reason}")]
    Param {
        /// The plug-in's id, or the node's.
        plugin: String,
        /// The parameter.
        param: String,
        /// What is wrong.
        reason: String,
    },

    /// An input that cannot be read.
    #[error("{plugin}: clip {clip}: {source}")]
    Source {
        /// The plug-in's id, or the node's.
        plugin: String,
        /// The clip.
        clip: String,
        /// What the source says.
        source: SourceError,
    },

    /// An image of more samples than can be addressed.
    #[error("an image of {width} x {height} pixels is too large")]
    TooLarge {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
    },

    /// A frame that does not fit what is asked.
    #[error("{0}")]
    Frame(String),

    /// A plug-in that wrote where it must not.
    #[error("{plugin}: {action} wrote outside its image: {place}")]
    StrayWrite {
        /// The plug-in's id, or the node's.
        plugin: String,
        /// The action, without its prefix.
        action: String,
        /// Where.
        place: String,
    },

    /// The host itself panicked in a function that a plug-in called: a bug of the host, of a source or of a viewer.
    #[error("{plugin}: {action}: the host panicked in {function}")]
    Panic {
        /// The plug-in's id, or the node's.
        plugin: String,
        /// The action, without its prefix.
        action: String,
        /// The suite function.
        function: &'static str,
    },

    /// A render or an analysis was aborted.
    #[error("{plugin}: aborted")]
    Aborted {
        /// The plug-in's id, or the node's.
        plugin: String,
    },

    /// A graph that cannot be understood or run.
    #[error("graph: {0}")]
    Graph(String),

    /// A reader or writer of a graph that fails.
    #[error("{role} {id}: {source}")]
    Io {
        /// What it is: a reader or a writer.
        role: &'static str,
        /// Its id.
        id: String,
        /// What it says.
        source: SourceError,
    },

    /// A node of a graph that cannot be made.
    #[error("node {node}: {source}")]
    Node {
        /// The node's id.
        node: String,
        /// What happened there.
        source: Box<Error>,
    },
}

/// What a source of frames says when it has none: cheap to keep with every clip that asks.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{text}")]
pub struct SourceError {
    text: Arc<str>,
    /// The error of the node that the source is, where it is one.
    #[source]
    cause: Option<Arc<Error>>,
}

impl SourceError {
    /// An error with this text.
    pub fn new(text: impl std::fmt::Display) -> Self {
        Self {
            text: text.to_string().into(),
            cause: None,
        }
    }

    /// What happened upstream, in its own words.
    pub(crate) fn wrap(error: Error) -> Self {
        Self {
            text: error.to_string().into(),
            cause: Some(Arc::new(error)),
        }
    }
}

impl Error {
    /// Where it began: for a node that could not get its input from another, what happened to that one. Tells a plug-in
    /// that failed from an input that could not be read and from an abort.
    pub fn root(&self) -> &Self {
        match self {
            Self::Node { source, .. } => source.root(),
            Self::Source {
                source: SourceError {
                    cause: Some(cause), ..
                },
                ..
            }
            | Self::Io {
                source: SourceError {
                    cause: Some(cause), ..
                },
                ..
            } => cause.root(),
            _ => self,
        }
    }
}

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

fn list(names: &[String]) -> String {
    if names.is_empty() {
        "none".into()
    } else {
        names.join(", ")
    }
}

fn after_colon(message: &Option<String>) -> String {
    message
        .as_ref()
        .map_or_else(String::new, |m| format!(": {m}"))
}
