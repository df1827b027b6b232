//! The whole decoder, on files that are made here.
#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::needless_range_loop,
    clippy::type_complexity,
    reason = "tests make their own numbers and need no budget"
)]

use super::Order;
use crate::budget::Budget;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::probe::jpeg::{Frame, Scale, header};
use crate::shrink::RowSink;
use crate::size::Rect;

mod damage;
mod matrix;
mod other_decoders;
mod windows;
mod writer;

const SCALES: [Scale; 4] = [Scale::Full, Scale::Half, Scale::Quarter, Scale::Eighth];

/// Keeps the windows, and checks that their rows come in order.
struct Windows {
    all: [Rect; 4],
    samples: [Vec<u8>; 4],
    rows: [u32; 4],
}

impl RowSink for Windows {
    fn row(&mut self, _: usize, _: u32, _: &[u8]) -> Result<(), Error> {
        Err(Error::Bug("a row that is not cut to its window"))
    }

    fn window_row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        assert_eq!(self.all[plane].y + self.rows[plane], y);
        assert_eq!(self.all[plane].width as usize, samples.len());
        self.rows[plane] += 1;
        self.samples[plane].extend_from_slice(samples);
        Ok(())
    }
}

fn frame_of(bytes: &[u8]) -> Result<Frame, Error> {
    header(bytes).map(|(_, frame)| frame)
}

/// Decodes within `most_bytes`. What came before an error is there with it.
fn decoded(bytes: &[u8], order: &Order<'_>, most_bytes: u64) -> (Result<(), Error>, [Vec<u8>; 4]) {
    let budget = Budget::new(most_bytes);
    let mut sink = Windows { all: order.windows, samples: Default::default(), rows: [0; 4] };
    let job = Job { budget: &budget, interrupt: &Interrupt::never() };
    let outcome = order.decode(bytes, job, &mut sink);
    assert_eq!(budget.left_bytes(), most_bytes);
    if outcome.is_ok() {
        for i in 0..order.frame.components().len() {
            assert_eq!(sink.rows[i], order.windows[i].height);
        }
    }
    (outcome, sink.samples)
}

/// Decodes within [`Order::memory_bytes`].
fn planes_of(bytes: &[u8], scales: [Scale; 4]) -> Result<[Vec<u8>; 4], Error> {
    let frame = frame_of(bytes)?;
    let order = Order::whole(&frame, scales);
    let (outcome, planes) = decoded(bytes, &order, order.memory_bytes([0; 4]));
    outcome?;
    // No valid file may be called incredible.
    assert!(frame.possible_pixels() >= frame.size.pixels());
    Ok(planes)
}
