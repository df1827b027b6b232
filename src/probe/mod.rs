//! Bytes → header: which format, which size, what is declared; no heap, no pixel.
//!
//! Each format has one container reader. It walks the segments or chunks of the slice and yields
//! only what it approves; [`decode`](crate::decode) reads the same slice through the same reader, so
//! that a header cannot be read in two ways.

use crate::error::{Error, Unsupported};
use crate::format::{Container, Format};

mod color;
mod crc;
mod exif;
mod header;
pub(crate) mod icc;
pub(crate) mod jpeg;
pub(crate) mod png;
mod profile;
mod summary;
pub(crate) mod webp;

pub use color::{ColorKind, IccKind};
pub use exif::Orientation;
pub(crate) use header::Detail;
pub use header::Header;
pub use icc::ProfileProblem;
pub(crate) use profile::source as icc_source;

/// Reads the header of an upload: no heap is allocated and no pixel is decoded.
///
/// Time is linear in the input: most files are left after a few segments, but the markers of a JPEG
/// with more than one scan are counted to its end.
///
/// ```
/// let png = bombproof::Picture::new(
///     bombproof::Size::new(2, 3), bombproof::Layout::Rgb, vec![200; 18],
/// )?.to_png()?;
/// let header = bombproof::probe(&png)?;
/// assert_eq!(header.size, bombproof::Size::new(2, 3));
///
/// let refused = bombproof::probe(b"GIF89a...").unwrap_err();
/// assert_eq!(refused.to_string(), "unsupported: GIF is not decoded here");
/// # Ok::<(), bombproof::Error>(())
/// ```
///
/// # Errors
/// [`Error::Unsupported`] names the container or the variant that is not decoded,
/// [`Error::Malformed`] a broken rule of the format, [`Error::Truncated`] a header that ends early.
pub fn probe(bytes: &[u8]) -> Result<Header, Error> {
    let container = Container::of(bytes);
    let (summary, detail) = match container.format() {
        Some(Format::Jpeg) => jpeg::header(bytes).map(|(all, own)| (all, Detail::Jpeg(own)))?,
        Some(Format::Png) => png::header(bytes).map(|(all, own)| (all, Detail::Png(own)))?,
        Some(Format::WebP) => webp::header(bytes).map(|(all, own)| (all, Detail::WebP(own)))?,
        None => return Err(Error::Unsupported(Unsupported::Container(container))),
    };
    let mut header = Header::new(bytes.len() as u64, summary, detail);
    if let Some(source) = profile::source(bytes, &header) {
        header.icc_cost_bytes = icc::memory_bytes(&source);
    }
    Ok(header)
}
