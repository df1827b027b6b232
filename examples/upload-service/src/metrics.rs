//! Metrics for Prometheus.

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
        for (name, description) in COUNTERS {
            describe_counter!(name, description);
        }
        for (name, description) in GAUGES {
            describe_gauge!(name, description);
        }
        for (name, description) in HISTOGRAMS {
            describe_histogram!(name, description);
        }
        Ok(Self(handle))
    }

    pub(crate) fn render(&self, pool: &MemoryPool, decodes_running: usize) -> String {
        gauge!("decodes_running").set(decodes_running as f64);
        gauge!("pool_bytes_in_use").set(pool.in_use() as f64);
        gauge!("pool_bytes_capacity").set(pool.capacity() as f64);
        self.0.run_upkeep();
        self.0.render()
    }
}

pub(crate) fn record_decode(quoted_bytes: u64, measured_bytes: u64, cancelled: bool) {
    counter!("decodes_cancelled_total").increment(cancelled.into());
    counter!("decode_bytes_quoted_total").increment(quoted_bytes);
    counter!("decode_bytes_measured_total").increment(measured_bytes);
    histogram!(SHARE).record(measured_bytes as f64 / quoted_bytes as f64);
}

/// Records an upload when it is dropped. So an upload is counted even if its client disconnects,
/// which drops the future of the request.
pub(crate) struct UploadMetrics {
    started: Instant,
    outcome: &'static str,
    reason: &'static str,
}

impl UploadMetrics {
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), outcome: "gone", reason: "client" }
    }

    pub(crate) fn set(&mut self, outcome: &'static str, reason: &'static str) {
        (self.outcome, self.reason) = (outcome, reason);
    }
}

impl Drop for UploadMetrics {
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

const COUNTERS: [(&str, &str); 8] = [
    (UPLOADS, "Uploads by outcome (stored, refused, failed, gone) and reason"),
    ("decodes_cancelled_total", "Decodes that were cancelled because the client disconnected"),
    ("decode_bytes_quoted_total", "Sum of the memory quotes of finished decodes"),
    ("decode_bytes_measured_total", "Sum of the heap peaks of finished decodes"),
    (
        "reads_total",
        "Avatars served, by source (stored, other-format, scaled, smaller, placeholder)",
    ),
    ("store_calls_total", "Calls to the store by result (ok, failed, timed_out, rejected)"),
    ("swept_blobs_total", "Blobs deleted because no avatar uses them"),
    ("pointer_conflicts_total", "Updates that conflicted with another one and were tried again"),
];
const GAUGES: [(&str, &str); 3] = [
    ("pool_bytes_in_use", "Memory that uploads and decodes have reserved now"),
    ("pool_bytes_capacity", "Memory that uploads and decodes may reserve"),
    ("decodes_running", "Pictures that are being decoded now"),
];
const HISTOGRAMS: [(&str, &str); 2] = [
    (SECONDS, "Time from the start of an upload to its answer"),
    (SHARE, "Measured heap peak of a decode divided by its quote"),
];
