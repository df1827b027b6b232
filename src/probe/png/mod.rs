//! The container reader of PNG.
//!
//! Section numbers refer to W3C PNG, third edition.

use super::color::{ColorKind, IccKind};
use super::exif::Orientation;
use super::summary::Summary;
use crate::error::Error;
use crate::format::Format;

mod chunks;
mod errors;
mod image;
#[cfg(test)]
mod tests;

#[cfg(any(test, feature = "instrument"))]
pub(crate) use chunks::SIGNATURE;
pub(crate) use chunks::{Chunk, Chunks};
pub(crate) use image::{Color, Image};

use errors::malformed;
use image::read_ihdr;

/// Reads all chunks of a PNG up to IEND.
pub(crate) fn header(bytes: &[u8]) -> Result<(Summary, Image), Error> {
    let mut chunks = Chunks::of(bytes);
    let first = chunks.next().unwrap_or(Err(Error::truncated_header(Format::Png)))?;
    let mut image = read_ihdr(&first)?;
    let mut seen = SeenChunks { segments: 1, ..SeenChunks::default() };
    for chunk in chunks {
        match chunk {
            Ok(chunk) => seen.record(&chunk, &mut image)?,
            Err(Error::Truncated(_)) => break,
            Err(error) => return Err(error),
        }
        if seen.ended {
            break;
        }
    }
    image.complete = seen.ended;
    if !image.complete {
        // The truncated chunk may be IDAT, so all bytes count as image data: an upper bound.
        image.idat_bytes = bytes.len() as u64;
    }
    if image.complete && image.idat_bytes == 0 {
        return Err(malformed("there is no image data"));
    }
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
        icc: (image.icc_compressed_bytes > 0).then_some(IccKind::Compressed),
        scans: None,
        segments: seen.segments,
    };
    Ok((summary, image))
}

/// Returns the compressed profile of the first iCCP chunk before the image data.
pub(crate) fn compressed_icc(bytes: &[u8]) -> Option<&[u8]> {
    let chunk = Chunks::of(bytes)
        .map_while(Result::ok)
        .take_while(|chunk| chunk.kind != *b"IDAT")
        .find(|chunk| chunk.kind == *b"iCCP")?;
    compressed_profile(chunk.data)
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
struct SeenChunks {
    segments: u32,
    palette: bool,
    in_image_data: bool,
    after_image_data: bool,
    ended: bool,
    animated: bool,
    orientation: Orientation,
    orientation_seen: bool,
}

impl SeenChunks {
    /// Checks `chunk` and records it in `image`.
    fn record(&mut self, chunk: &Chunk<'_>, image: &mut Image) -> Result<(), Error> {
        if &chunk.kind == b"IDAT" {
            return self.record_image_data(chunk, image);
        }
        self.segments = self.segments.saturating_add(1);
        self.after_image_data = self.in_image_data;
        let before_image_data = !self.in_image_data;
        match &chunk.kind {
            b"IHDR" => return Err(malformed("there are two IHDR chunks")),
            b"PLTE" => self.record_palette(chunk, image)?,
            b"tRNS" if before_image_data => self.record_transparency(chunk, image)?,
            b"acTL" if before_image_data => self.animated = true,
            b"eXIf" if !self.orientation_seen => {
                self.orientation_seen = true;
                self.orientation = Orientation::of_exif(chunk.data);
            }
            b"iCCP" if before_image_data && image.icc_compressed_bytes == 0 => {
                let compressed = compressed_profile(chunk.data).unwrap_or_default();
                image.icc_compressed_bytes = compressed.len() as u64;
            }
            b"IEND" => self.ended = true,
            // A chunk is critical if bit 5 of its first type byte is 0; a decoder must understand
            // it (5.4).
            [first, ..] if first & 0x20 == 0 => {
                return Err(Error::unsupported(Format::Png, "an unknown critical chunk"));
            }
            _ => {}
        }
        Ok(())
    }

    fn record_image_data(&mut self, chunk: &Chunk<'_>, image: &mut Image) -> Result<(), Error> {
        if self.after_image_data {
            return Err(malformed("the IDAT chunks do not follow one another"));
        }
        if image.color == Color::Indexed && !self.palette {
            return Err(malformed("the palette is missing"));
        }
        self.in_image_data = true;
        image.idat_bytes = image.idat_bytes.saturating_add(chunk.data.len() as u64);
        Ok(())
    }

    /// PLTE (11.2.2): up to 256 entries of three bytes, before the image data, not in grey
    /// pictures.
    fn record_palette(&mut self, chunk: &Chunk<'_>, image: &Image) -> Result<(), Error> {
        if self.palette || self.in_image_data {
            return Err(malformed("a PLTE chunk in the wrong place"));
        }
        if image.is_gray() {
            return Err(malformed("a grey picture with a palette"));
        }
        let entries = chunk.data.len() / 3;
        let max_entries =
            if image.color == Color::Indexed { 1 << u32::from(image.bit_depth) } else { 256 };
        if !chunk.data.len().is_multiple_of(3) || entries == 0 || entries > max_entries {
            return Err(malformed("the palette has a wrong length"));
        }
        chunk.check_crc()?;
        self.palette = true;
        Ok(())
    }

    /// tRNS (11.3.1.1): one grey sample, one RGB colour, or at most one alpha value per palette
    /// entry.
    fn record_transparency(&self, chunk: &Chunk<'_>, image: &mut Image) -> Result<(), Error> {
        if image.transparency {
            return Err(malformed("there are two tRNS chunks"));
        }
        let fits = match image.color {
            Color::Gray => chunk.data.len() == 2,
            Color::Rgb => chunk.data.len() == 6,
            Color::Indexed => self.palette && !chunk.data.is_empty() && chunk.data.len() <= 256,
            Color::GrayAlpha | Color::Rgba => false,
        };
        if !fits {
            return Err(malformed("a tRNS chunk that does not fit the colour type"));
        }
        chunk.check_crc()?;
        image.transparency = true;
        Ok(())
    }
}
