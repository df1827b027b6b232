//! Decodes a probed picture into rows of planes, and shrinks each row as it arrives.

use crate::budget::Budget;
use crate::error::{Error, Truncated};
use crate::job::Job;
use crate::shrink::{PlaneOrder, RowSink, Shrink, SmallPlanes};

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

impl Order<'_> {
    /// Decodes `bytes` into rows, which `sink` shrinks as the order says.
    pub(crate) fn decode<S: RowSink>(
        &self,
        bytes: &[u8],
        job: Job<'_>,
        sink: &mut S,
    ) -> Result<(), Error> {
        match &self.source {
            Source::Jpeg(order) => order.decode(bytes, job, sink),
            Source::Png(order) => order.decode(bytes, job, sink),
            Source::WebP(order) => order.decode(bytes, job, sink),
        }
    }

    /// The small planes, and where truncated data ends, if the order accepts it.
    pub(crate) fn small_planes<'b>(
        &self,
        outcome: Result<(), Error>,
        shrink: Shrink<'b>,
    ) -> Result<(SmallPlanes<'b>, Option<Truncated>), Error> {
        let min_percent_of_rows = match &self.source {
            Source::Jpeg(order) => order.min_percent_of_rows,
            Source::Png(_) | Source::WebP(_) => None,
        };
        match (outcome, min_percent_of_rows) {
            (Ok(()), _) => Ok((shrink.finish()?, None)),
            (Err(Error::Truncated(end)), Some(min)) if shrink.percent_of_rows_in() >= min => {
                Ok((shrink.finish_truncated()?, Some(end)))
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

    /// Charges what is live in [`decode`](Self::decode), including the small planes, to a budget that
    /// counts.
    pub(crate) fn count(&self, budget: &Budget) -> Result<(), Error> {
        let mut planes = Shrink::new(self.planes, budget);
        match &self.source {
            Source::Jpeg(order) => order.count(budget, &mut planes),
            Source::Png(order) => order.count(budget, &mut planes),
            Source::WebP(order) => order.count(budget, &mut planes),
        }
    }
}
