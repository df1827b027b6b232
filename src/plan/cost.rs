//! The cost model: the bytes of heap that are live in each room, and the most at any moment.

use core::fmt;

use crate::decode;
use crate::encode;
use crate::finish;
use crate::plan::Plan;
use crate::plan::geometry::OutputGeometry;
use crate::request::Output;

/// The peak of each room, in bytes; what earlier rooms leave live is part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    decode_bytes: u64,
    finish_bytes: u64,
    encode_bytes: u64,
}

impl Cost {
    /// Follows a job through the rooms. What is added here is what `thumbnail.rs` holds at the same
    /// time.
    pub(crate) fn of(plan: &Plan) -> Self {
        let outputs = plan.outputs();
        let list = (outputs.len() * size_of::<crate::thumbnail::Thumbnail>()) as u64;
        let small: u64 = sum(plan.planes().iter().map(|plane| plane.shrink.small_bytes()));
        let mut cost = Self {
            decode_bytes: list.saturating_add(decode::memory_bytes(plan)),
            ..Self::default()
        };
        let mut files: u64 = 0;
        for (index, output) in outputs.iter().enumerate() {
            let last = index + 1 == outputs.len();
            let kept = list.saturating_add(files);
            let small = if last { 0 } else { small };
            let finish = finish::memory_bytes(plan, output, last).saturating_add(kept);
            let pixels = finish::pixel_bytes(plan, output);
            let encode = encode_bytes(plan, output)
                .saturating_add(pixels)
                .saturating_add(small)
                .saturating_add(kept);
            cost.finish_bytes = cost.finish_bytes.max(finish);
            cost.encode_bytes = cost.encode_bytes.max(encode);
            files = files.saturating_add(file_bytes(plan, output));
        }
        cost
    }

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

fn sum(bytes: impl Iterator<Item = u64>) -> u64 {
    bytes.fold(0, u64::saturating_add)
}

fn encode_bytes(plan: &Plan, output: &OutputGeometry) -> u64 {
    encode::memory_bytes(plan.request().output(), output.size, finish::layout(plan))
}

/// What one finished output may still hold when the next one is made. Pixels keep the block that
/// they were made in.
fn file_bytes(plan: &Plan, output: &OutputGeometry) -> u64 {
    match plan.request().output() {
        Output::Pixels => finish::pixel_bytes(plan, output),
        format => encode::file_bytes(format, output.size, finish::layout(plan)),
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} bytes (decode {}, finish {}, encode {})",
            self.peak_bytes(),
            self.decode_bytes,
            self.finish_bytes,
            self.encode_bytes,
        )
    }
}
