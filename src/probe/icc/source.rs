//! [`IccSource`]: a profile as its container stores it, and the memory that its conversion needs.

use super::cost::{conversion_bytes, peak_bytes_of_head};
use super::deflated::DeflatedHead;
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
/// The tags of a profile determine its cost. Of a deflated profile, the head is inflated on the
/// stack. What its tag table refers to behind the head counts by its length.
pub(crate) fn memory_bytes(source: &IccSource<'_>) -> u64 {
    let cost = match source {
        IccSource::Plain(bytes) => complete_profile_bytes(bytes),
        IccSource::Deflated(stream) => deflated_profile_bytes(stream),
        IccSource::Broken(_) => Ok(0),
    };
    // An unusable profile is ignored and costs nothing.
    cost.ok().filter(|&cost| cost <= MAX_COST_BYTES).unwrap_or(0)
}

fn complete_profile_bytes(bytes: &ProfileBytes<'_>) -> Result<u64, ProfileProblem> {
    let profile = MinimalProfile::of(bytes)?;
    Ok(if profile.is_srgb() { 0 } else { conversion_bytes(&profile) })
}

fn deflated_profile_bytes(stream: &[u8]) -> Result<u64, ProfileProblem> {
    let head = DeflatedHead::inflate(stream);
    let bytes = head.profile()?;
    if bytes.is_head() { peak_bytes_of_head(&bytes) } else { complete_profile_bytes(&bytes) }
}

/// A profile that costs more is ignored. The limit is more than a CMYK table of 17⁴ nodes needs,
/// and far less than the memory of a job.
pub(crate) const MAX_COST_BYTES: u64 = 8 << 20;
