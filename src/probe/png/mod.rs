//! The container reader of PNG.
//!
//! Section numbers refer to W3C PNG, third edition.

use super::color::{ColorKind, IccKind};
use super::exif::Orientation;
use super::icc::ProfileProblem;
use super::summary::Summary;
use crate::error::Error;
use crate::format::Format;

mod chunks;
mod color_chunks;
mod errors;
mod image;
mod palette;
#[cfg(test)]
mod tests;

#[cfg(any(test, feature = "instrument"))]
pub(crate) use chunks::SIGNATURE;
pub(crate) use chunks::{Chunk, Chunks};
pub(crate) use color_chunks::ColorDeclaration;
pub(crate) use image::{Color, Image};
pub(crate) use palette::PaletteAndTransparency;

use errors::malformed;
use image::read_ihdr;

/// Reads all chunks of a PNG up to its end.
///
/// The end is IEND. If that chunk is missing or damaged, it is where the bytes after the image data
/// are no chunk any more. Whether image data are missing too, the decoder finds out: the zlib
/// stream has an end and a checksum of its own.
pub(crate) fn header(bytes: &[u8]) -> Result<(Summary, Image), Error> {
    let mut chunks = Chunks::of(bytes);
    let first = chunks.next().unwrap_or(Err(Error::truncated_header(Format::Png)))?;
    let mut image = read_ihdr(&first)?;
    let mut seen = SeenChunks { segments: 1, ..SeenChunks::default() };
    for chunk in chunks {
        image.chunks += 1;
        match chunk {
            Ok(chunk) => seen.record(&chunk, &mut image)?,
            Err(Error::Truncated(_)) => break,
            // What declares such a length is no chunk.
            Err(_) if seen.in_image_data => break,
            Err(error) => return Err(error),
        }
        if seen.end != End::Unknown {
            break;
        }
    }
    if seen.end == End::Iend && image.idat_bytes == 0 {
        return Err(malformed("there is no image data"));
    }
    image.has_image_data = image.idat_bytes > 0;
    if seen.end != End::Iend {
        // The lost chunks may be IDAT, so all bytes count as image data: an upper bound.
        image.idat_bytes = bytes.len() as u64;
    }
    image.transparency = !seen.colors.transparency.is_empty();
    let summary = Summary {
        size: image.size,
        bit_depth: image.bit_depth,
        color: match image.color {
            Color::Gray | Color::GrayAlpha => ColorKind::Gray,
            Color::Rgb | Color::Rgba => ColorKind::Rgb,
            Color::Indexed => ColorKind::Indexed,
        },
        alpha: image.has_alpha(),
        orientation: seen.orientation,
        progressive: image.interlaced,
        animated: seen.animated,
        icc: image.color_chunks.has_icc.then_some(IccKind::Compressed),
        scans: None,
        segments: seen.segments,
    };
    Ok((summary, image))
}

/// Returns the PLTE and the tRNS chunk that count: those before the image data.
pub(crate) fn palette_and_transparency<'a>(
    bytes: &'a [u8],
    image: &Image,
) -> Result<PaletteAndTransparency<'a>, Error> {
    let mut found = PaletteAndTransparency::default();
    for chunk in Chunks::of(bytes) {
        let chunk = chunk?;
        match &chunk.kind {
            b"PLTE" => found.record_palette(&chunk, image)?,
            b"tRNS" => found.record_transparency(&chunk, image),
            b"IDAT" => break,
            _ => {}
        }
    }
    Ok(found)
}

/// Returns the contents of the IDAT chunks, one slice for each. The chunks follow one another, so
/// the first one of another type after them is the end.
pub(crate) fn image_data(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_image_data = |chunk: &Chunk<'_>| chunk.kind == *b"IDAT";
    Chunks::of(bytes)
        .map_while(Result::ok)
        .skip_while(move |chunk| !is_image_data(chunk))
        .take_while(is_image_data)
        .map(|chunk| chunk.data)
}

