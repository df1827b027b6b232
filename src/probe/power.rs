//! Powers that are the same on every machine.
//!
//! `f64::powf` calls the mathematics library of the platform, whose last bits differ. Here are only
//! additions, multiplications and divisions, which IEEE 754 defines to the last bit.

use core::f64::consts::{LN_2, SQRT_2};

/// `base` to the power of `exponent`, for bases from 0 to 1 and exponents over 0. The error is less
/// than 10⁻¹².
pub(crate) fn power(base: f64, exponent: f64) -> f64 {
    if base <= 0.0 {
        return 0.0;
    }
    if base >= 1.0 {
        return 1.0;
    }
    exponential(exponent * logarithm(base))
}

/// The natural logarithm of a positive number.
fn logarithm(value: f64) -> f64 {
    // value = mantissa × 2^exponent, with a mantissa from 1/√2 to √2.
    let mut mantissa = value;
    let mut exponent = 0.0;
    while mantissa < SQRT_2 / 2.0 {
        mantissa *= 2.0;
        exponent -= 1.0;
    }
    // ln m = 2 artanh((m − 1) / (m + 1)). The argument is at most 0.172.
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    let mut sum = 0.0;
    for divisor in [23.0, 21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0] {
        sum = sum * square + 1.0 / divisor;
    }
    2.0 * ratio * sum + exponent * LN_2
}

/// e to the power of a number that is not positive.
fn exponential(value: f64) -> f64 {
    // Less than 2⁻⁴⁰: no sample can show it.
    if value < -40.0 * LN_2 {
        return 0.0;
    }
    let mut rest = value;
    let mut scale = 1.0;
    while rest < -LN_2 / 2.0 {
        rest += LN_2;
        scale *= 0.5;
    }
    let mut sum = 1.0;
    for divisor in [14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0] {
        sum = 1.0 + sum * rest / divisor;
    }
    sum * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_the_standard_library() {
        for step in 0..=1000u32 {
            let base = f64::from(step) / 1000.0;
            for exponent in [0.1, 1.0 / 2.4, 0.5, 1.0, 1.8, 2.2, 2.4, 2.8, 10.0, 6250.0] {
                let expected = base.powf(exponent);
                assert!((power(base, exponent) - expected).abs() < 1e-12, "{base} {exponent}");
            }
        }
        assert_eq!(power(0.0, 0.5), 0.0);
        assert_eq!(power(1e-300, 2.0), 0.0);
    }
}
