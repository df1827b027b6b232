//! Tone curves: curveType (ICC.1:2022, 10.6) and parametricCurveType (10.18).

use super::problem::ProfileProblem::{self, Malformed, TooCostly};
use super::profile_bytes::ProfileBytes;
use super::tag::Tag;
use crate::error::Error;
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
                // A power of 0 or less has no meaning for light.
                if profile.bytes(tag.offset + 12).map(i32::from_be_bytes).ok_or(Malformed)? <= 0 {
                    return Err(Malformed);
                }
                (Kind::Function(function), 12 + 4 * parameters)
            }
            _ => return Err(Malformed),
        };
        if len > tag.len {
            return Err(Malformed);
        }
        Ok(Self { tag: Tag { len, ..tag }, kind })
    }

    /// The curve as a function. `data` is that of its tag.
    pub(crate) fn function<'d>(&self, data: &'d [u8]) -> Result<CurveFunction<'d>, Error> {
        let values = data.get(12..).ok_or(SHORT)?;
        Ok(match self.kind {
            Kind::Points(0) => CurveFunction::Identity,
            Kind::Points(1) => {
                let gamma = values.first_chunk().copied().map(u16::from_be_bytes).ok_or(SHORT)?;
                CurveFunction::Gamma(f64::from(gamma) / 256.0)
            }
            Kind::Points(_) => CurveFunction::Points(Points::words(values.as_chunks().0)),
            Kind::Function(number) => {
                let mut parameters = [0.0; 7];
                for (parameter, bytes) in parameters.iter_mut().zip(values.as_chunks().0) {
                    *parameter = f64::from(i32::from_be_bytes(*bytes)) / 65_536.0;
                }
                CurveFunction::Parametric(number, parameters)
            }
        })
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

/// A curve as a function from coded values to values, both from 0 to 1. All machines compute the same.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CurveFunction<'d> {
    Identity,
    Gamma(f64),
    Points(Points<'d>),
    /// A function of parametricCurveType and its parameters, in their order (10.18).
    Parametric(u16, [f64; 7]),
}

impl CurveFunction<'_> {
    pub(crate) fn value(&self, coded: f64) -> f64 {
        let value = match *self {
            Self::Identity => coded,
            Self::Gamma(gamma) => power(coded, gamma),
            Self::Points(points) => return points.value(coded),
            Self::Parametric(number, [gamma, a, b, c, d, e, f]) => {
                let curved = |offset| positive_power(a * coded + b, gamma) + offset;
                match number {
                    0 => power(coded, gamma),
                    1 if a * coded + b >= 0.0 => curved(0.0),
                    1 => 0.0,
                    2 if a * coded + b >= 0.0 => curved(c),
                    2 => c,
                    3 if coded >= d => curved(0.0),
                    3 => c * coded,
                    _ if coded >= d => curved(e),
                    _ => c * coded + f,
                }
            }
        };
        // NaN becomes 0.
        if value > 0.0 { value.min(1.0) } else { 0.0 }
    }
}

/// A power of any base. That of a negative base is 0.
fn positive_power(base: f64, exponent: f64) -> f64 {
    if base > 1.0 { 1.0 / power(1.0 / base, exponent) } else { power(base, exponent) }
}

/// Points at equal distances, with straight lines between them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Points<'d> {
    Bytes(&'d [u8]),
    Words(&'d [[u8; 2]]),
}

impl<'d> Points<'d> {
    /// Points of 16 bits, most significant byte first.
    pub(crate) const fn words(words: &'d [[u8; 2]]) -> Self {
        Self::Words(words)
    }

    /// The value at `coded`, both from 0 to 1.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    pub(crate) fn value(&self, coded: f64) -> f64 {
        let last = match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Words(words) => words.len(),
        };
        let position = coded.clamp(0.0, 1.0) * last.saturating_sub(1) as f64;
        let index = position as usize;
        let (below, above) = (self.point(index), self.point(index + 1));
        below + (above - below) * (position - index as f64)
    }

    /// The value of a point. After the last one follows the last one.
    fn point(&self, index: usize) -> f64 {
        match self {
            Self::Bytes(bytes) => {
                let byte = bytes.get(index).or(bytes.last());
                byte.map_or(0.0, |&byte| f64::from(byte) / 255.0)
            }
            Self::Words(words) => {
                let word = words.get(index).or(words.last());
                word.map_or(0.0, |&word| f64::from(u16::from_be_bytes(word)) / 65_535.0)
            }
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
const SHORT: Error = Error::Bug("a curve shorter than it was checked to be");
