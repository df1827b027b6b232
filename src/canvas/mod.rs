//! Upright pixels → the same pixels in the middle of a canvas of one colour, which may be cut round.

use crate::budget::Buffer;
use crate::error::Error;
use crate::job::Job;
use crate::picture::{Gamut, Layout, PictureView};
use crate::price::sum_ps;
use crate::size::Size;

mod ellipse;
mod pixel;

/// How one output is placed on its canvas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    /// The size of the picture, which fits in the canvas.
    pub(crate) picture: Size,
    pub(crate) picture_layout: Layout,
    /// The size of the canvas, which is that of the output.
    pub(crate) size: Size,
    /// The layout of the output: with the channels of the picture and those of the colour, and with
    /// alpha if it is round.
    pub(crate) layout: Layout,
    /// The colour of the canvas: red, green, blue and alpha.
    pub(crate) color: [u8; 4],
    /// The canvas is cut to the ellipse that touches its sides.
    pub(crate) is_round: bool,
}

impl Order {
    /// The canvas with the picture, whose pixels are `pixels`.
    pub(crate) fn canvas<'b>(
        &self,
        pixels: Buffer<'b, u8>,
        job: Job<'b>,
    ) -> Result<Buffer<'b, u8>, Error> {
        let (size, layout) = (self.picture, self.picture_layout);
        PictureView { size, layout, gamut: Gamut::Srgb, pixels: &pixels }.check(u32::MAX)?;
        let mut canvas = if self.is_in_place() { pixels } else { self.placed(&pixels, job)? };
        if self.is_round {
            ellipse::cut(&mut canvas, self.size, self.layout, job.interrupt)?;
        }
        Ok(canvas)
    }

    /// A new canvas with the picture.
    fn placed<'b>(&self, pixels: &[u8], job: Job<'b>) -> Result<Buffer<'b, u8>, Error> {
        let place = self.picture.centered_in(self.size).ok_or(OUTSIDE)?;
        let from_bytes = self.picture_layout.bytes_per_pixel();
        let to_bytes = self.layout.bytes_per_pixel();
        let row_bytes = self.size.width as usize * to_bytes;
        let first_byte = place.x as usize * to_bytes;
        let mut rows = pixels.chunks_exact(place.width as usize * from_bytes);
        let mut canvas = job.budget.buffer(self.canvas_bytes(), 0u8)?;
        for (y, target) in (0..).zip(canvas.chunks_exact_mut(row_bytes)) {
            job.interrupt.check()?;
            target.chunks_exact_mut(to_bytes).for_each(|pixel| pixel::write(pixel, self.color));
            if place.y <= y
                && let Some(row) = rows.next()
            {
                let inside = target.get_mut(first_byte..).ok_or(OUTSIDE)?;
                pixel::convert_row(row, self.picture_layout, inside, self.layout)?;
            }
        }
        Ok(canvas)
    }

    /// The picture is the canvas. Otherwise [`canvas`](Self::canvas) allocates
    /// [`canvas_bytes`](Self::canvas_bytes).
    pub(crate) fn is_in_place(&self) -> bool {
        self.picture == self.size && self.picture_layout == self.layout
    }

    /// The bytes of the canvas.
    pub(crate) const fn canvas_bytes(&self) -> u64 {
        self.size.pixels().saturating_mul(self.layout.bytes_per_pixel() as u64)
    }

    /// The most work of [`canvas`](Self::canvas) in picoseconds.
    pub(crate) fn work_ps(&self) -> u64 {
        let placed_ps = sum_ps([
            (self.size.pixels(), CANVAS_PIXEL_PS),
            (self.picture.pixels(), PICTURE_PIXEL_PS),
            (u64::from(self.size.height), ROW_PS),
        ]);
        let placed_ps = if self.is_in_place() { 0 } else { placed_ps };
        let round_ps = if self.is_round { ellipse::work_ps(self.size) } else { 0 };
        placed_ps.saturating_add(round_ps)
    }
}

