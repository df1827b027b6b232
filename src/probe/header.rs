//! The header: what a file declares, and what the cost of its decoder depends on.

use super::color::{ColorKind, IccKind};
use super::exif::Orientation;
use super::summary::Summary;
use super::{jpeg, png, webp};
use crate::format::Format;
use crate::size::Size;

/// What the header of a file declares.
///
/// Only [`probe`] makes one. [`Plan::run`](crate::Plan::run) compares it with the bytes again.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Header {
    /// The format, from the first bytes, never from a name.
    pub format: Format,
    /// Width and height as stored, before the orientation is applied. For an animation, the canvas.
    pub size: Size,
    /// Bits per sample as stored: 1, 2, 4, 8 or 16.
    pub bit_depth: u8,
    /// The colours as stored.
    pub color: ColorKind,
    /// True when pixels may be transparent.
    pub alpha: bool,
    /// How the stored picture is turned to stand upright.
    pub orientation: Orientation,
    /// True for a progressive JPEG and an interlaced PNG.
    pub progressive: bool,
    /// True when the file holds an animation; only its first frame is decoded.
    pub animated: bool,
    /// The kind of the embedded ICC profile, where there is one.
    pub icc: Option<IccKind>,
    /// The number of scans of a JPEG. `None` for the other formats.
    pub scans: Option<u32>,
    /// The length of the input in bytes.
    pub input_bytes: u64,
    /// Segments (JPEG) or chunks (PNG, WebP) that were walked; IDAT chunks and restart intervals do
    /// not count.
    pub segments: u32,
    /// What converting the colours by the profile takes.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) icc_cost_bytes: u64,
    /// What the cost model and the decoder of the format need to know.
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

    /// Width and height of the picture as it is seen, after the orientation is applied.
    #[must_use]
    pub const fn upright_size(&self) -> Size {
        if self.orientation.is_transposed() { self.size.transposed() } else { self.size }
    }
}

/// The part of a header that belongs to one format.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "440 bytes of the stack: a header takes no heap")]
pub(crate) enum Detail {
    Jpeg(jpeg::Frame),
    Png(png::Image),
    WebP(webp::Still),
}
