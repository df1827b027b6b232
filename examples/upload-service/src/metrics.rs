//! What Prometheus reads.

use std::time::Instant;

use ::metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use bombproof::MemoryPool;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

pub(crate) struct Metrics(PrometheusHandle);

impl Metrics {
    pub(crate) fn install() -> anyhow::Result<Self> {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(SECONDS.into()), &SECONDS_BUCKETS)?
            .set_buckets_for_metric(Matcher::Full(SHARE.into()), &SHARE_BUCKETS)?
            .install_recorder()?;
        describe_counter!(UPLOADS, "Uploads by outcome (stored, refused, failed, gone) and reason");
        describe_histogram!(SECONDS, "From the first byte of an upload to its answer");
        describe_gauge!("pool_bytes_in_use", "Reserved by uploads and decodes now");
        describe_gauge!("pool_bytes_capacity", "All that may be reserved");
        describe_gauge!("decodes_running", "Pictures that are being decoded now");
        describe_counter!(
            "decodes_cancelled_total",
            "Decodes that stopped because their client went away"
        );
        describe_counter!("decode_bytes_quoted_total", "Sum of the quotes of finished decodes");
        describe_counter!(
            "decode_bytes_measured_total",
            "Sum of the heap peaks of finished decodes"
        );
        describe_histogram!(SHARE, "Measured peak of one decode over its quote");
        describe_counter!("reads_total", "Avatars served by source (stored, scaled, placeholder)");
        describe_counter!(
            "store_calls_total",
            "Calls to the store by result (ok, failed, timed_out, rejected)"
        );
        describe_counter!("swept_blobs_total", "Blobs deleted because no avatar needs them");
        describe_counter!(
            "pointer_conflicts_total",
            "Updates that another one overtook, and that were tried again"
        );
        Ok(Self(handle))
    }

    pub(crate) fn render(&self, pool: &MemoryPool, decoding: usize) -> String {
        gauge!("decodes_running").set(decoding as f64);
        gauge!("pool_bytes_in_use").set(pool.in_use() as f64);
        gauge!("pool_bytes_capacity").set(pool.capacity() as f64);
        self.0.run_upkeep();
        self.0.render()
    }
}

pub(crate) fn decoded(quoted_bytes: u64, measured_bytes: u64, cancelled: bool) {
    counter!("decodes_cancelled_total").increment(cancelled.into());
    counter!("decode_bytes_quoted_total").increment(quoted_bytes);
    counter!("decode_bytes_measured_total").increment(measured_bytes);
    histogram!(SHARE).record(measured_bytes as f64 / quoted_bytes as f64);
}

/// Counts an upload when it is dropped, so that one whose client went away is counted too.
pub(crate) struct Tally {
    started: Instant,
    outcome: &'static str,
    reason: &'static str,
}

impl Tally {
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), outcome: "gone", reason: "client" }
    }

    pub(crate) fn set(&mut self, outcome: &'static str, reason: &'static str) {
        (self.outcome, self.reason) = (outcome, reason);
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        counter!(UPLOADS, "outcome" => self.outcome, "reason" => self.reason).increment(1);
        histogram!(SECONDS, "outcome" => self.outcome).record(self.started.elapsed());
    }
}

const UPLOADS: &str = "uploads_total";
const SECONDS: &str = "upload_seconds";
const SHARE: &str = "decode_measured_share";
const SECONDS_BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
const SHARE_BUCKETS: [f64; 6] = [0.1, 0.25, 0.5, 0.67, 0.9, 1.0];
