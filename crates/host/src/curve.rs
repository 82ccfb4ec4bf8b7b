//! Keys of a parameter, and the values between them: linear for doubles, held for all others.

use crate::status::Status;
use crate::value::Stored;
use crate::values::Numbers;
use std::borrow::Cow;

/// A value that may be keyed. Outside its keys it is the nearest key's.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    still: Stored,
    /// By time, no time twice.
    keys: Vec<(f64, Stored)>,
}

impl Curve {
    pub(crate) fn new(still: Stored) -> Self {
        Self {
            still,
            keys: Vec::new(),
        }
    }

    pub(crate) fn keys(&self) -> &[(f64, Stored)] {
        &self.keys
    }

    pub(crate) fn is_keyed(&self) -> bool {
        !self.keys.is_empty()
    }

    pub(crate) fn set(&mut self, value: Stored) {
        self.still = value;
    }

    /// Sets a key; times that are no numbers are refused.
    pub(crate) fn key(&mut self, time: f64, value: Stored) -> Result<(), Status> {
        if !time.is_finite() {
            return Err(Status::ERR_VALUE);
        }
        match self.find(time) {
            Ok(at) => self.keys[at].1 = value,
            Err(at) => self.keys.insert(at, (time + 0.0, value)),
        }
        Ok(())
    }

    pub(crate) fn delete(&mut self, time: f64) -> Result<(), Status> {
        let at = self.find(time).map_err(|_| Status::ERR_BAD_INDEX)?;
        self.keys.remove(at);
        Ok(())
    }

    /// Deletes all keys; the value stays what it was at the first.
    pub(crate) fn clear(&mut self) {
        if let Some((_, first)) = self.keys.first() {
            self.still = first.clone();
        }
        self.keys.clear();
    }

    /// Where the key at `time` is, or would be.
    pub(crate) fn find(&self, time: f64) -> Result<usize, usize> {
        self.keys
            .binary_search_by(|(t, _)| t.total_cmp(&(time + 0.0))) // no -0
    }

    pub(crate) fn at(&self, time: f64) -> Cow<'_, Stored> {
        let (before, after) = match self.find(time) {
            Ok(at) => return Cow::Borrowed(&self.keys[at].1),
            Err(at) => (at.checked_sub(1).map(|i| &self.keys[i]), self.keys.get(at)),
        };
        match (before, after) {
            (None, None) => Cow::Borrowed(&self.still),
            (Some((_, value)), None) | (None, Some((_, value))) => Cow::Borrowed(value),
            (Some((t0, a)), Some((t1, b))) => between(a, b, (time - t0) / (t1 - t0)),
        }
    }

    /// The slope at `time`, by component; on a key that of the segment after it.
    pub(crate) fn derivative(&self, time: f64) -> Result<Numbers<f64>, Status> {
        let Stored::Doubles(flat) = &self.still else {
            return Err(Status::ERR_UNSUPPORTED);
        };
        let after = self.keys.partition_point(|(t, _)| *t <= time);
        match (
            after.checked_sub(1).map(|i| &self.keys[i]),
            self.keys.get(after),
        ) {
            (Some((t0, Stored::Doubles(a))), Some((t1, Stored::Doubles(b)))) => {
                Ok(a.iter().zip(b).map(|(a, b)| (b - a) / (t1 - t0)).collect())
            }
            _ => Ok(Numbers::from_elem(0.0, flat.len())),
        }
    }

    /// The integral from `from` to `to`, by component: exact, by the trapezia between the keys.
    pub(crate) fn integral(&self, from: f64, to: f64) -> Result<Numbers<f64>, Status> {
        let Stored::Doubles(flat) = &self.still else {
            return Err(Status::ERR_UNSUPPORTED);
        };
        let (low, high) = (from.min(to), from.max(to));
        let inner = self
            .keys
            .iter()
            .map(|(t, _)| *t)
            .filter(|t| *t > low && *t < high);
        let times: Vec<f64> = [low].into_iter().chain(inner).chain([high]).collect();
        let mut sum = Numbers::from_elem(0.0, flat.len());
        for pair in times.windows(2) {
            let (a, b) = (self.at(pair[0]), self.at(pair[1]));
            let (Stored::Doubles(a), Stored::Doubles(b)) = (&*a, &*b) else {
                return Err(Status::FAILED);
            };
            for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
                *sum += (a + b) / 2.0 * (pair[1] - pair[0]);
            }
        }
        if to < from {
            sum.iter_mut().for_each(|s| *s = -*s);
        }
        Ok(sum)
    }
}

fn between<'a>(a: &'a Stored, b: &Stored, part: f64) -> Cow<'a, Stored> {
    match (a, b) {
        (Stored::Doubles(a), Stored::Doubles(b)) => Cow::Owned(Stored::Doubles(
            a.iter().zip(b).map(|(a, b)| a + (b - a) * part).collect(),
        )),
        _ => Cow::Borrowed(a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smallvec::smallvec;

    fn ramp() -> Curve {
        let mut curve = Curve::new(Stored::Doubles(smallvec![9.0]));
        for (time, value) in [(20.0, 3.0), (10.0, 1.0)] {
            curve.key(time, Stored::Doubles(smallvec![value])).unwrap();
        }
        curve
    }

    #[test]
    fn doubles_are_linear_and_held_outside() {
        let curve = ramp();
        let at = |t| match &*curve.at(t) {
            Stored::Doubles(v) => v[0],
            _ => f64::NAN,
        };
        assert_eq!(
            [0.0, 10.0, 15.0, 20.0, 99.0].map(at),
            [1.0, 1.0, 2.0, 3.0, 3.0]
        );
        assert_eq!(curve.derivative(12.0), Ok(smallvec![0.2]));
        assert_eq!(curve.derivative(30.0), Ok(smallvec![0.0]));
        assert_eq!(curve.integral(0.0, 30.0), Ok(smallvec![10.0 + 20.0 + 30.0]));
        assert_eq!(curve.integral(20.0, 10.0), Ok(smallvec![-20.0]));
    }

    #[test]
    fn others_are_held() {
        let mut curve = Curve::new(Stored::Ints(smallvec![0]));
        curve.key(0.0, Stored::Ints(smallvec![4])).unwrap();
        curve.key(2.0, Stored::Ints(smallvec![8])).unwrap();
        assert_eq!(*curve.at(1.9), Stored::Ints(smallvec![4]));
        assert!(curve.derivative(1.0).is_err());
    }

    #[test]
    fn keys_are_replaced_deleted_and_cleared() {
        let mut curve = ramp();
        curve.key(10.0, Stored::Doubles(smallvec![5.0])).unwrap();
        assert_eq!(curve.keys().len(), 2);
        assert_eq!(curve.delete(11.0), Err(Status::ERR_BAD_INDEX));
        assert_eq!(
            curve.key(f64::NAN, Stored::Doubles(smallvec![0.0])),
            Err(Status::ERR_VALUE)
        );
        curve.clear();
        assert_eq!(*curve.at(15.0), Stored::Doubles(smallvec![5.0]));
    }

    #[test]
    fn minus_zero_is_zero() {
        let mut curve = Curve::new(Stored::Ints(smallvec![0]));
        curve.key(-0.0, Stored::Ints(smallvec![1])).unwrap();
        curve.key(0.0, Stored::Ints(smallvec![2])).unwrap();
        assert_eq!(curve.keys().len(), 1);
    }
}
