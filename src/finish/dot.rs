//! Dot products of filter windows, four at a time.
//!
//! A window is `N` vectors of eight samples. The sums of four windows are added up together, because
//! adding the numbers within one vector takes longer than the products.

/// Eight samples or taps.
pub(super) type Eight = [i16; 8];

/// The dot products of four windows and their taps. Sums wrap, and no window of a resize comes near.
#[inline(always)]
pub(super) fn four<const N: usize>(windows: [&[Eight; N]; 4], taps: &[[Eight; N]; 4]) -> [i32; 4] {
    #[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
    if let Some(simd) = crate::simd::baseline() {
        return vectors::four(simd, windows, taps);
    }
    plain_four(windows, taps)
}

#[inline(always)]
fn plain_four<const N: usize>(windows: [&[Eight; N]; 4], taps: &[[Eight; N]; 4]) -> [i32; 4] {
    let mut sums = [0; 4];
    for ((sum, window), taps) in sums.iter_mut().zip(windows).zip(taps) {
        *sum = one(window, taps);
    }
    sums
}

/// The dot product of one window and its taps.
#[inline(always)]
pub(super) fn one(window: &[Eight], taps: &[Eight]) -> i32 {
    let products = window.as_flattened().iter().zip(taps.as_flattened());
    products.fold(0, |sum: i32, (&a, &b)| sum.wrapping_add(i32::from(a) * i32::from(b)))
}

#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod vectors {
    use super::Eight;
    use fearless_simd::{Simd, SimdFrom, i16x8, i32x4};

    #[inline(always)]
    pub(super) fn four<S: Simd, const N: usize>(
        simd: S,
        [a, b, c, d]: [&[Eight; N]; 4],
        [taps_a, taps_b, taps_c, taps_d]: &[[Eight; N]; 4],
    ) -> [i32; 4] {
        let ab = add_pairs(simd, products(simd, a, taps_a), products(simd, b, taps_b));
        let cd = add_pairs(simd, products(simd, c, taps_c), products(simd, d, taps_d));
        add_pairs(simd, ab, cd).into()
    }

    /// Four numbers that add up to the dot product.
    #[inline(always)]
    fn products<S: Simd, const N: usize>(
        simd: S,
        window: &[Eight; N],
        taps: &[Eight; N],
    ) -> i32x4<S> {
        let mut sum = i32x4::simd_from(simd, [0; 4]);
        for (samples, taps) in window.iter().zip(taps) {
            let (samples, taps) = (i16x8::simd_from(simd, *samples), i16x8::simd_from(simd, *taps));
            sum += simd.pairwise_dot_product_i16x8(samples, taps);
        }
        sum
    }

    /// The sums of neighbours in `a`, and then those in `b`.
    #[inline(always)]
    fn add_pairs<S: Simd>(simd: S, a: i32x4<S>, b: i32x4<S>) -> i32x4<S> {
        simd.unzip_low_i32x4(a, b) + simd.unzip_high_i32x4(a, b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_sums_are_those_of_plain_code() {
        let mut seed = 3_u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as i16
        };
        for _ in 0..1_000 {
            let [windows, taps] =
                [(); 2].map(|()| [(); 4].map(|()| [(); 3].map(|()| [(); 8].map(|()| random()))));
            let windows = windows.each_ref();
            let expected = windows.iter().zip(&taps).map(|(window, taps)| {
                let products = window.as_flattened().iter().zip(taps.as_flattened());
                products.map(|(&a, &b)| i64::from(a) * i64::from(b)).sum::<i64>() as i32
            });
            assert_eq!(four(windows, &taps).to_vec(), expected.collect::<Vec<_>>());
            assert_eq!(plain_four(windows, &taps), four(windows, &taps));
        }
    }
}
