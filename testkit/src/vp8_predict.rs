//! Intra prediction, transforms and quantisation of VP8 as the decoder does them (RFC 6386, 12 and 14),
//! and the forward transforms that match.

/// A plane with a border on the left, above, and above right (RFC 6386, 12.2 and 12.3).
pub struct Plane {
    pub stride: usize,
    pub samples: Vec<u8>,
}

impl Plane {
    pub fn new(width: usize, height: usize) -> Self {
        let stride = width + 1 + 4;
        let mut samples = vec![0; stride * (height + 1)];
        samples[..stride].fill(127);
        for row in 1..=height {
            samples[row * stride] = 129;
        }
        Self { stride, samples }
    }

    /// The index of the sample at (x, y); -1 is the border.
    pub fn index(&self, x: usize, y: usize) -> usize {
        (y + 1) * self.stride + x + 1
    }
}

/// The prediction of a block of `size` × `size` luma or chroma samples by mode 0 DC, 1 vertical,
/// 2 horizontal or 3 true motion.
pub fn whole(plane: &Plane, x: usize, y: usize, size: usize, mode: usize) -> Vec<u8> {
    let at = plane.index(x, y);
    let above: Vec<i32> =
        (0..size).map(|i| i32::from(plane.samples[at - plane.stride + i])).collect();
    let left: Vec<i32> =
        (0..size).map(|i| i32::from(plane.samples[at + i * plane.stride - 1])).collect();
    let corner = i32::from(plane.samples[at - plane.stride - 1]);
    let mean = match (x, y) {
        (0, 0) => 128,
        (_, 0) => average(&left),
        (0, _) => average(&above),
        _ => {
            (above.iter().sum::<i32>() + left.iter().sum::<i32>() + size as i32) / (2 * size as i32)
        }
    };
    let value = |i: usize, j: usize| match mode {
        0 => mean,
        1 => above[i],
        2 => left[j],
        _ => (left[j] + above[i] - corner).clamp(0, 255),
    };
    (0..size * size).map(|n| value(n % size, n / size) as u8).collect()
}

fn average(edge: &[i32]) -> i32 {
    let n = edge.len() as i32;
    (edge.iter().sum::<i32>() + n / 2) / n
}

/// The prediction of a 4×4 subblock from its edge: left bottom to top, corner, above left to right
/// with the four samples above right.
pub fn sub(edge: &[u8; 13], mode: usize) -> [u8; 16] {
    let e = edge.map(i32::from);
    let two = |i: usize| (e[i] + e[i + 1] + 1) / 2;
    // Centred on i.
    let three = |i: usize| (e[i - 1] + 2 * e[i] + e[i + 1] + 2) / 4;
    let (left, above) = (|y: usize| e[3 - y], |x: usize| e[5 + x]);
    std::array::from_fn(|n| {
        let (x, y) = (n % 4, n / 4);
        let value = match mode {
            0 => ((0..4).map(|i| above(i) + left(i)).sum::<i32>() + 4) / 8,
            1 => (left(y) + above(x) - e[4]).clamp(0, 255),
            2 => three(5 + x),
            3 if y == 3 => (left(2) + 3 * left(3) + 2) / 4,
            3 => three(3 - y),
            4 if n == 15 => (e[11] + 3 * e[12] + 2) / 4,
            4 => three(6 + x + y),
            5 => three(4 + x - y),
            6 => match (x, y) {
                (0, 3) => three(2),
                (0, 2) => three(3),
                (x, 1 | 3) => three(4 + x - y / 2),
                (x, _) => two(4 + x - y / 2),
            },
            7 => match (x, y) {
                (3, 2) => three(10),
                (3, 3) => three(11),
                (x, 0 | 2) => two(5 + x + y / 2),
                (x, _) => three(6 + x + y / 2),
            },
            8 => match (x, y) {
                (2, 0) => three(5),
                (3, 0) => three(6),
                (x, y) if x >= 2 => down(x - 2, y - 1, &two, &three),
                (x, y) => down(x, y, &two, &three),
            },
            _ => match x + 2 * y {
                d @ (0 | 2 | 4) => (e[3 - d / 2] + e[2 - d / 2] + 1) / 2,
                d @ (1 | 3) => three(2 - d / 2),
                5 => (e[1] + 3 * e[0] + 2) / 4,
                _ => e[0],
            },
        };
        value as u8
    })
}

/// The first two columns of B_HD_PRED.
fn down(x: usize, y: usize, two: &impl Fn(usize) -> i32, three: &impl Fn(usize) -> i32) -> i32 {
    if x == 0 { two(3 - y) } else { three(4 - y) }
}

/// Forward 4×4 transform, rounded, such that [`inverse_dct`] undoes it.
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

const WALSH: [[i32; 4]; 4] = [[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, -1, 1], [1, -1, 1, -1]];

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
