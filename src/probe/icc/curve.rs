//! Tone curves (ICC.1:2022, 10.6 curveType and 10.18 parametricCurveType).

use super::parts::Parts;
use super::problem::ProfileProblem::{self, Malformed, TooCostly};
use super::tag::Tag;

/// A checked curve.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Curve {
    /// Cut to the bytes that the curve takes.
    pub(crate) tag: Tag,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// So many points; 0 is the identity, 1 a gamma.
    Points(u32),
    /// A function by number, 0 to 4.
    Function(u16),
}

impl Curve {
    pub(crate) fn of(parts: &Parts<'_>, tag: Tag) -> Result<Self, ProfileProblem> {
        let (kind, len) = match &parts.bytes(tag.offset).ok_or(Malformed)? {
            b"curv" => {
                let points = parts.u32(tag.offset + 8).ok_or(Malformed)?;
                if points > MAX_POINTS {
                    return Err(TooCostly);
                }
                // 1 point is a gamma in 1/256; 0 would be no curve.
                if points == 1 && parts.u16(tag.offset + 12) == Some(0) {
                    return Err(Malformed);
                }
                (Kind::Points(points), 12 + 2 * u64::from(points))
            }
            b"para" => {
                let function = parts.u16(tag.offset + 8).ok_or(Malformed)?;
                let numbers = PARAMETERS.get(usize::from(function)).ok_or(Malformed)?;
                (Kind::Function(function), 12 + 4 * numbers)
            }
            _ => return Err(Malformed),
        };
        if len > tag.len {
            return Err(Malformed);
        }
        Ok(Self { tag: Tag { len, ..tag }, kind })
    }

    /// Bytes that a copy of the points takes: 2 each, or 4 for each parameter.
    pub(crate) const fn copied_bytes(&self) -> u64 {
        self.tag.len
    }

    /// True when the curve is that of sRGB (IEC 61966-2-1) to within a third of a level of 8 bits.
    pub(crate) fn is_srgb(&self, parts: &Parts<'_>) -> bool {
        match self.kind {
            Kind::Points(points) if points >= 256 => {
                let steps = u64::from(points - 1);
                (0..=32).all(|sixteenth| {
                    let index = steps * sixteenth / 32;
                    let Some(point) = parts.u16(self.tag.offset + 12 + 2 * index) else {
                        return false;
                    };
                    near_srgb(fraction(index, steps), f64::from(point) / 65535.0)
                })
            }
            Kind::Function(3 | 4) => {
                let wanted = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.040_45, 0.0, 0.0];
                let count = if matches!(self.kind, Kind::Function(3)) { 5 } else { 7 };
                (0..).zip(wanted).take(count).all(|(index, wanted)| {
                    let number = parts.bytes(self.tag.offset + 12 + 4 * index);
                    let number = f64::from(number.map_or(0, i32::from_be_bytes)) / 65536.0;
                    (number - wanted).abs() < 0.001
                })
            }
            _ => false,
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "indices of a curve are small")]
fn fraction(index: u64, steps: u64) -> f64 {
    index as f64 / steps as f64
}

/// Compares in the coded domain, where the levels are.
fn near_srgb(coded: f64, light: f64) -> bool {
    let expected =
        if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (coded - expected).abs() < 1.0 / 765.0
}

/// The longest curves in use have 4,096 points.
const MAX_POINTS: u32 = 4_096;
const PARAMETERS: [u64; 5] = [1, 3, 4, 5, 7];
