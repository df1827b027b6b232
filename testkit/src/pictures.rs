//! Synthetic pictures: a landscape that compresses like a photograph, a test card, noise, and their
//! colour conversions. All arithmetic is in integers, so that the pixels are the same on every
//! machine.

use crate::noise::mix;

/// Interleaved samples of 8 bits.
#[derive(Clone)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub channels: usize,
    pub samples: Vec<u8>,
}

impl Picture {
    pub fn new(
        width: u32,
        height: u32,
        channels: usize,
        pixel: impl Fn(u32, u32, usize) -> u8,
    ) -> Self {
        let mut samples = Vec::new();
        for y in 0..height {
            for x in 0..width {
                samples.extend((0..channels).map(|channel| pixel(x, y, channel)));
            }
        }
        Self { width, height, channels, samples }
    }

    pub fn at(&self, x: u32, y: u32, channel: usize) -> u8 {
        self.samples[(y as usize * self.width as usize + x as usize) * self.channels + channel]
    }

    pub fn map(&self, channels: usize, pixel: impl Fn(&[u8], &mut [u8])) -> Self {
        let mut samples = vec![0; self.samples.len() / self.channels * channels];
        for (from, to) in
            self.samples.chunks_exact(self.channels).zip(samples.chunks_exact_mut(channels))
        {
            pixel(from, to);
        }
        Self { width: self.width, height: self.height, channels, samples }
    }

    pub fn gray(&self) -> Self {
        self.map(1, |from, to| to[0] = luma(from))
    }

    /// The RGB picture with the alpha of [`spotlight`].
    pub fn with_alpha(&self) -> Self {
        let alpha = spotlight(self.width, self.height);
        Self::new(self.width, self.height, 4, |x, y, channel| {
            if channel < 3 { self.at(x, y, channel) } else { alpha.at(x, y, 0) }
        })
    }

    /// The picture as stored by a camera that writes this Exif `orientation`.
    pub fn stored_as(&self, orientation: u16) -> Self {
        let (w, h) = (self.width, self.height);
        let (width, height) = if orientation >= 5 { (h, w) } else { (w, h) };
        Self::new(width, height, self.channels, |x, y, channel| {
            let (sx, sy) = match orientation {
                2 => (w - 1 - x, y),
                3 => (w - 1 - x, h - 1 - y),
                4 => (x, h - 1 - y),
                5 => (y, x),
                6 => (w - 1 - y, x),
                7 => (w - 1 - y, h - 1 - x),
                8 => (y, h - 1 - x),
                _ => (x, y),
            };
            self.at(sx, sy, channel)
        })
    }
}

/// A landscape: sky, sun, two ridges, and textured ground with a striped wall and a stone; from 257
/// columns on with sensor noise. Every size shows the same view.
pub fn landscape(width: u32, height: u32) -> Picture {
    let mut samples = Vec::new();
    let (w, h) = (i64::from(width), i64::from(height));
    for y in 0..h {
        for x in 0..w {
            // In units of 1/4096 of each side.
            let u = (2 * x + 1) * 2048 / w;
            let v = (2 * y + 1) * 2048 / h;
            let grain =
                if width > 256 { (mix((y as u64) << 32 | x as u64) % 7) as i64 - 3 } else { 0 };
            samples
                .extend(landscape_color(u, v).map(|sample| (sample + grain).clamp(0, 255) as u8));
        }
    }
    Picture { width, height, channels: 3, samples }
}

fn landscape_color(u: i64, v: i64) -> [i64; 3] {
    let far_ridge = 1500 + (fractal_noise(u * 3, 0, 11) - 128) * 5;
    let near_ridge = 2150 + (fractal_noise(u * 2, 0, 23) - 128) * 4;
    if v < far_ridge {
        let cloud = (fractal_noise(u * 2, v * 5, 5) - 120).max(0);
        let sky = [90 + v / 18, 140 + v / 24, 215 + v / 80];
        let (dx, dy) = (u - 3050, (v - 700) * 2 / 3);
        let glow = (420 - isqrt(dx * dx + dy * dy)).clamp(0, 260);
        return if glow > 180 {
            [255, 244, 200]
        } else {
            [sky[0] + cloud + glow / 2, sky[1] + cloud + glow / 3, sky[2] + cloud / 2]
        };
    }
    let leaf = fractal_noise(u * 24, v * 24, 31) - 128;
    if v < near_ridge {
        return [96 + leaf / 6, 112 + leaf / 5, 138 + leaf / 6];
    }
    // A wall of coloured stripes on the left, a dark stone on the right.
    if (500..1500).contains(&u) && (2500..3500).contains(&v) {
        let stripe = [[200, 40, 40], [236, 200, 60], [40, 60, 180], [235, 235, 235]];
        let color: [i64; 3] = stripe[((u - 500) / 125 % 4) as usize];
        return color.map(|sample| sample + leaf / 8);
    }
    let (dx, dy) = (u - 2900, v - 3250);
    if dx * dx / 3 + dy * dy < 110_000 {
        let shade = (dx - dy) / 10;
        return [88 + leaf / 3 - shade, 84 + leaf / 3 - shade, 80 + leaf / 3 - shade];
    }
    let depth = (v - 2150) / 40;
    [70 + leaf / 2 + depth, 105 + leaf / 2 + depth / 2, 48 + leaf / 3]
}

