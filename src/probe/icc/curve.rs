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
                    1 => curved(0.0),
                    2 => curved(c),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::icc::test_profiles::{curve, function, srgb_function};

    fn checked(data: &[u8]) -> (ProfileBytes<'_>, Curve) {
        let profile = ProfileBytes::contiguous(data);
        let curve = Curve::of(&profile, Tag { offset: 0, len: data.len() as u64 }).unwrap();
        (profile, curve)
    }

    fn value(data: &[u8], coded: f64) -> f64 {
        let curve = checked(data).1;
        curve.function(&data[..curve.tag.len as usize]).unwrap().value(coded)
    }

    fn is_srgb(data: &[u8]) -> bool {
        let (profile, curve) = checked(data);
        curve.is_srgb(&profile)
    }

    #[test]
    fn parametric_functions_are_those_of_the_standard() {
        let parameters = [2.0, 0.8, -0.2, 0.3, 0.5, 0.4, 0.05];
        let [gamma, a, b, c, d, e, f] = parameters;
        for step in 0..=16 {
            let x = f64::from(step) / 16.0;
            let curved = (a * x + b).powf(gamma);
            let expected = [
                x.powf(gamma),
                if a * x + b >= 0.0 { curved } else { 0.0 },
                if a * x + b >= 0.0 { curved + c } else { c },
                if x >= d { curved } else { c * x },
                if x >= d { curved + e } else { c * x + f },
            ];
            for (number, expected) in (0..).zip(expected) {
                let data = function(number, &parameters);
                let found = value(&data, x);
                assert!((found - expected).abs() < 1e-4, "function {number} of {x}: {found}");
            }
        }
    }

    #[test]
    fn a_base_over_1_has_a_power_over_1_and_values_end_at_0_and_1() {
        assert!((value(&function(2, &[2.0, 1.25, 0.0, -1.0]), 1.0) - 0.5625).abs() < 1e-4);
        assert!(value(&function(2, &[2.0, 1.25, 0.0, -1.0]), 0.5) <= 0.0);
        assert!(value(&function(1, &[2.0, 1.25, 0.0]), 1.0) >= 1.0);
    }

    #[test]
    fn between_two_points_is_a_straight_line() {
        for (coded, expected) in [(0.0, 0.0), (0.25, 0.1), (0.5, 0.2), (0.75, 0.6), (1.0, 1.0)] {
            let bytes = Points::Bytes(&[0, 51, 255]).value(coded);
            let words = value(&curve(&[0, 13_107, 65_535]), coded);
            assert!((bytes - expected).abs() < 1e-9 && (words - expected).abs() < 1e-9, "{coded}");
        }
    }

    #[test]
    fn a_curve_is_that_of_srgb_if_all_its_points_are() {
        let srgb = srgb_function();
        let points: Vec<u16> = (0..=255)
            .map(|index| (value(&srgb, f64::from(index) / 255.0) * 65_535.0).round() as u16)
            .collect();
        assert!(is_srgb(&srgb) && is_srgb(&curve(&points)));
        assert!(!is_srgb(&curve(&points[..255])), "too few points");
        // The points that are compared, 32 steps apart from the first to the last.
        for sample in 0..=32 {
            let mut other = points.clone();
            other[255 * sample / 32] ^= 0x0800;
            assert!(!is_srgb(&curve(&other)), "sample {sample}");
        }
        // A gamma of 2.2 is up to one level and a half away.
        let gamma: Vec<u16> = (0..=255)
            .map(|index| ((f64::from(index) / 255.0).powf(2.2) * 65_535.0).round() as u16)
            .collect();
        assert!(!is_srgb(&curve(&gamma)));
    }
}
