//! Intra prediction (RFC 6386, 12).

/// A plane with a border to the left, above, and above right (RFC 6386, 12.2 and 12.3).
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

    /// The index of the sample at (x, y), without the border.
    pub fn index(&self, x: usize, y: usize) -> usize {
        (y + 1) * self.stride + x + 1
    }
}

/// The prediction of a block of `size` × `size` luma or chroma samples by mode 0 DC, 1 vertical,
/// 2 horizontal or 3 true motion.
pub fn predict_block(plane: &Plane, x: usize, y: usize, size: usize, mode: usize) -> Vec<u8> {
    let at = plane.index(x, y);
    let above: Vec<i32> =
        (0..size).map(|i| i32::from(plane.samples[at - plane.stride + i])).collect();
    let left: Vec<i32> =
        (0..size).map(|i| i32::from(plane.samples[at + i * plane.stride - 1])).collect();
    let corner = i32::from(plane.samples[at - plane.stride - 1]);
    let mean = match (x, y) {
        (0, 0) => 128,
        (_, 0) => rounded_mean(&left),
        (0, _) => rounded_mean(&above),
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

fn rounded_mean(edge: &[i32]) -> i32 {
    let n = edge.len() as i32;
    (edge.iter().sum::<i32>() + n / 2) / n
}

/// The prediction of a subblock from its edge: the left column from bottom to top, the corner, the
/// row above and the four samples above right.
pub fn predict_subblock(edge: &[u8; 13], mode: usize) -> [u8; 16] {
    let e = edge.map(i32::from);
    let two = |i: usize| (e[i] + e[i + 1] + 1) / 2;
    // Centred on `i`.
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
                (x, y) if x >= 2 => hd_column(x - 2, y - 1, &two, &three),
                (x, y) => hd_column(x, y, &two, &three),
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
fn hd_column(
    x: usize,
    y: usize,
    two: &impl Fn(usize) -> i32,
    three: &impl Fn(usize) -> i32,
) -> i32 {
    if x == 0 { two(3 - y) } else { three(4 - y) }
}
