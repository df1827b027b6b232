//! The whole decoder, on files that are made here.
#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::needless_range_loop,
    clippy::type_complexity,
    reason = "tests make their own numbers and need no budget"
)]

use super::{decode, memory_bytes};
use crate::budget::Budget;
use crate::decode::RowSink;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::Detail;
use crate::probe::jpeg::{Frame, Scale, header};

mod damage;
mod matrix;
mod others;
mod writer;

const SCALES: [Scale; 4] = [Scale::Full, Scale::Half, Scale::Quarter, Scale::Eighth];

/// Keeps the planes, and checks that their rows come in order.
#[derive(Default)]
struct Planes {
    samples: [Vec<u8>; 4],
    rows: [u32; 4],
}

impl RowSink for Planes {
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        assert_eq!(self.rows[plane], y);
        self.rows[plane] += 1;
        self.samples[plane].extend_from_slice(samples);
        Ok(())
    }
}

fn frame_of(bytes: &[u8]) -> Result<Frame, Error> {
    match header(bytes)?.detail {
        Detail::Jpeg(frame) => Ok(frame),
        _ => Err(Error::Bug("another format")),
    }
}

/// Decodes within what [`memory_bytes`] says, and checks the sizes of the planes.
fn planes_of(bytes: &[u8], scales: [Scale; 4]) -> Result<[Vec<u8>; 4], Error> {
    let frame = frame_of(bytes)?;
    let budget = Budget::new(memory_bytes(&frame, scales, [0; 4]));
    let mut planes = Planes::default();
    decode(bytes, &frame, scales, false, &budget, &Interrupt::never(), &mut planes)?;
    assert_eq!(budget.left_bytes(), memory_bytes(&frame, scales, [0; 4]));
    for (i, scale) in (0..frame.components().len()).zip(scales) {
        let size = scale.plane_size(&frame, i);
        assert_eq!(planes.rows[i], size.height);
        assert_eq!(planes.samples[i].len() as u64, size.pixels());
    }
    // No valid file may be called incredible.
    assert!(frame.possible_pixels() >= frame.size.pixels());
    Ok(planes.samples)
}
