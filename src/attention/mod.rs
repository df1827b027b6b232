//! Upright sRGB pixels of the complete picture → the part around what draws attention.
//!
//! The idea is that of libvips and of smartcrop.js: edges, the colour of skin, and saturated colours
//! add up to a score, which is smoothed, and the part is placed around the highest. Everything is
//! computed in integers, so that the same picture is cut at the same place on every machine.

use core::cmp::Reverse;

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::job::Job;
use crate::picture::{Gamut, Layout, PictureView};
use crate::price::sum_ps;
use crate::size::{Rect, Share, Size};

mod blur;
mod grid;
mod score;

use grid::Grid;

/// How one output is cut from the complete picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    /// The size of the complete picture, at the scale of the output.
    pub(crate) picture: Size,
    pub(crate) layout: Layout,
    /// The size of the output.
    pub(crate) size: Size,
    /// What the complete picture shows of the upload, in upright pixels.
    pub(crate) area: Rect,
    /// How many of these pixels the output shows.
    pub(crate) part: Size,
    /// No earlier output has found the focus.
    pub(crate) searches: bool,
}

/// A point of a picture, in shares of its width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Focus {
    x: Share,
    y: Share,
}

impl Order {
    /// The part around the focus. It is searched for when `focus` is none yet.
    pub(crate) fn cut<'b>(
        &self,
        pixels: &[u8],
        focus: &mut Option<Focus>,
        job: Job<'b>,
    ) -> Result<Buffer<'b, u8>, Error> {
        let picture =
            PictureView { size: self.picture, layout: self.layout, gamut: Gamut::Srgb, pixels };
        picture.check(u32::MAX)?;
        let focus = match *focus {
            Some(focus) => focus,
            None => *focus.insert(find(picture, self.size, job)?),
        };
        let x = focus.x.start_of(self.size.width, self.picture.width) as usize;
        let y = focus.y.start_of(self.size.height, self.picture.height) as usize;
        let bytes_per_pixel = self.layout.bytes_per_pixel();
        let row_bytes = self.size.width as usize * bytes_per_pixel;
        let rows = pixels.chunks_exact(self.picture.width as usize * bytes_per_pixel);
        let mut cut = job.budget.empty_buffer(self.cut_bytes())?;
        for row in rows.skip(y).take(self.size.height as usize) {
            let part = row.get(x * bytes_per_pixel..).and_then(|rest| rest.get(..row_bytes));
            cut.extend_from_slice(part.ok_or(Error::Bug("a part outside of its picture"))?)?;
        }
        Ok(cut)
    }

    /// The part of the upload around a focus, in upright pixels. That of the output is rounded to
    /// its own pixels, so its edges may lie up to one of them beside.
    pub(crate) fn source_rect(&self, focus: Focus) -> Rect {
        let Self { area, part, .. } = *self;
        Rect {
            x: area.x + focus.x.start_of(part.width, area.width),
            y: area.y + focus.y.start_of(part.height, area.height),
            width: part.width,
            height: part.height,
        }
    }

    /// The bytes of the part.
    pub(crate) const fn cut_bytes(&self) -> u64 {
        self.size.pixels().saturating_mul(self.layout.bytes_per_pixel() as u64)
    }

    /// Charges what is live in [`cut`](Self::cut), without the part itself, to a budget that counts.
    pub(crate) fn count(&self, budget: &Budget) -> Result<(), Error> {
        if self.searches { count_search(self.picture, self.size, budget) } else { Ok(()) }
    }

    /// The most work of [`cut`](Self::cut) in picoseconds.
    pub(crate) fn work_ps(&self) -> u64 {
        let searched = if self.searches { self.picture.pixels() } else { 0 };
        let cells = if self.searches { Grid::size_of(self.picture, self.size).pixels() } else { 0 };
        sum_ps([
            (searched, PIXEL_PS),
            (cells, CELL_PS),
            (self.cut_bytes(), COPIED_BYTE_PS),
            (u64::from(self.size.height), ROW_PS),
        ])
    }
}

/// A pixel that is added to its cell.
const PIXEL_PS: u64 = 8_000;
/// A cell: its score, and smoothing it in both directions.
const CELL_PS: u64 = 150_000;
const COPIED_BYTE_PS: u64 = 500;
/// A row of the part, however short.
const ROW_PS: u64 = 50_000;

