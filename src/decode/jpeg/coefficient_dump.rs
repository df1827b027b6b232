//! The coefficients of a file and the definition of the inverse DCT, for the feature `instrument`.
//! Together they define the exact samples.

use super::coefficients::{Coefficients, WITHOUT_STEPS};
use super::order::Order;
use super::scans::Scans;
use crate::budget::Budget;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::probe::jpeg::{Frame, Scale};

use super::zigzag::zigzag_order;
pub use crate::dct::reference::inverse as inverse_dct;

/// The dequantized coefficients of one component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocks {
    /// The number of blocks per row.
    pub columns: usize,
    /// The coefficients of each block in natural order, 8 per row.
    pub blocks: Vec<[i32; 64]>,
}

/// Collects the coefficients of a frame, even if the frame could be streamed.
pub(crate) fn coefficients(bytes: &[u8], frame: &Frame) -> Result<Vec<Blocks>, Error> {
    let (budget, interrupt) = (Budget::new(u64::MAX), Interrupt::never());
    let order = &Order::whole(frame, [Scale::Full; 4]);
    let all = 0..frame.components().len();
    let mut planes = [None, None, None, None];
    for (i, plane) in planes.iter_mut().enumerate().take(all.len()) {
        let mut coefficients = Coefficients::new(order, i, &budget)?;
        coefficients.allocate_history(&budget)?;
        *plane = Some(coefficients);
    }
    let job = Job { budget: &budget, interrupt: &interrupt };
    Scans::new(bytes, frame, &budget)?.decode_pass(order, &all, job, &mut planes)?;
    planes.iter().flatten().map(dequantized).collect()
}

fn dequantized(plane: &Coefficients<'_>) -> Result<Blocks, Error> {
    let steps = plane.quantization_steps.ok_or(WITHOUT_STEPS)?;
    let blocks = plane.values.chunks_exact(plane.blocks.values_per_block).map(|values| {
        let mut block = [0; 64];
        for (index, step) in zigzag_order(plane.scale).iter().zip(steps) {
            let index = usize::from(index & 63);
            block[index] = i32::from(values[index]) * i32::from(step.cast_unsigned());
        }
        block
    });
    Ok(Blocks { columns: plane.blocks.all_blocks.width as usize, blocks: blocks.collect() })
}
