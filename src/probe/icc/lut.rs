//! Lookup tables from device colours to the profile connection space: lut16Type (ICC.1:2022,
//! 10.10), lut8Type (10.11) and lutAToBType (10.12).

use super::curve::Curve;
use super::problem::ProfileProblem::{self, Malformed, TooCostly, Unsupported};
use super::profile_bytes::ProfileBytes;
use super::tag::Tag;

/// A checked lookup table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lut {
    /// For lut8Type and lut16Type, shortened to the bytes that the table uses.
    pub(crate) tag: Tag,
    /// The number of input channels.
    pub(crate) inputs: u8,
    /// The number of values in the grid: nodes × 3.
    pub(crate) grid_values: u64,
    /// The size of the curves before and after the grid: in values, or in bytes for a lutAToBType.
    pub(crate) curve_values: u64,
    pub(crate) kind: LutKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LutKind {
    /// A lut8Type or lut16Type.
    Lut8Or16,
    /// A lutAToBType, with curves that moxcms expands to 65,536 points each.
    LutAToB,
    /// The table lies behind the known head of its profile. Its sizes are upper bounds.
    Unread,
}

impl Lut {
    /// Checks the lookup table that `tag` holds.
    pub(crate) fn of(
        profile: &ProfileBytes<'_>,
        tag: Tag,
        inputs: u8,
    ) -> Result<Self, ProfileProblem> {
        if tag.len < 48 {
            return Err(Malformed);
        }
        if profile.u8(tag.offset + 8) != Some(inputs) || profile.u8(tag.offset + 9) != Some(OUTPUTS)
        {
            return Err(Malformed);
        }
        match &profile.bytes(tag.offset).ok_or(Malformed)? {
            b"mft1" => Self::lut8_or_lut16(profile, tag, inputs, 1),
            b"mft2" => Self::lut8_or_lut16(profile, tag, inputs, 2),
            b"mAB " => Self::lut_a_to_b(profile, tag, inputs),
            _ => Err(Unsupported),
        }
    }

    /// A table of which only the length is known: at most one value in each byte.
    pub(crate) fn longest(tag: Tag, inputs: u8) -> Self {
        let grid_values = tag.len.min(MAX_GRID_VALUES);
        Self { tag, inputs, grid_values, curve_values: tag.len, kind: LutKind::Unread }
    }

    /// A lut8Type or lut16Type, with values of one byte or two.
    fn lut8_or_lut16(
        profile: &ProfileBytes<'_>,
        tag: Tag,
        inputs: u8,
        value_bytes: u64,
    ) -> Result<Self, ProfileProblem> {
        let (header_bytes, input_entries, output_entries) = if value_bytes == 1 {
            (48, 256, 256)
        } else {
            let input_entries = profile.u16(tag.offset + 48).ok_or(Malformed)?;
            let output_entries = profile.u16(tag.offset + 50).ok_or(Malformed)?;
            (52, input_entries, output_entries)
        };
        if !(2..=4096).contains(&input_entries) || !(2..=4096).contains(&output_entries) {
            return Err(Malformed);
        }
        let points = profile.u8(tag.offset + 10).ok_or(Malformed)?;
        let grid_values = checked_grid_values([points; 4], inputs)?;
        let curve_values = u64::from(input_entries) * u64::from(inputs)
            + u64::from(output_entries) * u64::from(OUTPUTS);
        let len = header_bytes + value_bytes * (grid_values + curve_values);
        if len > tag.len {
            return Err(Malformed);
        }
        let tag = Tag { len, ..tag };
        Ok(Self { tag, inputs, grid_values, curve_values, kind: LutKind::Lut8Or16 })
    }

    fn lut_a_to_b(
        profile: &ProfileBytes<'_>,
        tag: Tag,
        inputs: u8,
    ) -> Result<Self, ProfileProblem> {
        let element_offset = |at: u64| {
            let offset = u64::from(profile.u32(tag.offset + at).ok_or(Malformed)?);
            if offset != 0 && (offset < 32 || offset >= tag.len) {
                return Err(Malformed);
            }
            Ok(offset)
        };
        let (b, matrix, m) = (element_offset(12)?, element_offset(16)?, element_offset(20)?);
        let (grid, a) = (element_offset(24)?, element_offset(28)?);
        // Two of the four legal combinations (10.12.1) have no grid: B, and M – Matrix – B.
        let has_grid = grid != 0;
        if b == 0 || has_grid != (a != 0) || (matrix != 0) != (m != 0) {
            return Err(Malformed);
        }
        if !has_grid && inputs != OUTPUTS {
            return Err(Malformed);
        }
        if matrix != 0 && matrix + 48 > tag.len {
            return Err(Malformed);
        }
        let mut curve_values = curves_bytes(profile, tag, b, OUTPUTS)?;
        if m != 0 {
            curve_values += curves_bytes(profile, tag, m, OUTPUTS)?;
        }
        let mut grid_values = 0;
        if has_grid {
            curve_values += curves_bytes(profile, tag, a, inputs)?;
            grid_values =
                checked_grid_values(profile.bytes(tag.offset + grid).ok_or(Malformed)?, inputs)?;
            let value_bytes = match profile.u8(tag.offset + grid + 16) {
                Some(bytes @ (1 | 2)) => u64::from(bytes),
                _ => return Err(Malformed),
            };
            if grid + 20 + value_bytes * grid_values > tag.len {
                return Err(Malformed);
            }
        }
        Ok(Self { tag, inputs, grid_values, curve_values, kind: LutKind::LutAToB })
    }
}

/// The number of values in a grid with this number of points per input.
fn checked_grid_values(points: [u8; 4], inputs: u8) -> Result<u64, ProfileProblem> {
    let points = points.get(..usize::from(inputs)).ok_or(Malformed)?;
    if points.iter().any(|&points| points < 2) {
        return Err(Malformed);
    }
    let nodes: u64 = points.iter().map(|&points| u64::from(points)).product();
    let values = nodes * u64::from(OUTPUTS);
    if values > MAX_GRID_VALUES { Err(TooCostly) } else { Ok(values) }
}

/// Checks `count` consecutive curves, each aligned to 4 bytes, and returns their total length.
fn curves_bytes(
    profile: &ProfileBytes<'_>,
    tag: Tag,
    first: u64,
    count: u8,
) -> Result<u64, ProfileProblem> {
    let mut at = first;
    let mut bytes = 0;
    for _ in 0..count {
        let len = tag.len.checked_sub(at).ok_or(Malformed)?;
        let curve = Curve::of(profile, Tag { offset: tag.offset + at, len })?;
        bytes += curve.bytes();
        at = (at + curve.tag.len).next_multiple_of(4);
    }
    Ok(bytes)
}

/// The number of output channels: XYZ or Lab.
const OUTPUTS: u8 = 3;
/// A grid of 65³ RGB nodes has 823,875 values, one of 17⁴ CMYK nodes 250,563.
const MAX_GRID_VALUES: u64 = 1 << 20;
