//! Tests of the complete decoder, on generated files.
#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::needless_range_loop,
    clippy::type_complexity,
    reason = "tests choose their own numbers and need no budget"
)]

use super::Order;
use crate::budget::{Budget, quote};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::probe::jpeg::{Frame, Scale, header};
use crate::shrink::{RowSink, Shrink};
use crate::size::Rect;

mod bands;
mod damage;
mod matrix;
mod other_decoders;
mod windows;
mod writer;

const SCALES: [Scale; 4] = [Scale::Full, Scale::Half, Scale::Quarter, Scale::Eighth];

/// Keeps the samples of the windows, and checks that their rows arrive in order.
struct WindowSink {
    windows: [Rect; 4],
    samples: [Vec<u8>; 4],
    rows: [u32; 4],
}

impl RowSink for WindowSink {
    fn row(&mut self, _: usize, _: u32, _: &[u8]) -> Result<(), Error> {
        Err(Error::Bug("a row that is not limited to its window"))
    }

    fn window_row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        assert_eq!(self.windows[plane].y + self.rows[plane], y);
        assert_eq!(self.windows[plane].width as usize, samples.len());
        self.rows[plane] += 1;
        self.samples[plane].extend_from_slice(samples);
        Ok(())
    }
}

fn frame_of(bytes: &[u8]) -> Result<Frame, Error> {
    header(bytes).map(|(_, frame)| frame)
}

/// Decodes within `max_bytes`. Returns the samples before an error along with it.
fn decode(bytes: &[u8], order: &Order<'_>, max_bytes: u64) -> (Result<(), Error>, [Vec<u8>; 4]) {
    let budget = Budget::new(max_bytes);
    let mut sink = WindowSink { windows: order.windows, samples: Default::default(), rows: [0; 4] };
    let job = Job { budget: &budget, interrupt: &Interrupt::never() };
    let outcome = order.decode(bytes, job, &mut sink);
    assert_eq!(budget.left_bytes(), max_bytes);
    if outcome.is_ok() {
        for i in 0..order.frame.components().len() {
            assert_eq!(sink.rows[i], order.windows[i].height);
        }
    }
    (outcome, sink.samples)
}

/// The memory that the decoder allocates.
fn quoted(order: &Order<'_>) -> u64 {
    quote(|budget| order.count(budget, &mut Shrink::new([None; 4], budget))).unwrap()
}

/// Decodes within the quote.
fn decode_planes(bytes: &[u8], scales: [Scale; 4]) -> Result<[Vec<u8>; 4], Error> {
    let frame = frame_of(bytes)?;
    let order = Order::whole(&frame, scales);
    let (outcome, planes) = decode(bytes, &order, quoted(&order));
    outcome?;
    // A valid file must not be rejected as having more pixels than its data can code.
    assert!(frame.possible_pixels() >= frame.size.pixels());
    Ok(planes)
}
