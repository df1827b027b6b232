//! The planes and coefficients of the decoders.

use crate::budget::{Budget, quote};
use crate::decode::jpeg::coefficient_dump::{self, Blocks};
use crate::decode::webp::LoopFilter;
use crate::decode::{jpeg, png, webp};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::probe::jpeg::{Frame, Scale};
use crate::probe::webp::Still;
use crate::probe::{Detail, probe};
use crate::shrink::{RowSink, Shrink};
use crate::size::Rect;

/// The samples of one component of a picture, row after row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plane {
    /// Samples in a row.
    pub width: usize,
    /// The samples of all rows.
    pub samples: Vec<u8>,
}

/// The planes of a picture as the decoder produces them, in full size: in the stored orientation,
/// with the stored colours, not premultiplied. For an animation, the first frame without its
/// canvas.
///
/// # Errors
/// Those of [`probe`] and of the decoder.
pub fn planes(bytes: &[u8]) -> Result<[Plane; 4], Error> {
    let header = probe(bytes)?;
    let job = Job { budget: &Budget::new(u64::MAX), interrupt: &Interrupt::never() };
    let mut planes = Planes { all: Default::default(), width: header.size.width as usize };
    match &header.detail {
        Detail::Jpeg(_) => return jpeg_planes(bytes, 1),
        Detail::Png(image) => {
            let window = Rect::covering(image.size);
            png::Order { image, window, premultiply: false }.decode(bytes, job, &mut planes)?;
        }
        Detail::WebP(still) => return webp_planes(bytes, still, LoopFilter::Exact),
    }
    Ok(planes.all)
}

/// The planes of a WebP as [`planes`] returns them, but without the loop filter of a lossy frame.
///
/// # Errors
/// Those of [`probe`] and of the decoder; [`Error::Bug`] for another format.
pub fn webp_planes_before_loop_filter(bytes: &[u8]) -> Result<[Plane; 4], Error> {
    match &probe(bytes)?.detail {
        Detail::WebP(still) => webp_planes(bytes, still, LoopFilter::Skipped),
        _ => Err(Error::Bug("not a WebP")),
    }
}

fn webp_planes(bytes: &[u8], still: &Still, loop_filter: LoopFilter) -> Result<[Plane; 4], Error> {
    let job = Job { budget: &Budget::new(u64::MAX), interrupt: &Interrupt::never() };
    let mut planes = Planes { all: Default::default(), width: still.frame.width as usize };
    webp::Order { still, premultiply: false, loop_filter }.decode(bytes, job, &mut planes)?;
    Ok(planes.all)
}

/// The planes of a JPEG, all at 1/`divisor` of their sides. `divisor` is 1, 2, 4 or 8.
///
/// # Errors
/// Those of [`probe`] and of the decoder; [`Error::Bug`] for another format or divisor.
pub fn jpeg_planes(bytes: &[u8], divisor: u32) -> Result<[Plane; 4], Error> {
    let frame = jpeg_frame(bytes)?;
    let scale = [Scale::Full, Scale::Half, Scale::Quarter, Scale::Eighth]
        .into_iter()
        .find(|scale| scale.divisor() == divisor)
        .ok_or(Error::Bug("no such scale"))?;
    let order = jpeg::Order::whole(&frame, [scale; 4]);
    let without_planes = |budget: &_| order.count(budget, &mut Shrink::new([None; 4], budget));
    let budget = Budget::new(quote(without_planes)?);
    let job = Job { budget: &budget, interrupt: &Interrupt::never() };
    let mut planes = Planes { all: Default::default(), width: frame.size.width as usize };
    order.decode(bytes, job, &mut planes)?;
    Ok(planes.all)
}

/// The coefficients of each component of a JPEG. Nothing follows its last scan, as in the result of
/// [`sanitised_view`](super::sanitised_view()).
///
/// # Errors
/// Those of [`probe`] and of the decoder; [`Error::Bug`] for another format.
pub fn jpeg_coefficients(bytes: &[u8]) -> Result<Vec<Blocks>, Error> {
    coefficient_dump::coefficients(bytes, &jpeg_frame(bytes)?)
}

fn jpeg_frame(bytes: &[u8]) -> Result<Frame, Error> {
    match probe(bytes)?.detail {
        Detail::Jpeg(frame) => Ok(frame),
        _ => Err(Error::Bug("not a JPEG")),
    }
}

struct Planes {
    all: [Plane; 4],
    /// The width of the picture, for rows that are delivered in parts.
    width: usize,
}

impl RowSink for Planes {
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        let plane = self.all.get_mut(plane).ok_or(Error::Bug("a fifth plane"))?;
        if plane.samples.len() != samples.len() * y as usize {
            return Err(Error::Bug("a row out of order"));
        }
        plane.width = samples.len();
        plane.samples.extend(samples);
        Ok(())
    }

    fn window_row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        self.row(plane, y, samples)
    }

    fn scattered(
        &mut self,
        plane: usize,
        y: u32,
        x: u32,
        x_step: u32,
        samples: &[u8],
    ) -> Result<(), Error> {
        let width = self.width;
        let plane = self.all.get_mut(plane).ok_or(Error::Bug("a fifth plane"))?;
        plane.width = width;
        let end = (y as usize + 1) * width;
        plane.samples.resize(plane.samples.len().max(end), 0);
        let row = plane.samples.get_mut(end - width..end).ok_or(Error::Bug("no such row"))?;
        let columns = row.iter_mut().skip(x as usize).step_by(x_step as usize);
        columns.zip(samples).for_each(|(column, &sample)| *column = sample);
        Ok(())
    }
}
