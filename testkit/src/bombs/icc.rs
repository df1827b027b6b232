//! Profiles that are expensive to parse (rows 5, 23, 45 and 50).

use crate::icc::{self, SRGB};

/// Row 45: a multiLocalizedUnicode tag of `records` records that share one string of
/// `string_bytes`. A reader that copies the string of each record needs the product of both.
pub fn mluc(records: u32, string_bytes: u32) -> Vec<u8> {
    let mut tag = b"mluc\0\0\0\0".to_vec();
    tag.extend(records.to_be_bytes());
    tag.extend(12_u32.to_be_bytes());
    for i in 0..records {
        tag.extend([b'a' + (i % 26) as u8, b'a' + (i / 26 % 26) as u8, b'U', b'S']);
        tag.extend(string_bytes.to_be_bytes());
        tag.extend((16 + 12 * records).to_be_bytes());
    }
    tag.extend([0, b'x'].repeat(string_bytes as usize / 2));
    icc::profile(b"mntr", b"RGB ", b"XYZ ", &[(*b"desc", tag)])
}

/// Row 23: the tag of the red curve, `tags` times.
pub fn duplicate_tags(tags: usize) -> Vec<u8> {
    let curve = b"curv\0\0\0\0\0\0\0\0".to_vec();
    let tags: Vec<_> = (0..tags).map(|_| (*b"rTRC", curve.clone())).collect();
    icc::profile(b"mntr", b"RGB ", b"XYZ ", &tags)
}

/// Row 23: an RGB profile of lut16 with `grid` points per channel: 3 × `grid`³ entries of 16 bits.
pub fn large_table(grid: u8) -> Vec<u8> {
    let mut lut = b"mft2\0\0\0\0\x03\x03".to_vec();
    lut.extend([grid, 0]);
    for value in [1, 0, 0, 0, 1, 0, 0, 0, 1_i32] {
        lut.extend((value << 16).to_be_bytes());
    }
    lut.extend([0, 2, 0, 2]);
    let line = [0, 0, 0xFF, 0xFF];
    for _ in 0..3 {
        lut.extend(line);
    }
    // In 64 bits, on every machine.
    let points = u64::from(grid).pow(3);
    for point in 0..points {
        let level = (point * 0xFFFF / (points.max(2) - 1)) as u16;
        for _ in 0..3 {
            lut.extend(level.to_be_bytes());
        }
    }
    for _ in 0..3 {
        lut.extend(line);
    }
    icc::profile(b"mntr", b"RGB ", b"Lab ", &[(*b"A2B0", lut)])
}

/// Row 23: an RGB profile whose nine curves are all powers, with a grid of two points per channel.
pub fn functions() -> Vec<u8> {
    let curve = |gamma: i32| {
        let mut curve = b"para\0\0\0\0\0\x04\0\0".to_vec();
        // Gamma, a, b, c, d, e, f (ICC.1:2022, 10.18).
        for number in [gamma, 60_000, 5_000, 5_000, 2_000, 0, 0] {
            curve.extend(number.to_be_bytes());
        }
        curve
    };
    let mut lut = b"mAB \0\0\0\0\x03\x03\0\0".to_vec();
    let (curves_bytes, matrix_bytes, grid_bytes) = (3 * 40, 48, 20 + 24);
    let b = 32;
    let matrix = b + curves_bytes;
    let m = matrix + matrix_bytes;
    let grid = m + curves_bytes;
    let a = grid + grid_bytes;
    for offset in [b, matrix, m, grid, a] {
        lut.extend((offset as u32).to_be_bytes());
    }
    (0..3).for_each(|_| lut.extend(curve(150_000)));
    for value in [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0_i32] {
        lut.extend((value << 16).to_be_bytes());
    }
    (0..3).for_each(|_| lut.extend(curve(140_000)));
    lut.extend([2, 2, 2]);
    lut.resize(lut.len() + 13, 0);
    lut.extend([1, 0, 0, 0]);
    for node in 0..8u8 {
        lut.extend([30 * node, 128, 128]);
    }
    (0..3).for_each(|_| lut.extend(curve(130_000)));
    icc::profile(b"mntr", b"RGB ", b"Lab ", &[(*b"A2B0", lut)])
}

/// Rows 23 and 50: a valid profile, padded to `bytes`.
pub fn padded(bytes: usize) -> Vec<u8> {
    let mut profile = icc::rgb("Own sRGB", &SRGB);
    profile.resize(profile.len().max(bytes), 0);
    let length = (profile.len() as u32).to_be_bytes();
    profile[..4].copy_from_slice(&length);
    profile
}