/// Returns the compressed profile of the first iCCP chunk before the image data. As in libpng, no
/// later one takes its place when it is broken.
pub(crate) fn compressed_icc(bytes: &[u8]) -> Result<&[u8], ProfileProblem> {
    let chunk = Chunks::of(bytes)
        .map_while(Result::ok)
        .take_while(|chunk| chunk.kind != *b"IDAT")
        .find(|chunk| chunk.kind == *b"iCCP")
        .ok_or(ProfileProblem::Incomplete)?;
    compressed_profile(chunk.data).ok_or(ProfileProblem::Malformed)
}

/// The data of an iCCP chunk (11.3.2.3): keyword, zero byte, compression method 0, zlib stream.
fn compressed_profile(data: &[u8]) -> Option<&[u8]> {
    let keyword_bytes = data.iter().take(80).position(|&byte| byte == 0)?;
    match data.get(keyword_bytes + 1..)? {
        [0, compressed @ ..] => Some(compressed),
        _ => None,
    }
}

/// The chunks so far, for the ordering rules (5.6).
#[derive(Default)]
struct SeenChunks<'a> {
    segments: u32,
    colors: PaletteAndTransparency<'a>,
    in_image_data: bool,
    after_image_data: bool,
    end: End,
    animated: bool,
    orientation: Orientation,
    orientation_seen: bool,
}

/// What ended the chunks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum End {
    #[default]
    Unknown,
    Iend,
    /// Bytes after the image data that are no chunk.
    Damaged,
}

impl<'a> SeenChunks<'a> {
    /// Checks `chunk` and records it in `image`.
    fn record(&mut self, chunk: &Chunk<'a>, image: &mut Image) -> Result<(), Error> {
        if &chunk.kind == b"IDAT" {
            return self.record_image_data(chunk, image);
        }
        // The frames of an animation do not count, as IDAT does not: there may be many.
        if !matches!(&chunk.kind, b"fcTL" | b"fdAT") {
            self.segments = self.segments.saturating_add(1);
        }
        self.after_image_data = self.in_image_data;
        let before_image_data = !self.in_image_data;
        match &chunk.kind {
            b"IHDR" => return Err(malformed("there are two IHDR chunks")),
            b"PLTE" => self.colors.record_palette(chunk, image)?,
            b"tRNS" if before_image_data => self.colors.record_transparency(chunk, image),
            b"acTL" if before_image_data => self.animated = true,
            b"eXIf" if !self.orientation_seen => {
                self.orientation_seen = true;
                self.orientation = Orientation::of_exif(chunk.data);
            }
            b"iCCP" if before_image_data => image.color_chunks.has_icc = true,
            b"cICP" | b"sRGB" | b"gAMA" | b"cHRM"
                if before_image_data && self.colors.palette.is_empty() =>
            {
                image.color_chunks.record(chunk)?;
            }
            b"IEND" => self.end = End::Iend,
            _ if chunk.is_critical() => return self.record_unknown(chunk),
            _ => {}
        }
        Ok(())
    }

    /// A decoder must understand a critical chunk (5.4). After the image data, one whose type is not
    /// four letters, or whose CRC is wrong, is no chunk: these are damaged bytes, in the place of
    /// IEND.
    fn record_unknown(&mut self, chunk: &Chunk<'_>) -> Result<(), Error> {
        let valid_kind = chunk.has_valid_kind();
        if self.after_image_data && !(valid_kind && chunk.has_correct_crc()) {
            self.end = End::Damaged;
            return Ok(());
        }
        if valid_kind {
            Err(Error::unsupported(Format::Png, "an unknown critical chunk"))
        } else {
            Err(malformed("a chunk type that is not four letters"))
        }
    }

    fn record_image_data(&mut self, chunk: &Chunk<'_>, image: &mut Image) -> Result<(), Error> {
        if self.after_image_data {
            return Err(malformed("the IDAT chunks do not follow one another"));
        }
        if image.color == Color::Indexed && self.colors.palette.is_empty() {
            return Err(malformed("the palette is missing"));
        }
        self.in_image_data = true;
        image.idat_bytes = image.idat_bytes.saturating_add(chunk.data.len() as u64);
        Ok(())
    }
}
