//! Parameters: descriptors and instances.

use crate::curve::Curve;
use crate::object::Object;
use crate::props::PropertySet;
use crate::registry::{Id, register};
use crate::schema::Schema;
use crate::status::Status;
use crate::tables;
use crate::text::Text;
use crate::value::{ParamKind, Shape, Stored};
use ofx_sys as ofx;
use std::collections::HashSet;
use std::ffi::{CStr, c_char};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

/// A parameter. A descriptor's has no curve.
pub(crate) struct Param {
    id: Id,
    pub(crate) name: String,
    pub(crate) kind: ParamKind,
    pub(crate) props: Arc<PropertySet>,
    curve: Option<RwLock<Curve>>,
    /// Texts whose addresses a plug-in may hold.
    lent: Mutex<HashSet<Text>>,
    set: Weak<ParamSet>,
}

impl Param {
    pub(crate) fn id(&self) -> &Id {
        &self.id
    }

    /// The set it belongs to.
    pub(crate) fn set(&self) -> Option<Arc<ParamSet>> {
        self.set.upgrade()
    }

    /// The names of a choice's options, as values name them.
    pub(crate) fn options(&self) -> Vec<String> {
        self.props.texts(ofx::kOfxParamPropChoiceOption)
    }

    pub(crate) fn animates(&self) -> bool {
        self.props.flag(ofx::kOfxParamPropAnimates)
    }

