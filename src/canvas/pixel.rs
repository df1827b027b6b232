//! Pixels of one layout → pixels of another, with more channels.

use crate::error::Error;
use crate::picture::Layout;

/// Writes the pixels of `row` to the start of `target`, in the layout `to`. Grey becomes red, green
/// and blue, and what has no alpha is opaque.
pub(super) fn convert_row(
    row: &[u8],
    from: Layout,
    target: &mut [u8],
    to: Layout,
) -> Result<(), Error> {
    let (from_bytes, to_bytes) = (from.bytes_per_pixel(), to.bytes_per_pixel());
    let target = target.get_mut(..row.len() / from_bytes * to_bytes);
    let target = target.ok_or(Error::Bug("a row that is longer than its canvas"))?;
    if from == to {
        target.copy_from_slice(row);
        return Ok(());
    }
    for (pixel, target) in row.chunks_exact(from_bytes).zip(target.chunks_exact_mut(to_bytes)) {
        write(target, rgba_of(pixel));
    }
    Ok(())
}

/// Writes a colour as a pixel of one to four samples. Grey takes the first sample.
pub(super) fn write(pixel: &mut [u8], [red, green, blue, alpha]: [u8; 4]) {
    match pixel {
        [gray] => *gray = red,
        [gray, opacity] => (*gray, *opacity) = (red, alpha),
        [r, g, b] => [*r, *g, *b] = [red, green, blue],
        [r, g, b, a] => [*r, *g, *b, *a] = [red, green, blue, alpha],
        _ => {}
    }
}

fn rgba_of(pixel: &[u8]) -> [u8; 4] {
    match *pixel {
        [gray] => [gray, gray, gray, 255],
        [gray, alpha] => [gray, gray, gray, alpha],
        [red, green, blue] => [red, green, blue, 255],
        [red, green, blue, alpha] => [red, green, blue, alpha],
        _ => [0; 4],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_keeps_its_color_in_a_wider_layout() {
        for (from, pixel, to, expected) in [
            (Layout::Gray, &[7][..], Layout::Gray, &[7][..]),
            (Layout::Gray, &[7], Layout::GrayAlpha, &[7, 255]),
            (Layout::Gray, &[7], Layout::Rgb, &[7, 7, 7]),
            (Layout::GrayAlpha, &[7, 9], Layout::Rgba, &[7, 7, 7, 9]),
            (Layout::Rgb, &[1, 2, 3], Layout::Rgba, &[1, 2, 3, 255]),
            (Layout::Rgba, &[1, 2, 3, 4], Layout::Rgba, &[1, 2, 3, 4]),
        ] {
            let mut target = vec![0; 3 * expected.len()];
            convert_row(&pixel.repeat(3), from, &mut target, to).unwrap();
            assert_eq!(target, expected.repeat(3), "{from:?} to {to:?}");
            target.pop();
            assert!(convert_row(&pixel.repeat(3), from, &mut target, to).is_err());
        }
    }
}
