//! Small planes → upright pixels in sRGB, or in Display P3: resize, colour conversion, orientation.

use crate::budget::{Budget, Buffer};
use crate::charges;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::picture::{Gamut, Layout};
use crate::probe::icc::Cost;
use crate::probe::{ColorSource, Orientation};
use crate::shrink::{PlaneRows, SmallPlanes};
use crate::size::Size;
use crate::work;

mod channels;
mod color;
mod color_space;
mod convolve;
mod dot;
mod gamut;
mod icc;
mod kernel;
mod light;
mod orientation;
mod primaries;
mod resize;
mod rows;
mod sample;
mod transfer;
mod upsample;

use channels::Channels;
pub(crate) use gamut::{ToSrgb, from_srgb};
pub use icc::ColorConversion;
#[cfg(feature = "instrument")]
pub(crate) use resize::Resizer;
pub(crate) use resize::{PlanePart, max_needed_rows};
use rows::{Row, Rows};

/// How one output is made from the small planes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) colors: Colors,
    /// After the colours comes one more plane with alpha.
    pub(crate) has_alpha: bool,
    /// The colours of the small planes are multiplied by alpha.
    pub(crate) is_premultiplied: bool,
    /// The part of each small plane that the output shows.
    pub(crate) planes: [PlanePart; 4],
    /// The size before the orientation is applied.
    pub(crate) stored_size: Size,
    pub(crate) orientation: Orientation,
    /// The colour space of the output. Other than sRGB only where the colours of the file are known to
    /// be converted.
    pub(crate) gamut: Gamut,
    /// A longer profile is ignored.
    pub(crate) max_icc_bytes: u64,
    /// What the conversion by the profile costs at most.
    pub(crate) icc_cost: Cost,
    /// The file declares its colours, by a profile or by primaries and a transfer function.
    pub(crate) converts_colors: bool,
    /// No later output needs the small planes. Each is dropped after it is resized.
    pub(crate) is_last: bool,
}

/// The colour model of the planes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colors {
    Gray,
    Rgb,
    /// In full range, as JFIF defines it.
    JpegYCbCr,
    /// In studio range, as VP8 defines it.
    Vp8Yuv,
    Cmyk,
    Ycck,
}

impl Colors {
    /// The number of colour planes, without alpha.
    pub(crate) const fn plane_count(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb | Self::JpegYCbCr | Self::Vp8Yuv => 3,
            Self::Cmyk | Self::Ycck => 4,
        }
    }
}

/// The finished pixels of one output, still charged to the budget of the job.
#[derive(Debug)]
pub(crate) struct Pixels<'b> {
    pub(crate) samples: Buffer<'b, u8>,
    pub(crate) size: Size,
    pub(crate) layout: Layout,
    pub(crate) gamut: Gamut,
    pub(crate) color: ColorConversion,
}

