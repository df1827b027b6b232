//! A profile as its container holds it, and the memory that its conversion takes.

use super::cost::conversion_bytes;
use super::minimal_profile::Minimal;
use super::parts::Parts;
use super::problem::ProfileProblem;

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
