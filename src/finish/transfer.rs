//! Transfer functions: coded values → linear light.

use crate::probe::{Transfer, power};

/// The light of a coded value. Both are from 0 to 1.
pub(crate) fn light(transfer: Transfer, coded: f64) -> f64 {
    match transfer {
        // IEC 61966-2-1.
        Transfer::Srgb if coded <= 0.040_45 => coded / 12.92,
        Transfer::Srgb => power((coded + 0.055) / 1.055, 2.4),
        // The inverse of the function that cameras apply (BT.709, 1.2), with the digits of BT.2020.
        Transfer::Bt709 if coded < 4.5 * BETA => coded / 4.5,
        Transfer::Bt709 => power((coded + (ALPHA - 1.0)) / ALPHA, 1.0 / 0.45),
        Transfer::Power(exponent) => power(coded, exponent),
    }
}

const ALPHA: f64 = 1.099_296_826_809_442;
const BETA: f64 = 0.018_053_968_510_807;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_is_what_was_coded() {
        for step in 0..=1000 {
            let expected = f64::from(step) / 1000.0;
            // BT.709, 1.2, with the digits of BT.2020; IEC 61966-2-1; H.273, transfer 4.
            let bt709 = if expected < 0.018_053_968_510_807 {
                4.5 * expected
            } else {
                1.099_296_826_809_442 * expected.powf(0.45) - 0.099_296_826_809_442
            };
            let srgb = if expected <= 0.003_130_8 {
                12.92 * expected
            } else {
                1.055 * expected.powf(1.0 / 2.4) - 0.055
            };
            for (transfer, coded) in [
                (Transfer::Bt709, bt709),
                (Transfer::Srgb, srgb),
                (Transfer::Power(2.2), expected.powf(1.0 / 2.2)),
            ] {
                let found = light(transfer, coded);
                assert!((found - expected).abs() < 1e-9, "{transfer:?} of {expected}: {found}");
            }
        }
    }
}
