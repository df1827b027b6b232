//! The pixels that are compared: RGBA from any decoder, and RGB on white.

use bombproof::Layout;

/// 8-bit RGBA, straight alpha, rows from the top.
#[derive(Clone, Debug)]
pub struct Rgba {
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// Four per pixel.
    pub samples: Vec<u8>,
}

impl Rgba {
    /// A picture of the library.
    pub fn of(picture: &bombproof::Picture) -> Self {
        let size = picture.size();
        let pixels = picture.pixels();
        let samples = match picture.layout() {
            Layout::Gray => pixels.iter().flat_map(|&g| [g, g, g, 255]).collect(),
            Layout::GrayAlpha => {
                pixels.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect()
            }
            Layout::Rgb => pixels.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
            Layout::Rgba => pixels.to_vec(),
            layout => unreachable!("a layout that is not 8 bits of sRGB: {layout:?}"),
        };
        Self { width: size.width as usize, height: size.height as usize, samples }
    }

    /// Composed on a white background.
    pub fn on_white(&self) -> Rgb {
        let samples = self.samples.chunks_exact(4).flat_map(|p| {
            let alpha = u32::from(p[3]);
            let over =
                |sample: u8| ((u32::from(sample) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
            [over(p[0]), over(p[1]), over(p[2])]
        });
        Rgb { width: self.width, height: self.height, samples: samples.collect() }
    }

    /// The largest difference of any sample. Pixels that are
    /// transparent in both pictures do not count.
    ///
    /// # Errors
    /// Different sizes.
    pub fn max_error(&self, other: &Self) -> Result<u8, String> {
        if (self.width, self.height) != (other.width, other.height) {
            return Err(format!(
                "{}x{} against {}x{}",
                self.width, self.height, other.width, other.height
            ));
        }
        let pixels = self.samples.chunks_exact(4).zip(other.samples.chunks_exact(4));
        let seen = pixels.filter(|(a, b)| a[3] != 0 || b[3] != 0);
        let errors = seen.flat_map(|(a, b)| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)));
        Ok(errors.max().unwrap_or(0))
    }
}

/// 8-bit RGB, rows from the top.
#[derive(Clone, Debug)]
pub struct Rgb {
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// Three per pixel.
    pub samples: Vec<u8>,
}

impl Rgb {
    /// The luma of ITU-R BT.601.
    pub fn luma(&self) -> Vec<f64> {
        let luma =
            |p: &[u8]| 0.299 * f64::from(p[0]) + 0.587 * f64::from(p[1]) + 0.114 * f64::from(p[2]);
        self.samples.chunks_exact(3).map(luma).collect()
    }

    /// The samples of one of the three channels.
    pub fn channel(&self, channel: usize) -> Vec<f64> {
        self.samples.chunks_exact(3).map(|p| f64::from(p[channel])).collect()
    }

    /// Paints a part grey, which is given in fractions of the sides.
    pub fn paint_grey(&mut self, x: std::ops::Range<f64>, y: std::ops::Range<f64>) {
        for (row, samples) in self.samples.chunks_exact_mut(self.width * 3).enumerate() {
            if !y.contains(&(row as f64 / self.height as f64)) {
                continue;
            }
            for (column, pixel) in samples.chunks_exact_mut(3).enumerate() {
                if x.contains(&(column as f64 / self.width as f64)) {
                    pixel.fill(128);
                }
            }
        }
    }
}
