//! Every test starts the real binary.

mod support;

mod http_api;
mod concurrency;
mod outages;
mod crash_recovery;
mod web_page;
mod browser_module;
mod readme;
mod regeneration;
#[cfg(feature = "parquet")]
mod bulk;
mod s3;
mod overload;
