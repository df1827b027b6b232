//! The store of objects: a local folder or an S3-compatible service, behind a circuit breaker.

use std::fs;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use ::metrics::counter;
use anyhow::bail;
use axum::body::Bytes;
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use recloser::{AsyncRecloser, Recloser};

use super::backends;
use super::blob::Blob;
use crate::args::Settings;
use crate::file_format::FileFormat;

pub(crate) struct BlobStore {
    objects: Arc<dyn ObjectStore>,
    breaker: AsyncRecloser,
    timeout: Duration,
    /// True when the last call succeeded.
    is_up: AtomicBool,
    /// The folder of a local store.
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

impl BlobStore {
    /// The store of the service.
    pub(crate) fn open(settings: &Settings) -> anyhow::Result<Self> {
        match &settings.store {
            None => {
                let folder = settings.data.join("blobs");
                Ok(Self::new(backends::local(&folder)?, Some(folder), settings))
            }
            Some(url) if url.starts_with("s3://") => {
                Ok(Self::new(backends::s3(url, settings)?, None, settings))
            }
            Some(url) => bail!("{url}: expected s3://bucket/prefix"),
        }
    }

    /// Another store, at `s3://bucket/prefix` or in a folder that exists.
    #[cfg(feature = "parquet")]
    pub(crate) fn open_other(url: &str, settings: &Settings) -> anyhow::Result<Self> {
        if url.starts_with("s3://") {
            return Ok(Self::new(backends::s3(url, settings)?, None, settings));
        }
        anyhow::ensure!(
            FilePath::new(url).is_dir(),
            "{url}: expected a folder or s3://bucket/prefix"
        );
        Ok(Self::new(backends::local(FilePath::new(url))?, Some(url.into()), settings))
    }

    fn new(objects: Arc<dyn ObjectStore>, folder: Option<PathBuf>, settings: &Settings) -> Self {
        let breaker = Recloser::custom()
            .error_rate(0.5)
            .closed_len(10)
            .half_open_len(2)
            .open_wait(Duration::from_secs(2))
            .build();
        Self {
            objects,
            breaker: breaker.into(),
            timeout: settings.backend_timeout(),
            is_up: AtomicBool::new(true),
            folder,
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.is_up.load(Ordering::Relaxed)
    }

    pub(crate) async fn put(&self, path: &Path, bytes: Bytes) -> Result<(), StoreError> {
        self.call(self.objects.put(path, bytes.into())).await.map(drop)
    }

    /// `None`: the store has no such object.
    pub(crate) async fn get(&self, path: &Path) -> Result<Option<Bytes>, StoreError> {
        let download = async { self.objects.get(path).await?.bytes().await };
        none_if_missing(self.call(download).await)
    }

    /// `None`: the store has no such object, or it is longer than `most` bytes.
    #[cfg(feature = "parquet")]
    pub(crate) async fn get_up_to(
        &self,
        path: &Path,
        most: u64,
    ) -> Result<Option<Bytes>, StoreError> {
        let download = async {
            let object = self.objects.get(path).await?;
            if object.meta.size > most {
                return Ok(None);
            }
            object.bytes().await.map(Some)
        };
        none_if_missing(self.call(download).await).map(Option::flatten)
    }

    pub(crate) async fn delete(&self, path: &Path) -> Result<(), StoreError> {
        none_if_missing(self.call(self.objects.delete(path)).await).map(drop)
    }

    pub(crate) async fn list(&self, below: Option<&Path>) -> Result<Vec<ObjectMeta>, StoreError> {
        self.call(self.objects.list(below).try_collect()).await
    }

    /// The sides of the stored JPEGs of `blob`, the best replacement for `side` first: the next
    /// larger ones, then the next smaller ones.
    pub(crate) async fn sides_nearest_to(
        &self,
        side: u32,
        blob: &Blob,
    ) -> Result<Vec<u32>, StoreError> {
        let objects = self.list(Some(&blob.folder())).await?;
        let names = objects.iter().filter_map(|object| object.location.filename());
        let files = names.filter_map(FileFormat::parse_name);
        let jpegs = files.filter(|(_, format)| *format == FileFormat::Jpeg);
        let mut sides: Vec<u32> = jpegs.map(|(side, _)| side).collect();
        sides.sort_by_key(|&stored| (stored < side, stored.abs_diff(side)));
        Ok(sides)
    }

    /// Deletes all objects of a blob that has no row in the database any more.
    pub(crate) async fn delete_blob(&self, blob: &Blob) -> Result<(), StoreError> {
        for object in self.list(Some(&blob.folder())).await? {
            self.delete(&object.location).await?;
        }
        Ok(())
    }

    /// All objects, without a time limit.
    pub(crate) fn stream_all(&self) -> BoxStream<'static, Result<ObjectMeta, object_store::Error>> {
        self.objects.list(None)
    }

    /// Deletes the temporary files that killed processes left in a local store. A put writes a
    /// temporary file and renames it; temporary files are not objects, so no list contains them.
    pub(crate) fn delete_temporary_files(&self, older_than: Duration) -> std::io::Result<u64> {
        let mut deleted = 0;
        for file in self.folder.iter().flat_map(|folder| files_below(folder)) {
            let is_temporary =
                file.file_name().is_some_and(|name| name.to_string_lossy().contains('#'));
            // The put has renamed it in the meantime.
            let Ok(modified) = fs::metadata(&file).and_then(|meta| meta.modified()) else {
                continue;
            };
            let age = SystemTime::now().duration_since(modified).unwrap_or_default();
            if is_temporary && age > older_than {
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
        self.is_up.store(name == "ok", Ordering::Relaxed);
        counter!("store_calls_total", "result" => name).increment(1);
        result
    }
}

/// A missing object is a regular answer.
fn is_outage(error: &StoreError) -> bool {
    !matches!(error, StoreError::Failed(object_store::Error::NotFound { .. }))
}

fn none_if_missing<T>(result: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if !is_outage(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn files_below(folder: &FilePath) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        // A sweep may have deleted the folder in the meantime.
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}
