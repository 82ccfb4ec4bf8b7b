//! What no panel lets a user set.

use host::{ParamDescriptor, ParamKind, Value};

/// A value for a parameter of any kind.
#[derive(Clone, Copy, Debug)]
pub struct Odd {
    double: f64,
    int: i32,
}

/// All of them.
pub fn odds() -> Vec<Odd> {
    let doubles = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -1.0,
        0.0,
        0.5,
        1.0,
        1e300,
        -1e300,
        1e-300,
    ];
    // The small ones are options of choices, and one that is none.
    let ints = [0, 1, 2, 3, 4, 5, 6, -1, i32::MIN, i32::MAX];
    let all = doubles
        .into_iter()
        .flat_map(|double| ints.map(|int| Odd { double, int }));
    all.collect()
}

impl Odd {
    /// As that parameter takes it; none for one without a value.
    pub fn value(self, param: &ParamDescriptor) -> Option<Value> {
        let Self { double, int } = self;
        Some(match param.kind {
            ParamKind::Integer => Value::Int(int),
            ParamKind::Boolean => Value::Bool(int % 2 != 0),
            ParamKind::Choice => Value::Choice(int),
            ParamKind::Double => Value::Double(double),
            ParamKind::Double2D => Value::Doubles(vec![double, 0.25]),
            ParamKind::Rgba => Value::Doubles(vec![double; 4]),
            ParamKind::String => Value::String(format!("{double}/%s%n\u{7f}")),
            _ => return None,
        })
    }
}
