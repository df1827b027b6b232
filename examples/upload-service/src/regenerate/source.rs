//! What an avatar is made of again.

use axum::body::Bytes;
use bombproof::{Permit, Rect};
use object_store::path::Path;

use crate::error::ServiceError;
use crate::file_format::FileFormat;
use crate::render::run_blocking;
use crate::state::AppState;
use crate::storage::blob::Blob;
use crate::storage::blob_store::StoreError;
use crate::storage::original::Original;

/// The kept original, or else the largest stored JPEG.
pub(crate) struct Source {
    pub(crate) path: Path,
    pub(crate) bytes: u64,
    pub(crate) kind: SourceKind,
}

pub(crate) enum SourceKind {
    Original { crop: Option<Rect> },
    Jpeg,
}

impl Source {
    /// `None`: the store has neither for `blob`.
    pub(crate) async fn find(state: &AppState, blob: &Blob) -> Result<Option<Self>, StoreError> {
        let mut objects = state.store.list(Some(&blob.folder())).await?;
        // A folder may list them in any order, and users of one blob may have had several originals.
        objects.sort_by(|a, b| a.location.cmp(&b.location));
        let original = objects.iter().find_map(|object| {
            let crop = Original::crop_of(&object.location)?;
            Some((object, SourceKind::Original { crop }))
        });
        let largest = || {
            let jpegs = objects.iter().filter_map(|object| {
                let (side, format) = FileFormat::parse_name(object.location.filename()?)?;
                (format == FileFormat::Jpeg).then_some((side, object))
            });
            let (_, largest) = jpegs.max_by_key(|(side, _)| *side)?;
            Some((largest, SourceKind::Jpeg))
        };
        Ok(original.or_else(largest).map(|(object, kind)| Self {
            path: object.location.clone(),
            bytes: object.size,
            kind,
        }))
    }

    pub(crate) const fn crop(&self) -> Option<Rect> {
        match self.kind {
            SourceKind::Original { crop } => crop,
            SourceKind::Jpeg => None,
        }
    }

    #[cfg(feature = "parquet")]
    pub(crate) const fn is_original(&self) -> bool {
        matches!(self.kind, SourceKind::Original { .. })
    }

    /// What is stored beside the new avatars, if `bytes` are those of an original.
    pub(crate) fn original(&self, bytes: Bytes) -> Option<Original> {
        match self.kind {
            SourceKind::Original { crop } => Some(Original::new(bytes, crop)),
            SourceKind::Jpeg => None,
        }
    }
}

/// Reserves memory for objects, as for an upload. No client is waiting, so it may wait for the pool.
pub(crate) async fn reserve(state: &AppState, bytes: u64) -> Result<Permit, ServiceError> {
    let pool = state.pool.clone();
    let timeout = state.settings.job_timeout();
    run_blocking(move || pool.reserve_bytes(bytes, timeout)).await
}
