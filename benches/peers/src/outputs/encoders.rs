//! The encoders that are compared. `workers/sharp_ladder.mjs` and `workers/pillow_ladder.py` have the
//! encoders of sharp and Pillow under the same names.

use bombproof::{JpegEffort, Request};

/// An encoder with its settings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Encoder {
    pub(crate) name: &'static str,
    /// The class of its line in the chart.
    pub(crate) class: &'static str,
    /// The request for a quality, if the encoder is ours.
    pub(crate) request: Option<fn(Request, u8) -> Request>,
}

/// All encoders, in the order of the tables.
pub(crate) const ENCODERS: [Encoder; 8] = [
    other(BASELINE, "b"),
    other("sharp mozjpeg", "c"),
    other("Pillow JPEG", "d"),
    ours(OUR_JPEG, "a", |request, quality| request.jpeg(quality)),
    ours("bombproof JPEG progressive", "e", |request, quality| {
        request.jpeg(quality).jpeg_progressive(true)
    }),
    ours("bombproof JPEG smallest", "f", |request, quality| {
        request.jpeg(quality).jpeg_effort(JpegEffort::Smallest)
    }),
    other("sharp WebP", "b dashed"),
    ours(OUR_WEBP, "a dashed", |request, quality| request.webp(quality)),
];

/// The encoder that all others are divided by: sharp's JPEG with its defaults.
pub(crate) const BASELINE: &str = "sharp JPEG";

pub(crate) const OUR_JPEG: &str = "bombproof JPEG";
pub(crate) const OUR_WEBP: &str = "bombproof WebP";

/// The quality settings that every encoder runs with.
pub(crate) const QUALITIES: [u8; 11] = [20, 30, 40, 50, 60, 70, 75, DEFAULT_QUALITY, 85, 90, 95];

/// The default of bombproof and of sharp.
pub(crate) const DEFAULT_QUALITY: u8 = 80;

const fn ours(
    name: &'static str,
    class: &'static str,
    request: fn(Request, u8) -> Request,
) -> Encoder {
    Encoder { name, class, request: Some(request) }
}

const fn other(name: &'static str, class: &'static str) -> Encoder {
    Encoder { name, class, request: None }
}
