//! How each plane is reduced: by the scale of the decoder, by the box, and by the resize.

use super::geometry::{Geometry, OutputGeometry};
use crate::finish::{PlanePart, max_needed_rows};
use crate::probe::jpeg::Scale;
use crate::shrink::PlaneOrder;
use crate::size::{Rect, Size, SourceRect};

/// A plane as the decoder delivers it at full scale, before its reduction is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlaneSource {
    /// Samples of the plane for each `per_x` pixels of the picture, horizontally.
    pub(crate) samples_x: u32,
    pub(crate) per_x: u32,
    /// The same vertically.
    pub(crate) samples_y: u32,
    pub(crate) per_y: u32,
    /// The decoder can deliver this plane at 1/2, 1/4 or 1/8.
    pub(crate) reducible: bool,
    /// Cb or Cr. A JPEG output in 4:2:0 stores them at half the size.
    pub(crate) is_chroma: bool,
    /// See [`PlaneOrder::any_order`].
    pub(crate) any_order: bool,
    /// See [`PlaneOrder::origin`].
    pub(crate) origin: (u32, u32),
    /// See [`PlaneOrder::uncovered`].
    pub(crate) uncovered: u8,
}

impl PlaneSource {
    /// A plane with one sample for each pixel.
    pub(crate) const FULL: Self = Self {
        samples_x: 1,
        per_x: 1,
        samples_y: 1,
        per_y: 1,
        reducible: false,
        is_chroma: false,
        any_order: false,
        origin: (0, 0),
        uncovered: 0,
    };
}

/// How one plane is reduced, and where the outputs lie in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PlanePlan {
    pub(crate) scale: Scale,
    pub(crate) shrink: PlaneOrder,
    /// Samples of the delivered plane per pixel of the picture, horizontally and vertically.
    samples_per_px: (f64, f64),
}

impl PlanePlan {
    /// The plan of one plane. The decoder reduces a reducible plane at least to `min_reduction`,
    /// and otherwise only so far that at least `min_oversampling` samples per output pixel remain,
    /// each way.
    pub(crate) fn new(
        source: &PlaneSource,
        picture: Size,
        geometry: &Geometry,
        min_oversampling: f64,
        min_reduction: Scale,
    ) -> Self {
        let reduction = Reduction::of(source, geometry, min_oversampling, min_reduction);
        let divisor = reduction.scale.divisor();
        let full = |px: u32, samples: u32, per: u32| {
            (u64::from(px) * u64::from(samples)).div_ceil(u64::from(per))
        };
        let delivered =
            |px: u32, samples: u32, per: u32| full(px, samples, per).div_ceil(u64::from(divisor));
        let (x, width) = span(
            (geometry.window.x, geometry.window.width),
            u64::from(source.samples_x),
            u64::from(source.per_x) * u64::from(divisor),
            delivered(picture.width, source.samples_x, source.per_x),
        );
        let (y, height) = span(
            (geometry.window.y, geometry.window.height),
            u64::from(source.samples_y),
            u64::from(source.per_y) * u64::from(divisor),
            delivered(picture.height, source.samples_y, source.per_y),
        );
        let shrink = PlaneOrder {
            window: Rect { x, y, width, height },
            box_width: reduction.box_width,
            box_height: reduction.box_height,
            any_order: source.any_order,
            origin: source.origin,
            uncovered: source.uncovered,
            held_rows: u32::MAX,
        };
        let per_px =
            |samples: u32, per: u32| f64::from(samples) / (f64::from(per) * f64::from(divisor));
        Self {
            scale: reduction.scale,
            shrink,
            samples_per_px: (
                per_px(source.samples_x, source.per_x),
                per_px(source.samples_y, source.per_y),
            ),
        }
    }

    /// How many rows of the picture one target row of `output` needs at most.
    pub(crate) fn reach_px(&self, output: &OutputGeometry) -> f64 {
        let rows = max_needed_rows(self.part(output), output.stored_size);
        rows as f64 * self.px_per_row()
    }

