//! Libraries of plug-ins: their exports and their plug-in structures.

use super::HostHandle;
use super::environment::Environment;
use crate::error::{Error, Result};
use crate::library::{PluginInfo, Rejected};
use crate::status::Status;
use ofx_sys::{OfxHost, OfxPlugin, OfxPluginEntryPoint, OfxStatus};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::ptr::{self, without_provenance, without_provenance_mut};

/// The exports of a library that is linked into the program.
#[derive(Clone, Copy, Debug)]
pub struct StaticEntry {
    /// `OfxGetNumberOfPlugins`.
    pub number_of_plugins: unsafe extern "C" fn() -> c_int,
    /// `OfxGetPlugin`.
    pub get_plugin: unsafe extern "C" fn(nth: c_int) -> *mut OfxPlugin,
    /// `OfxSetHost`, which a library need not have.
    pub set_host: Option<unsafe extern "C" fn(host: *const OfxHost) -> OfxStatus>,
}

/// Opens a library and finds its exports. It is never closed: threads and exit handlers of its own may still point into
/// it.
pub(crate) fn open(path: &Path) -> Result<StaticEntry> {
    let failed = |reason: String| Error::Library {
        path: path.into(),
        reason,
    };
    // SAFETY: opening runs the library's initialisers, which is what a user who names a plug-in asks for.
    let library = unsafe { libloading::Library::new(path) };
    let library = ManuallyDrop::new(library.map_err(|e| failed(format!("cannot be opened: {e}")))?);
    let lacks = |symbol: &str| failed(format!("is no OpenFX library: it does not export {symbol}"));
    // SAFETY: the symbols have these types in every OpenFX library.
    unsafe {
        Ok(StaticEntry {
            number_of_plugins: *library
                .get(c"OfxGetNumberOfPlugins")
                .map_err(|_| lacks("OfxGetNumberOfPlugins"))?,
            get_plugin: *library
                .get(c"OfxGetPlugin")
                .map_err(|_| lacks("OfxGetPlugin"))?,
            set_host: library.get(c"OfxSetHost").ok().map(|symbol| *symbol),
        })
    }
}

impl StaticEntry {
    /// Tells the library its host, where it wants to know; false where it refuses.
    pub(crate) fn set_host(&self, host: HostHandle) -> bool {
        let status = self.set_host.map_or(Status::OK.0, |set_host| {
            let _environment = Environment::ieee();
            // SAFETY: the structure is never freed.
            unsafe { set_host(host.as_ptr()) }
        });
        status != Status::FAILED.0
    }

    /// The address of the structure of that number.
    pub(crate) fn structure(&self, number: c_int) -> usize {
        // SAFETY: the library's contract, which covers any number; it is open for ever.
        unsafe { (self.get_plugin)(number) }.addr()
    }

    /// The plug-ins, and those that are none.
    ///
    /// # Errors
    /// A count that makes no sense, in words.
    pub(crate) fn plugins(&self) -> std::result::Result<Contents, String> {
        /// More than any library has, and few enough to ask for.
        const MOST: c_int = 10_000;
        // SAFETY: the library's contract; it is open for ever.
        let count = unsafe { (self.number_of_plugins)() };
        if !(0..=MOST).contains(&count) {
            return Err(format!("it claims to hold {count} plug-ins"));
        }
        let (mut plugins, mut rejected) = (Vec::new(), Vec::new());
        for index in 0..count {
            // SAFETY: as above.
            match unsafe { read((self.get_plugin)(index)) } {
                Ok(plugin) => plugins.push(plugin),
                Err(reason) => rejected.push(Rejected {
                    index,
                    reason: reason.into(),
                }),
            }
        }
        Ok((plugins, rejected))
    }
}

/// What a library holds: plug-ins, and structures that are none.
pub(crate) type Contents = (Vec<(PluginInfo, RawPlugin)>, Vec<Rejected>);

/// Reads a plug-in structure.
///
/// # Safety
/// `plugin` is NULL or the structure of a plug-in, whose strings are NULL or C strings.
unsafe fn read(
    plugin: *mut OfxPlugin,
) -> std::result::Result<(PluginInfo, RawPlugin), &'static str> {
    if plugin.is_null() {
        return Err("its structure is NULL");
    }
    // SAFETY: by this function's contract; unaligned, as nothing tells that a foreign structure is aligned.
    let OfxPlugin {
        pluginApi,
        apiVersion,
        pluginIdentifier,
        pluginVersionMajor,
        pluginVersionMinor,
        setHost,
        mainEntry,
    } = unsafe { plugin.read_unaligned() };
    let text = |text: *const c_char| {
        if text.is_null() {
            return None;
        }
        // SAFETY: by this function's contract.
        unsafe { CStr::from_ptr(text) }
            .to_str()
            .ok()
            .filter(|t| !t.is_empty())
            .map(String::from)
    };
    let info = PluginInfo {
        identifier: text(pluginIdentifier).ok_or("its identifier is NULL, empty or no text")?,
        version_major: pluginVersionMajor,
        version_minor: pluginVersionMinor,
        api: text(pluginApi).ok_or("its API is NULL, empty or no text")?,
        api_version: apiVersion,
    };
    let main_entry = mainEntry.ok_or("its main entry is NULL")?;
    let set_host = setHost.ok_or("its setHost is NULL")?;
    Ok((
        info,
        RawPlugin {
            address: plugin.addr(),
            main_entry,
            set_host,
        },
    ))
}

type MainEntry = <OfxPluginEntryPoint as Inner>::Type;

/// Names the function within an `Option` of the bindings.
trait Inner {
    type Type;
}

impl<T> Inner for Option<T> {
    type Type = T;
}

/// The functions of a plug-in.
#[derive(Clone, Copy)]
pub(crate) struct RawPlugin {
    address: usize,
    main_entry: MainEntry,
    set_host: unsafe extern "C" fn(host: *mut OfxHost),
}

impl RawPlugin {
    /// Where its structure is, which tells one plug-in of the process from another.
    pub(crate) fn address(&self) -> usize {
        self.address
    }

    pub(crate) fn set_host(&self, host: HostHandle) {
        self.introduce(Some(host));
    }

    /// Sets the host, or that there is none.
    pub(crate) fn introduce(&self, host: Option<HostHandle>) {
        let host = host.map_or(ptr::null_mut(), HostHandle::as_ptr);
        // SAFETY: the structure is never freed.
        unsafe { (self.set_host)(host) };
    }

    /// Calls the main entry. Whoever calls has put the thread into a context before.
    pub(super) fn main_entry(
        &self,
        action: Option<&CStr>,
        handle: usize,
        [in_args, out_args]: [usize; 2],
    ) -> Status {
        // SAFETY: the plug-in's contract. The handles are numbers that only the host's suites can resolve.
        let status = unsafe {
            (self.main_entry)(
                action.map_or(ptr::null(), CStr::as_ptr),
                without_provenance::<c_void>(handle),
                without_provenance_mut(in_args),
                without_provenance_mut(out_args),
            )
        };
        Status(status)
    }
}