/// A pixel in the colour of the canvas.
const CANVAS_PIXEL_PS: u64 = 4_000;
/// A pixel of the picture in the layout of the canvas.
const PICTURE_PIXEL_PS: u64 = 6_000;
/// A row of the canvas, however short.
const ROW_PS: u64 = 100_000;
const OUTSIDE: Error = Error::Bug("a picture larger than its canvas");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::interrupt::Interrupt;

    const GREY: [u8; 4] = [7, 7, 7, 255];

    fn order(picture: Size, size: Size) -> Order {
        let layout = Layout::Gray;
        Order { picture, picture_layout: layout, size, layout, color: GREY, is_round: false }
    }

    /// The canvas, with `spare_bytes` more than quoted.
    fn canvas_within(order: &Order, pixels: &[u8], spare_bytes: i64) -> Result<Vec<u8>, Error> {
        let canvas_bytes = if order.is_in_place() { 0 } else { order.canvas_bytes() };
        let quoted = pixels.len() as u64 + canvas_bytes;
        let budget = Budget::new(quoted.saturating_add_signed(spare_bytes));
        let job = Job { budget: &budget, interrupt: &Interrupt::never() };
        let mut picture = budget.empty_buffer(pixels.len() as u64)?;
        picture.extend_from_slice(pixels)?;
        order.canvas(picture, job).map(|canvas| canvas.to_vec())
    }

    fn canvas(order: &Order, pixels: &[u8]) -> Result<Vec<u8>, Error> {
        canvas_within(order, pixels, 0)
    }

    #[test]
    fn the_picture_is_in_the_middle_and_an_odd_pixel_is_right_of_it_and_below() {
        let order = order(Size::new(2, 1), Size::new(5, 4));
        let expected = [[7; 5], [7, 1, 2, 7, 7], [7; 5], [7; 5]].concat();
        assert_eq!(canvas(&order, &[1, 2]).unwrap(), expected);
        let order = Order { size: Size::new(4, 3), ..order };
        assert_eq!(canvas(&order, &[1, 2]).unwrap(), [7, 7, 7, 7, 7, 1, 2, 7, 7, 7, 7, 7]);
        let order = Order { size: Size::new(2, 1), ..order };
        assert_eq!(canvas(&order, &[1, 2]).unwrap(), [1, 2]);
    }

    #[test]
    fn the_canvas_has_the_channels_of_the_picture_and_of_the_color() {
        let color = [200, 30, 90, 0];
        let order =
            Order { layout: Layout::Rgba, color, ..order(Size::new(1, 1), Size::new(2, 1)) };
        assert_eq!(canvas(&order, &[9]).unwrap(), [9, 9, 9, 255, 200, 30, 90, 0]);
        let order = Order { picture_layout: Layout::GrayAlpha, ..order };
        assert_eq!(canvas(&order, &[9, 8]).unwrap(), [9, 9, 9, 8, 200, 30, 90, 0]);
    }

    #[test]
    fn a_picture_that_does_not_fit_is_a_bug() {
        for (picture, size) in [((3, 1), (2, 2)), ((1, 3), (2, 2))] {
            let order = order(Size::new(picture.0, picture.1), Size::new(size.0, size.1));
            assert!(matches!(canvas(&order, &[0; 3]), Err(Error::Bug(_))));
        }
        let order = order(Size::new(2, 1), Size::new(2, 2));
        assert!(matches!(canvas(&order, &[0; 3]), Err(Error::Bug(_))));
        assert!(matches!(canvas_within(&order, &[0; 2], -1), Err(Error::Bug(_))));
    }

    #[test]
    fn a_picture_with_alpha_that_covers_its_canvas_is_cut_in_place() {
        let size = Size::new(9, 8);
        let layout = Layout::GrayAlpha;
        let order = Order { picture_layout: layout, layout, is_round: true, ..order(size, size) };
        assert!(order.is_in_place());
        let round = canvas(&order, &[5, 200].repeat(72)).unwrap();
        assert_eq!((&round[..2], &round[2 * (9 * 4 + 4)..][..2]), (&[0, 0][..], &[5, 200][..]));
        let opaque = Order { picture_layout: Layout::Gray, ..order };
        assert_eq!((opaque.is_in_place(), opaque.canvas_bytes()), (false, 144));
        let round = canvas(&opaque, &[5; 72]).unwrap();
        assert_eq!((&round[..2], &round[2 * (9 * 4 + 4)..][..2]), (&[0, 0][..], &[5, 255][..]));
    }
}
