//! [`IccSource`]: a profile as its container stores it, and what its conversion costs.

use super::deflated::{DeflatedHead, HEAD_BYTES, most_deflated_bytes};
use super::lut::{Lut, LutKind};
use super::problem::ProfileProblem;
use super::profile::{Model, Profile, ProfileHead, Space};
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

/// What it costs to convert colours with a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Cost {
    /// The peak memory in bytes.
    pub(crate) bytes: u64,
    /// The bytes of a deflated profile that `probe` reads, and each output again.
    pub(crate) deflated_head_bytes: u64,
    /// Those that each output reads beside them, and the bytes that they are inflated to.
    pub(crate) deflated_bytes: u64,
    pub(crate) inflated_bytes: u64,
    /// The values of curves that are computed before the first pixel.
    pub(crate) curve_values: u64,
    /// The length of the profile, if it is complete and has colours outside of sRGB.
    pub(crate) wide_bytes: Option<u64>,
    /// There is a lookup table, which takes longer for each pixel than curves and a matrix.
    pub(crate) has_table: bool,
}

impl Cost {
    pub(crate) const NONE: Self = Self {
        bytes: 0,
        deflated_head_bytes: 0,
        deflated_bytes: 0,
        inflated_bytes: 0,
        curve_values: 0,
        wide_bytes: None,
        has_table: false,
    };

    /// False for what no file of `input_bytes` can have. A deflated profile may be longer than its file.
    #[cfg(feature = "serde")]
    pub(in crate::probe) fn is_possible(&self, input_bytes: u64) -> bool {
        let in_memory = [self.bytes, self.inflated_bytes, self.curve_values];
        let in_file = [self.deflated_head_bytes, self.deflated_bytes];
        in_memory.iter().all(|&cost| cost <= MAX_COST_BYTES)
            && in_file.iter().all(|&bytes| bytes <= input_bytes)
    }
}

/// The cost of converting colours of `space` with a profile. Takes time linear in the number of tags.
///
/// It follows from the tags. Of a deflated profile, the head is inflated on the stack. What its tag
/// table refers to behind the head counts by its length.
pub(crate) fn cost(source: &IccSource<'_>, space: Space) -> Cost {
    let (cost, deflated_head_bytes) = match source {
        IccSource::Plain(bytes) => (cost_of_complete_profile(bytes, space), 0),
        IccSource::Deflated(stream) => (
            cost_of_deflated_profile(stream, space),
            (stream.len() as u64).min(most_deflated_bytes(HEAD_BYTES as u64)),
        ),
        IccSource::Broken(problem) => (Err(*problem), 0),
    };
    // An unusable profile is ignored. To find that out, its head is inflated.
    let cost = cost.ok().filter(|cost| cost.bytes <= MAX_COST_BYTES).unwrap_or(Cost::NONE);
    Cost { deflated_head_bytes, ..cost }
}

fn cost_of_complete_profile(
    bytes: &ProfileBytes<'_>,
    space: Space,
) -> Result<Cost, ProfileProblem> {
    let profile = Profile::of(bytes)?;
    if profile.space != space || profile.is_srgb() {
        return Ok(Cost::NONE);
    }
    Ok(Cost {
        bytes: conversion_bytes(&profile),
        curve_values: VALUES_OF_8_BITS * u64::from(space.channels())
            + sampled_curves(&profile) * CURVE_SAMPLES as u64,
        wide_bytes: profile.is_wide().then_some(bytes.len()),
        has_table: matches!(profile.model, Model::Lut(_)),
        ..Cost::NONE
    })
}

fn cost_of_deflated_profile(stream: &[u8], space: Space) -> Result<Cost, ProfileProblem> {
    let head = DeflatedHead::inflate(stream);
    let bytes = head.profile()?;
    if !bytes.is_head() {
        return cost_of_complete_profile(&bytes, space);
    }
    let deflated_bytes = (stream.len() as u64).min(most_deflated_bytes(bytes.len()));
    Ok(Cost { deflated_bytes, ..most_cost(&bytes)? })
}

/// The peak memory of a conversion: the data of the model, and the curves of a lutAToBType as
/// points.
pub(crate) fn conversion_bytes(profile: &Profile<'_>) -> u64 {
    profile.data_bytes() + sampled_curves(profile) * SAMPLED_CURVE_BYTES
}

/// The number of curves that are kept as points.
const fn sampled_curves(profile: &Profile<'_>) -> u64 {
    match profile.model {
        Model::Lut(Lut { kind: LutKind::LutAToB { m: Some(_), .. }, .. }) => MAX_SAMPLED_CURVES,
        Model::Lut(Lut { kind: LutKind::LutAToB { m: None, .. }, .. }) => 3,
        _ => 0,
    }
}

/// An upper bound on the cost of a deflated profile, from its head: the inflated profile, and beside it
/// what [`conversion_bytes`] counts.
pub(crate) fn most_cost(head: &ProfileBytes<'_>) -> Result<Cost, ProfileProblem> {
    let ProfileHead { most_data_bytes, has_table, may_have_stages } = ProfileHead::of(head)?;
    let curves = if may_have_stages { MAX_SAMPLED_CURVES } else { 0 };
    let bytes = head.len() + most_data_bytes + curves * SAMPLED_CURVE_BYTES;
    Ok(Cost {
        bytes,
        inflated_bytes: head.len(),
        curve_values: VALUES_OF_8_BITS * 4 + curves * CURVE_SAMPLES as u64,
        has_table,
        ..Cost::NONE
    })
}

/// A profile that costs more is ignored. The limit is more than the largest grid needs, and far less
/// than the memory of a job.
pub(crate) const MAX_COST_BYTES: u64 = 8 << 20;
/// The points of a curve of a lutAToBType.
pub(crate) const CURVE_SAMPLES: usize = 2_049;
const SAMPLED_CURVE_BYTES: u64 = (CURVE_SAMPLES * size_of::<f32>()) as u64;
/// Three curves before the matrix, and three after it.
const MAX_SAMPLED_CURVES: u64 = 6;
const VALUES_OF_8_BITS: u64 = 256;