impl Order {
    /// Makes the pixels of the output. Each plane is resized on its own, then colours are converted
    /// at the target size, and the orientation is applied last.
    pub(crate) fn pixels<'b>(
        &self,
        small: &mut SmallPlanes<'b>,
        source: Option<&ColorSource<'_>>,
        job: Job<'b>,
    ) -> Result<Pixels<'b>, Error> {
        charges::finish_starts();
        let mut rows = PixelRows::new(*self, job)?;
        rows.advance(small.each_ref().map(|plane| match plane {
            Some(plane) => PlaneRows::all(plane),
            None => PlaneRows::NONE,
        }))?;
        if self.is_last {
            *small = Default::default();
        }
        rows.finish(source)
    }

    /// Charges what is live in [`pixels`](Self::pixels), including the small planes, to a budget that
    /// counts.
    pub(crate) fn count(&self, budget: &Budget) -> Result<(), Error> {
        let small = Some(budget.reserve(self.small_bytes())?);
        drop(PixelRows::new(*self, Job { budget, interrupt: &Interrupt::never() })?);
        let _kept = small.filter(|_| !self.is_last);
        self.count_conversion(budget)
    }

    /// Charges what is live in [`PixelRows::finish`], apart from the rows, to a budget that counts.
    pub(crate) fn count_conversion(&self, budget: &Budget) -> Result<(), Error> {
        let _pixels = budget.reserve(self.pixel_bytes())?;
        drop(budget.reserve(self.icc_cost.bytes)?);
        let bytes_per_pixel = self.layout().bytes_per_pixel();
        orientation::second_buffer(self.stored_size, bytes_per_pixel, self.orientation, budget)?;
        Ok(())
    }

    /// The most work of [`pixels`](Self::pixels) in picoseconds.
    pub(crate) fn work_ps(&self) -> u64 {
        let pixels = self.stored_size.pixels();
        let resizes = Rows::work_ps(self.used_planes(), self.stored_size);
        let colors = color::work_ps(pixels, self.is_premultiplied);
        let conversion = if self.converts_colors {
            icc::work_ps(self.channels(), self.icc_cost, pixels)
        } else {
            0
        };
        let orientation = orientation::work_ps(self.stored_size, self.orientation);
        [colors, conversion, orientation].into_iter().fold(resizes, u64::saturating_add)
    }

    /// Bytes of all small planes.
    pub(crate) fn small_bytes(&self) -> u64 {
        let planes = self.used_planes().iter().map(|part| part.plane_size.pixels());
        planes.fold(0, u64::saturating_add)
    }

    /// Bytes of the finished pixels.
    pub(crate) fn pixel_bytes(&self) -> u64 {
        self.stored_size.pixels().saturating_mul(self.plane_count() as u64)
    }

    /// The layout of the finished pixels.
    pub(crate) const fn layout(&self) -> Layout {
        match (self.colors, self.has_alpha) {
            (Colors::Gray, false) => Layout::Gray,
            (Colors::Gray, true) => Layout::GrayAlpha,
            (_, false) => Layout::Rgb,
            (_, true) => Layout::Rgba,
        }
    }

    const fn channels(&self) -> Channels {
        match (self.colors, self.layout()) {
            (Colors::Cmyk | Colors::Ycck, _) => Channels::Cmyk,
            (_, Layout::Gray) => Channels::Gray,
            (_, Layout::GrayAlpha) => Channels::GrayAlpha,
            (_, Layout::Rgb) => Channels::Rgb,
            (_, Layout::Rgba) => Channels::Rgba,
        }
    }

    const fn plane_count(&self) -> usize {
        self.colors.plane_count() + self.has_alpha as usize
    }

    fn used_planes(&self) -> &[PlanePart] {
        self.planes.get(..self.plane_count()).unwrap_or(&self.planes)
    }

    /// Whether luma keeps its fraction until it is converted together with chroma.
    const fn keeps_luma(&self) -> bool {
        matches!(self.colors, Colors::JpegYCbCr | Colors::Vp8Yuv)
    }

    /// Converts a row to colours.
    fn write_colors(&self, row: &Row<'_>, pixels: &mut [u8]) -> Result<(), Error> {
        let Row { luma, planes } = row;
        let [first, second, third, _] = *planes;
        match (self.colors, self.has_alpha) {
            (Colors::JpegYCbCr, _) => color::jpeg_ycbcr_to_rgb(luma, [first, second], pixels)?,
            (Colors::Vp8Yuv, false) => color::vp8_yuv_to_rgb(luma, [first, second], pixels)?,
            (Colors::Vp8Yuv, true) => {
                color::vp8_yuva_to_rgba(luma, [first, second, third], pixels)?;
            }
            (Colors::Cmyk, _) => color::interleave_cmyk(*planes, false, pixels)?,
            (Colors::Ycck, _) => color::interleave_cmyk(*planes, true, pixels)?,
            (Colors::Gray | Colors::Rgb, _) => {
                let used = planes.get(..self.plane_count());
                color::interleave(used.ok_or(Error::Bug("a fifth plane"))?, pixels)?;
            }
        }
        if self.is_premultiplied {
            color::unpremultiply(pixels, self.plane_count());
        }
        Ok(())
    }
}

