//! Decodes a probed picture into rows of planes, and shrinks each row as it arrives.

use crate::budget::Buffer;
use crate::error::{Error, Truncated};
use crate::job::Job;
use crate::shrink::{PlaneOrder, Shrink};

pub(crate) mod jpeg;
pub(crate) mod png;
mod premultiply;
pub(crate) mod webp;

/// What to decode of a picture, and how to shrink its planes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order<'p> {
    pub(crate) source: Source<'p>,
    /// How to shrink each plane of the decoder.
    pub(crate) planes: [Option<PlaneOrder>; 4],
}

/// The order for the decoder of one format.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<'p> {
    Jpeg(jpeg::Order<'p>),
    Png(png::Order<'p>),
    WebP(webp::Order<'p>),
}

/// The small planes of a picture.
#[derive(Debug)]
pub(crate) struct Decoded<'b> {
    pub(crate) planes: [Option<Buffer<'b, u8>>; 4],
    /// Where truncated data ends, if the order accepts it.
    pub(crate) truncated: Option<Truncated>,
}

impl Order<'_> {
    /// Decodes `bytes` directly into small planes.
    pub(crate) fn decode<'b>(&self, bytes: &[u8], job: Job<'b>) -> Result<Decoded<'b>, Error> {
        let mut shrink = Shrink::new(self.planes, job.budget);
        let (outcome, min_percent_of_rows) = match &self.source {
            Source::Jpeg(order) => {
                (order.decode(bytes, job, &mut shrink), order.min_percent_of_rows)
            }
            Source::Png(order) => (order.decode(bytes, job, &mut shrink), None),
            Source::WebP(order) => (order.decode(bytes, job, &mut shrink), None),
        };
        match (outcome, min_percent_of_rows) {
            (Ok(()), _) => Ok(Decoded { planes: shrink.finish()?, truncated: None }),
            (Err(Error::Truncated(end)), Some(min)) if shrink.percent_of_rows_in() >= min => {
                Ok(Decoded { planes: shrink.finish_truncated()?, truncated: Some(end) })
            }
            (Err(error), _) => Err(error),
        }
    }

    /// The most work of [`decode`](Self::decode) in picoseconds.
    pub(crate) fn work_ps(&self) -> u64 {
        let (decoder_ps, decoded) = match &self.source {
            Source::Jpeg(order) => (order.work_ps(), u64::MAX),
            Source::Png(order) => (order.work_ps(), u64::MAX),
            // The frame may be smaller than the canvas.
            Source::WebP(order) => (order.work_ps(), order.still.frame.pixels()),
        };
        let planes = self.planes.iter().flatten();
        planes.map(|plane| plane.work_ps(decoded)).fold(decoder_ps, u64::saturating_add)
    }

    /// The peak heap memory of [`decode`](Self::decode), including the small planes.
    pub(crate) fn memory_bytes(&self) -> u64 {
        let plane_bytes = self.planes.map(|plane| {
            plane.map_or(0, |plane| plane.small_bytes().saturating_add(plane.sums_bytes()))
        });
        let decoder_bytes = match &self.source {
            Source::Jpeg(order) => return order.memory_bytes(plane_bytes),
            Source::Png(order) => order.memory_bytes(),
            Source::WebP(order) => order.memory_bytes(),
        };
        plane_bytes.into_iter().fold(decoder_bytes, u64::saturating_add)
    }
}
