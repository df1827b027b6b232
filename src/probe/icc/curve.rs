//! Tone curves: curveType (ICC.1:2022, 10.6) and parametricCurveType (10.18).

use super::problem::ProfileProblem::{self, Malformed, TooCostly};
use super::profile_bytes::ProfileBytes;
use super::tag::Tag;
use crate::probe::power::power;

/// A checked tone curve.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Curve {
    /// Shortened to the bytes that the curve uses.
    pub(crate) tag: Tag,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// A curveType with this number of points: 0 is the identity, 1 a gamma.
    Points(u32),
    /// A parametricCurveType with this function, 0 to 4.
    Function(u16),
}

impl Curve {
    /// Checks the curve that `tag` holds.
    pub(crate) fn of(profile: &ProfileBytes<'_>, tag: Tag) -> Result<Self, ProfileProblem> {
        let (kind, len) = match &profile.bytes(tag.offset).ok_or(Malformed)? {
            b"curv" => {
                let points = profile.u32(tag.offset + 8).ok_or(Malformed)?;
                if points > MAX_POINTS {
                    return Err(TooCostly);
                }
                // A single point is a gamma in units of 1/256; a gamma of 0 is no curve.
                if points == 1 && profile.u16(tag.offset + 12) == Some(0) {
                    return Err(Malformed);
                }
                (Kind::Points(points), 12 + 2 * u64::from(points))
            }
            b"para" => {
                let function = profile.u16(tag.offset + 8).ok_or(Malformed)?;
                let parameters = PARAMETER_COUNTS.get(usize::from(function)).ok_or(Malformed)?;
                (Kind::Function(function), 12 + 4 * parameters)
            }
            _ => return Err(Malformed),
        };
        if len > tag.len {
            return Err(Malformed);
        }
        Ok(Self { tag: Tag { len, ..tag }, kind })
    }

    /// A curve that uses all bytes of its tag, because they are not known.
    pub(crate) fn longest(tag: Tag) -> Self {
        let len = tag.len.min(12 + 2 * u64::from(MAX_POINTS));
        Self { tag: Tag { len, ..tag }, kind: Kind::Points(0) }
    }

    /// The length in bytes: 12, and 2 for each point or 4 for each parameter.
    pub(crate) const fn bytes(&self) -> u64 {
        self.tag.len
    }

    /// Returns true if the curve is that of sRGB (IEC 61966-2-1), to within a third of an 8-bit
    /// level.
    pub(crate) fn is_srgb(&self, profile: &ProfileBytes<'_>) -> bool {
        match self.kind {
            Kind::Points(points) if points >= 256 => {
                let steps = u64::from(points - 1);
                (0..=32).all(|sample| {
                    let index = steps * sample / 32;
                    let Some(point) = profile.u16(self.tag.offset + 12 + 2 * index) else {
                        return false;
                    };
                    is_near_srgb(fraction(index, steps), f64::from(point) / 65535.0)
                })
            }
            Kind::Function(3 | 4) => {
                let srgb = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.040_45, 0.0, 0.0];
                let count = if matches!(self.kind, Kind::Function(3)) { 5 } else { 7 };
                (0..).zip(srgb).take(count).all(|(index, expected)| {
                    let parameter = profile.bytes(self.tag.offset + 12 + 4 * index);
                    let parameter = f64::from(parameter.map_or(0, i32::from_be_bytes)) / 65536.0;
                    (parameter - expected).abs() < 0.001
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

/// Compares coded values, because the tolerance is a fraction of a coded level.
fn is_near_srgb(coded: f64, light: f64) -> bool {
    let expected =
        if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * power(light, 1.0 / 2.4) - 0.055 };
    (coded - expected).abs() < 1.0 / 765.0
}

/// One point for each 16-bit value. The curves of most profiles have 4,096 points or fewer.
pub(crate) const MAX_POINTS: u32 = 65_536;
/// The number of parameters of each function.
const PARAMETER_COUNTS: [u64; 5] = [1, 3, 4, 5, 7];
