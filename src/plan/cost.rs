//! The cost model: the most bytes of heap that are live in each stage, and in all of them.

use core::fmt;

use crate::budget::Budget;
#[cfg(feature = "instrument")]
use crate::charges::StageBytes;
use crate::error::Error;
use crate::finish::PixelRows;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::probe::Header;
use crate::request::OutputFormat;
use crate::{decode, finish, placeholder, probe};

use super::output_orders::OutputOrders;

/// The peak of each stage in bytes, including what earlier stages leave live.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    decode_bytes: u64,
    finish_bytes: u64,
    encode_bytes: u64,
    /// The part of `encode_bytes` without the growing file.
    before_file_bytes: u64,
    /// What stays live while outputs are made: the list of outputs, and the finished ones.
    outputs_bytes: u64,
    /// The most work of all stages in picoseconds.
    work_ps: u64,
}

impl Cost {
    /// The cost of reading the headers and of decoding, while the list of outputs is live, and the
    /// rows of an output that is made meanwhile.
    pub(crate) fn of_decode(
        header: &Header,
        list_bytes: u64,
        decode: &decode::Order<'_>,
        streamed_into: Option<&finish::Order>,
    ) -> Result<Self, Error> {
        let budget = Budget::counting();
        let _list = budget.reserve(list_bytes)?;
        let job = Job { budget: &budget, interrupt: &Interrupt::never() };
        let _rows = streamed_into.map(|order| PixelRows::new(*order, job)).transpose()?;
        decode.count(&budget)?;
        Ok(Self {
            work_ps: probe::work_ps(header).saturating_add(decode.work_ps()).saturating_add(JOB_PS),
            decode_bytes: budget.peak_bytes(),
            outputs_bytes: list_bytes,
            ..Self::default()
        })
    }

    /// Adds the cost of the next output.
    pub(crate) fn add_output(
        &mut self,
        orders: &OutputOrders,
        is_streamed: bool,
    ) -> Result<(), Error> {
        let OutputOrders { finish, attention, canvas, placeholder, encode, .. } = orders;
        let works = [
            finish.work_ps(),
            attention.map_or(0, |order| order.work_ps()),
            canvas.map_or(0, |order| order.work_ps()),
            placeholder.map_or(0, |order| order.work_ps()),
            encode.work_ps(),
        ];
        self.work_ps = works.into_iter().fold(self.work_ps, u64::saturating_add);

        // The same steps as those of a job.
        let budget = Budget::counting();
        let _outputs = budget.reserve(self.outputs_bytes)?;
        if is_streamed {
            finish.count_conversion(&budget)?;
        } else {
            finish.count(&budget)?;
        }
        let small_bytes = if finish.is_last { 0 } else { finish.small_bytes() };
        let _small = budget.reserve(small_bytes)?;
        let mut pixels = budget.reserve(finish.pixel_bytes())?;
        if let Some(attention) = attention {
            attention.count(&budget)?;
            pixels = budget.reserve(attention.cut_bytes())?;
        }
        if let Some(canvas) = canvas.filter(|canvas| !canvas.is_in_place()) {
            pixels = budget.reserve(canvas.canvas_bytes())?;
        }
        if placeholder.is_some() {
            placeholder::Order::count(&budget)?;
        }
        self.finish_bytes = self.finish_bytes.max(budget.peak_bytes());

        let pixel_bytes = pixels.bytes();
        let budget = Budget::counting();
        let _others = budget.reserve(self.outputs_bytes.saturating_add(small_bytes))?;
        let before_file_bytes = encode.count(pixel_bytes, &budget)?;
        self.encode_bytes = self.encode_bytes.max(budget.peak_bytes());
        self.before_file_bytes = self.before_file_bytes.max(before_file_bytes);
        // An output of pixels is the buffer that they were made in.
        let output_bytes = match encode.format {
            OutputFormat::Pixels => pixel_bytes,
            _ => encode.file_bytes(),
        };
        self.outputs_bytes = self.outputs_bytes.saturating_add(output_bytes);
        Ok(())
    }

    /// The peak of each stage.
    #[cfg(feature = "instrument")]
    pub(crate) const fn stage_bytes(&self) -> StageBytes {
        StageBytes {
            decode: self.decode_bytes,
            finish: self.finish_bytes,
            encode: self.encode_bytes,
            before_file: self.before_file_bytes,
        }
    }

    /// The work of all stages in nanoseconds.
    pub(crate) const fn work_ns(&self) -> u64 {
        self.work_ps.div_ceil(1_000)
    }

    /// The largest of the three peaks.
    pub(crate) const fn peak_bytes(&self) -> u64 {
        let mut peak = self.decode_bytes;
        if self.finish_bytes > peak {
            peak = self.finish_bytes;
        }
        if self.encode_bytes > peak {
            peak = self.encode_bytes;
        }
        peak
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} bytes (decode {}, finish {}, encode {}), {:.1} ms",
            self.peak_bytes(),
            self.decode_bytes,
            self.finish_bytes,
            self.encode_bytes,
            self.work_ns() as f64 / 1e6,
        )
    }
}

/// A job without any picture: its buffers and tables.
const JOB_PS: u64 = 200_000_000;
