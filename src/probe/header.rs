//! [`Header`]: what a file declares, and the values that determine the cost of its decoder.

use super::color::{ColorKind, IccKind};
use super::exif::Orientation;
use super::png::ColorDeclaration;
use super::summary::Summary;
use super::{icc, jpeg, png, webp};
use crate::format::Format;
use crate::size::Size;

/// What the header of a file declares.
///
/// Only [`probe`](crate::probe()) creates a `Header`, and nobody can change one. Other processes get it as
/// `HeaderParts` (feature `serde`).
/// [`Plan::run`](crate::Plan::run) checks it against the bytes again.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Header {
    pub(crate) format: Format,
    pub(crate) size: Size,
    pub(crate) bit_depth: u8,
    pub(crate) color: ColorKind,
    pub(crate) alpha: bool,
    pub(crate) orientation: Orientation,
    pub(crate) progressive: bool,
    pub(crate) animated: bool,
    pub(crate) icc: Option<IccKind>,
    pub(crate) scans: Option<u32>,
    pub(crate) input_bytes: u64,
    pub(crate) segments: u32,
    /// What it costs to convert the colours with the embedded profile.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) icc_cost: icc::Cost,
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
            icc_cost: icc::Cost::NONE,
            detail,
        }
    }

    /// The fields that were read from the container.
    #[cfg(feature = "serde")]
    pub(super) const fn summary(&self) -> Summary {
        Summary {
            size: self.size,
            bit_depth: self.bit_depth,
            color: self.color,
            alpha: self.alpha,
            orientation: self.orientation,
            progressive: self.progressive,
            animated: self.animated,
            icc: self.icc,
            scans: self.scans,
            segments: self.segments,
        }
    }

    /// The format, detected from the first bytes, never from a file name.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Width and height as stored, before the orientation is applied. For an animation, the canvas.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Bits per sample as stored: 1, 2, 4, 8 or 16.
    #[must_use]
    pub const fn bit_depth(&self) -> u8 {
        self.bit_depth
    }

    /// The colour model as stored.
    #[must_use]
    pub const fn color(&self) -> ColorKind {
        self.color
    }

    /// True if pixels may be transparent.
    #[must_use]
    pub const fn alpha(&self) -> bool {
        self.alpha
    }

    /// The operation that makes the stored picture upright.
    #[must_use]
    pub const fn orientation(&self) -> Orientation {
        self.orientation
    }

    /// True for a progressive JPEG or an interlaced PNG.
    #[must_use]
    pub const fn progressive(&self) -> bool {
        self.progressive
    }

    /// True if the file is an animation. Only its first frame is decoded.
    #[must_use]
    pub const fn animated(&self) -> bool {
        self.animated
    }

    /// The colour space of the embedded ICC profile, if there is one.
    #[must_use]
    pub const fn icc(&self) -> Option<IccKind> {
        self.icc
    }

    /// The number of scans of a JPEG. `None` for the other formats.
    #[must_use]
    pub const fn scans(&self) -> Option<u32> {
        self.scans
    }

    /// The length of the input in bytes.
    #[must_use]
    pub const fn input_bytes(&self) -> u64 {
        self.input_bytes
    }

    /// The number of segments (JPEG) or chunks (PNG, WebP) that were read. IDAT chunks, the chunks
    /// of the frames of an animation, and restart intervals do not count.
    #[must_use]
    pub const fn segments(&self) -> u32 {
        self.segments
    }

    /// True if the file declares colours that may have to be converted.
    pub(crate) fn declares_colors(&self) -> bool {
        match &self.detail {
            Detail::Png(image) => {
                image.color_chunks.declaration(image.is_gray()) != ColorDeclaration::Srgb
            }
            Detail::Jpeg(_) | Detail::WebP(_) => self.icc.is_some(),
        }
    }

    /// True if the file declares colours outside of sRGB, by curves and a matrix, in a profile of at
    /// most `max_icc_bytes`, or by primaries.
    pub(crate) fn has_wide_gamut(&self, max_icc_bytes: u64) -> bool {
        let is_wide_icc = self.icc_cost.wide_bytes.is_some_and(|bytes| bytes <= max_icc_bytes);
        match &self.detail {
            Detail::Png(image) => match image.color_chunks.declaration(image.is_gray()) {
                ColorDeclaration::Icc => is_wide_icc,
                ColorDeclaration::Space(space) => {
                    !image.is_gray() && space.chromaticities.are_wide()
                }
                ColorDeclaration::Srgb | ColorDeclaration::Unusable(_) => false,
            },
            Detail::Jpeg(_) | Detail::WebP(_) => is_wide_icc,
        }
    }

    /// Returns the width and height of the picture after the orientation is applied.
    #[must_use]
    pub const fn upright_size(&self) -> Size {
        if self.orientation.is_transposed() { self.size.transposed() } else { self.size }
    }
}

/// A plan from a changed header could have too low a quote.
///
/// ```compile_fail,E0616
/// # fn claim(mut header: bombproof::Header) {
/// header.size = bombproof::Size::new(1, 1);
/// # }
/// ```
#[cfg(doctest)]
struct NobodyChangesAHeader;

/// The part of a header that is specific to one format.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[allow(clippy::large_enum_variant, reason = "440 bytes on the stack: a header needs no heap")]
pub(crate) enum Detail {
    Jpeg(jpeg::Frame),
    Png(png::Image),
    WebP(webp::Still),
}
