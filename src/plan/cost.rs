//! The cost model: the most bytes of heap that are live in each stage, and in all of them.

use core::fmt;

#[cfg(feature = "instrument")]
use crate::charges::StageBytes;
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
    #[cfg(feature = "instrument")]
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
    ) -> Self {
        let (making, held) = streamed_into.map_or((0, 0), finish::Order::rows_bytes);
        let decode_bytes = making.max(held.saturating_add(decode.memory_bytes()));
        Self {
            work_ps: probe::work_ps(header).saturating_add(decode.work_ps()).saturating_add(JOB_PS),
            decode_bytes: list_bytes.saturating_add(decode_bytes),
            outputs_bytes: list_bytes,
            ..Self::default()
        }
    }

    /// Adds the cost of the next output.
    pub(crate) fn add_output(&mut self, orders: &OutputOrders, is_streamed: bool) {
        let OutputOrders { finish, attention, canvas, placeholder, encode, .. } = orders;
        self.work_ps =
            self.work_ps.saturating_add(finish.work_ps()).saturating_add(encode.work_ps());
        let finish_bytes =
            if is_streamed { finish.conversion_bytes() } else { finish.memory_bytes() };
        let finish_bytes = finish_bytes.saturating_add(self.outputs_bytes);
        self.finish_bytes = self.finish_bytes.max(finish_bytes);
        let small_bytes = if finish.is_last { 0 } else { finish.small_bytes() };
        let others_bytes = small_bytes.saturating_add(self.outputs_bytes);
        let mut pixel_bytes = finish.pixel_bytes();
        if let Some(attention) = attention {
            self.work_ps = self.work_ps.saturating_add(attention.work_ps());
            let cut_bytes = attention.memory_bytes().saturating_add(pixel_bytes);
            self.finish_bytes = self.finish_bytes.max(cut_bytes.saturating_add(others_bytes));
            pixel_bytes = attention.cut_bytes();
        }
        if let Some(canvas) = canvas {
            self.work_ps = self.work_ps.saturating_add(canvas.work_ps());
            let canvas_bytes = canvas.memory_bytes().saturating_add(pixel_bytes);
            self.finish_bytes = self.finish_bytes.max(canvas_bytes.saturating_add(others_bytes));
            pixel_bytes = canvas.canvas_bytes();
        }
        if let Some(placeholder) = placeholder {
            self.work_ps = self.work_ps.saturating_add(placeholder.work_ps());
            let placeholder_bytes = placeholder::Order::memory_bytes().saturating_add(pixel_bytes);
            self.finish_bytes =
                self.finish_bytes.max(placeholder_bytes.saturating_add(others_bytes));
        }
        let encode_bytes = encode.peak_bytes(pixel_bytes).saturating_add(others_bytes);
        self.encode_bytes = self.encode_bytes.max(encode_bytes);
        #[cfg(feature = "instrument")]
        if encode.format != OutputFormat::Pixels {
            let before_file_bytes =
                encode.before_file_bytes(pixel_bytes).saturating_add(others_bytes);
            self.before_file_bytes = self.before_file_bytes.max(before_file_bytes);
        }
        // An output of pixels is the buffer that they were made in.
        let output_bytes = match encode.format {
            OutputFormat::Pixels => pixel_bytes,
            _ => encode.file_bytes(),
        };
        self.outputs_bytes = self.outputs_bytes.saturating_add(output_bytes);
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
