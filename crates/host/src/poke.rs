//! Calls of a main entry that no host makes: out of order, with handles that are none.

use crate::context::Context;
use crate::effect::Effect;
use crate::error::Result;
use crate::ffi::entry;
use crate::host::Host;
use crate::instance::Instance;
use crate::library::Library;
use crate::plugin::Plugin;
use crate::registry::find;
use crate::schema::Schema;
use crate::status::Status;
use crate::values::Values;
use std::ffi::CStr;
use std::sync::Arc;

/// What a call passes as one of its property sets.
#[derive(Clone, Debug)]
pub enum Arguments {
    /// A handle of whatever; 0 is NULL.
    Handle(usize),
    /// A set of these properties, which the plug-in may write.
    Set(Vec<(String, Values)>),
}

impl Host {
    /// Calls the main entry of a plug-in with an action (NULL where there is none), a handle and arguments as they
    /// are, whether it is loaded or not.
    ///
    /// # Errors
    /// When there is no such plug-in.
    pub fn poke(
        &self,
        library: &Library,
        id: &str,
        action: Option<&CStr>,
        handle: usize,
        [in_args, out_args]: [&Arguments; 2],
    ) -> Result<Status> {
        let (_, plugin) = library.find(id)?;
        let context = Arc::new(Context {
            effect: find::<Effect>(handle).ok(),
            ..Context::new(&self.0, c"poke")
        });
        let build = |arguments: &Arguments| match arguments {
            Arguments::Handle(raw) => (*raw, None),
            Arguments::Set(properties) => {
                let open = |schema: Schema, (name, values): &(String, Values)| {
                    schema.open(name.as_str(), values.clone())
                };
                let set = properties.iter().fold(Schema::default(), open).build();
                (set.id().raw(), Some(set))
            }
        };
        let ((in_raw, _in), (out_raw, _out)) = (build(in_args), build(out_args));
        Ok(entry::poke(
            &plugin,
            &context,
            action,
            handle,
            [in_raw, out_raw],
        ))
    }

    /// Gives a plug-in its host, or none, as hosts do before they load it.
    ///
    /// # Errors
    /// When there is no such plug-in.
    pub fn introduce(&self, library: &Library, id: &str, as_nobody: bool) -> Result<()> {
        let (_, plugin) = library.find(id)?;
        plugin.introduce((!as_nobody).then_some(self.0.handle));
        Ok(())
    }
}

impl Plugin {
    /// The handle of its descriptor.
    pub fn handle(&self) -> usize {
        self.0.effect.id().raw()
    }
}

impl Instance {
    /// Its handle, which stands for nothing when it has been dropped.
    pub fn handle(&self) -> usize {
        self.effect.id().raw()
    }
}
