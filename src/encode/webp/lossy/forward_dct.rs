//! Forward DCT and WHT: residuals → coefficients. The format defines only their inverse (RFC 6386,
//! 14.3 and 14.4).

/// A block of 4 × 4 residuals or coefficients, row by row.
pub(super) type Block = [i16; 16];

/// The coefficients of a block of residuals of -255 to 255: at most 2,040.
#[inline(always)]
pub(super) fn transform(residuals: &Block) -> Block {
    let mut columns = [[0; 4]; 4];
    for (x, column) in columns.iter_mut().enumerate() {
        let at = |y: usize| i32::from(residuals[4 * y + x]);
        *column = pass([at(0), at(1), at(2), at(3)]);
    }
    let [a, b, c, d] = columns;
    let mut block = [0; 16];
    for (y, row) in block.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        *row = pass([a[y], b[y], c[y], d[y]]).map(round);
    }
    block
}

/// One pass, times 2^`BITS` and twice the orthonormal transform.
#[inline(always)]
const fn pass([a, b, c, d]: [i32; 4]) -> [i32; 4] {
    let (outer, inner) = (a + d, b + c);
    let (outer_difference, inner_difference) = (a - d, b - c);
    [
        (outer + inner) * ONE,
        outer_difference * COSINE + inner_difference * SINE,
        (outer - inner) * ONE,
        outer_difference * SINE - inner_difference * COSINE,
    ]
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "at most 16 × 255 / 2")]
const fn round(value: i32) -> i16 {
    ((value + (1 << (2 * BITS))) >> (2 * BITS + 1)) as i16
}

/// The coefficients of the Y2 block from the DC coefficients of 16 luma blocks.
pub(super) fn wht(dc: &Block) -> Block {
    let butterfly = |[a, b, c, d]: [i32; 4]| {
        let (outer, inner) = (a + d, b + c);
        let (outer_difference, inner_difference) = (a - d, b - c);
        [
            outer + inner,
            outer_difference + inner_difference,
            outer - inner,
            outer_difference - inner_difference,
        ]
    };
    let mut columns = [[0; 4]; 4];
    for (x, column) in columns.iter_mut().enumerate() {
        let at = |y: usize| i32::from(dc[4 * y + x]);
        *column = butterfly([at(0), at(1), at(2), at(3)]);
    }
    let [a, b, c, d] = columns;
    let mut block = [0; 16];
    for (y, row) in block.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        #[allow(clippy::cast_possible_truncation, reason = "at most 16 × 2,040 / 2")]
        let half = |value: i32| ((value + 1) >> 1) as i16;
        *row = butterfly([a[y], b[y], c[y], d[y]]).map(half);
    }
    block
}

/// The fractional bits of the factors.
const BITS: u32 = 9;
/// The factor of the even outputs.
const ONE: i32 = 1 << BITS;
/// cos(π/8) × sqrt(2) × 2^9.
const COSINE: i32 = 669;
/// sin(π/8) × sqrt(2) × 2^9.
const SINE: i32 = 277;
