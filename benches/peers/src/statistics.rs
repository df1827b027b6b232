//! Medians, quartiles, and ratios pair by pair.

/// The middle of some values and where their middle half lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Spread {
    /// Quartiles and median; `None` of nothing.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        // Between two neighbours the line is straight.
        let at = |fraction: f64| {
            let place = fraction * last as f64;
            let below = values[place.floor() as usize];
            below + (values[place.ceil() as usize] - below) * place.fract()
        };
        Some(Self { low: at(0.25), median: at(0.5), high: at(0.75) })
    }

    /// How many times `ours` the values of `theirs` are, each beside the one of the same round.
    pub(crate) fn of_pairs(ours: &[(u32, f64)], theirs: &[(u32, f64)]) -> Option<Self> {
        let pairs = theirs.iter().filter_map(|(round, theirs)| {
            let (_, ours) = ours.iter().find(|(other, _)| other == round)?;
            Some(theirs / ours)
        });
        Self::of(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_lie_between_their_neighbours() {
        let spread = Spread::of([4.0, 1.0, 2.0, 3.0]).unwrap();
        assert_eq!(spread, Spread { low: 1.75, median: 2.5, high: 3.25 });
        assert_eq!(Spread::of([7.0]), Some(Spread { low: 7.0, median: 7.0, high: 7.0 }));
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn pairs_are_of_one_round() {
        let ours = [(1, 10.0), (2, 20.0), (3, 5.0)];
        let theirs = [(2, 40.0), (1, 10.0), (4, 9.0)];
        assert_eq!(Spread::of_pairs(&ours, &theirs).unwrap().median, 1.5);
    }
}
