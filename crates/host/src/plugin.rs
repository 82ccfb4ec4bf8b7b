//! Loaded plug-ins.

use crate::call;
use crate::clip::Clip;
use crate::context::Context;
use crate::descriptor::{ContextDescriptor, Descriptor, EffectContext};
use crate::effect::{Effect, Role};
use crate::error::{Error, Result};
use crate::ffi::library::RawPlugin;
use crate::host::HostCore;
use crate::instance::{Instance, InstanceOptions};
use crate::library::{Library, PluginInfo};
use crate::param::ParamSet;
use crate::props::PropertySet;
use crate::tables;
use ofx_sys as ofx;
use std::collections::{BTreeMap, HashMap};
use std::ffi::CStr;
use std::sync::{Arc, Condvar, LazyLock, Mutex, PoisonError, Weak};

/// A loaded plug-in. The last of its clones and instances unloads it.
#[derive(Clone)]
pub struct Plugin(pub(crate) Arc<PluginCore>);

pub(crate) struct PluginCore {
    pub(crate) host: Arc<HostCore>,
    pub(crate) info: PluginInfo,
    pub(crate) raw: RawPlugin,
    pub(crate) effect: Arc<Effect>,
    contexts: Mutex<BTreeMap<EffectContext, Arc<Effect>>>,
    /// Held by a render of a plug-in that renders one thing at a time.
    pub(crate) render_lock: Mutex<()>,
    /// Declared last: given up when all else is gone.
    _claim: Claim,
}

/// The plug-ins that hosts of this process have loaded, by the address of their structure.
static CLAIMS: LazyLock<(Mutex<HashMap<usize, Claimed>>, Condvar)> =
    LazyLock::new(Default::default);

enum Claimed {
    /// Some thread loads it.
    Loading,
    /// It is loaded or, when the reference is dead, being unloaded.
    Loaded(Weak<PluginCore>),
}

/// The right to load a plug-in.
struct Claim(usize);

impl Drop for Claim {
    fn drop(&mut self) {
        CLAIMS
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.0);
        CLAIMS.1.notify_all();
    }
}

impl Claim {
    /// Waits until nobody loads or unloads the plug-in; then it is this thread's to load, or loaded.
    fn new(raw: &RawPlugin) -> std::result::Result<Self, Arc<PluginCore>> {
        let address = raw.address();
        let mut claims = CLAIMS.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let loaded = match claims.get(&address) {
                None => {
                    claims.insert(address, Claimed::Loading);
                    return Ok(Self(address));
                }
                Some(Claimed::Loading) => None,
                Some(Claimed::Loaded(core)) => core.upgrade(),
            };
            match loaded {
                Some(core) => return Err(core),
                None => {
                    claims = CLAIMS
                        .1
                        .wait(claims)
                        .unwrap_or_else(PoisonError::into_inner)
                }
            }
        }
    }
}

/// Loads and describes a plug-in, or finds it loaded.
pub(crate) fn load(
    host: &Arc<HostCore>,
    library: &Library,
    info: PluginInfo,
    raw: RawPlugin,
) -> Result<Plugin> {
    if info.api.as_bytes() != ofx::kOfxImageEffectPluginApi.to_bytes() || info.api_version != 1 {
        return Err(Error::WrongApi {
            plugin: info.identifier,
            api: info.api,
            version: info.api_version,
        });
    }
    let claim = match Claim::new(&raw) {
        Ok(claim) => claim,
        Err(core) if Arc::ptr_eq(&core.host, host) => return Ok(Plugin(core)),
        Err(_) => {
            return Err(Error::InUse {
                plugin: info.identifier,
            });
        }
    };
    library.set_host(host.handle)?;
    raw.set_host(host.handle);
    call::run(
        &raw,
        &info.identifier,
        Context::new(host, ofx::kOfxActionLoad),
        None,
        None,
    )?;

    let file = library.path().map_or_else(String::new, bundle_of);
    let effect = Effect::new(
        host,
        &info.identifier,
        Role::Descriptor,
        tables::effect_descriptor(&file, &host.options),
        ParamSet::descriptor(),
    );
    let address = raw.address();
    // Dropped, it unloads the plug-in: also when the description fails.
    let core = Arc::new(PluginCore {
        host: host.clone(),
        info,
        raw,
        effect,
        contexts: Mutex::default(),
        render_lock: Mutex::default(),
        _claim: claim,
    });
    core.call(ofx::kOfxActionDescribe, &core.effect)?;
    let claimed = Claimed::Loaded(Arc::downgrade(&core));
    CLAIMS
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(address, claimed);
    CLAIMS.1.notify_all();
    Ok(Plugin(core))
}

/// The bundle that a library is in, or the library itself.
fn bundle_of(file: &std::path::Path) -> String {
    let bundle = file
        .ancestors()
        .nth(3)
        .filter(|p| p.extension().is_some_and(|e| e == "bundle"));
    bundle.unwrap_or(file).display().to_string()
}

