//! Medians, quartiles, ratios of pairs, and geometric means.

/// The median of some values, and a range around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Spread {
    /// The quartiles. `None` without values.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        // Linear interpolation between neighbours.
        let at = |fraction: f64| {
            let place = fraction * last as f64;
            let below = values[place.floor() as usize];
            below + (values[place.ceil() as usize] - below) * place.fract()
        };
        Some(Self { low: at(0.25), median: at(0.5), high: at(0.75) })
    }

    /// The quartiles of `theirs` divided by `ours`, each by the value of the same round.
    pub(crate) fn of_pairs(ours: &[(u32, f64)], theirs: &[(u32, f64)]) -> Option<Self> {
        let pairs = theirs.iter().filter_map(|(round, theirs)| {
            let (_, ours) = ours.iter().find(|(other, _)| other == round)?;
            Some(theirs / ours)
        });
        Self::of(pairs)
    }
}

/// The geometric mean. `None` without values.
pub(crate) fn geometric_mean(values: &[f64]) -> Option<f64> {
    let sum: f64 = values.iter().map(|value| value.ln()).sum();
    (!values.is_empty()).then(|| (sum / values.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_interpolated_between_neighbours() {
        let spread = Spread::of([4.0, 1.0, 2.0, 3.0]).unwrap();
        assert_eq!(spread, Spread { low: 1.75, median: 2.5, high: 3.25 });
        assert_eq!(Spread::of([7.0]), Some(Spread { low: 7.0, median: 7.0, high: 7.0 }));
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn only_values_of_the_same_round_are_paired() {
        let ours = [(1, 10.0), (2, 20.0), (3, 5.0)];
        let theirs = [(2, 40.0), (1, 10.0), (4, 9.0)];
        assert_eq!(Spread::of_pairs(&ours, &theirs).unwrap().median, 1.5);
    }

    #[test]
    fn the_geometric_mean_of_2_and_8_is_4() {
        assert!((geometric_mean(&[2.0, 8.0]).unwrap() - 4.0).abs() < 1e-12);
        assert_eq!(geometric_mean(&[]), None);
    }
}
