//! Three equations in three unknowns.

/// The solution of `a * x = b`, by elimination with pivots. None if there is not one.
pub(super) fn solve(mut a: [[f64; 3]; 3], mut b: [f64; 3]) -> Option<[f64; 3]> {
    for column in 0..3 {
        let pivot = (column..3).max_by(|i, j| {
            let (i, j) = (a[*i][column].abs(), a[*j][column].abs());
            i.total_cmp(&j)
        })?;
        a.swap(column, pivot);
        b.swap(column, pivot);
        if a[column][column] == 0.0 {
            return None;
        }
        for row in column + 1..3 {
            let factor = a[row][column] / a[column][column];
            let pivot_row = a[column];
            for (own, above) in a[row].iter_mut().zip(pivot_row).skip(column) {
                *own -= factor * above;
            }
            b[row] -= factor * b[column];
        }
    }
    let mut x = [0.0; 3];
    for row in (0..3).rev() {
        let known: f64 = (row + 1..3).map(|k| a[row][k] * x[k]).sum();
        x[row] = (b[row] - known) / a[row][row];
    }
    x.iter().all(|x| x.is_finite()).then_some(x)
}

#[cfg(test)]
mod tests {
    use super::solve;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_solution_solves(
            a in prop::array::uniform3(prop::array::uniform3(-1.0f64..1.0)),
            x in prop::array::uniform3(-1.0f64..1.0),
        ) {
            let mut a = a;
            for (i, row) in a.iter_mut().enumerate() {
                row[i] += 4.0;
            }
            let b = a.map(|row| row.iter().zip(&x).map(|(a, x)| a * x).sum());
            let found = solve(a, b).unwrap();
            for (found, x) in found.iter().zip(&x) {
                prop_assert!((found - x).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_singular_system_has_no_solution() {
        assert_eq!(
            solve(
                [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.0, 0.0, 1.0]],
                [1.0; 3]
            ),
            None
        );
    }
}
