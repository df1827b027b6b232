//! Pixels with alpha → the same, transparent outside of the ellipse that touches all four sides.
//!
//! The part of a pixel that lies in the ellipse is computed in integers, so that each machine cuts
//! the same bytes. A row is divided into [`LINES`] lines. In the middle of each, the ellipse begins
//! and ends at 1/256 of a pixel. Along a line the part is exact; across the lines it is a sum of that
//! many samples of a function that only grows or only falls, or of two such functions where the
//! ellipse has both of its edges in the pixel. So the part is wrong by at most 1/64, and by half of
//! that where it has one edge.

use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::picture::Layout;
use crate::price::sum_ps;
use crate::size::Size;

/// Multiplies the alpha of each pixel by the part of it that lies in the ellipse. What is not seen
/// has no colour.
pub(super) fn cut(
    pixels: &mut [u8],
    size: Size,
    layout: Layout,
    interrupt: &Interrupt,
) -> Result<(), Error> {
    if !layout.has_alpha() {
        return Err(Error::Bug("pixels without alpha are cut"));
    }
    let bytes_per_pixel = layout.bytes_per_pixel();
    for (y, row) in
        (0..size.height).zip(pixels.chunks_exact_mut(size.width as usize * bytes_per_pixel))
    {
        interrupt.check()?;
        let mut columns = row.chunks_exact_mut(bytes_per_pixel);
        let edge = Edge::of_row(y, size);
        let first = edge.first();
        for x in 0..=edge.last() {
            let part = if x < first { 0 } else { edge.part(x) };
            // The left half and the right half of a row mirror each other.
            for pixel in [columns.next(), columns.next_back()].into_iter().flatten() {
                multiply(pixel, part);
            }
        }
    }
    Ok(())
}

/// The most work of [`cut`] in picoseconds.
pub(super) fn work_ps(size: Size) -> u64 {
    let (width, height) = (u64::from(size.width), u64::from(size.height));
    sum_ps([
        (size.pixels(), CLEARED_PIXEL_PS),
        (width.saturating_add(2 * height), EDGE_PIXEL_PS),
        (height, ROW_PS),
    ])
}

/// Multiplies alpha by `part`, in units of 1/[`WHOLE`], and rounds.
#[allow(clippy::cast_possible_truncation, reason = "the part is at most 1")]
fn multiply(pixel: &mut [u8], part: u32) {
    if let Some(alpha) = pixel.last_mut() {
        *alpha = ((u32::from(*alpha) * part + WHOLE / 2) / WHOLE) as u8;
        if *alpha == 0 {
            pixel.fill(0);
        }
    }
}

/// Where the ellipse begins in each line of a row, in units of 1/[`UNITS`] pixel.
struct Edge {
    starts: [u64; LINES],
    width: u64,
}

impl Edge {
    #[allow(clippy::cast_possible_truncation, reason = "at most half the width")]
    fn of_row(y: u32, size: Size) -> Self {
        // With a radius of 1, an ellipse has a half width of √(1 - d²) at a distance of d from its
        // middle. The radius is `LINES` × height here, and the distance is odd: that of the middle
        // of a line, in half lines.
        const FRACTION_BITS: u32 = 20;
        let radius = u128::from(size.height) * LINES as u128;
        let width = u64::from(size.width) * UNITS;
        let first = u128::from(y) * (2 * LINES as u128) + 1;
        let starts = core::array::from_fn(|line| {
            let distance = (first + 2 * line as u128).abs_diff(radius);
            let square = (radius * radius).saturating_sub(distance * distance);
            let root = (square << (2 * FRACTION_BITS)).isqrt();
            let half_width = u128::from(width) * root / (radius << FRACTION_BITS);
            (width / 2).saturating_sub(half_width.div_ceil(2) as u64)
        });
        Self { starts, width }
    }

    /// The first pixel of which a part lies inside.
    fn first(&self) -> u64 {
        self.starts.iter().min().map_or(0, |start| start / UNITS)
    }

    /// The last pixel of the left half of which a part lies outside.
    fn last(&self) -> u64 {
        self.starts.iter().max().map_or(0, |start| start / UNITS)
    }

    /// The part of pixel `x` that lies in the ellipse, in units of 1/[`WHOLE`].
    #[allow(clippy::cast_possible_truncation, reason = "at most UNITS for each line")]
    fn part(&self, x: u64) -> u32 {
        let (left, right) = (x * UNITS, (x + 1) * UNITS);
        let inside = |&start: &u64| right.min(self.width - start).saturating_sub(left.max(start));
        self.starts.iter().map(inside).sum::<u64>() as u32
    }
}

const LINES: usize = 64;
const UNITS: u64 = 256;
/// All lines of a pixel: 64 × 256.
const WHOLE: u32 = 1 << 14;

