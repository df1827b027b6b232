//! Why bombproof is behind, and what would change it. An explanation is
//! shown only if the record says that bombproof is behind.

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
            Self::Similarity => "SSIM",
        }
    }
}

/// The explanation for a format and a measure.
pub(crate) fn explanation(format: &str, measure: Measure) -> &'static str {
    let known = EXPLANATIONS.iter().find(|(f, m, _)| *f == format && *m == measure);
    known.map_or(MISSING, |(_, _, text)| *text)
}

/// Stands in for an explanation that nobody has written. The tests fail if it is shown.
pub(crate) const MISSING: &str = "NOT EXPLAINED in benches/peers/src/tables/known_deficits.rs";

const LESS_DETAIL: &str = "\
The decoder leaves at least 1.25 times the target size for the resize, where Pillow and libvips leave twice.
  `Request::jpeg_detail(JpegDetail::Best)` leaves as much, and takes longer.";

/// Format, measure and explanation, with the line breaks of the page.
const EXPLANATIONS: &[(&str, Measure, &str)] = &[
    ("JPEG baseline", Measure::Similarity, LESS_DETAIL),
    ("JPEG progressive", Measure::Similarity, LESS_DETAIL),
    (
        "PNG",
        Measure::Time,
        "\
Most of it is inflate. sharp has zlib-ng with SIMD; here it is plain Rust without unsafe code. A faster inner loop of
  the inflater would change it.",
    ),
    (
        "WebP lossy",
        Measure::Time,
        "\
libwebp has hand-written SIMD for prediction, transforms and the loop filter. The decoder here is plain Rust without
  unsafe code. Loops that the compiler vectorises would change it.",
    ),
    (
        "WebP lossy",
        Measure::Memory,
        "\
The reduced planes, at least twice the target on each side, stay in memory until the last row is decoded. libvips
  resizes rows as they arrive. To do the same would change it.",
    ),
    (
        "WebP lossy",
        Measure::Similarity,
        "\
Pillow decodes all pixels and resizes them with Lanczos. Here a box filter comes first, and its averages are rounded to
  8 bits; the loop filter is left out where many pixels are averaged. More bits would change the first.",
    ),
    (
        "WebP lossless",
        Measure::Time,
        "\
Nearly all of it is reading prefix codes, one symbol after another, in plain Rust without unsafe code. Fewer steps per
  symbol would change it.",
    ),
    (
        "WebP lossless",
        Measure::Memory,
        "\
The pixels that a copy can reach stay in memory, at most a million of four bytes. Three bytes for opaque pixels would
  change it.",
    ),
];
