//! Objects: a local folder or an S3-compatible store, behind a circuit breaker.

use std::fs;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use ::metrics::counter;
use anyhow::{Context, bail};
use axum::body::Bytes;
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use recloser::{AsyncRecloser, Recloser};

use crate::args::Settings;

pub(crate) struct Store {
    objects: Arc<dyn ObjectStore>,
    breaker: AsyncRecloser,
    timeout: Duration,
    /// What became of the last call.
    answers: AtomicBool,
    /// Where the objects are files.
    folder: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("the circuit breaker of the store is open")]
    Rejected,
    #[error("the store did not answer in time")]
    TimedOut,
    #[error(transparent)]
    Failed(#[from] object_store::Error),
    #[error("the folder of the store: {0}")]
    Folder(#[from] std::io::Error),
}

impl Store {
    pub(crate) fn open(settings: &Settings) -> anyhow::Result<Self> {
        let (objects, folder) = match &settings.store {
            None => {
                let folder = settings.data.join("blobs");
                (local(&folder)?, Some(folder))
            }
            Some(url) if url.starts_with("s3://") => (s3(url, settings)?, None),
            Some(url) => bail!("{url}: a store is s3://bucket/prefix"),
        };
        let breaker = Recloser::custom()
            .error_rate(0.5)
            .closed_len(10)
            .half_open_len(2)
            .open_wait(Duration::from_secs(2))
            .build();
        Ok(Self {
            objects,
            breaker: breaker.into(),
            timeout: settings.backend_time(),
            answers: AtomicBool::new(true),
            folder,
        })
    }

    pub(crate) fn answers(&self) -> bool {
        self.answers.load(Ordering::Relaxed)
    }

    pub(crate) async fn put(&self, path: &Path, bytes: Bytes) -> Result<(), StoreError> {
        self.call(self.objects.put(path, bytes.into())).await.map(drop)
    }

    /// `None`: the store answers, and has no such object.
    pub(crate) async fn get(&self, path: &Path) -> Result<Option<Bytes>, StoreError> {
        let whole = async { self.objects.get(path).await?.bytes().await };
        found(self.call(whole).await)
    }

    pub(crate) async fn delete(&self, path: &Path) -> Result<(), StoreError> {
        found(self.call(self.objects.delete(path)).await).map(drop)
    }

    pub(crate) async fn list(&self, below: Option<&Path>) -> Result<Vec<ObjectMeta>, StoreError> {
        self.call(self.objects.list(below).try_collect()).await
    }

    /// All that is there, as long as that takes.
    pub(crate) fn stream(&self) -> BoxStream<'static, Result<ObjectMeta, object_store::Error>> {
        self.objects.list(None)
    }

    /// A put to a folder writes a file beside its object and renames it. What a killed process left
    /// of that is no object, so that no list shows it.
    pub(crate) fn delete_half_written(&self, older_than: Duration) -> std::io::Result<u64> {
        let mut deleted = 0;
        for file in self.folder.iter().flat_map(|folder| files_below(folder)) {
            let half_written =
                file.file_name().is_some_and(|name| name.to_string_lossy().contains('#'));
            // What is gone meanwhile was renamed.
            let Ok(modified) = fs::metadata(&file).and_then(|meta| meta.modified()) else {
                continue;
            };
            let age = SystemTime::now().duration_since(modified).unwrap_or_default();
            if half_written && age > older_than {
                fs::remove_file(&file)?;
                deleted += 1;
            }
        }
        Ok(deleted)
    }

    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, object_store::Error>>,
    ) -> Result<T, StoreError> {
        let timed = async {
            match tokio::time::timeout(self.timeout, call).await {
                Ok(result) => result.map_err(StoreError::from),
                Err(_) => Err(StoreError::TimedOut),
            }
        };
        let result = match self.breaker.call_with(is_outage, timed).await {
            Ok(value) => Ok(value),
            Err(recloser::Error::Inner(error)) => Err(error),
            Err(recloser::Error::Rejected) => Err(StoreError::Rejected),
        };
        let name = match &result {
            Err(StoreError::Rejected) => "rejected",
            Err(StoreError::TimedOut) => "timed_out",
            Err(error) if is_outage(error) => "failed",
            _ => "ok",
        };
        self.answers.store(name == "ok", Ordering::Relaxed);
        counter!("store_calls_total", "result" => name).increment(1);
        result
    }
}

/// That an object is missing is an answer.
fn is_outage(error: &StoreError) -> bool {
    !matches!(error, StoreError::Failed(object_store::Error::NotFound { .. }))
}

fn found<T>(result: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if !is_outage(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// With fsync: what was acknowledged must outlive the power.
fn local(folder: &FilePath) -> anyhow::Result<Arc<dyn ObjectStore>> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let objects = LocalFileSystem::new_with_prefix(folder)?;
    Ok(Arc::new(objects.with_fsync(true).with_automatic_cleanup(true)))
}

#[cfg(feature = "s3")]
fn s3(url: &str, settings: &Settings) -> anyhow::Result<Arc<dyn ObjectStore>> {
    use object_store::aws::AmazonS3Builder;
    use object_store::prefix::PrefixStore;
    use object_store::{BackoffConfig, ClientOptions, RetryConfig};

    // Whoever waits is told to come back instead; the breaker sees failures, not retries.
    let retry = RetryConfig {
        max_retries: 1,
        retry_timeout: settings.backend_time(),
        backoff: BackoffConfig::default(),
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bucket = AmazonS3Builder::from_env()
        .with_url(url)
        .with_retry(retry)
        .with_client_options(
            ClientOptions::new().with_timeout(settings.backend_time()).with_allow_http(
                std::env::var("AWS_ALLOW_HTTP").is_ok_and(|allowed| allowed == "true"),
            ),
        )
        .build()?;
    let prefix = url.trim_start_matches("s3://").split_once('/').map_or("", |(_, prefix)| prefix);
    Ok(Arc::new(PrefixStore::new(bucket, prefix)))
}

#[cfg(not(feature = "s3"))]
fn s3(url: &str, _: &Settings) -> anyhow::Result<Arc<dyn ObjectStore>> {
    bail!("{url}: built without the feature s3")
}

fn files_below(folder: &FilePath) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        // One that is gone was swept meanwhile.
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}
