//! The container reader of WebP (RFC 9649, section 2), for a still picture or the first frame of an
//! animation.

use super::color::{ColorKind, IccKind};
use super::exif::Orientation;
use super::summary::Summary;
use crate::error::Error;

mod errors;
mod picture_chunks;
mod riff;
mod still;
#[cfg(test)]
pub(crate) mod test_files;
pub(crate) mod vp8;
pub(crate) mod vp8l;

pub(crate) use still::{Alpha, Coding, Filter, Still};

use errors::{TRUNCATED, malformed};
use picture_chunks::PictureChunks;
use riff::Chunks;

/// The approved chunks, and what they declare.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Approved<'a> {
    pub(crate) still: Still,
    /// The payload of the VP8 or VP8L chunk.
    pub(crate) color: &'a [u8],
    /// The payload of the ALPH chunk after its first byte; empty without one.
    pub(crate) alpha: &'a [u8],
    icc: Option<&'a [u8]>,
    orientation: Orientation,
    animated: bool,
    chunks: u32,
}

/// Reads the headers, and checks the structure of everything that the decoder will read.
pub(crate) fn header(bytes: &[u8]) -> Result<(Summary, Still), Error> {
    let approved = read(bytes)?;
    let still = approved.still;
    let summary = Summary {
        size: still.canvas,
        bit_depth: 8,
        color: match still.coding {
            Coding::Lossy(_) => ColorKind::YCbCr,
            Coding::Lossless(_) => ColorKind::Rgb,
        },
        alpha: still.alpha != Alpha::None || still.leaves_canvas_uncovered(),
        orientation: approved.orientation,
        progressive: false,
        animated: approved.animated,
        icc: approved.icc.map(IccKind::of),
        scans: None,
        segments: approved.chunks,
    };
    Ok((summary, still))
}

/// Returns the ICC profile, from the first ICCP chunk of a file that [`header`] has accepted. Reads
/// chunk headers only, no coded data.
pub(crate) fn icc(bytes: &[u8]) -> Option<&[u8]> {
    let mut chunks = Chunks::of_file(bytes).ok()?;
    while let Some(chunk) = chunks.next().ok()? {
        if &chunk.id == b"ICCP" {
            return Some(chunk.payload);
        }
    }
    None
}

/// Walks the chunks and reads the headers of the coded data, in time linear in the input.
pub(crate) fn read(bytes: &[u8]) -> Result<Approved<'_>, Error> {
    read_chunks(bytes, None)
}

/// Reads bytes again that [`read`] has accepted. Does not parse the headers of VP8L streams, which
/// may be most of a file, but assumes those of `known`. The decoder checks that they are still the
/// same.
pub(crate) fn read_again<'a>(bytes: &'a [u8], known: &Still) -> Result<Approved<'a>, Error> {
    read_chunks(bytes, Some(known))
}

fn read_chunks<'a>(bytes: &'a [u8], known: Option<&Still>) -> Result<Approved<'a>, Error> {
    let mut chunks = Chunks::of_file(bytes)?;
    let first = chunks.next()?.ok_or(TRUNCATED)?;
    let mut found = PictureChunks::default();
    match &first.id {
        b"VP8X" => found.read_extended(first.payload, &mut chunks)?,
        b"VP8 " | b"VP8L" => found.read_simple(first),
        _ => return Err(malformed("the first chunk is not a picture")),
    }
    let (still, color, alpha) = found.still(known)?;
    Ok(Approved {
        still,
        color,
        alpha,
        icc: found.icc,
        orientation: found.exif.map(orientation).unwrap_or_default(),
        animated: found.animated,
        chunks: chunks.count(),
    })
}

/// Reads the EXIF chunk. Some writers keep the six bytes that precede Exif data in a JPEG.
fn orientation(exif: &[u8]) -> Orientation {
    Orientation::of_exif(exif.strip_prefix(b"Exif\0\0").unwrap_or(exif))
}

#[cfg(test)]
mod tests;
