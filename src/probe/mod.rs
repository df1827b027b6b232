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
#[cfg(feature = "serde")]
mod parts;
pub(crate) mod png;
mod power;
mod summary;
pub(crate) mod webp;

pub use color::{ColorKind, IccKind};
pub(crate) use color_source::{ColorSource, color_source};
pub(crate) use color_space::{
    Chromaticities, ColorSpace, D50_XYZ, Transfer, colorants_to, connection_space_to_srgb,
};
pub use exif::Orientation;
pub(crate) use header::Detail;
pub use header::Header;
pub use icc::ProfileProblem;
#[cfg(feature = "serde")]
pub use parts::HeaderParts;
pub(crate) use power::power;

/// The most work of [`probe`] and of reading the headers again when a plan is run, in picoseconds.
pub(crate) fn work_ps(header: &Header) -> u64 {
    // Headers are read before there is a plan, and once more when it is run.
    let profile_ps = sum_ps([(2 * header.icc_cost.deflated_head_bytes, icc::DEFLATED_BYTE_PS)]);
    let header_ps = match &header.detail {
        Detail::Jpeg(frame) => {
            let search_ps = if frame.single_scan { 0 } else { frame.search_ps() };
            // Between segments may lie anything.
            let other = jpeg::EntropyLength {
                bytes: header.input_bytes.saturating_sub(frame.entropy_bytes),
                stops: frame.header_stops,
            };
            sum_ps([(2, search_ps), (READS, other.search_ps()), (frame.table_bytes, TABLE_BYTE_PS)])
        }
        Detail::Png(image) => sum_ps([(image.chunks, PNG_CHUNK_PS)]),
        Detail::WebP(_) => sum_ps([(header.input_bytes, CHUNK_BYTE_PS)]),
    };
    header_ps.saturating_add(profile_ps)
}

/// How often a header is read: by `probe`, which looks for the profile as well, again when the plan is
/// run, by the decoder, and for the profile of the outputs.
const READS: u64 = 6;

/// A byte of Huffman and quantization tables, all the times that it is read.
const TABLE_BYTE_PS: u64 = 4_500;
/// A chunk of a PNG, all the times that it is read.
const PNG_CHUNK_PS: u64 = 25_000;
/// A byte of the chunks of a WebP, most if they have no content.
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