/// Value noise in five octaves, from 0 to 255. The first has cells of 1024 units.
fn fractal_noise(x: i64, y: i64, seed: u64) -> i64 {
    let mut sum = 0;
    for octave in 0..5 {
        sum += value_noise(x << octave, y << octave, seed + octave) << (4 - octave);
    }
    sum / 31
}

fn value_noise(x: i64, y: i64, seed: u64) -> i64 {
    let corner = |cx: i64, cy: i64| {
        (mix(seed << 48 ^ ((cx as u64) & 0xFF_FFFF) << 24 ^ (cy as u64) & 0xFF_FFFF) >> 56) as i64
    };
    let (cx, cy) = (x >> 10, y >> 10);
    let smooth = |t: i64| t * t * (3 * 1024 - 2 * t) >> 20;
    let (fx, fy) = (smooth(x & 1023), smooth(y & 1023));
    let top = corner(cx, cy) * (1024 - fx) + corner(cx + 1, cy) * fx;
    let bottom = corner(cx, cy + 1) * (1024 - fx) + corner(cx + 1, cy + 1) * fx;
    top * (1024 - fy) + bottom * fy >> 20
}

fn isqrt(n: i64) -> i64 {
    (n as u64).isqrt() as i64
}

/// A test card that shows any rotation, mirroring or swap of channels: a gradient with a red corner
/// top left, a green one top right and a blue bar at the bottom.
pub fn test_card(width: u32, height: u32) -> Picture {
    Picture::new(width, height, 3, |x, y, channel| {
        let (u, v) = ((2 * x + 1) * 128 / width, (2 * y + 1) * 128 / height);
        let color = if u < 96 && v < 96 {
            [220, 30, 30]
        } else if u >= 176 && v < 80 {
            [30, 190, 50]
        } else if v >= 208 {
            [30, 50, 200]
        } else {
            [64 + u / 2, 96 + v / 3, 128]
        };
        color[channel] as u8
    })
}

/// RGB noise.
pub fn noise(width: u32, height: u32, seed: u64) -> Picture {
    Picture::new(width, height, 3, |x, y, channel| {
        (mix(seed + (u64::from(y) << 32 | u64::from(x) << 8 | channel as u64)) >> 56) as u8
    })
}

/// An alpha channel: opaque in the middle, transparent towards the edges.
pub fn spotlight(width: u32, height: u32) -> Picture {
    Picture::new(width, height, 1, |x, y, _| {
        let u = i64::from((2 * x + 1) * 256 / width) - 256;
        let v = i64::from((2 * y + 1) * 256 / height) - 256;
        (420 - (u * u + v * v) * 420 / 75_000).clamp(0, 255) as u8
    })
}

/// The full-range luma of JFIF, in integers.
pub fn luma(rgb: &[u8]) -> u8 {
    let [r, g, b] = [0, 1, 2].map(|i| i64::from(rgb[i]));
    (19_595 * r + 38_470 * g + 7_471 * b + 32_768 >> 16) as u8
}

/// RGB to the full-range YCbCr of JFIF, in integers.
pub fn ycbcr(rgb: &[u8], to: &mut [u8]) {
    let [r, g, b] = [0, 1, 2].map(|i| i64::from(rgb[i]));
    to[0] = luma(rgb);
    to[1] = (-11_059 * r - 21_709 * g + 32_768 * b + (128 << 16) + 32_767 >> 16) as u8;
    to[2] = (32_768 * r - 27_439 * g - 5_329 * b + (128 << 16) + 32_767 >> 16) as u8;
}

/// RGB to CMYK with full grey component replacement; 255 is full ink.
pub fn cmyk(rgb: &[u8], to: &mut [u8]) {
    let black = 255 - rgb.iter().copied().max().unwrap_or(0);
    for i in 0..3 {
        to[i] = 255 - rgb[i] - black;
    }
    to[3] = black;
}
