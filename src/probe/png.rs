//! The container reader of PNG (W3C PNG, third edition; section numbers refer to it).

use super::exif::Orientation;
use super::{ColorKind, Detail, Header, IccKind};
use crate::error::Error;
use crate::format::Format;
use crate::size::Size;
use crate::work;

/// What the chunks before the image data say, and how much image data there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) size: Size,
    pub(crate) bit_depth: u8,
    pub(crate) color: Color,
    pub(crate) interlaced: bool,
    /// A tRNS chunk is there.
    pub(crate) transparency: bool,
    /// Bytes in all IDAT chunks together.
    pub(crate) idat_bytes: u64,
    /// The walk reached IEND. A file that ends before is refused by the plan, after the limits: what
    /// its header declares is the better reason.
    pub(crate) complete: bool,
    /// Bytes of the compressed profile in the iCCP chunk, 0 without one.
    pub(crate) icc_compressed_bytes: u64,
}

/// The colour types of 11.2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Color {
    Gray,
    Rgb,
    Indexed,
    GrayAlpha,
    Rgba,
}

impl Color {
    /// Samples of one stored pixel.
    pub(crate) const fn samples(self) -> u8 {
        match self {
            Self::Gray | Self::Indexed => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

impl Image {
    pub(crate) const fn has_alpha(&self) -> bool {
        self.transparency || matches!(self.color, Color::GrayAlpha | Color::Rgba)
    }

    /// Grey pictures have one colour plane, all others three.
    pub(crate) const fn is_gray(&self) -> bool {
        matches!(self.color, Color::Gray | Color::GrayAlpha)
    }

    /// Bytes of one filtered row of `width` pixels: a filter byte and the packed samples (7.2).
    pub(crate) const fn row_bytes(&self, width: u32) -> u64 {
        let bits = width as u64 * self.color.samples() as u64 * self.bit_depth as u64;
        1 + bits.div_ceil(8)
    }

    /// Bytes of one packed pixel, where pixels are whole bytes.
    pub(crate) const fn pixel_bytes(&self) -> Option<usize> {
        match self.bit_depth {
            8 | 16 => Some(self.color.samples() as usize * (self.bit_depth as usize / 8)),
            _ => None,
        }
    }

    /// An upper bound of the pixels that the image data can hold.
    ///
    /// Deflate (RFC 1951) copies at most 258 bytes for one length symbol and one distance symbol of
    /// a bit each, so a byte of it makes at most 258 × 4 = 1032 bytes; zlib (RFC 1950) adds 6 bytes
    /// around it, and the block at least 2 bits. Every row takes one byte more for its filter, which
    /// the bound leaves out in favour of the file.
    pub(crate) const fn possible_pixels(&self) -> u64 {
        let inflated_bits = self.idat_bytes.saturating_mul(1032 * 8);
        inflated_bits / (self.color.samples() as u64 * self.bit_depth as u64)
    }
}

/// Walks all chunks of a PNG to its IEND.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, Error> {
    let mut chunks = Chunks::of(bytes);
    let first = chunks.next().unwrap_or(Err(Error::truncated_header(Format::Png)))?;
    let mut image = image_header(&first)?;
    let mut walk = Walk { segments: 1, ..Walk::default() };
    for chunk in chunks {
        match chunk {
            Ok(chunk) => walk.take(&chunk, &mut image)?,
            Err(Error::Truncated(_)) => break,
            Err(error) => return Err(error),
        }
        if walk.ended {
            break;
        }
    }
    image.complete = walk.ended;
    if !image.complete {
        // The cut chunk may be image data; it counts as that, in favour of the file.
        image.idat_bytes = bytes.len() as u64;
    }
    if image.complete && image.idat_bytes == 0 {
        return Err(malformed("there is no image data"));
    }
    Ok(Header {
        format: Format::Png,
        size: image.size,
        bit_depth: image.bit_depth,
        color: match image.color {
            Color::Gray | Color::GrayAlpha => ColorKind::Gray,
            Color::Rgb | Color::Rgba => ColorKind::Rgb,
            Color::Indexed => ColorKind::Indexed,
        },
        alpha: image.has_alpha(),
        orientation: walk.orientation,
        progressive: image.interlaced,
        animated: walk.animated,
        icc: (image.icc_compressed_bytes > 0).then_some(IccKind::Compressed),
        scans: None,
        input_bytes: bytes.len() as u64,
        segments: walk.segments,
        icc_cost_bytes: 0,
        detail: Detail::Png(image),
    })
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

/// What the walk has seen so far: the order rules of 5.6.
#[derive(Default)]
struct Walk {
    segments: u32,
    palette: bool,
    in_image_data: bool,
    after_image_data: bool,
    ended: bool,
    animated: bool,
    orientation: Orientation,
    orientation_seen: bool,
}

impl Walk {
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

/// The IHDR chunk (11.2.1).
fn image_header(chunk: &Chunk<'_>) -> Result<Image, Error> {
    if &chunk.kind != b"IHDR" {
        return Err(malformed("the first chunk is not IHDR"));
    }
    let &[w0, w1, w2, w3, h0, h1, h2, h3, bit_depth, color, compression, filter, interlace] =
        chunk.data
    else {
        return Err(malformed("IHDR is not 13 bytes long"));
    };
    chunk.check_crc()?;
    let size =
        Size::new(u32::from_be_bytes([w0, w1, w2, w3]), u32::from_be_bytes([h0, h1, h2, h3]));
    if size.is_empty() || size.longer_side() > MAX_LENGTH {
        return Err(malformed("a side is 0 or over 2^31 - 1"));
    }
    let color = match (color, bit_depth) {
        (0, 1 | 2 | 4 | 8 | 16) => Color::Gray,
        (2, 8 | 16) => Color::Rgb,
        (3, 1 | 2 | 4 | 8) => Color::Indexed,
        (4, 8 | 16) => Color::GrayAlpha,
        (6, 8 | 16) => Color::Rgba,
        _ => return Err(malformed("the colour type and the bit depth do not go together")),
    };
    if compression != 0 || filter != 0 || interlace > 1 {
        return Err(malformed("an unknown compression, filter or interlace method"));
    }
    Ok(Image {
        size,
        bit_depth,
        color,
        interlaced: interlace == 1,
        transparency: false,
        idat_bytes: 0,
        complete: false,
        icc_compressed_bytes: 0,
    })
}

/// One chunk (5.3): length, type, data, CRC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk<'a> {
    pub(crate) kind: [u8; 4],
    pub(crate) data: &'a [u8],
    /// The whole chunk, from its length to its CRC.
    pub(crate) whole: &'a [u8],
}

impl Chunk<'_> {
    /// The chunks that a decoder is fed with, and no other.
    pub(crate) const fn is_approved(&self) -> bool {
        matches!(&self.kind, b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND")
    }

    /// Compares the CRC over type and data (5.3) with the stored one.
    pub(crate) fn check_crc(&self) -> Result<(), Error> {
        let (covered, stored) = match self.whole.split_last_chunk::<4>() {
            Some((before, stored)) => (before.get(4..).unwrap_or_default(), *stored),
            None => return Err(Error::truncated_header(Format::Png)),
        };
        work::walked(covered.len());
        if super::crc::crc32(covered) == u32::from_be_bytes(stored) {
            Ok(())
        } else {
            Err(malformed("a wrong CRC"))
        }
    }
}

/// The chunks of a PNG in file order. A chunk that reaches past the end of the slice is an error.
#[derive(Clone, Debug)]
pub(crate) struct Chunks<'a> {
    rest: &'a [u8],
}

impl<'a> Chunks<'a> {
    /// The chunks after the signature; none when there is no signature.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes.strip_prefix(&SIGNATURE).unwrap_or_default() }
    }

    fn split_first(&self) -> Result<(Chunk<'a>, &'a [u8]), Error> {
        let truncated = || Error::truncated_header(Format::Png);
        let (length, after_length) = self.rest.split_first_chunk::<4>().ok_or_else(truncated)?;
        let (kind, after_kind) = after_length.split_first_chunk::<4>().ok_or_else(truncated)?;
        let length = u32::from_be_bytes(*length);
        if length > MAX_LENGTH {
            return Err(malformed("a chunk length over 2^31 - 1"));
        }
        if !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(malformed("a chunk type that is not four letters"));
        }
        let length = usize::try_from(length).map_err(|_| truncated())?;
        let data = after_kind.get(..length).ok_or_else(truncated)?;
        let whole_bytes = length.checked_add(12).ok_or_else(truncated)?;
        let (whole, rest) = self.rest.split_at_checked(whole_bytes).ok_or_else(truncated)?;
        Ok((Chunk { kind: *kind, data, whole }, rest))
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<Chunk<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        work::walked(12);
        Some(match self.split_first() {
            Ok((chunk, rest)) => {
                self.rest = rest;
                Ok(chunk)
            }
            Err(error) => {
                self.rest = &[];
                Err(error)
            }
        })
    }
}