/// The point of the highest score: of equal ones that nearest to the middle, and the middle itself
/// where all are equal.
fn find(picture: PictureView<'_>, part: Size, job: Job<'_>) -> Result<Focus, Error> {
    let grid = Grid::of(picture, part, job)?;
    let Size { width, height } = grid.size;
    let mut scores = score::of(&grid, job)?;
    drop(grid);
    let cells_per_part = Size::new(
        scaled(width, part.width, picture.size.width),
        scaled(height, part.height, picture.size.height),
    );
    blur::smooth(&mut scores, Size::new(width, height), cells_per_part, job)?;
    let off_center = |index: u32, side: u32| (2 * u64::from(index) + 1).abs_diff(side.into());
    let cells = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let best = scores.iter().zip(cells).max_by_key(|&(score, (x, y))| {
        let distance = off_center(x, width).saturating_add(off_center(y, height));
        (score, Reverse((distance, y, x)))
    });
    let (highest, (x, y)) = best.ok_or(Error::Bug("a picture without cells"))?;
    if scores.iter().all(|score| score == highest) {
        return Ok(Focus { x: Share::HALF, y: Share::HALF });
    }
    Ok(Focus { x: Share::of_pixel(x, width), y: Share::of_pixel(y, height) })
}

/// Charges what is live in [`find`] to a budget that counts.
fn count_search(picture: Size, part: Size, budget: &Budget) -> Result<(), Error> {
    let grid = Grid::new(picture, part, budget)?;
    drop(grid.sums(budget)?);
    let cells = grid.size;
    let _scores = score::buffer(cells, budget)?;
    drop(grid);
    blur::Line::new(cells.longer_side(), 0, budget)?;
    Ok(())
}