    /// This plan with as few rows held at a time as an output needs that is made while they come in,
    /// where `reach_px` is that of the plane with the farthest.
    ///
    /// Rows of one plane wait for those of the others. A decoder delivers at most [`BURST_PX`] rows
    /// of one before it delivers the same of the next.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates, and then all rows are held"
    )]
    pub(crate) fn holding(self, reach_px: f64) -> Self {
        let rows = (2.0 * reach_px + 2.0 * BURST_PX) / self.px_per_row();
        let held_rows = (rows.ceil() as u32).saturating_add(4);
        Self { shrink: PlaneOrder { held_rows, ..self.shrink }, ..self }
    }

    /// Rows of the picture for each row of the small plane.
    fn px_per_row(&self) -> f64 {
        f64::from(self.shrink.box_height) / self.samples_per_px.1
    }

    /// The part of the small plane that `output` shows.
    pub(crate) fn part(&self, output: &OutputGeometry) -> PlanePart {
        PlanePart {
            plane_size: self.shrink.small_size(),
            rect: self.source_rect(output.crop),
            averaged: self.averaged(),
        }
    }

    /// How many adjacent samples a sample of the small plane averages, horizontally and vertically.
    /// At 1/8 the decoder averages 8 samples. At 1/4 and 1/2 it keeps all frequencies that a plane
    /// of that size can represent and averages nothing.
    const fn averaged(&self) -> (u32, u32) {
        let by_decoder = match self.scale {
            Scale::Eighth => 8,
            Scale::Quarter | Scale::Half | Scale::Full => 1,
        };
        (by_decoder * self.shrink.box_width, by_decoder * self.shrink.box_height)
    }

    /// The position of `crop`, in stored pixels, in the small plane. It includes the fraction of a
    /// cell by which the crop is off the grid. The resize accounts for it, so that the picture does
    /// not shift.
    fn source_rect(&self, crop: Rect) -> SourceRect {
        let small = self.shrink.small_size();
        let window = self.shrink.window;
        let (x, width) = cells(
            (crop.x, crop.width),
            self.samples_per_px.0,
            window.x,
            self.shrink.box_width,
            small.width,
        );
        let (y, height) = cells(
            (crop.y, crop.height),
            self.samples_per_px.1,
            window.y,
            self.shrink.box_height,
            small.height,
        );
        SourceRect { x, y, width, height }
    }
}

/// The first sample and the number of samples that cover the pixels `start .. start + length`. The
/// plane has `samples` samples for each `per` pixels and `limit` samples in total.
#[allow(
    clippy::cast_possible_truncation,
    reason = "both are at most the limit, a side of the plane"
)]
fn span((start, length): (u32, u32), samples: u64, per: u64, limit: u64) -> (u32, u32) {
    let first = (u64::from(start) * samples / per).min(limit.saturating_sub(1));
    let end = (u64::from(start) + u64::from(length)) * samples;
    let end = end.div_ceil(per).min(limit.max(1));
    (first as u32, (end - first) as u32)
}

/// The start and the length of the pixels `start .. start + length` in cells of a small plane with
/// `small` cells. The first cell begins at sample `window_start`.
fn cells(
    (start, length): (u32, u32),
    samples_per_px: f64,
    window_start: u32,
    box_side: u32,
    small: u32,
) -> (f64, f64) {
    let small = f64::from(small);
    let box_side = f64::from(box_side);
    let first = (f64::from(start) * samples_per_px - f64::from(window_start)) / box_side;
    let first = first.clamp(0.0, small);
    let count = f64::from(length) * samples_per_px / box_side;
    (first, count.min(small - first))
}

/// How far a plane is reduced before the resize.
struct Reduction {
    scale: Scale,
    box_width: u32,
    box_height: u32,
}

impl Reduction {
    /// The decoder may reduce to less than twice the target, because its inverse transform keeps
    /// all frequencies that the smaller picture can represent. The box filter does not, so it
    /// leaves at least twice the target.
    fn of(
        source: &PlaneSource,
        geometry: &Geometry,
        min_oversampling: f64,
        min_reduction: Scale,
    ) -> Self {
        let (mut x, mut y) = (f64::MAX, f64::MAX);
        for output in geometry.outputs() {
            let (output_x, output_y) = ratio(source, output);
            x = x.min(output_x);
            y = y.min(output_y);
        }
        let scale = if source.reducible {
            let fits = |scale: &Scale| x.min(y) >= min_oversampling * f64::from(scale.divisor());
            SCALES.into_iter().find(fits).unwrap_or(Scale::Full).max(min_reduction)
        } else {
            Scale::Full
        };
        let after_box = f64::from(scale.divisor()) * OVERSAMPLING_AFTER_BOX;
        Self { scale, box_width: box_side(x / after_box), box_height: box_side(y / after_box) }
    }
}

