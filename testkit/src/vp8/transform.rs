//! The inverse transforms (RFC 6386, 14), the forward transforms that match, and quantisation.

/// The forward 4×4 transform, rounded, that [`inverse_dct`] undoes.
pub fn forward_dct(residual: &[i32; 16]) -> [i32; 16] {
    // 2^13 · the orthonormal basis.
    const BASIS: [[i64; 4]; 4] = [
        [4096, 4096, 4096, 4096],
        [5352, 2217, -2217, -5352],
        [4096, -4096, -4096, 4096],
        [2217, -5352, 5352, -2217],
    ];
    std::array::from_fn(|n| {
        let (u, v) = (n % 4, n / 4);
        let sum: i64 =
            (0..16).map(|i| i64::from(residual[i]) * BASIS[u][i % 4] * BASIS[v][i / 4]).sum();
        (sum + (1 << 24) >> 25) as i32
    })
}

/// RFC 6386, 14.3.
pub fn inverse_dct(c: &[i32; 16]) -> [i32; 16] {
    let big = |v: i32| v + (v * 20_091 >> 16);
    let small = |v: i32| v * 35_468 >> 16;
    let pass = |i: [i32; 4]| {
        let (a, b) = (i[0] + i[2], i[0] - i[2]);
        let (c, d) = (small(i[1]) - big(i[3]), big(i[1]) + small(i[3]));
        [a + d, b + c, b - c, a - d]
    };
    let mut columns = [0; 16];
    for x in 0..4 {
        let column = pass([c[x], c[4 + x], c[8 + x], c[12 + x]]);
        for y in 0..4 {
            columns[y * 4 + x] = column[y];
        }
    }
    let mut out = [0; 16];
    for y in 0..4 {
        let row =
            pass([columns[y * 4], columns[y * 4 + 1], columns[y * 4 + 2], columns[y * 4 + 3]]);
        for x in 0..4 {
            out[y * 4 + x] = row[x] + 4 >> 3;
        }
    }
    out
}

fn walsh(values: &[i32; 16]) -> [i32; 16] {
    std::array::from_fn(|n| {
        (0..16).map(|i| values[i] * WALSH[n % 4][i % 4] * WALSH[n / 4][i / 4]).sum()
    })
}

pub fn forward_walsh(dc: &[i32; 16]) -> [i32; 16] {
    walsh(dc).map(|v| v / 2)
}

pub fn inverse_walsh(coefficients: &[i32; 16]) -> [i32; 16] {
    walsh(coefficients).map(|v| v + 3 >> 3)
}

pub(super) fn quantize(value: i32, step: i32) -> i32 {
    let size = ((value.abs() + step / 3) / step).min(2047);
    if value < 0 { -size } else { size }
}

pub(super) fn quantize_block(block: &[i32; 16], (dc, ac): (i32, i32)) -> [i32; 16] {
    std::array::from_fn(|k| quantize(block[k], if k == 0 { dc } else { ac }))
}

pub(super) fn dequantize_block(block: &[i32; 16], (dc, ac): (i32, i32)) -> [i32; 16] {
    std::array::from_fn(|k| block[k] * if k == 0 { dc } else { ac })
}

const WALSH: [[i32; 4]; 4] = [[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, -1, 1], [1, -1, 1, -1]];