/// How many of `cells` lie in `part` of `whole`, at least 1.
#[allow(clippy::cast_possible_truncation, reason = "a part of the cells")]
fn scaled(cells: u32, part: u32, whole: u32) -> u32 {
    (u64::from(cells) * u64::from(part) / u64::from(whole.max(1))).max(1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::quote;
    use crate::interrupt::Interrupt;

    /// The most bytes that a cut takes.
    fn quoted(order: &Order) -> u64 {
        let search = quote(|budget| order.count(budget)).unwrap();
        search.max(order.cut_bytes())
    }

    /// The part that is cut from a picture, and where it starts.
    fn cut(picture: Size, part: Size, pixel: impl Fn(u32, u32) -> [u8; 3]) -> (u32, u32) {
        let places = (0..picture.height).flat_map(|y| (0..picture.width).map(move |x| (x, y)));
        let pixels: Vec<u8> = places.flat_map(|(x, y)| pixel(x, y)).collect();
        let layout = Layout::Rgb;
        let area = Rect::covering(picture);
        let order = Order { picture, layout, size: part, area, part, searches: true };
        let budget = Budget::new(quoted(&order));
        let job = Job { budget: &budget, interrupt: &Interrupt::never() };
        let mut focus = None;
        let found = order.cut(&pixels, &mut focus, job).unwrap();
        // The same pixels as those at the place that the focus names.
        let Focus { x, y } = focus.unwrap();
        let x = x.start_of(part.width, picture.width);
        let y = y.start_of(part.height, picture.height);
        let rows = pixels.chunks_exact(3 * picture.width as usize).skip(y as usize);
        let expected: Vec<u8> = rows
            .take(part.height as usize)
            .flat_map(|row| row[3 * x as usize..][..3 * part.width as usize].to_vec())
            .collect();
        assert_eq!(found[..], expected);
        let Size { width, height } = part;
        assert_eq!(order.source_rect(focus.unwrap()), Rect { x, y, width, height });
        drop(found);
        let short = Budget::new(quoted(&order) - 1);
        let job = Job { budget: &short, interrupt: &Interrupt::never() };
        assert!(order.cut(&pixels, &mut None, job).is_err(), "{picture} {part}");
        let order = Order { searches: false, ..order };
        let exact = Budget::new(order.cut_bytes());
        let job = Job { budget: &exact, interrupt: &Interrupt::never() };
        assert_eq!(order.cut(&pixels, &mut focus, job).unwrap()[..], expected);
        (x, y)
    }

    #[test]
    fn cells_of_a_part_are_as_many_as_its_share() {
        assert_eq!((scaled(100, 30, 90), scaled(7, 90, 90), scaled(1, 1, 100)), (33, 7, 1));
        assert_eq!(scaled(u32::MAX, u32::MAX, u32::MAX), u32::MAX);
    }

    const GREY: [u8; 3] = [90; 3];
    const SKIN: [u8; 3] = [198, 145, 112];
    const RED: [u8; 3] = [230, 20, 20];

    fn square(x: u32, y: u32, at: (u32, u32), side: u32) -> bool {
        (at.0..at.0 + side).contains(&x) && (at.1..at.1 + side).contains(&y)
    }

    #[test]
    fn a_flat_picture_is_cut_in_the_middle() {
        for (whole, part) in [
            (Size::new(401, 100), Size::new(100, 100)),
            (Size::new(10, 31), Size::new(10, 4)),
            (Size::new(3, 1), Size::new(1, 1)),
        ] {
            let middle = ((whole.width - part.width) / 2, (whole.height - part.height) / 2);
            for color in [GREY, SKIN, RED] {
                assert_eq!(cut(whole, part, |_, _| color), middle, "{whole} {color:?}");
            }
        }
    }

    #[test]
    fn each_of_the_three_is_found() {
        let (whole, part) = (Size::new(800, 128), Size::new(128, 128));
        for left in [0, 90, 300, 411, 760] {
            for kind in ["edges", "skin", "saturation"] {
                let (x, _) = cut(whole, part, |x, y| match kind {
                    _ if !square(x, y, (left, 40), 40) => GREY,
                    "edges" => [if (x / 8 + y / 8) % 2 == 0 { 20 } else { 160 }; 3],
                    "skin" => SKIN,
                    _ => RED,
                });
                assert!(x <= left && left + 40 <= x + 128, "{kind} at {left}: {x}");
            }
        }
    }

    #[test]
    fn a_face_wins_over_leaves_and_shirts() {
        let (whole, part) = (Size::new(128, 800), Size::new(128, 128));
        let (_, y) = cut(whole, part, |x, y| {
            if square(x, y, (40, 100), 48) {
                SKIN
            } else if square(x, y, (30, 300), 60) {
                [20, 30, 160]
            } else if y > 500 {
                [60, 90 + (x * 31 + y * 57) as u8 % 40, 60]
            } else {
                GREY
            }
        });
        assert!(y <= 100 && 148 <= y + 128, "{y}");
    }

    /// Mirrored and transposed pictures are cut at the mirrored and transposed place.
    #[test]
    fn no_direction_is_preferred() {
        let (whole, part) = (Size::new(320, 64), Size::new(64, 64));
        let view = |x: u32, y: u32| if square(x, y, (200, 10), 30) { SKIN } else { GREY };
        let (x, _) = cut(whole, part, view);
        let (mirrored, _) = cut(whole, part, |x, y| view(319 - x, y));
        assert!(mirrored.abs_diff(320 - 64 - x) <= 1, "{x} {mirrored}");
        let (_, y) = cut(whole.transposed(), part, |x, y| view(y, x));
        assert_eq!(y, x);
    }

    #[test]
    fn transparent_pixels_draw_no_attention() {
        let (picture, size) = (Size::new(300, 20), Size::new(20, 20));
        let pixel = |x: u32| match x {
            250..260 => [230, 20, 20, 255],
            _ => [(x * 97) as u8, 200, 30, 0],
        };
        let pixels: Vec<u8> = (0..300 * 20).flat_map(|i| pixel(i % 300)).collect();
        let area = Rect::covering(picture);
        let layout = Layout::Rgba;
        let order = Order { picture, layout, size, area, part: size, searches: true };
        let budget = Budget::new(quoted(&order));
        let job = Job { budget: &budget, interrupt: &Interrupt::never() };
        let cut = order.cut(&pixels, &mut None, job).unwrap();
        assert_eq!(cut.chunks_exact(4).filter(|pixel| pixel[3] == 255).count(), 10 * 20);
    }

    #[test]
    fn pixels_of_another_size_are_refused() {
        let layout = Layout::Gray;
        let (picture, size) = (Size::new(5, 3), Size::new(3, 3));
        let budget = Budget::new(1 << 20);
        let job = Job { budget: &budget, interrupt: &Interrupt::never() };
        let area = Rect::covering(picture);
        let order = Order { picture, layout, size, area, part: size, searches: true };
        assert!(matches!(order.cut(&[0; 14], &mut None, job), Err(Error::Bug(_))));
        let larger = Order { size: Size::new(6, 3), ..order };
        assert!(matches!(larger.cut(&[0; 15], &mut None, job), Err(Error::Bug(_))));
        assert!(order.cut(&[0; 15], &mut None, job).is_ok());
    }
}
