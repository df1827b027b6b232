//! The container reader of WebP (RFC 9649, section 2): one still picture, or the first frame of an
//! animation.

use super::{ColorKind, Detail, Header, IccKind, Orientation};
use crate::error::Error;
use crate::format::Format;
use crate::size::Size;

pub(crate) mod bits;
pub(crate) mod bool_decoder;
pub(crate) mod code;
pub(crate) mod lengths;
pub(crate) mod pixels;
mod riff;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod vp8;
pub(crate) mod vp8l;
mod walk;

use riff::Chunks;
use walk::Walk;

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

/// What the walk over the chunks approved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Approved<'a> {
    pub(crate) still: Still,
    /// The payload of the VP8 or VP8L chunk.
    pub(crate) color: &'a [u8],
    /// The coded alpha behind the first byte of the ALPH chunk; empty without one.
    pub(crate) alpha: &'a [u8],
    icc: Option<&'a [u8]>,
    orientation: Orientation,
    animated: bool,
    chunks: u32,
}

pub(crate) fn header(bytes: &[u8]) -> Result<Header, Error> {
    let approved = read(bytes)?;
    let still = approved.still;
    Ok(Header {
        format: Format::WebP,
        size: still.canvas,
        bit_depth: 8,
        color: match still.coding {
            Coding::Lossy(_) => ColorKind::YCbCr,
            Coding::Lossless(_) => ColorKind::Rgb,
        },
        alpha: still.alpha != Alpha::None || still.leaves_canvas_bare(),
        orientation: approved.orientation,
        progressive: false,
        animated: approved.animated,
        icc: approved.icc.map(IccKind::of),
        scans: None,
        input_bytes: bytes.len() as u64,
        segments: approved.chunks,
        icc_cost_bytes: 0,
        detail: Detail::WebP(still),
    })
}

/// The ICC profile of a file that was read before: its first ICCP chunk. Only chunk headers are
/// walked, no coded data.
pub(crate) fn icc(bytes: &[u8]) -> Option<&[u8]> {
    let mut chunks = Chunks::of_file(bytes).ok()?;
    while let Some(chunk) = chunks.next().ok()? {
        if &chunk.id == b"ICCP" {
            return Some(chunk.payload);
        }
    }
    None
}

/// Walks the chunks and reads the headers of the coded data; time is linear in the input.
pub(crate) fn read(bytes: &[u8]) -> Result<Approved<'_>, Error> {
    read_but(bytes, None)
}

/// The same for bytes whose picture was read before: the prefix codes of VP8L, which may be all of
/// a file, are taken as `known`. Whether they are still the same is seen by the decoder.
pub(crate) fn read_again<'a>(bytes: &'a [u8], known: &Still) -> Result<Approved<'a>, Error> {
    read_but(bytes, Some(known))
}

fn read_but<'a>(bytes: &'a [u8], known: Option<&Still>) -> Result<Approved<'a>, Error> {
    let mut chunks = Chunks::of_file(bytes)?;
    let first = chunks.next()?.ok_or(TRUNCATED)?;
    let mut walk = Walk::default();
    match &first.id {
        b"VP8X" => walk.extended(first.payload, &mut chunks)?,
        b"VP8 " | b"VP8L" => {
            walk.simple(first)?;
        }
        _ => return Err(malformed("the first chunk is not a picture")),
    }
    let (still, color, alpha) = walk.still(known)?;
    Ok(Approved {
        still,
        color,
        alpha,
        icc: walk.icc,
        orientation: walk.exif.map(orientation).unwrap_or_default(),
        animated: walk.animated,
        chunks: chunks.counted(),
    })
}

/// Some writers keep the six bytes that mark Exif in a JPEG.
fn orientation(exif: &[u8]) -> Orientation {
    Orientation::of_exif(exif.strip_prefix(b"Exif\0\0").unwrap_or(exif))
}

pub(super) const fn malformed(what: &'static str) -> Error {
    Error::malformed(Format::WebP, what)
}

const TRUNCATED: Error = Error::truncated_header(Format::WebP);

#[cfg(test)]
mod tests;
