//! Messages of plug-ins.

use serde::Serialize;
use std::ffi::CStr;

/// How serious a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum MessageKind {
    /// The plug-in is no longer usable.
    Fatal,
    /// Something failed.
    Error,
    /// Something may not be as intended.
    Warning,
    /// A piece of information.
    Message,
    /// A note that is not for showing.
    Log,
    /// A question, which the host answered by its option.
    Question,
}

impl MessageKind {
    pub(crate) fn from_ofx(name: &CStr) -> Option<Self> {
        let kinds = [
            (ofx_sys::kOfxMessageFatal, Self::Fatal),
            (ofx_sys::kOfxMessageError, Self::Error),
            (ofx_sys::kOfxMessageWarning, Self::Warning),
            (ofx_sys::kOfxMessageMessage, Self::Message),
            (ofx_sys::kOfxMessageLog, Self::Log),
            (ofx_sys::kOfxMessageQuestion, Self::Question),
        ];
        kinds
            .into_iter()
            .find(|(ofx, _)| *ofx == name)
            .map(|(_, kind)| kind)
    }
}

/// A message of a plug-in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Message {
    /// The plug-in's id, or the node's; empty where the plug-in did not say which instance it is about.
    pub plugin: String,
    /// How serious it is.
    pub kind: MessageKind,
    /// The plug-in's name for the message.
    pub id: String,
    /// The text.
    pub text: String,
    /// True for one that stays with its instance.
    pub persistent: bool,
}

impl Message {
    /// Passes it to whoever listens to the process.
    pub(crate) fn trace(&self) {
        let Self { plugin, text, .. } = self;
        match self.kind {
            MessageKind::Fatal | MessageKind::Error => tracing::error!(%plugin, "{text}"),
            MessageKind::Warning => tracing::warn!(%plugin, "{text}"),
            MessageKind::Message | MessageKind::Question => tracing::info!(%plugin, "{text}"),
            MessageKind::Log => tracing::debug!(%plugin, "{text}"),
        }
    }
}
