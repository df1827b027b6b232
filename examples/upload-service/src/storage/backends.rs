//! What a store can be: a folder, or an S3-compatible service.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
#[cfg(not(feature = "s3"))]
use anyhow::bail;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;

use crate::args::Settings;

/// With fsync: acknowledged uploads must survive a power failure.
pub(super) fn local(folder: &Path) -> anyhow::Result<Arc<dyn ObjectStore>> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let objects = LocalFileSystem::new_with_prefix(folder)?;
    Ok(Arc::new(objects.with_fsync(true).with_automatic_cleanup(true)))
}

#[cfg(feature = "s3")]
pub(super) fn s3(url: &str, settings: &Settings) -> anyhow::Result<Arc<dyn ObjectStore>> {
    use object_store::aws::AmazonS3Builder;
    use object_store::prefix::PrefixStore;
    use object_store::{BackoffConfig, ClientOptions, RetryConfig};

    // Few retries: the client is told to retry instead, and the breaker needs to see the failures.
    let retry = RetryConfig {
        max_retries: 1,
        retry_timeout: settings.backend_timeout(),
        backoff: BackoffConfig::default(),
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bucket = AmazonS3Builder::from_env()
        .with_url(url)
        .with_retry(retry)
        .with_client_options(
            ClientOptions::new().with_timeout(settings.backend_timeout()).with_allow_http(
                std::env::var("AWS_ALLOW_HTTP").is_ok_and(|allowed| allowed == "true"),
            ),
        )
        .build()?;
    let prefix = url.trim_start_matches("s3://").split_once('/').map_or("", |(_, prefix)| prefix);
    Ok(Arc::new(PrefixStore::new(bucket, prefix)))
}

#[cfg(not(feature = "s3"))]
pub(super) fn s3(url: &str, _: &Settings) -> anyhow::Result<Arc<dyn ObjectStore>> {
    bail!("{url}: built without the feature s3")
}