    /// Reads the curve; descriptors and parameters without a value have none.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Curve) -> T) -> Result<T, Status> {
        let curve = self.curve.as_ref().ok_or(Status::ERR_UNSUPPORTED)?;
        Ok(read(&curve.read().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Changes the curve.
    pub(crate) fn write<T>(
        &self,
        write: impl FnOnce(&mut Curve) -> Result<T, Status>,
    ) -> Result<T, Status> {
        let curve = self.curve.as_ref().ok_or(Status::ERR_UNSUPPORTED)?;
        let mut curve = curve.write().unwrap_or_else(PoisonError::into_inner);
        let done = write(&mut curve)?;
        self.props
            .put(ofx::kOfxParamPropIsAnimating, curve.is_keyed());
        Ok(done)
    }

    pub(crate) fn at(&self, time: f64) -> Result<Stored, Status> {
        self.read(|curve| curve.at(time).into_owned())
    }

    /// Sets the value; where there are keys, the one at `time`.
    pub(crate) fn set_at(&self, time: f64, value: Stored) -> Result<(), Status> {
        self.write(|curve| {
            if curve.is_keyed() {
                return curve.key(time, value);
            }
            curve.set(value);
            Ok(())
        })
    }

    /// Sets a key, where the parameter may have any.
    pub(crate) fn key_at(&self, time: f64, value: Stored) -> Result<(), Status> {
        if !self.animates() {
            return Err(Status::ERR_UNSUPPORTED);
        }
        self.write(|curve| curve.key(time, value))
    }

    /// The address of a text, which stays for the life of the parameter.
    pub(crate) fn lend(&self, text: &Text) -> *const c_char {
        let mut lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = lent.get(text) {
            return kept.as_ptr();
        }
        lent.insert(text.clone());
        text.as_ptr()
    }
}

/// The parameters of an effect.
pub(crate) struct ParamSet {
    id: Id,
    pub(crate) props: Arc<PropertySet>,
    params: RwLock<Vec<Arc<Param>>>,
    /// True for a descriptor's, where parameters are defined.
    defines: bool,
    /// Parameters that the plug-in changed, in order, no name twice.
    changed: Mutex<Vec<String>>,
}

impl ParamSet {
    pub(crate) fn descriptor() -> Arc<Self> {
        let props = tables::param_set().build();
        register(|id| Self {
            id,
            props,
            params: RwLock::default(),
            defines: true,
            changed: Mutex::default(),
        })
    }

    /// The parameters of an instance, at their defaults.
    pub(crate) fn instance(descriptor: &Self) -> Arc<Self> {
        let props = descriptor.props.instance_schema().build();
        let set = register(|id| Self {
            id,
            props,
            params: RwLock::default(),
            defines: false,
            changed: Mutex::default(),
        });
        let params = descriptor
            .all()
            .iter()
            .map(|param| set.instantiate(param))
            .collect();
        *set.params.write().unwrap_or_else(PoisonError::into_inner) = params;
        set
    }

    fn instantiate(self: &Arc<Self>, descriptor: &Param) -> Arc<Param> {
        let schema = descriptor
            .props
            .instance_schema()
            .on(Object::ParamInstance(descriptor.kind))
            .fixed(ofx::kOfxPropType, ofx::kOfxTypeParameterInstance);
        let default = default(descriptor.kind, &descriptor.props);
        self.make(&descriptor.name, descriptor.kind, schema, default)
    }

    fn make(
        self: &Arc<Self>,
        name: &str,
        kind: ParamKind,
        schema: Schema,
        still: Option<Stored>,
    ) -> Arc<Param> {
        let props = schema.build();
        register(|id| Param {
            id,
            name: name.into(),
            kind,
            props,
            curve: still.map(|value| RwLock::new(Curve::new(value))),
            lent: Mutex::default(),
            set: Arc::downgrade(self),
        })
    }

    pub(crate) fn id(&self) -> &Id {
        &self.id
    }

    /// A plug-in defines a parameter.
    pub(crate) fn define(self: &Arc<Self>, kind: &CStr, name: &CStr) -> Result<Arc<Param>, Status> {
        if !self.defines {
            return Err(Status::ERR_BAD_HANDLE);
        }
        let kind = ParamKind::from_ofx(kind).ok_or(Status::ERR_UNKNOWN)?;
        let name = name
            .to_str()
            .ok()
            .filter(|n| !n.is_empty())
            .ok_or(Status::ERR_VALUE)?;
        if self.find(name).is_some() {
            return Err(Status::ERR_EXISTS);
        }
        let param = self.make(name, kind, tables::param(kind, name), None);
        self.params
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(param.clone());
        Ok(param)
    }

    pub(crate) fn find(&self, name: &str) -> Option<Arc<Param>> {
        let params = self.params.read().unwrap_or_else(PoisonError::into_inner);
        params.iter().find(|p| p.name == name).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Param>> {
        self.params
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Notes that the plug-in changed a parameter.
    pub(crate) fn note_change(&self, name: &str) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        if !changed.iter().any(|n| n == name) {
            changed.push(name.into());
        }
    }

    /// The parameters that the plug-in changed since the last call.
    pub(crate) fn take_changes(&self) -> Vec<String> {
        std::mem::take(&mut self.changed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a parameter begins with.
fn default(kind: ParamKind, props: &PropertySet) -> Option<Stored> {
    let name = ofx::kOfxParamPropDefault;
    match kind.shape() {
        Shape::None => None,
        Shape::Int(_) => Some(Stored::Ints(props.ints(name))),
        Shape::Double(_) => Some(Stored::Doubles(props.doubles(name))),
        Shape::String => Some(Stored::String(props.get(name, 0).unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smallvec::smallvec;
    use std::ffi::CString;

    fn instance() -> Arc<ParamSet> {
        let descriptor = ParamSet::descriptor();
        let mix = descriptor.define(ofx::kOfxParamTypeDouble, c"mix").unwrap();
        mix.props.set(ofx::kOfxParamPropDefault, 0, 0.25).unwrap();
        descriptor
            .define(ofx::kOfxParamTypeString, c"name")
            .unwrap();
        descriptor
            .define(ofx::kOfxParamTypePushButton, c"go")
            .unwrap();
        ParamSet::instance(&descriptor)
    }

    #[test]
    fn an_instance_begins_with_the_defaults() {
        let set = instance();
        assert_eq!(
            set.find("mix").unwrap().at(0.0),
            Ok(Stored::Doubles(smallvec![0.25]))
        );
        assert_eq!(
            set.find("go").unwrap().at(0.0),
            Err(Status::ERR_UNSUPPORTED)
        );
        assert!(set.define(ofx::kOfxParamTypeDouble, c"more").is_err());
    }

    #[test]
    fn definitions_are_checked() {
        let set = ParamSet::descriptor();
        set.define(ofx::kOfxParamTypeRGB, c"a").unwrap();
        assert_eq!(
            set.define(ofx::kOfxParamTypeRGB, c"a").err(),
            Some(Status::ERR_EXISTS)
        );
        assert_eq!(
            set.define(c"OfxParamTypeParametric", c"b").err(),
            Some(Status::ERR_UNKNOWN)
        );
        assert_eq!(
            set.define(ofx::kOfxParamTypeRGB, c"").err(),
            Some(Status::ERR_VALUE)
        );
        assert_eq!(
            set.define(ofx::kOfxParamTypeRGB, c"\xff").err(),
            Some(Status::ERR_VALUE)
        );
    }

    #[test]
    fn a_set_with_keys_keys() {
        let mix = instance().find("mix").unwrap();
        mix.key_at(10.0, Stored::Doubles(smallvec![1.0])).unwrap();
        mix.set_at(20.0, Stored::Doubles(smallvec![2.0])).unwrap();
        assert_eq!(mix.at(15.0), Ok(Stored::Doubles(smallvec![1.5])));
        assert!(mix.props.flag(ofx::kOfxParamPropIsAnimating));
    }

    #[test]
    fn strings_do_not_animate_unless_asked() {
        let name = instance().find("name").unwrap();
        let text = Stored::String(c"x".into());
        assert_eq!(name.key_at(1.0, text), Err(Status::ERR_UNSUPPORTED));
        assert_eq!(
            name.lend(&c"x".into()),
            name.lend(&CString::from(c"x").into())
        );
    }
}
