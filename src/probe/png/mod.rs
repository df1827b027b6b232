//! The container reader of PNG (W3C PNG, third edition; section numbers refer to it).

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
use image::image_header;

/// Walks all chunks of a PNG to its IEND.
pub(crate) fn header(bytes: &[u8]) -> Result<(Summary, Image), Error> {
    let mut chunks = Chunks::of(bytes);
    let first = chunks.next().unwrap_or(Err(Error::truncated_header(Format::Png)))?;
    let mut image = image_header(&first)?;
    let mut seen = SeenChunks { segments: 1, ..SeenChunks::default() };
    for chunk in chunks {
        match chunk {
            Ok(chunk) => seen.take(&chunk, &mut image)?,
            Err(Error::Truncated(_)) => break,
            Err(error) => return Err(error),
        }
        if seen.ended {
            break;
        }
    }
    image.complete = seen.ended;
    if !image.complete {
        // The cut chunk may be image data; it counts as that, in favour of the file.
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

/// The compressed profile of the first iCCP chunk (11.3.2.3): keyword, 0, method 0, zlib data.
pub(crate) fn compressed_icc(bytes: &[u8]) -> Option<&[u8]> {
    let chunk = Chunks::of(bytes)
        .map_while(Result::ok)
        .take_while(|chunk| chunk.kind != *b"IDAT")
        .find(|chunk| chunk.kind == *b"iCCP")?;
    compressed_profile(chunk.data)
}

fn compressed_profile(data: &[u8]) -> Option<&[u8]> {
    let keyword_bytes = data.iter().take(80).position(|&byte| byte == 0)?;
    match data.get(keyword_bytes + 1..)? {
        [0, compressed @ ..] => Some(compressed),
        _ => None,
    }
}

/// What the seen has seen so far: the order rules of 5.6.
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
    fn take(&mut self, chunk: &Chunk<'_>, image: &mut Image) -> Result<(), Error> {
        if &chunk.kind == b"IDAT" {
            return self.take_image_data(chunk, image);
        }
        self.segments = self.segments.saturating_add(1);
        self.after_image_data = self.in_image_data;
        let before_image_data = !self.in_image_data;
        match &chunk.kind {
            b"IHDR" => return Err(malformed("there are two IHDR chunks")),
            b"PLTE" => self.take_palette(chunk, image)?,
            b"tRNS" if before_image_data => self.take_transparency(chunk, image)?,
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
            // 5.4: bit 5 of the first byte is 0 in a critical chunk, which must be understood.
            [first, ..] if first & 0x20 == 0 => {
                return Err(Error::unsupported(Format::Png, "an unknown critical chunk"));
            }
            _ => {}
        }
        Ok(())
    }

    fn take_image_data(&mut self, chunk: &Chunk<'_>, image: &mut Image) -> Result<(), Error> {
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

    /// 11.2.2: up to 256 entries of three bytes, before the image data, none in grey pictures.
    fn take_palette(&mut self, chunk: &Chunk<'_>, image: &Image) -> Result<(), Error> {
        if self.palette || self.in_image_data {
            return Err(malformed("a PLTE chunk in the wrong place"));
        }
        if image.is_gray() {
            return Err(malformed("a grey picture with a palette"));
        }
        let entries = chunk.data.len() / 3;
        let allowed =
            if image.color == Color::Indexed { 1 << u32::from(image.bit_depth) } else { 256 };
        if !chunk.data.len().is_multiple_of(3) || entries == 0 || entries > allowed {
            return Err(malformed("the palette has a wrong length"));
        }
        chunk.check_crc()?;
        self.palette = true;
        Ok(())
    }

    /// 11.3.1.1: one grey sample, three samples, or up to one alpha value for each palette entry.
    fn take_transparency(&self, chunk: &Chunk<'_>, image: &mut Image) -> Result<(), Error> {
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
