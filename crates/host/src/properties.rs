//! Properties by name.

use crate::schema::Property;
use crate::text::Text;
use smallvec::SmallVec;
use std::ffi::CStr;

/// Properties by name, in the order in which they came.
///
/// Most sets live for one call, hold few and are asked for some of them: a name is looked for among marks that lie side
/// by side, which takes one allocation, and one look at what is found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Properties {
    /// One of each name.
    marks: SmallVec<[u32; 12]>,
    entries: Vec<(Text, Property)>,
}

/// What hardly two names have in common: the last three bytes and the length.
fn mark(name: &CStr) -> u32 {
    let bytes = name.to_bytes_with_nul();
    let end = bytes.last_chunk().map_or(0, |end| u32::from_le_bytes(*end)); // the NUL is above the others
    end | (bytes.len() as u32) << 24
}

/// Where a mark is. Four are compared at once.
fn position(marks: &[u32], wanted: u32) -> Option<usize> {
    let (fours, rest) = marks.as_chunks::<4>();
    let in_fours = fours
        .iter()
        .position(|four| four.map(|mark| mark == wanted) != [false; 4]);
    let (start, few) = match in_fours {
        Some(at) => (4 * at, &fours[at][..]),
        None => (4 * fours.len(), rest),
    };
    Some(start + few.iter().position(|mark| *mark == wanted)?)
}

impl Properties {
    pub(crate) fn reserve(&mut self, count: usize) {
        self.marks.reserve(count);
        self.entries.reserve(count);
    }

    fn find(&self, name: &CStr) -> Option<usize> {
        let wanted = mark(name);
        let mut from = 0;
        loop {
            let at = from + position(self.marks.get(from..)?, wanted)?;
            if self.entries.get(at)?.0.as_c_str() == name {
                return Some(at);
            }
            from = at + 1;
        }
    }

    pub(crate) fn get(&self, name: &CStr) -> Option<&Property> {
        self.find(name).map(|at| &self.entries[at].1)
    }

    pub(crate) fn get_mut(&mut self, name: &CStr) -> Option<&mut Property> {
        self.find(name).map(|at| &mut self.entries[at].1)
    }

    /// Adds a property, or replaces the one of that name.
    pub(crate) fn insert(&mut self, name: Text, property: Property) {
        if let Some(old) = self.get_mut(&name) {
            *old = property;
            return;
        }
        self.marks.push(mark(&name));
        self.entries.push((name, property));
    }

    pub(crate) fn remove(&mut self, name: &CStr) {
        if let Some(at) = self.find(name) {
            self.marks.remove(at);
            self.entries.remove(at);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Text, Property)> {
        self.entries.iter()
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut Property> {
        self.entries.iter_mut().map(|(_, property)| property)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;

    #[test]
    fn the_first_mark_is_found_wherever_it_is() {
        for count in 0..14 {
            let marks: Vec<u32> = (0..count).chain(0..count.min(2)).collect();
            for wanted in 0..count {
                assert_eq!(position(&marks, wanted), Some(wanted as usize));
            }
            assert_eq!(position(&marks, count), None);
        }
    }

    #[test]
    fn names_with_the_same_mark_are_told_apart() {
        let names = [
            c"OpenCLEnabled",
            c"OpenGLEnabled",
            c"bled",
            c"led",
            c"ed",
            c"d",
            c"",
        ];
        let add = |schema: Schema, (i, name)| schema.fixed(name, i);
        let mut all = (0..).zip(names).fold(Schema::default(), add).properties;
        let value = |all: &Properties, name| all.get(name).map(|p| p.values.clone());
        for (i, name) in (0..).zip(names) {
            assert_eq!(value(&all, name), Some(i.into()), "{name:?}");
        }
        assert_eq!(value(&all, c"OpenXLEnabled"), None);
        all.remove(c"OpenCLEnabled");
        assert_eq!(value(&all, c"OpenCLEnabled"), None);
        assert_eq!(value(&all, c"OpenGLEnabled"), Some(1.into()));
        assert_eq!(all.iter().count(), names.len() - 1);
    }

    #[test]
    fn a_property_that_comes_again_replaces_the_first() {
        let all = Schema::default()
            .fixed(c"a", 1)
            .fixed(c"b", 2)
            .open(c"a", 3);
        let all = all.properties;
        assert_eq!(all.get(c"a").map(|p| p.values.clone()), Some(3.into()));
        assert_eq!(all.iter().count(), 2);
    }
}
