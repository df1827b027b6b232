//! [`Header`]: what a file declares, and the values that determine the cost of its decoder.

use super::color::{ColorKind, IccKind};
use super::exif::Orientation;
use super::summary::Summary;
use super::{jpeg, png, webp};
use crate::format::Format;
use crate::size::Size;

/// What the header of a file declares.
///
/// Only [`probe`](crate::probe()) creates a `Header`. [`Plan::run`](crate::Plan::run) checks it
/// against the bytes again.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Header {
    /// The format, detected from the first bytes, never from a file name.
    pub format: Format,
    /// Width and height as stored, before the orientation is applied. For an animation, the canvas.
    pub size: Size,
    /// Bits per sample as stored: 1, 2, 4, 8 or 16.
    pub bit_depth: u8,
    /// The colour model as stored.
    pub color: ColorKind,
    /// True if pixels may be transparent.
    pub alpha: bool,
    /// The operation that makes the stored picture upright.
    pub orientation: Orientation,
    /// True for a progressive JPEG or an interlaced PNG.
    pub progressive: bool,
    /// True if the file is an animation. Only its first frame is decoded.
    pub animated: bool,
    /// The colour space of the embedded ICC profile, if there is one.
    pub icc: Option<IccKind>,
    /// The number of scans of a JPEG. `None` for the other formats.
    pub scans: Option<u32>,
    /// The length of the input in bytes.
    pub input_bytes: u64,
    /// The number of segments (JPEG) or chunks (PNG, WebP) that were read. IDAT chunks, the chunks
    /// of the frames of an animation, and restart intervals do not count.
    pub segments: u32,
    /// The peak memory of converting the colours with the embedded profile.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) icc_cost_bytes: u64,
    /// What the cost model and the decoder of the format need.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) detail: Detail,
}

impl Header {
    pub(super) const fn new(input_bytes: u64, summary: Summary, detail: Detail) -> Self {
        let format = match detail {
            Detail::Jpeg(_) => Format::Jpeg,
            Detail::Png(_) => Format::Png,
            Detail::WebP(_) => Format::WebP,
        };
        Self {
            format,
            size: summary.size,
            bit_depth: summary.bit_depth,
            color: summary.color,
            alpha: summary.alpha,
            orientation: summary.orientation,
            progressive: summary.progressive,
            animated: summary.animated,
            icc: summary.icc,
            scans: summary.scans,
            input_bytes,
            segments: summary.segments,
            icc_cost_bytes: 0,
            detail,
        }
    }

    /// Returns the width and height of the picture after the orientation is applied.
    #[must_use]
    pub const fn upright_size(&self) -> Size {
        if self.orientation.is_transposed() { self.size.transposed() } else { self.size }
    }
}

/// The part of a header that is specific to one format.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "440 bytes on the stack: a header needs no heap")]
pub(crate) enum Detail {
    Jpeg(jpeg::Frame),
    Png(png::Image),
    WebP(webp::Still),
}