const fn malformed(what: &'static str) -> Error {
    Error::malformed(Format::Png, what)
}

/// 5.2.
pub(crate) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// 7.1: lengths and sides are at most 2^31 - 1.
const MAX_LENGTH: u32 = i32::MAX as u32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::crc::crc32;

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let covered = [kind.as_slice(), data].concat();
        let length = (data.len() as u32).to_be_bytes();
        [&length[..], &covered, &crc32(&covered).to_be_bytes()].concat()
    }

    /// A grey picture of 8 bits with these chunks between IHDR and IEND.
    fn read(chunks: &[Vec<u8>]) -> (Header, Image) {
        let ihdr = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
        let iend = chunk(b"IEND", &[]);
        let header = header(&[&SIGNATURE[..], &ihdr, &chunks.concat(), &iend].concat()).unwrap();
        match header.detail {
            Detail::Png(image) => (header, image),
            _ => panic!("another format"),
        }
    }

    fn exif(value: u8) -> Vec<u8> {
        let tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0";
        chunk(b"eXIf", &[&tiff[..], &[value, 0, 0, 0]].concat())
    }

    #[test]
    fn what_follows_the_image_data_says_nothing_of_it() {
        let data = chunk(b"IDAT", b"data");
        let about =
            [chunk(b"tRNS", &[0, 1]), chunk(b"acTL", &[0; 8]), chunk(b"iCCP", b"n\0\0zlib")];
        let (header, image) = read(&[about.concat(), data.clone()]);
        assert!(header.alpha && header.animated);
        assert_eq!((header.icc, image.icc_compressed_bytes), (Some(IccKind::Compressed), 4));
        let (header, image) = read(&[data, about.concat()]);
        assert!(!header.alpha && !header.animated);
        assert_eq!((header.icc, image.icc_compressed_bytes, header.segments), (None, 0, 5));
    }

    #[test]
    fn the_first_profile_and_the_first_orientation_count() {
        let data = chunk(b"IDAT", b"data");
        let profiles = [chunk(b"iCCP", b"n\0\0zlib"), chunk(b"iCCP", b"n\0\0longer")];
        let (header, image) = read(&[exif(6), exif(3), profiles.concat(), data]);
        assert_eq!(header.orientation, Orientation::Rotate90);
        assert_eq!(image.icc_compressed_bytes, 4);
    }

    #[test]
    fn a_decoder_is_fed_with_five_kinds_of_chunks() {
        let (_, image) = read(&[chunk(b"IDAT", b"data")]);
        assert!(image.complete);
        for (kind, approved) in [
            (*b"IHDR", true),
            (*b"PLTE", true),
            (*b"tRNS", true),
            (*b"IDAT", true),
            (*b"IEND", true),
            (*b"iCCP", false),
            (*b"eXIf", false),
            (*b"fdAT", false),
            (*b"tEXt", false),
        ] {
            assert_eq!(Chunk { kind, data: &[], whole: &[] }.is_approved(), approved);
        }
    }

    #[test]
    fn pixels_of_whole_bytes_have_a_length() {
        let (_, gray) = read(&[chunk(b"IDAT", b"data")]);
        for (color, bit_depth, bytes) in [
            (Color::Gray, 1, None),
            (Color::Indexed, 4, None),
            (Color::Indexed, 8, Some(1)),
            (Color::Gray, 16, Some(2)),
            (Color::GrayAlpha, 8, Some(2)),
            (Color::Rgb, 8, Some(3)),
            (Color::Rgb, 16, Some(6)),
            (Color::Rgba, 16, Some(8)),
        ] {
            let image = Image { color, bit_depth, ..gray };
            assert_eq!(image.pixel_bytes(), bytes, "{color:?} of {bit_depth} bits");
        }
    }
}
