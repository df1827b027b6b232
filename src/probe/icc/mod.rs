//! The ICC profile where it lies in the upload: found, checked and priced, without heap.

use core::fmt;

use super::{Header, jpeg, png, webp};
use crate::format::Format;

mod cost;
mod curve;
mod lut;
mod minimal;
mod parts;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

pub(crate) use cost::conversion_bytes;
pub(crate) use minimal::{Minimal, Space};
pub(crate) use parts::Parts;

/// The profile of a file that was probed.
pub(crate) fn source<'a>(bytes: &'a [u8], header: &Header) -> Option<IccSource<'a>> {
    header.icc?;
    match header.format {
        Format::Jpeg => Some(IccSource::jpeg(jpeg::icc_chunks(bytes))),
        Format::Png => png::compressed_icc(bytes).map(IccSource::Deflated),
        Format::WebP => webp::icc(bytes).map(IccSource::contiguous),
    }
}

/// A profile as the container holds it.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "4 KiB of the stack instead of heap, and made once")]
pub(crate) enum IccSource<'a> {
    /// As it is, in one piece or in the chunks of a JPEG.
    Plain(Parts<'a>),
    /// The zlib stream of a PNG's iCCP chunk.
    Deflated(&'a [u8]),
    /// Found, but not in one piece.
    Broken(ProfileProblem),
}

impl<'a> IccSource<'a> {
    /// The ICCP chunk of a WebP.
    pub(crate) fn contiguous(profile: &'a [u8]) -> Self {
        Self::Plain(Parts::contiguous(profile))
    }

    /// The chunks of a JPEG: sequence number, number of chunks, bytes.
    pub(crate) fn jpeg(chunks: impl IntoIterator<Item = (u8, u8, &'a [u8])>) -> Self {
        Parts::from_jpeg(chunks).map_or_else(Self::Broken, Self::Plain)
    }
}

/// What converting the colours takes at its peak, in bytes. Linear in the number of tags.
///
/// The cost of a plain profile is known from its tags. A deflated one is not looked into: it is
/// quoted by its length, and ignored when it turns out to cost more.
pub(crate) fn memory_bytes(source: &IccSource<'_>) -> u64 {
    match source {
        IccSource::Plain(parts) => match Minimal::of(parts) {
            Ok(profile) if !profile.is_srgb() => {
                Some(conversion_bytes(&profile)).filter(|&cost| cost <= MAX_COST_BYTES)
            }
            _ => None,
        }
        .unwrap_or(0),
        IccSource::Deflated(deflated) => DeflatedClass::of(deflated).max_cost_bytes,
        IccSource::Broken(_) => 0,
    }
}

/// Why an embedded ICC profile was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProfileProblem {
    /// It is over [`Limits::max_icc_bytes`](crate::Limits::max_icc_bytes).
    TooLarge,
    /// A part of it is missing, or there twice.
    Incomplete,
    /// It breaks the rules of its format.
    Malformed,
    /// It describes another kind of colours than the picture has.
    WrongColorSpace,
    /// Using it would take more memory than a profile is worth.
    TooCostly,
    /// It is of a kind that is not converted here.
    Unsupported,
}

impl fmt::Display for ProfileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "too large",
            Self::Incomplete => "incomplete",
            Self::Malformed => "malformed",
            Self::WrongColorSpace => "for another color space",
            Self::TooCostly => "too costly",
            Self::Unsupported => "unsupported",
        })
    }
}

/// What a deflated profile may become and may cost, by its length.
#[derive(Clone, Copy)]
pub(crate) struct DeflatedClass {
    pub(crate) max_inflated_bytes: u64,
    /// More than the inflated profile and its copy take.
    pub(crate) max_cost_bytes: u64,
}

impl DeflatedClass {
    pub(crate) const fn of(deflated: &[u8]) -> Self {
        let len = deflated.len() as u64;
        if len <= 8 << 10 {
            // Curves and a matrix.
            Self { max_inflated_bytes: 48 << 10, max_cost_bytes: 280_000 }
        } else {
            // Tables. Real ones deflate to half of their length and more.
            let inflated = if len < 128 << 10 { 8 * len } else { 1 << 20 };
            Self { max_inflated_bytes: inflated, max_cost_bytes: 2_500_000 }
        }
    }
}

/// Over this, a profile is ignored: more than a table of 17⁴ nodes of CMYK takes, far less than the
/// memory of a job.
pub(crate) const MAX_COST_BYTES: u64 = 8 << 20;
