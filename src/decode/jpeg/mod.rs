//! Decodes a JPEG into rows of component planes. Each component is decoded at 1/1, 1/2, 1/4 or 1/8
//! of its size.
//!
//! Coefficients that the scale does not need are skipped at the bit level. A frame with a single
//! sequential scan is streamed ([`single_scan`]). For a frame with several scans, the coefficients
//! that the scales need, of the blocks inside the windows, stay in memory until the last scan
//! ([`multi_scan`]).

use core::ops::Range;

use crate::budget::Budget;
use crate::error::Error;
use crate::job::Job;
use crate::price::sum_ps;
use crate::shrink::{RowSink, Shrink};
use coefficients::Coefficients;
use scans::Scans;

mod ac_refinement;
mod ac_skip;
mod band;
mod bit_reader;
mod block;
mod block_decoder;
mod block_window;
#[cfg(feature = "instrument")]
pub(crate) mod coefficient_dump;
mod coefficients;
mod history_table;
mod huffman;
mod multi_scan;
mod order;
mod progressive;
mod restart;
mod scans;
mod sequential;
mod single_scan;
mod spectral_band;
mod tables;
#[cfg(test)]
mod tests;
mod zigzag;

pub(crate) use order::Order;

impl Order<'_> {
    /// Decodes the frame in `bytes`. Plane `i` is component `i` of the frame.
    ///
    /// Corrupt or incomplete data is an error. `sink` still receives the rows before the error; for
    /// a frame with several scans, only if the order keeps truncated frames. A missing EOI is
    /// accepted if nothing else is missing.
    pub(crate) fn decode<S: RowSink>(
        &self,
        bytes: &[u8],
        job: Job<'_>,
        sink: &mut S,
    ) -> Result<(), Error> {
        let frame = self.frame;
        if frame.single_scan {
            return Scans::new(bytes, frame, job.budget)?.stream(self, job, sink);
        }
        let mut planes = self.coefficients(job.budget)?;
        let mut truncated = Ok(());
        for pass in self.passes() {
            allocate_history(&mut planes, &pass, job.budget)?;
            let mut scans = Scans::new(bytes, frame, job.budget)?;
            let outcome = scans.decode_pass(self, &pass, job, &mut planes);
            match &outcome {
                Ok(()) => {}
                // Only the pass that decodes the truncated scan knows the row at which the data
                // ends.
                Err(Error::Truncated(end))
                    if self.min_percent_of_rows.is_some() && scans.has_all_dc =>
                {
                    if truncated.is_ok() || end.rows().is_some() {
                        truncated = outcome;
                    }
                }
                Err(_) => return outcome,
            }
            // The components with the fewest samples come last in a frame. Sending them first keeps
            // the planes small while all coefficients are live.
            for i in pass.rev() {
                if let Some(plane) = planes.get_mut(i).and_then(Option::take) {
                    plane.send_rows(i, job, sink)?;
                }
            }
        }
        truncated
    }

    /// The most work of [`decode`](Self::decode) in picoseconds, without the sink.
    pub(crate) fn work_ps(&self) -> u64 {
        let frame = self.frame;
        if frame.single_scan {
            return single_scan::work_ps(self);
        }
        // Each pass searches the data of the scans that it does not decode for their end.
        let passes = self.passes().count() as u64;
        let search = sum_ps([(passes, frame.search_ps())]);
        let transforms = (0..frame.components().len()).map(|i| Coefficients::work_ps(self, i));
        transforms.fold(search.saturating_add(multi_scan::work_ps(self)), u64::saturating_add)
    }

    /// Charges what is live in [`decode`](Self::decode), with the planes, to a budget that counts. A
    /// frame that is decoded to its end takes as much.
    pub(crate) fn count(&self, budget: &Budget, planes: &mut Shrink<'_>) -> Result<(), Error> {
        if self.frame.single_scan {
            let _scans = Scans::buffers(self.frame, budget)?;
            let _bands = single_scan::bands(self, budget)?;
            return planes.allocate_all();
        }
        let mut components = self.coefficients(budget)?;
        for pass in self.passes() {
            allocate_history(&mut components, &pass, budget)?;
            let _scans = Scans::buffers(self.frame, budget)?;
            for i in pass.rev() {
                let component = components.get_mut(i).and_then(Option::take);
                let _band =
                    component.as_ref().map(|component| component.band(budget)).transpose()?;
                planes.allocate(i)?;
            }
        }
        Ok(())
    }

    /// The coefficients of all components.
    fn coefficients<'b>(&self, budget: &'b Budget) -> Result<[Option<Coefficients<'b>>; 4], Error> {
        let mut components = [None, None, None, None];
        for (i, component) in components.iter_mut().enumerate().take(self.frame.components().len())
        {
            *component = Some(Coefficients::new(self, i, budget)?);
        }
        Ok(components)
    }
}

/// Allocates the history of the components of a pass.
fn allocate_history<'b>(
    components: &mut [Option<Coefficients<'b>>; 4],
    pass: &Range<usize>,
    budget: &'b Budget,
) -> Result<(), Error> {
    let components = components.get_mut(pass.clone()).unwrap_or_default();
    components.iter_mut().flatten().try_for_each(|component| component.allocate_history(budget))
}
