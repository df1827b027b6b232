//! Finds the ICC profile of a file.

use super::header::Header;
use super::icc::IccSource;
use super::{jpeg, png, webp};
use crate::format::Format;

/// Returns the ICC profile in `bytes`, the file that `header` was read from.
pub(crate) fn source<'a>(bytes: &'a [u8], header: &Header) -> Option<IccSource<'a>> {
    header.icc?;
    match header.format {
        Format::Jpeg => Some(IccSource::jpeg(jpeg::icc_chunks(bytes))),
        Format::Png => png::compressed_icc(bytes).map(IccSource::Deflated),
        Format::WebP => webp::icc(bytes).map(IccSource::contiguous),
    }
}
