//! The one picture of a WebP that is decoded.

use super::vp8;
use super::vp8l;
use crate::size::Size;

/// The one picture that is decoded, with all that its cost depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Still {
    /// The canvas of an animation; otherwise the size of the frame.
    pub(crate) canvas: Size,
    /// The size of the decoded picture. Rows are given in its coordinates.
    pub(crate) frame: Size,
    /// Where the frame lies on the canvas; both are even.
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) coding: Coding,
    pub(crate) alpha: Alpha,
    /// The length of the ICC profile, 0 without one.
    pub(crate) icc_bytes: u64,
}

impl Still {
    /// The most pixels that the coded data can hold, or are trusted to hold.
    pub(crate) const fn possible_pixels(&self) -> u64 {
        match self.coding {
            Coding::Lossy(frame) => frame.possible_pixels(),
            Coding::Lossless(stream) => stream.possible_pixels(),
        }
    }

    /// True when the frame leaves a part of the canvas uncovered, which is transparent.
    pub(crate) fn leaves_canvas_bare(&self) -> bool {
        self.canvas != self.frame
    }
}

/// How the colours are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// VP8: planes Y, U, V, and alpha apart.
    Lossy(vp8::Frame),
    /// VP8L: red, green, blue and alpha in one stream.
    Lossless(vp8l::Stream),
}

/// Where alpha comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alpha {
    /// The frame is opaque.
    None,
    /// With the colours of a VP8L stream.
    Inside,
    /// An ALPH chunk that holds one byte a pixel.
    Raw(Filter),
    /// An ALPH chunk that holds a VP8L stream whose green is alpha.
    Lossless(Filter, vp8l::Stream),
}

/// How alpha was predicted before it was coded (RFC 9649, 2.7.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    None,
    Horizontal,
    Vertical,
    Gradient,
}

impl Filter {
    /// The two bits that stand for it in the first byte of an ALPH chunk.
    #[cfg(feature = "instrument")]
    pub(crate) const fn bits(self) -> u8 {
        self as u8
    }
}
