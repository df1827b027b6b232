//! Decodes a JPEG into rows of component planes. Each component is decoded at 1/1, 1/2, 1/4 or 1/8
//! of its size.
//!
//! Coefficients that the scale does not need are skipped at the bit level. A frame with a single
//! sequential scan is streamed ([`single_scan`]). For a frame with several scans, the coefficients
//! that the scales need, of the blocks inside the windows, stay in memory until the last scan
//! ([`multi_scan`]).

use crate::error::Error;
use crate::job::Job;
use crate::price::sum_ps;
use crate::shrink::RowSink;
use bit_reader::WINDOW_BYTES;
use coefficients::{Coefficients, Price};
use scans::Scans;
use tables::LookupTables;

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
        let mut planes = [None, None, None, None];
        for (i, plane) in planes.iter_mut().enumerate().take(frame.components().len()) {
            *plane = Some(Coefficients::new(self, i, job.budget)?);
        }
        let mut truncated = Ok(());
        for pass in self.passes() {
            for plane in planes.get_mut(pass.clone()).unwrap_or_default().iter_mut().flatten() {
                plane.allocate_history(job.budget)?;
            }
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

    /// An upper bound of the memory that is live in [`decode`](Self::decode), if the sink allocates
    /// `plane_bytes` at the first row of each plane. The bound is exact for every frame that is
    /// decoded to its end.
    pub(crate) fn memory_bytes(&self, plane_bytes: [u64; 4]) -> u64 {
        let fixed = WINDOW_BYTES as u64 + LookupTables::memory_bytes(self.frame);
        if self.frame.single_scan {
            let band_bytes = single_scan::memory_bytes(self);
            return plane_bytes
                .into_iter()
                .fold(fixed.saturating_add(band_bytes), u64::saturating_add);
        }
        let price = |i: usize| Price::of(self, i);
        let mut live: u64 = (0..self.frame.components().len()).map(|i| price(i).values_bytes).sum();
        let mut peak = live;
        for pass in self.passes() {
            live += pass.clone().map(|i| price(i).history_bytes).sum::<u64>();
            peak = peak.max(live);
            for i in pass.rev() {
                let price = price(i);
                live = live.saturating_add(plane_bytes[i & 3]);
                peak = peak.max(live.saturating_add(price.band_bytes));
                live = live.saturating_sub(price.values_bytes + price.history_bytes);
            }
        }
        peak.saturating_add(fixed)
    }
}
