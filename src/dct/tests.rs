//! Each transform beside its definition, and with vectors beside without.

use super::*;

fn assert_close(samples: &[u8], coefficients: &[i32; 64], n: usize) {
    for (sample, exact) in samples.iter().zip(reference::inverse(coefficients, n)) {
        // Half a level for rounding to a sample, and a tenth for the integer arithmetic.
        assert!((f64::from(*sample) - exact).abs() < 0.6, "{sample} {exact} {coefficients:?}");
    }
}

fn low_square(coefficients: &[i32; 64], n: usize) -> Block {
    let mut block = [[0; 8]; 8];
    for (i, value) in block.as_flattened_mut().iter_mut().enumerate().take(n * n) {
        *value = coefficients[i / n * 8 + i % n] as i16;
    }
    block
}

fn random(seed: &mut u32) -> i32 {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    (*seed >> 8).cast_signed()
}

#[test]
fn transforms_of_all_sizes_match_the_definition() {
    let mut seed = 1_u32;
    let mut random = |range: i32| random(&mut seed) % range - range / 2;
    for round in 0..3_000 {
        let mut coefficients = [0; 64];
        coefficients[0] = random(2_000);
        let (side, count) = [(8, 64), (8, 6), (4, 16), (1, 0)][round % 4];
        for _ in 0..count {
            let (x, y) = (random(side * 2).unsigned_abs(), random(side * 2).unsigned_abs());
            let (x, y) = (x.min(side.unsigned_abs() - 1), y.min(side.unsigned_abs() - 1));
            coefficients[(y * 8 + x) as usize] = random(300);
        }
        let square = |n| low_square(&coefficients, n);
        assert_close(inverse8(&square(8)).as_flattened(), &coefficients, 8);
        assert_close(inverse4(&square(4)).as_flattened(), &coefficients, 4);
        assert_close(inverse2(&square(2)).as_flattened(), &coefficients, 2);
        assert_close(&[mean(square(1)[0][0])], &coefficients, 1);
    }
}

/// Whatever a file asks for, the samples are those of the plain code.
#[test]
fn vectors_and_plain_code_agree_on_any_coefficients() {
    let mut seed = 5_u32;
    for round in 0..20_000 {
        let mut block = [[0; 8]; 8];
        let coefficients = [3, 10, 64][round % 3];
        for _ in 0..coefficients {
            let index = random(&mut seed) as usize % 64;
            let value = random(&mut seed);
            block.as_flattened_mut()[index] = match round % 4 {
                0 => (value % 2_048 - 1_024) as i16,
                1 => [i16::MIN, i16::MAX][value as usize % 2],
                _ => value as i16,
            };
        }
        assert_eq!(inverse8(&block), plain::inverse8(&block), "{block:?}");
        assert_eq!(inverse4(&block), plain::inverse4([block[0], block[1]]), "{block:?}");
        inverse2(&block);
    }
}

/// A decoder that knows that nothing follows DC writes the mean.
#[test]
fn a_block_of_its_dc_is_flat() {
    for dc in i16::MIN..=i16::MAX {
        let mut block = [[0; 8]; 8];
        block[0][0] = dc;
        assert_eq!(inverse8(&block), [[mean(dc); 8]; 8], "{dc}");
        assert_eq!(inverse4(&block), [[mean(dc); 4]; 4], "{dc}");
        assert_eq!(inverse2(&block), [[mean(dc); 2]; 2], "{dc}");
    }
}

#[test]
fn the_forward_transform_is_undone_by_the_inverse() {
    let mut seed = 9_u32;
    for round in 0..20_000 {
        let mut samples = [[0; 8]; 8];
        let extreme = [-128, 127][round % 2];
        for sample in samples.as_flattened_mut() {
            *sample = match round % 5 {
                0 => extreme,
                1 => [-128, 127][random(&mut seed) as usize % 2],
                _ => (random(&mut seed) % 256 - 128) as i16,
            };
        }
        let coefficients = forward8(&samples);
        assert_eq!(coefficients, plain::forward8(&samples), "{samples:?}");
        let unscaled = coefficients.map(|row| row.map(|c| (c + 4) >> 3));
        let back = inverse8(&unscaled);
        for (sample, back) in samples.as_flattened().iter().zip(back.as_flattened()) {
            assert!((i16::from(*back) - 128 - sample).abs() <= 2, "{samples:?} {back}");
        }
    }
}

/// Found by the fuzz target `differential_jpeg`: the sum of two coefficients was a step of the odd
/// half, and between the passes it did not fit in 16 bits. A white sample became black. No picture
/// has larger columns than these, whatever its quantization steps are.
#[test]
fn coefficients_as_large_as_those_of_any_picture_keep_their_sign() {
    let mut seed = 11_u32;
    for _ in 0..20_000 {
        let mut coefficients = [0; 64];
        let columns = [random(&mut seed) as usize % 8, random(&mut seed) as usize % 8];
        for column in columns {
            let rows = [random(&mut seed) as usize % 8, random(&mut seed) as usize % 8];
            for row in rows {
                coefficients[8 * row + column] = random(&mut seed) % 3_916 - 1_958;
            }
        }
        let samples = inverse8(&low_square(&coefficients, 8));
        for (&sample, exact) in
            samples.as_flattened().iter().zip(reference::inverse(&coefficients, 8))
        {
            assert!((f64::from(sample) - exact).abs() < 1.1, "{sample} {exact} {coefficients:?}");
        }
    }
}
