//! The planes that the decoder of each format delivers, and what they mean.

use super::plane::PlaneSource;
use crate::finish::Colors;
use crate::probe::webp::{Alpha, Coding, Still, vp8};
use crate::probe::{Detail, Header, jpeg, png};

/// The planes that the decoder delivers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Source {
    pub(crate) colors: Colors,
    /// After the colours comes one more plane with alpha.
    pub(crate) alpha: bool,
    /// A JPEG in several scans, which keeps its coefficients until the last one. None of its planes
    /// is decoded at a larger scale than the first: that would need more scans, and memory for all
    /// coefficients of the plane.
    pub(crate) in_several_scans: bool,
    planes: [PlaneSource; 4],
}

impl Source {
    pub(crate) fn of(header: &Header) -> Self {
        match &header.detail {
            Detail::Jpeg(frame) => Self::jpeg(frame),
            Detail::Png(image) => Self::png(image),
            Detail::WebP(still) => Self::webp(still),
        }
    }

    fn jpeg(frame: &jpeg::Frame) -> Self {
        let (h_max, v_max) = frame.max_factors();
        let has_chroma = matches!(frame.color, jpeg::Color::YCbCr | jpeg::Color::Ycck);
        let mut planes = [PlaneSource::FULL; 4];
        for (i, (plane, component)) in planes.iter_mut().zip(frame.components()).enumerate() {
            *plane = PlaneSource {
                samples_x: u32::from(component.h),
                per_x: h_max,
                samples_y: u32::from(component.v),
                per_y: v_max,
                reducible: true,
                is_chroma: has_chroma && matches!(i, 1 | 2),
                ..PlaneSource::FULL
            };
        }
        let colors = match frame.color {
            jpeg::Color::Gray => Colors::Gray,
            jpeg::Color::YCbCr => Colors::JpegYCbCr,
            jpeg::Color::Rgb => Colors::Rgb,
            jpeg::Color::Cmyk => Colors::Cmyk,
            jpeg::Color::Ycck => Colors::Ycck,
        };
        Self { colors, alpha: false, in_several_scans: !frame.single_scan, planes }
    }

    fn png(image: &png::Image) -> Self {
        let plane = PlaneSource { any_order: image.interlaced, ..PlaneSource::FULL };
        Self {
            colors: if image.is_gray() { Colors::Gray } else { Colors::Rgb },
            alpha: image.has_alpha(),
            in_several_scans: false,
            planes: [plane; 4],
        }
    }

    /// Where a frame does not cover its canvas, the picture is transparent.
    fn webp(still: &Still) -> Self {
        let is_canvas_uncovered = still.leaves_canvas_uncovered();
        let full = PlaneSource {
            any_order: is_canvas_uncovered,
            origin: (still.x, still.y),
            ..PlaneSource::FULL
        };
        let (colors, planes) = match still.coding {
            Coding::Lossless(_) => (Colors::Rgb, [full; 4]),
            Coding::Lossy(_) => {
                // Frame offsets are even, so chroma starts on a sample.
                let chroma = PlaneSource {
                    per_x: 2,
                    per_y: 2,
                    origin: (still.x / 2, still.y / 2),
                    uncovered: vp8::NO_CHROMA,
                    ..full
                };
                let luma = PlaneSource { uncovered: vp8::BLACK, ..full };
                (Colors::Vp8Yuv, [luma, chroma, chroma, full])
            }
        };
        let alpha = is_canvas_uncovered || still.alpha != Alpha::None;
        Self { colors, alpha, in_several_scans: false, planes }
    }

    pub(crate) const fn planes(&self) -> [PlaneSource; 4] {
        self.planes
    }

    pub(crate) const fn plane_count(&self) -> usize {
        if self.alpha { self.colors.plane_count() + 1 } else { self.colors.plane_count() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::{Noise, anmf, chunk, riff, vp8, vp8x};

    #[test]
    fn the_canvas_around_a_frame_is_transparent_black() {
        let frame = chunk(b"VP8 ", &vp8(20, 10, 0, &mut Noise(5)));
        let file = riff(&[vp8x(0x02, 64, 64), anmf(4, 6, 20, 10, &[frame])]);
        let source = Source::of(&crate::probe::probe(&file).unwrap());
        let planes = source.planes().map(|plane| (plane.origin, plane.uncovered, plane.per_x));
        let chroma = ((2, 3), 128, 2);
        assert_eq!(planes, [((4, 6), 16, 1), chroma, chroma, ((4, 6), 0, 1)]);
        assert!(source.alpha && source.planes().iter().all(|plane| plane.any_order));
    }
}
