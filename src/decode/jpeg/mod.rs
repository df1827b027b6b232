//! JPEG → rows of component planes, at 1/1, 1/2, 1/4 or 1/8 of their size, chosen per component.
//!
//! Coefficients that the scale does not need are skipped at the bit level. A frame with a single
//! sequential scan streams ([`single_scan`]). A frame with several scans keeps the coefficients that
//! the scales need, of the blocks inside the windows, until the last scan ([`multi_scan`]).

use crate::error::Error;
use crate::job::Job;
use crate::shrink::RowSink;
use bit_reader::WINDOW_BYTES;
use coefficients::{Coefficients, Price};
use scans::Scans;
use tables::LookupTables;

mod ac_skip;
mod band;
mod bit_reader;
mod block;
mod block_decoder;
mod block_window;
#[cfg(feature = "instrument")]
pub(crate) mod coefficient_dump;
mod coefficients;
mod huffman;
mod idct;
mod multi_scan;
mod order;
mod progressive;
mod restart;
mod scans;
mod sequential;
mod single_scan;
mod tables;
#[cfg(test)]
mod tests;
mod zigzag;

pub(crate) use order::Order;

impl Order<'_> {
    /// Decodes the frame that `bytes` hold. Plane `i` is component `i` of the frame.
    ///
    /// Corrupt or incomplete data is an error. Rows that came before it stay with `sink`; those of a
    /// frame with several scans only when the order keeps truncated frames. Data after the last MCU
    /// of a scan is ignored, and a missing EOI is forgiven when nothing else is missing.
    pub(crate) fn decode<S: RowSink>(
        &self,
        bytes: &[u8],
        job: Job<'_>,
        sink: &mut S,
    ) -> Result<(), Error> {
        let frame = self.frame;
        if frame.streams {
            return Scans::new(bytes, frame, job.budget)?.stream(self, job, sink);
        }
        let mut planes = [None, None, None, None];
        for (i, plane) in planes.iter_mut().enumerate().take(frame.components().len()) {
            *plane = Some(Coefficients::new(self, i, job.budget)?);
        }
        let mut truncated = Ok(());
        for pass in self.passes() {
            for plane in planes.get_mut(pass.clone()).unwrap_or_default().iter_mut().flatten() {
                plane.begin_history(job.budget)?;
            }
            let mut scans = Scans::new(bytes, frame, job.budget)?;
            let outcome = scans.collect(self, &pass, job, &mut planes);
            match &outcome {
                Ok(()) => {}
                // Only the pass that decodes the scan in which the data ends knows the row.
                Err(Error::Truncated(end)) if self.keeps_truncated && scans.all_dc_came => {
                    if truncated.is_ok() || end.rows().is_some() {
                        truncated = outcome;
                    }
                }
                Err(_) => return outcome,
            }
            // The components with the fewest samples are last in a frame. They go first here, so that
            // the planes are small while all coefficients are live.
            for i in pass.rev() {
                if let Some(plane) = planes.get_mut(i).and_then(Option::take) {
                    plane.emit(i, job, sink)?;
                }
            }
        }
        truncated
    }

    /// An upper bound of what is live in [`decode`](Self::decode), when the sink takes `plane_bytes` at the
    /// first row of each plane. It is exact for every frame that is decoded to its end.
    pub(crate) fn memory_bytes(&self, plane_bytes: [u64; 4]) -> u64 {
        let fixed = WINDOW_BYTES as u64 + LookupTables::memory_bytes(self.frame);
        if self.frame.streams {
            let bands = single_scan::memory_bytes(self);
            return plane_bytes.into_iter().fold(fixed.saturating_add(bands), u64::saturating_add);
        }
        let price = |i: usize| Price::of(self, i);
        let mut live: u64 = (0..self.frame.components().len()).map(|i| price(i).values_bytes).sum();
        let mut peak = live;
        for pass in self.passes() {
            live += pass.clone().map(|i| price(i).history_bytes).sum::<u64>();
            peak = peak.max(live);
            for i in pass.rev() {
                let price = price(i);
                live = live.saturating_add(plane_bytes.get(i).copied().unwrap_or_default());
                peak = peak.max(live.saturating_add(price.band_bytes));
                live = live.saturating_sub(price.values_bytes + price.history_bytes);
            }
        }
        peak.saturating_add(fixed)
    }
}
