//! Bytes → header: reads what a file declares, without heap and without decoding a pixel.
//!
//! Each format has one container reader. It iterates over the segments or chunks of the slice and yields
//! only those that it approves. [`decode`](mod@crate::decode) reads the same slice through the same
//! reader, so no header is ever interpreted in two ways.

use crate::error::{Error, Unsupported};
use crate::format::{Container, Format};
use crate::price::sum_ps;

mod color;
mod color_source;
mod color_space;
pub(crate) mod crc;
mod exif;
mod header;
pub(crate) mod icc;
pub(crate) mod jpeg;
pub(crate) mod png;
mod power;
mod summary;
pub(crate) mod webp;

pub use color::{ColorKind, IccKind};
pub(crate) use color_source::{ColorSource, color_source};
#[cfg(test)]
pub(crate) use color_space::Chromaticities;
pub(crate) use color_space::{ColorSpace, D50_XYZ, Transfer, connection_space_to_srgb};
pub use exif::Orientation;
pub(crate) use header::Detail;
pub use header::Header;
pub use icc::ProfileProblem;
pub(crate) use power::power;

/// The most work of [`probe`] and of reading the headers again when a plan is run, in picoseconds.
pub(crate) fn work_ps(header: &Header) -> u64 {
    // Headers are read before there is a plan, and once more when it is run.
    match &header.detail {
        Detail::Jpeg(frame) => {
            let search_ps = if frame.single_scan { 0 } else { frame.search_ps() };
            let other_bytes = header.input_bytes.saturating_sub(frame.entropy_bytes);
            sum_ps([(2, search_ps), (frame.table_bytes, TABLE_BYTE_PS), (other_bytes, BYTE_PS)])
        }
        Detail::Png(image) => {
            let other_bytes = header.input_bytes.saturating_sub(image.idat_bytes);
            sum_ps([(other_bytes, CRC_BYTE_PS)])
        }
        Detail::WebP(_) => sum_ps([(header.input_bytes, CHUNK_BYTE_PS)]),
    }
}

/// A byte of Huffman and quantization tables, all the times that it is read.
const TABLE_BYTE_PS: u64 = 4_500;
/// A byte of any other segment of a JPEG.
const BYTE_PS: u64 = 300;
/// A byte of a chunk with a CRC, or of one without content.
const CRC_BYTE_PS: u64 = 4_500;
/// A byte of chunks without content.
const CHUNK_BYTE_PS: u64 = 1_800;

/// Reads the header of an upload. Allocates no heap memory and decodes no pixel.
///
/// Takes time linear in the input. For most files, `probe` stops after a few segments; in a JPEG
/// with more than one scan, it reads the markers to the end of the file.
///
/// ```
/// let png = bombproof::Picture::new(
///     bombproof::Size::new(2, 3), bombproof::Layout::Rgb, vec![200; 18],
/// )?.to_png()?;
/// let header = bombproof::probe(&png)?;
/// assert_eq!(header.size(), bombproof::Size::new(2, 3));
///
/// let refused = bombproof::probe(b"GIF89a...").unwrap_err();
/// assert_eq!(refused.to_string(), "unsupported: GIF is not decoded here");
/// # Ok::<(), bombproof::Error>(())
/// ```
///
/// # Errors
/// - [`Error::Unsupported`]: the container, or a variant of the format, is not decoded.
/// - [`Error::Malformed`]: the file breaks a rule of its format.
/// - [`Error::Truncated`]: the bytes end inside the header.
pub fn probe(bytes: &[u8]) -> Result<Header, Error> {
    let container = Container::of(bytes);
    let (summary, detail) = match container.format() {
        Some(Format::Jpeg) => {
            jpeg::header(bytes).map(|(summary, frame)| (summary, Detail::Jpeg(frame)))?
        }
        Some(Format::Png) => {
            png::header(bytes).map(|(summary, image)| (summary, Detail::Png(image)))?
        }
        Some(Format::WebP) => {
            webp::header(bytes).map(|(summary, still)| (summary, Detail::WebP(still)))?
        }
        None => return Err(Error::Unsupported(Unsupported::Container(container))),
    };
    let mut header = Header::new(bytes.len() as u64, summary, detail);
    if let Some(ColorSource::Icc(source)) = color_source(bytes, &header) {
        header.icc_cost = icc::cost(&source, header.color.space());
    }
    Ok(header)
}