/// Samples of the plane per pixel of the output, horizontally and vertically.
fn ratio(source: &PlaneSource, output: &OutputGeometry) -> (f64, f64) {
    let along = |px: u32, samples: u32, per: u32, target: u32| {
        f64::from(px) * f64::from(samples) / (f64::from(per) * f64::from(target))
    };
    (
        along(output.crop.width, source.samples_x, source.per_x, output.stored_size.width),
        along(output.crop.height, source.samples_y, source.per_y, output.stored_size.height),
    )
}

/// The integer part of `ratio`, clamped to 1..=[`MAX_BOX_SIDE`].
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range of the type"
)]
fn box_side(ratio: f64) -> u32 {
    ratio.clamp(1.0, f64::from(MAX_BOX_SIDE)) as u32
}

/// At least the rows of an MCU of a JPEG, and of a row of macroblocks with what the loop filter delays.
const BURST_PX: f64 = 32.0;

/// From the strongest reduction to none.
const SCALES: [Scale; 4] = [Scale::Eighth, Scale::Quarter, Scale::Half, Scale::Full];

const OVERSAMPLING_AFTER_BOX: f64 = 2.0;

/// 4096 × 4096 samples of 255 add up to less than 2^32, so the sum fits in a `u32`.
const MAX_BOX_SIDE: u32 = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_covers_its_pixels_and_ends_with_the_plane() {
        // One sample for two pixels: pixels 3, 4 and 5 lie in samples 1 and 2.
        assert_eq!(span((3, 3), 1, 2, 8), (1, 2));
        assert_eq!(span((4, 2), 1, 2, 8), (2, 1));
        // Three samples for four pixels.
        assert_eq!(span((4, 4), 3, 4, 100), (3, 3));
        assert_eq!(span((5, 4), 3, 4, 100), (3, 4));
        // Across the edge of the plane and beyond it: never empty.
        assert_eq!(span((6, 20), 1, 2, 8), (3, 5));
        assert_eq!(span((40, 2), 1, 2, 8), (7, 1));
        assert_eq!(span((0, 1), 1, 8, 1), (0, 1));
    }

    /// The plan of a plane with half the samples each way, for this part of a picture of 20 × 20.
    fn half_plane(crop: Rect) -> (PlanePlan, OutputGeometry) {
        let (x, width) = span((crop.x, crop.width), 1, 2, 10);
        let (y, height) = span((crop.y, crop.height), 1, 2, 10);
        let window = Rect { x, y, width, height };
        let shrink = PlaneOrder {
            window,
            box_width: 1,
            box_height: 1,
            any_order: false,
            origin: (0, 0),
            uncovered: 0,
            held_rows: u32::MAX,
        };
        let plan = PlanePlan { scale: Scale::Full, shrink, samples_per_px: (0.5, 0.5) };
        let (stored_size, size) = (window.size(), window.size());
        (plan, OutputGeometry { crop, stored_size, size, shown: crop, is_cut: false })
    }

    #[test]
    fn a_plane_is_copied_only_when_the_crop_starts_and_ends_on_samples() {
        let is_copy = |plan: &PlanePlan, output: &OutputGeometry| {
            let part = plan.part(output);
            let target = output.stored_size;
            part.plane_size == target && part.rect == SourceRect::covering(target)
        };
        let (plan, output) = half_plane(Rect { x: 2, y: 4, width: 6, height: 8 });
        assert!(is_copy(&plan, &output));
        let (plan, output) = half_plane(Rect { x: 3, y: 4, width: 6, height: 8 });
        assert!(!is_copy(&plan, &output), "half a sample to the right");
        let (plan, output) = half_plane(Rect { x: 2, y: 4, width: 6, height: 8 });
        let smaller = OutputGeometry { stored_size: Size::new(3, 3), ..output };
        assert!(!is_copy(&plan, &smaller));
    }

    #[test]
    fn cells_keep_their_fraction_and_stay_inside() {
        // Pixels 100 to 150 are samples 50 to 75, in boxes of four from 40 on: cells 2.5 to 8.75.
        assert_eq!(cells((100, 50), 0.5, 40, 4, 10), (2.5, 6.25));
        assert_eq!(cells((100, 50), 0.5, 40, 4, 7), (2.5, 4.5));
        assert_eq!(cells((100, 50), 0.5, 60, 4, 10), (0.0, 6.25));
        assert_eq!(cells((100, 50), 0.5, 10, 4, 7), (7.0, 0.0));
    }
}