impl PluginCore {
    fn call(&self, action: &'static CStr, effect: &Arc<Effect>) -> Result<()> {
        let context = Context {
            effect: Some(effect.clone()),
            ..Context::new(&self.host, action)
        };
        call::run(&self.raw, &self.info.identifier, context, None, None).map(drop)
    }

    /// The effect described in a context, once.
    fn described(&self, context: EffectContext) -> Result<Arc<Effect>> {
        let known = EffectContext::of(&self.effect.props);
        if !known.contains(&context) {
            return Err(Error::NoSuchContext {
                plugin: self.info.identifier.clone(),
                context: context.to_string(),
                known: known.iter().map(ToString::to_string).collect(),
            });
        }
        let mut contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(effect) = contexts.get(&context) {
            return Ok(effect.clone());
        }
        let effect = Effect::new(
            &self.host,
            &self.info.identifier,
            Role::Context,
            self.effect.props.schema(),
            ParamSet::descriptor(),
        );
        let args = tables::describe_in_context_args(context.ofx());
        let call = Context {
            effect: Some(effect.clone()),
            ..Context::new(&self.host, ofx::kOfxImageEffectActionDescribeInContext)
        };
        call::run(&self.raw, &self.info.identifier, call, Some(&args), None)?;
        let output = effect.clips().iter().any(|clip| clip.is_output());
        if !output {
            return Err(Error::Answer {
                plugin: self.info.identifier.clone(),
                action: "DescribeInContext".into(),
                answer: "no clip named Output".into(),
            });
        }
        contexts.insert(context, effect.clone());
        Ok(effect)
    }
}

impl Drop for PluginCore {
    fn drop(&mut self) {
        let context = Context::new(&self.host, ofx::kOfxActionUnload);
        if let Err(e) = call::run(&self.raw, &self.info.identifier, context, None, None) {
            self.host.note_violation(e.to_string());
        }
    }
}

impl Plugin {
    /// Its id.
    pub fn identifier(&self) -> &str {
        &self.0.info.identifier
    }

    /// What its structure says.
    pub fn info(&self) -> &PluginInfo {
        &self.0.info
    }

    /// What it says of itself.
    pub fn descriptor(&self) -> Descriptor {
        let info = &self.0.info;
        Descriptor::new(
            &info.identifier,
            [info.version_major, info.version_minor],
            &self.0.effect.props,
        )
    }

    /// Has it describe itself in a context, once. The host then knows all that [`Plugin::describe_in_context`] tells.
    ///
    /// # Errors
    /// As there.
    pub fn describe(&self, context: EffectContext) -> Result<()> {
        self.0.described(context).map(drop)
    }

    /// What it says of itself in a context.
    ///
    /// # Errors
    /// When it does not offer the context, or fails to describe itself there.
    pub fn describe_in_context(&self, context: EffectContext) -> Result<ContextDescriptor> {
        Ok(ContextDescriptor::new(
            context,
            &*self.0.described(context)?,
        ))
    }

    /// The richest way to manage colour that the host and the plug-in both have.
    fn colour_style(&self) -> &'static CStr {
        // From poor to rich; what is none of these is the first.
        const STYLES: [&CStr; 5] = [
            ofx::kOfxImageEffectColourManagementNone,
            ofx::kOfxImageEffectColourManagementBasic,
            ofx::kOfxImageEffectColourManagementCore,
            ofx::kOfxImageEffectColourManagementFull,
            ofx::kOfxImageEffectColourManagementOCIO,
        ];
        let rank = |props: &PropertySet| {
            let style = props.strings(ofx::kOfxImageEffectPropColourManagementStyle);
            let known = STYLES
                .iter()
                .position(|s| style.iter().any(|t| t.as_c_str() == *s));
            known.unwrap_or(0)
        };
        STYLES[rank(&self.0.host.props).min(rank(&self.0.effect.props))]
    }

    /// Makes an instance.
    ///
    /// # Errors
    /// When it does not offer the context, or fails.
    pub fn create_instance(
        &self,
        context: EffectContext,
        options: InstanceOptions,
    ) -> Result<Instance> {
        let described = self.0.described(context)?;
        let props = tables::effect_instance(
            &described.props,
            self.0.effect.id().raw(),
            context.ofx(),
            self.colour_style(),
            &options,
        );
        let effect = Effect::new(
            &self.0.host,
            &self.0.info.identifier,
            Role::Instance(options),
            props,
            ParamSet::instance(&described.params),
        );
        effect.set_clips(
            described
                .clips()
                .iter()
                .map(|clip| Clip::instance(clip, &effect))
                .collect(),
        );
        for clip in effect.clips().iter().filter(|clip| !clip.is_output()) {
            if let Some(source) = effect.nothing()? {
                clip.connect(Some(source));
            }
        }
        Instance::new(self.clone(), described, effect)
    }
}
