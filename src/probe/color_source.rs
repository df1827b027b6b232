//! Finds what says which colours the samples of a file mean.

use super::color_space::ColorSpace;
use super::header::{Detail, Header};
use super::icc::{IccSource, ProfileProblem};
use super::png::ColorDeclaration;
use super::{jpeg, png, webp};

/// What a file declares about its colours.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "4 KiB on the stack, once per job, instead of heap")]
pub(crate) enum ColorSource<'a> {
    /// An embedded ICC profile.
    Icc(IccSource<'a>),
    /// Primaries and a transfer function in chunks of a PNG.
    Space(ColorSpace),
    /// A chunk that cannot be used.
    Unusable(ProfileProblem),
}

/// Returns what `bytes`, the file that `header` was read from, declares about its colours. `None`
/// is sRGB.
pub(crate) fn color_source<'a>(bytes: &'a [u8], header: &Header) -> Option<ColorSource<'a>> {
    match &header.detail {
        Detail::Jpeg(_) => {
            header.icc?;
            Some(ColorSource::Icc(IccSource::jpeg(jpeg::icc_chunks(bytes))))
        }
        Detail::Png(image) => match image.color_chunks.declaration(image.is_gray()) {
            ColorDeclaration::Srgb => None,
            ColorDeclaration::Icc => Some(match png::compressed_icc(bytes) {
                Ok(stream) => ColorSource::Icc(IccSource::Deflated(stream)),
                Err(problem) => ColorSource::Unusable(problem),
            }),
            ColorDeclaration::Space(space) => Some(ColorSource::Space(space)),
            ColorDeclaration::Unusable(problem) => Some(ColorSource::Unusable(problem)),
        },
        Detail::WebP(_) => {
            header.icc?;
            webp::icc(bytes).map(IccSource::contiguous).map(ColorSource::Icc)
        }
    }
}
