//! [`IccSource`]: a profile as its container stores it, and the memory that its conversion needs.

use super::cost::conversion_bytes;
use super::minimal_profile::MinimalProfile;
use super::problem::ProfileProblem;
use super::profile_bytes::ProfileBytes;

/// A profile as its container stores it.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "4 KiB on the stack, once per job, instead of heap")]
pub(crate) enum IccSource<'a> {
    /// The plain bytes, in one piece or in the chunks of a JPEG.
    Plain(ProfileBytes<'a>),
    /// The zlib stream of a PNG's iCCP chunk.
    Deflated(&'a [u8]),
    /// Chunks that do not make up a profile.
    Broken(ProfileProblem),
}

impl<'a> IccSource<'a> {
    /// The profile in the ICCP chunk of a WebP.
    pub(crate) fn contiguous(profile: &'a [u8]) -> Self {
        Self::Plain(ProfileBytes::contiguous(profile))
    }

    /// The profile in the APP2 segments of a JPEG. Each chunk is its sequence number, the number of
    /// chunks, and its bytes.
    pub(crate) fn jpeg(chunks: impl IntoIterator<Item = (u8, u8, &'a [u8])>) -> Self {
        ProfileBytes::from_jpeg(chunks).map_or_else(Self::Broken, Self::Plain)
    }
}

/// The peak memory of converting colours with a profile, in bytes. Takes time linear in the number
/// of tags.
///
/// The tags of a plain profile determine its cost. A deflated profile is not inflated: its length
/// determines the quote, and the conversion ignores it if it turns out to cost more.
pub(crate) fn memory_bytes(source: &IccSource<'_>) -> u64 {
    match source {
        IccSource::Plain(bytes) => match MinimalProfile::of(bytes) {
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

/// How large a deflated profile may inflate to, and what its conversion may cost.
#[derive(Clone, Copy)]
pub(crate) struct DeflatedClass {
    pub(crate) max_inflated_bytes: u64,
    /// Exceeds the memory of the inflated profile and its copy.
    pub(crate) max_cost_bytes: u64,
}

impl DeflatedClass {
    /// Chooses the class by the length of the deflated profile.
    pub(crate) const fn of(deflated: &[u8]) -> Self {
        let len = deflated.len() as u64;
        if len <= 8 << 10 {
            // Curves and a matrix.
            Self { max_inflated_bytes: 48 << 10, max_cost_bytes: 280_000 }
        } else {
            // Lookup tables. Real ones deflate to half of their length or more.
            let inflated = if len < 128 << 10 { 8 * len } else { 1 << 20 };
            Self { max_inflated_bytes: inflated, max_cost_bytes: 2_500_000 }
        }
    }
}

/// A profile that costs more is ignored. The limit is more than a CMYK table of 17⁴ nodes needs,
/// and far less than the memory of a job.
pub(crate) const MAX_COST_BYTES: u64 = 8 << 20;