/// A pixel outside of the ellipse.
const CLEARED_PIXEL_PS: u64 = 5_000;
/// A pixel on its edge, in the left half, with the one in the right half.
const EDGE_PIXEL_PS: u64 = 200_000;
/// The lines of a row.
const ROW_PS: u64 = 8_000_000;

const _: () = assert!(WHOLE as u64 == LINES as u64 * UNITS);

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [(u32, u32); 16] = [
        (1, 1),
        (2, 2),
        (3, 3),
        (1, 40),
        (40, 1),
        (2, 9),
        (7, 5),
        (16, 16),
        (33, 32),
        (64, 64),
        (100, 3),
        (3, 100),
        (128, 96),
        (255, 255),
        (256, 256),
        (1_000, 17),
    ];

    /// The parts of all pixels, by [`cut`].
    fn parts(size: Size) -> Vec<u32> {
        let rows = (0..size.height).map(|y| Edge::of_row(y, size));
        let parts = rows.flat_map(|edge| {
            let last = u64::from(size.width - 1);
            (0..=last).map(move |x| edge.part(x)).collect::<Vec<_>>()
        });
        parts.collect()
    }

    /// The same by the definition, in floating point: 4,096 lines for each row.
    fn defined(size: Size) -> Vec<f64> {
        const LINES: u32 = 4_096;
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        let mut parts = vec![0.0; size.pixels() as usize];
        for (row, parts) in (0..).zip(parts.chunks_exact_mut(size.width as usize)) {
            for line in 0..LINES {
                let y = f64::from(row) + (f64::from(line) + 0.5) / f64::from(LINES);
                let distance = (2.0 * y - height) / height;
                let half = width / 2.0 * (1.0 - distance * distance).sqrt();
                for (x, part) in (0..).map(f64::from).zip(parts.iter_mut()) {
                    let (start, end) = (width / 2.0 - half, width / 2.0 + half);
                    *part += (end.min(x + 1.0) - start.max(x)).max(0.0) / f64::from(LINES);
                }
            }
        }
        parts
    }

    #[test]
    fn parts_are_those_of_the_definition() {
        for (width, height) in SIZES {
            let size = Size::new(width, height);
            let mut most = 0.0_f64;
            for (part, defined) in parts(size).into_iter().zip(defined(size)) {
                most = most.max((f64::from(part) / f64::from(WHOLE) - defined).abs());
            }
            println!("{size}: {most:.5}");
            let bound = if width.min(height) < 3 { 1.0 / 64.0 } else { 1.0 / 128.0 };
            assert!(most < bound, "{size}: {most}");
            let area = f64::from(parts(size).iter().sum::<u32>()) / f64::from(WHOLE);
            let expected = core::f64::consts::FRAC_PI_4 * f64::from(width) * f64::from(height);
            assert!((area / expected - 1.0).abs() < 0.003, "{size}: {area}, not {expected}");
        }
    }

    #[test]
    fn the_ellipse_is_symmetric() {
        for (width, height) in SIZES {
            let parts = parts(Size::new(width, height));
            assert!(parts.iter().eq(parts.iter().rev()));
            for row in parts.chunks_exact(width as usize) {
                assert!(row.iter().eq(row.iter().rev()));
            }
        }
    }

    /// Only the left half is computed, up to the edge.
    #[test]
    fn every_pixel_is_multiplied_once() {
        for (width, height) in SIZES {
            let size = Size::new(width, height);
            for (layout, pixel) in
                [(Layout::GrayAlpha, &[9, 200][..]), (Layout::Rgba, &[9, 8, 7, 200])]
            {
                let mut pixels = pixel.repeat(size.pixels() as usize);
                cut(&mut pixels, size, layout, &Interrupt::never()).unwrap();
                for (part, found) in parts(size).into_iter().zip(pixels.chunks(pixel.len())) {
                    let mut expected = pixel.to_vec();
                    multiply(&mut expected, part);
                    assert_eq!(found, expected, "{size}");
                }
            }
        }
        assert!(cut(&mut [0; 3], Size::new(1, 1), Layout::Rgb, &Interrupt::never()).is_err());
    }

    #[test]
    fn the_largest_picture_does_not_overflow() {
        for (width, height) in [(u32::MAX, u32::MAX), (1, u32::MAX), (u32::MAX, 1)] {
            for y in [0, height / 2, height - 1] {
                let edge = Edge::of_row(y, Size::new(width, height));
                assert!(edge.starts.iter().all(|&start| start <= edge.width / 2));
                assert!(edge.part(0) <= WHOLE && edge.last() <= u64::from(width / 2));
            }
        }
    }

    #[test]
    fn what_is_not_seen_has_no_color() {
        let mut pixel = [9, 8, 7, 255];
        multiply(&mut pixel, WHOLE);
        assert_eq!(pixel, [9, 8, 7, 255]);
        multiply(&mut pixel, WHOLE / 2);
        assert_eq!(pixel, [9, 8, 7, 128]);
        multiply(&mut pixel, 32);
        assert_eq!(pixel, [0; 4]);
    }
}
