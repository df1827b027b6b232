//! RGB to YUV.

use crate::pictures::Picture;

/// Limited-range YUV 4:2:0, padded to complete macroblocks by repeating the edges.
pub(super) fn yuv_420(picture: &Picture, mbs_wide: usize, mbs_high: usize) -> [Vec<u8>; 3] {
    let rgb = |x: usize, y: usize| -> [i32; 3] {
        let (x, y) = ((x as u32).min(picture.width - 1), (y as u32).min(picture.height - 1));
        [0, 1, 2].map(|c| i32::from(picture.at(x, y, c)))
    };
    let mut planes = [Vec::new(), Vec::new(), Vec::new()];
    for y in 0..mbs_high * 16 {
        for x in 0..mbs_wide * 16 {
            let [r, g, b] = rgb(x, y);
            planes[0].push((16_839 * r + 33_059 * g + 6_420 * b + (16 << 16) + 32_768 >> 16) as u8);
        }
    }
    for y in 0..mbs_high * 8 {
        for x in 0..mbs_wide * 8 {
            let mut sum = [0; 3];
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                let pixel = rgb(2 * x + dx, 2 * y + dy);
                for c in 0..3 {
                    sum[c] += pixel[c];
                }
            }
            let [r, g, b] = sum;
            let offset = (128 << 18) + (1 << 17);
            planes[1].push((-9_719 * r - 19_081 * g + 28_800 * b + offset >> 18) as u8);
            planes[2].push((28_800 * r - 24_116 * g - 4_684 * b + offset >> 18) as u8);
        }
    }
    planes
}
