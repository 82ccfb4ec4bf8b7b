//! The ABI: the suites that plug-ins call, and the calls of plug-ins. The only unsafe room of the crate.
//!
//! A suite function turns C arguments into values and handles into objects, then calls safe code; every one goes
//! through [`guard::guard`].
#![allow(unsafe_code)]

pub(crate) mod entry;
mod environment;
mod guard;
mod image_effect;
mod interact;
pub(crate) mod library;
pub(crate) mod memory;
mod message;
mod multi_thread;
mod nulls;
#[cfg(unix)]
pub(crate) mod pages;
mod parameter;
pub(crate) mod pixels;
mod progress;
mod property;
mod suites;
mod timeline;

pub(crate) use suites::HostHandle;
