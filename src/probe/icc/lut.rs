//! Tables from device colours to connection colours (ICC.1:2022, 10.10 lut16Type, 10.11 lut8Type,
//! 10.12 lutAToBType).

use super::curve::Curve;
use super::parts::Parts;
use super::problem::ProfileProblem::{self, Malformed, TooCostly, Unsupported};
use super::tag::Tag;

/// A checked table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lut {
    /// Cut to the bytes that the table takes.
    pub(crate) tag: Tag,
    pub(crate) inputs: u8,
    /// Values of the grid: nodes × 3.
    pub(crate) grid_values: u64,
    /// Values of the curves before and behind the grid, where they are tables.
    pub(crate) curve_values: u64,
    /// A lutAToBType, whose curves are expanded to 65,536 points each.
    pub(crate) is_staged: bool,
}

impl Lut {
    pub(crate) fn of(parts: &Parts<'_>, tag: Tag, inputs: u8) -> Result<Self, ProfileProblem> {
        if tag.len < 48 {
            return Err(Malformed);
        }
        if parts.u8(tag.offset + 8) != Some(inputs) || parts.u8(tag.offset + 9) != Some(OUTPUTS) {
            return Err(Malformed);
        }
        match &parts.bytes(tag.offset).ok_or(Malformed)? {
            b"mft1" => Self::of_tables(parts, tag, inputs, 1),
            b"mft2" => Self::of_tables(parts, tag, inputs, 2),
            b"mAB " => Self::of_stages(parts, tag, inputs),
            _ => Err(Unsupported),
        }
    }

    fn of_tables(
        parts: &Parts<'_>,
        tag: Tag,
        inputs: u8,
        value_bytes: u64,
    ) -> Result<Self, ProfileProblem> {
        let (head, before, behind) = if value_bytes == 1 {
            (48, 256, 256)
        } else {
            let before = parts.u16(tag.offset + 48).ok_or(Malformed)?;
            let behind = parts.u16(tag.offset + 50).ok_or(Malformed)?;
            (52, before, behind)
        };
        if !(2..=4096).contains(&before) || !(2..=4096).contains(&behind) {
            return Err(Malformed);
        }
        let points = parts.u8(tag.offset + 10).ok_or(Malformed)?;
        let grid_values = grid_values([points; 4], inputs)?;
        let curve_values =
            u64::from(before) * u64::from(inputs) + u64::from(behind) * u64::from(OUTPUTS);
        let len = head + value_bytes * (grid_values + curve_values);
        if len > tag.len {
            return Err(Malformed);
        }
        let tag = Tag { len, ..tag };
        Ok(Self { tag, inputs, grid_values, curve_values, is_staged: false })
    }

    fn of_stages(parts: &Parts<'_>, tag: Tag, inputs: u8) -> Result<Self, ProfileProblem> {
        let part = |at: u64| {
            let offset = u64::from(parts.u32(tag.offset + at).ok_or(Malformed)?);
            if offset != 0 && (offset < 32 || offset >= tag.len) {
                return Err(Malformed);
            }
            Ok(offset)
        };
        let (b, matrix, m) = (part(12)?, part(16)?, part(20)?);
        let (grid, a) = (part(24)?, part(28)?);
        // Of the four legal sets of stages (10.12.1), B alone and M-Matrix-B make no grid.
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
        let mut curve_values = curves_bytes(parts, tag, b, OUTPUTS)?;
        if m != 0 {
            curve_values += curves_bytes(parts, tag, m, OUTPUTS)?;
        }
        let mut values = 0;
        if has_grid {
            curve_values += curves_bytes(parts, tag, a, inputs)?;
            values = grid_values(parts.bytes(tag.offset + grid).ok_or(Malformed)?, inputs)?;
            let value_bytes = match parts.u8(tag.offset + grid + 16) {
                Some(bytes @ (1 | 2)) => u64::from(bytes),
                _ => return Err(Malformed),
            };
            if grid + 20 + value_bytes * values > tag.len {
                return Err(Malformed);
            }
        }
        Ok(Self { tag, inputs, grid_values: values, curve_values, is_staged: true })
    }
}

fn grid_values(points: [u8; 4], inputs: u8) -> Result<u64, ProfileProblem> {
    let points = points.get(..usize::from(inputs)).ok_or(Malformed)?;
    if points.iter().any(|&points| points < 2) {
        return Err(Malformed);
    }
    let nodes: u64 = points.iter().map(|&points| u64::from(points)).product();
    let values = nodes * u64::from(OUTPUTS);
    if values > MAX_GRID_VALUES { Err(TooCostly) } else { Ok(values) }
}

/// Checks `count` curves, one behind the other and each aligned to 4 bytes, and returns their bytes.
fn curves_bytes(parts: &Parts<'_>, tag: Tag, first: u64, count: u8) -> Result<u64, ProfileProblem> {
    let mut at = first;
    let mut bytes = 0;
    for _ in 0..count {
        let len = tag.len.checked_sub(at).ok_or(Malformed)?;
        let curve = Curve::of(parts, Tag { offset: tag.offset + at, len })?;
        bytes += curve.copied_bytes();
        at = (at + curve.tag.len).next_multiple_of(4);
    }
    Ok(bytes)
}

const OUTPUTS: u8 = 3;
/// 65³ nodes of RGB are 823,875 values, 17⁴ of CMYK 250,563.
const MAX_GRID_VALUES: u64 = 1 << 20;
