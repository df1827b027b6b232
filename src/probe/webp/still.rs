//! [`Still`]: the one picture of a WebP that is decoded.

use super::vp8;
use super::vp8l;
#[cfg(feature = "serde")]
use crate::size::Rect;
use crate::size::Size;

/// The picture that is decoded, with everything that determines its cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Still {
    /// The canvas of an animation; otherwise the size of the frame.
    pub(crate) canvas: Size,
    /// The size of the decoded picture. The decoder emits rows in its coordinates.
    pub(crate) frame: Size,
    /// The position of the frame on the canvas. Both coordinates are even.
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) coding: Coding,
    pub(crate) alpha: Alpha,
    /// The length of the ICC profile, 0 without one.
    pub(crate) icc_bytes: u64,
}

impl Still {
    /// False for what no file of `input_bytes` can declare.
    #[cfg(feature = "serde")]
    pub(in crate::probe) fn is_possible(&self, input_bytes: u64) -> bool {
        let Self { canvas, frame: Size { width, height }, x, y, .. } = *self;
        let coding = match &self.coding {
            Coding::Lossy(frame) => frame.is_possible() && frame.size == self.frame,
            Coding::Lossless(stream) => stream.is_possible(input_bytes),
        };
        let alpha = match &self.alpha {
            Alpha::None | Alpha::Inside | Alpha::Raw(_) => true,
            Alpha::Lossless(_, stream) => stream.is_possible(input_bytes),
        };
        let frame = Rect { x, y, width, height };
        self.icc_bytes <= input_bytes
            && coding
            && alpha
            && is_possible_canvas(canvas)
            && frame.is_inside(canvas)
    }

    /// An upper bound on the pixels that the coded data can hold. For VP8L, which has no such
    /// bound, a limit of our own.
    pub(crate) const fn possible_pixels(&self) -> u64 {
        match self.coding {
            Coding::Lossy(frame) => frame.possible_pixels(),
            Coding::Lossless(stream) => stream.possible_pixels(),
        }
    }

    /// Returns true if the frame leaves a part of the canvas uncovered. That part is transparent.
    pub(crate) fn leaves_canvas_uncovered(&self) -> bool {
        self.canvas != self.frame
    }
}

/// The longest side of a canvas is 2^24, and it has less than 2^32 pixels (RFC 9649, 2.7).
pub(super) const fn is_possible_canvas(canvas: Size) -> bool {
    canvas.longer_side() <= 1 << 24 && canvas.pixels() <= u32::MAX as u64
}

/// The coding of the colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub(crate) enum Coding {
    /// VP8: planes Y, U and V, with separate alpha.
    Lossy(vp8::Frame),
    /// VP8L: red, green, blue and alpha in one stream.
    Lossless(vp8l::Stream),
}

/// The source of alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub(crate) enum Alpha {
    /// None: the frame is opaque.
    None,
    /// The VP8L stream of the colours.
    Inside,
    /// An ALPH chunk with one byte per pixel.
    Raw(Filter),
    /// An ALPH chunk with a VP8L stream. Its green channel is alpha.
    Lossless(Filter, vp8l::Stream),
}

/// The filter: how the encoder predicted alpha (RFC 9649, 2.7.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub(crate) enum Filter {
    None,
    Horizontal,
    Vertical,
    Gradient,
}

impl Filter {
    /// The two bits of the filter in the first byte of an ALPH chunk.
    #[cfg(feature = "instrument")]
    pub(crate) const fn bits(self) -> u8 {
        self as u8
    }
}
