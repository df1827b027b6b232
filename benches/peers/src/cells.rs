//! The cells of the suite `sizes`: a target on an upload of a format and a size.

use crate::record::FORMATS;

/// A target of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) fit: Fit,
    pub(crate) side: u32,
}

/// How the target is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    Cover,
    Contain,
}

impl Fit {
    pub(crate) const ALL: [Self; 2] = [Self::Cover, Self::Contain];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Cover => "cover",
            Self::Contain => "contain",
        }
    }

    /// The side of a picture that decides whether a target is larger than it.
    pub(crate) fn decisive(self, width: u32, height: u32) -> u32 {
        match self {
            Self::Cover => width.min(height),
            Self::Contain => width.max(height),
        }
    }
}

impl Cell {
    /// The cells of a picture. Nothing is enlarged, so the smallest
    /// target that the picture does not fill is the last of its fit: the next ones are the same job.
    pub(crate) fn of_picture(width: u32, height: u32) -> Vec<Self> {
        let of_fit = |fit: Fit| {
            let decisive = fit.decisive(width, height);
            let is_other_job = move |index: usize| {
                index == 0 || SIDES.get(index - 1).is_some_and(|&s| s < decisive)
            };
            (0..SIDES.len())
                .filter(move |&index| is_other_job(index))
                .map(move |index| Self { fit, side: SIDES[index] })
        };
        Fit::ALL.into_iter().flat_map(of_fit).collect()
    }

    /// The side that a worker is asked for: of a small picture its own, so that all peers write a
    /// picture of the same size.
    pub(crate) fn requested_side(self, width: u32, height: u32) -> u32 {
        self.side.min(self.fit.decisive(width, height))
    }

    /// A measure of the cell in the record, such as `cover_256_time_ns`.
    pub(crate) fn measure(self, measure: &str) -> String {
        format!("{}_{}_{measure}", self.fit.name(), self.side)
    }

    pub(crate) fn name(self) -> String {
        format!("{} {}", self.fit.name(), self.side)
    }
}

/// The size of the suite that a picture stands for, in megapixels.
pub(crate) fn nominal_megapixels(megapixels: f64) -> f64 {
    let distance = |nominal: &f64| (nominal / megapixels).ln().abs();
    let nearest = MEGAPIXELS.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
    nearest.unwrap_or(megapixels)
}

/// The cells to measure: alternatives, each of words that a cell must
/// have, such as `png 12mp cover`. Without alternatives, all cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    alternatives: Vec<Vec<String>>,
}

impl Filter {
    /// Alternatives are separated by commas, their words by spaces.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let words = |part: &str| part.split_whitespace().map(str::to_owned).collect();
        let alternatives: Vec<Vec<String>> = text.split(',').map(words).collect();
        let known: Vec<String> = (FORMATS.into_iter().map(format_word))
            .chain(MEGAPIXELS.into_iter().map(size_word))
            .chain(Fit::ALL.into_iter().map(|fit| fit.name().to_owned()))
            .chain(SIDES.into_iter().map(|side| side.to_string()))
            .collect();
        match alternatives.iter().flatten().find(|word| !known.contains(word)) {
            Some(unknown) => Err(format!("--only: {unknown} is none of {}", known.join(" "))),
            None => Ok(Self { alternatives }),
        }
    }

    /// Whether some cell of this size may be measured.
    pub(crate) fn allows_size(&self, megapixels: f64) -> bool {
        let sizes = || MEGAPIXELS.into_iter().map(size_word);
        self.alternatives.is_empty()
            || self.alternatives.iter().any(|words| {
                words.contains(&size_word(megapixels)) || sizes().all(|size| !words.contains(&size))
            })
    }

    pub(crate) fn allows(&self, format: &str, megapixels: f64, cell: Cell) -> bool {
        let of_cell = [
            format_word(format),
            size_word(megapixels),
            cell.fit.name().to_owned(),
            cell.side.to_string(),
        ];
        self.alternatives.is_empty()
            || self.alternatives.iter().any(|words| words.iter().all(|word| of_cell.contains(word)))
    }
}

/// The last word of a format's name: `baseline`, `progressive`, `png`, `lossy` or `lossless`.
fn format_word(format: &str) -> String {
    format.rsplit(' ').next().unwrap_or_default().to_lowercase()
}

fn size_word(megapixels: f64) -> String {
    format!("{megapixels}mp")
}

/// The sides of the targets in pixels.
pub(crate) const SIDES: [u32; 6] = [64, 128, 256, 512, 1_024, 2_048];

/// The sizes of the uploads.
pub(crate) const MEGAPIXELS: [f64; 6] = [0.1, 0.5, 1.0, 4.0, 12.0, 50.0];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_beyond_the_picture_are_one_cell() {
        let sides = |fit: Fit| -> Vec<u32> {
            let cells = Cell::of_picture(600, 200).into_iter();
            cells.filter(|cell| cell.fit == fit).map(|cell| cell.side).collect()
        };
        assert_eq!(sides(Fit::Cover), [64, 128, 256]);
        assert_eq!(sides(Fit::Contain), [64, 128, 256, 512, 1_024]);
        let cell = |fit, side| Cell { fit, side }.requested_side(600, 200);
        assert_eq!((cell(Fit::Cover, 256), cell(Fit::Contain, 1_024)), (200, 600));
        assert_eq!(cell(Fit::Cover, 64), 64);
    }

    #[test]
    fn a_picture_stands_for_the_nearest_size() {
        assert_eq!([0.099, 0.52, 12.2, 48.8].map(nominal_megapixels), [0.1, 0.5, 12.0, 50.0]);
    }

    #[test]
    fn a_cell_needs_all_words_of_one_alternative() {
        let cell = Cell { fit: Fit::Cover, side: 256 };
        let filter = Filter::parse("png 12mp,lossy cover 256").unwrap();
        assert!(filter.allows("PNG", 12.0, cell) && filter.allows("WebP lossy", 0.1, cell));
        assert!(!filter.allows("PNG", 50.0, cell) && !filter.allows("WebP lossless", 12.0, cell));
        assert!(filter.allows_size(50.0) && Filter::default().allows_size(50.0));
        assert!(!Filter::parse("png 12mp").unwrap().allows_size(50.0));
        assert!(Filter::default().allows("PNG", 50.0, cell));
        assert!(Filter::parse("gif").is_err());
    }
}
