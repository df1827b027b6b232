//! Why bombproof is behind where it is, and what would change it. A line is shown only where the record
//! says that it is.

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    Time,
    Memory,
    Similarity,
}

impl Measure {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Memory => "memory",
            Self::Similarity => "similarity",
        }
    }
}

/// The line for a format.
pub(crate) fn reason(format: &str, measure: Measure) -> &'static str {
    let known = REASONS.iter().find(|(f, m, _)| *f == format && *m == measure);
    known.map_or(MISSING, |(_, _, words)| *words)
}

/// A line that nobody has written yet; the tests do not let it pass.
pub(crate) const MISSING: &str = "NOT EXPLAINED in benches/peers/src/tables/known_deficits.rs";

const LESS_DETAIL: &str = "the decoder leaves at least 1.25 times the target for the resize, Pillow and libvips twice. \
                           `Request::jpeg_detail(JpegDetail::Best)` leaves as much, and takes longer.";

const REASONS: &[(&str, Measure, &str)] = &[
    ("JPEG baseline", Measure::Similarity, LESS_DETAIL),
    ("JPEG progressive", Measure::Similarity, LESS_DETAIL),
    (
        "PNG",
        Measure::Time,
        "most of it is inflating, for which sharp has zlib-ng and its SIMD; here it is plain Rust without unsafe code. \
         A faster inner loop of the inflater would change it.",
    ),
    (
        "WebP lossy",
        Measure::Time,
        "libwebp predicts, transforms and filters with SIMD written by hand, where the decoder here is plain Rust \
         without unsafe code. Loops that the compiler turns into SIMD would change it.",
    ),
    (
        "WebP lossy",
        Measure::Memory,
        "the small planes, at least twice the target each way, are held until the last row is in, where libvips \
         resizes rows as they come. Doing the same would change it.",
    ),
    (
        "WebP lossy",
        Measure::Similarity,
        "Pillow decodes all pixels and makes them small by Lanczos; here a box comes first, whose averages are rounded to \
         8 bits, and the loop filter is left out where it averages much. More bits would change the first.",
    ),
    (
        "WebP lossless",
        Measure::Time,
        "nearly all of it is reading prefix codes, a symbol after the other, in plain Rust without unsafe code. Fewer \
         steps for each symbol would change it.",
    ),
    (
        "WebP lossless",
        Measure::Memory,
        "the pixels are kept that a copy can reach, a million of four bytes at most. Three bytes for opaque ones \
         would change it.",
    ),
];