/// Makes the pixels of an output row by row, from planes that are complete or come in.
pub(crate) struct PixelRows<'b> {
    order: Order,
    job: Job<'b>,
    rows: Rows<'b>,
    /// Grey, RGB or CMYK, with alpha.
    samples: Buffer<'b, u8>,
    row: Buffer<'b, u8>,
    /// The next row.
    y: u32,
}

impl<'b> PixelRows<'b> {
    pub(crate) fn new(order: Order, job: Job<'b>) -> Result<Self, Error> {
        let budget = job.budget;
        // Rows are appended: to fill so much memory with zeros first would take longer than a resize.
        let samples = budget.empty_buffer(order.pixel_bytes())?;
        let row_bytes = u64::from(order.stored_size.width) * order.plane_count() as u64;
        let row = budget.buffer(row_bytes, 0u8)?;
        let parts = order.used_planes();
        let mut rows = Rows::new(parts, order.stored_size, order.keeps_luma(), budget)?;
        rows.go_to_row(0);
        Ok(Self { order, job, rows, samples, row, y: 0 })
    }

    /// Makes all rows whose samples are there, and polls at each. Returns the row of each plane from which on they are
    /// still needed.
    pub(crate) fn advance(&mut self, planes: [PlaneRows<'_>; 4]) -> Result<[u32; 4], Error> {
        loop {
            let needed = self.rows.needed_rows();
            let is_there = |(plane, (_, end)): (&PlaneRows<'_>, (u32, u32))| plane.end >= end;
            let next = needed.map(|(first, _)| first);
            if self.y == self.order.stored_size.height {
                return Ok([u32::MAX; 4]);
            }
            if !planes.iter().zip(needed).all(is_there) {
                return Ok(next);
            }
            self.job.interrupt.check()?;
            self.order.write_colors(&self.rows.row(planes)?, &mut self.row)?;
            self.samples.extend_from_slice(&self.row)?;
            work::resized(u64::from(self.order.stored_size.width));
            self.y += 1;
            self.rows.go_to_row(self.y.min(self.order.stored_size.height - 1));
        }
    }

    /// Converts the colours and applies the orientation.
    pub(crate) fn finish(self, source: Option<&ColorSource<'_>>) -> Result<Pixels<'b>, Error> {
        let Self { order, job, rows, mut samples, row, y } = self;
        drop((rows, row));
        charges::finish_starts();
        if y != order.stored_size.height {
            return Err(Error::Bug("too few rows for an output"));
        }
        work::converted(order.stored_size.pixels());
        let channels = order.channels();
        let color = match source {
            Some(ColorSource::Space(space)) => {
                color_space::convert(&mut samples, channels, space, order.gamut, job.interrupt)?;
                ColorConversion::Converted
            }
            Some(ColorSource::Unusable(problem)) => ColorConversion::Ignored(*problem),
            Some(ColorSource::Icc(profile)) => {
                let (profile, max_bytes) = (Some(profile), order.max_icc_bytes);
                icc::convert(&mut samples, channels, order.gamut, profile, max_bytes, job)?
            }
            None => icc::convert(&mut samples, channels, order.gamut, None, 0, job)?,
        };
        let color = match (order.gamut, color) {
            (Gamut::Srgb, color) => color,
            (Gamut::DisplayP3, ColorConversion::Converted) => ColorConversion::ConvertedToDisplayP3,
            (Gamut::DisplayP3, _) => return Err(Error::Bug("wide colours are not converted")),
        };
        if channels == Channels::Cmyk {
            samples.truncate(samples.len() / 4 * 3);
        }
        let layout = order.layout();
        let (samples, size) = orientation::apply(
            samples,
            order.stored_size,
            layout.bytes_per_pixel(),
            order.orientation,
            job.budget,
        )?;
        Ok(Pixels { samples, size, layout, gamut: order.gamut, color })
    }
}
