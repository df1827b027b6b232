//! Lookup tables from device colours to the profile connection space: lut16Type (ICC.1:2022,
//! 10.10), lut8Type (10.11) and lutAToBType (10.12).

use super::curve::Curve;
use super::problem::ProfileProblem::{self, Malformed, TooCostly, Unsupported};
use super::profile_bytes::ProfileBytes;
use super::tag::Tag;

/// A checked lookup table. Offsets are those from the start of its tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lut {
    /// For lut8Type and lut16Type, shortened to the bytes that the table uses.
    pub(crate) tag: Tag,
    /// The number of input channels.
    pub(crate) inputs: u8,
    /// Absent in some tables of three inputs.
    pub(crate) grid: Option<Grid>,
    pub(crate) kind: LutKind,
}

/// The grid of a table: three values for each node. The last input varies fastest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    pub(crate) offset: u64,
    /// The number of points of each input.
    pub(crate) points: [u8; 4],
    /// 1 or 2.
    pub(crate) value_bytes: u8,
    pub(crate) values: u64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum LutKind {
    /// A lut8Type or lut16Type: the points of the curves before and after the grid.
    Lut8Or16 { input_curves: u64, input_points: u16, output_curves: u64, output_points: u16 },
    /// A lutAToBType: the offsets of its elements.
    LutAToB { a: Option<u64>, m: Option<u64>, matrix: Option<u64>, b: u64 },
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
        let points = [profile.u8(tag.offset + 10).ok_or(Malformed)?; 4];
        let values = checked_grid_values(points, inputs)?;
        let input_curves = header_bytes;
        let offset = input_curves + value_bytes * u64::from(input_entries) * u64::from(inputs);
        let output_curves = offset + value_bytes * values;
        let len = output_curves + value_bytes * u64::from(output_entries) * u64::from(OUTPUTS);
        if len > tag.len {
            return Err(Malformed);
        }
        let value_bytes = if value_bytes == 1 { 1 } else { 2 };
        Ok(Self {
            tag: Tag { len, ..tag },
            inputs,
            grid: Some(Grid { offset, points, value_bytes, values }),
            kind: LutKind::Lut8Or16 {
                input_curves,
                input_points: input_entries,
                output_curves,
                output_points: output_entries,
            },
        })
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
        check_curves(profile, tag, b, OUTPUTS)?;
        if m != 0 {
            check_curves(profile, tag, m, OUTPUTS)?;
        }
        let mut found = None;
        if has_grid {
            check_curves(profile, tag, a, inputs)?;
            let points = profile.bytes(tag.offset + grid).ok_or(Malformed)?;
            let values = checked_grid_values(points, inputs)?;
            let value_bytes = match profile.u8(tag.offset + grid + 16) {
                Some(bytes @ (1 | 2)) => bytes,
                _ => return Err(Malformed),
            };
            let offset = grid + 20;
            if offset + u64::from(value_bytes) * values > tag.len {
                return Err(Malformed);
            }
            found = Some(Grid { offset, points, value_bytes, values });
        }
        let present = |offset: u64| (offset != 0).then_some(offset);
        let kind = LutKind::LutAToB { a: present(a), m: present(m), matrix: present(matrix), b };
        Ok(Self { tag, inputs, grid: found, kind })
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

/// Checks `count` consecutive curves.
fn check_curves(
    profile: &ProfileBytes<'_>,
    tag: Tag,
    first: u64,
    count: u8,
) -> Result<(), ProfileProblem> {
    curves(profile, tag, first).take(count.into()).try_for_each(|curve| curve.map(drop))
}

/// The consecutive curves of an element of a lutAToBType, each aligned to 4 bytes. After an error
/// comes another one.
pub(crate) fn curves<'p>(
    profile: &'p ProfileBytes<'p>,
    tag: Tag,
    first: u64,
) -> impl Iterator<Item = Result<Curve, ProfileProblem>> + 'p {
    let mut at = first;
    core::iter::repeat_with(move || {
        let len = tag.len.checked_sub(at).ok_or(Malformed)?;
        let curve = Curve::of(profile, Tag { offset: tag.offset + at, len })?;
        at = (at + curve.tag.len).next_multiple_of(4);
        Ok(curve)
    })
}

/// The number of output channels: XYZ or Lab.
const OUTPUTS: u8 = 3;
/// A grid of 65³ RGB nodes has 823,875 values, one of 17⁴ CMYK nodes 250,563.
const MAX_GRID_VALUES: u64 = 1 << 20;
