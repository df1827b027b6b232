//! Stores the avatars of an upload, then gives them to the user. An acknowledged upload is
//! complete, whenever the process dies.

use futures_util::future::try_join_all;

use crate::error::ServiceError;
use crate::render::{RenderedFile, Rendition};
use crate::state::AppState;
use crate::storage::avatar_queries::SetAvatar;
use crate::storage::blob::Blob;
use crate::storage::original::Original;

/// Makes `rendition` the avatar of `user`, and returns its version. With an `expected_version`,
/// fails unless the avatar has that version.
pub(crate) async fn publish(
    state: &AppState,
    user: &str,
    rendition: &Rendition,
    original: Option<&Original>,
    expected_version: Option<i64>,
) -> Result<i64, ServiceError> {
    loop {
        let blob = store_blob(state, rendition, original).await?;
        match state.database.set_avatar(user, &blob, expected_version).await? {
            SetAvatar::Done(version) => return Ok(version),
            SetAvatar::VersionMismatch(version) => {
                return Err(ServiceError::VersionMismatch(version));
            }
            SetAvatar::BlobGone => state.store.delete_blob(&blob).await?,
        }
    }
}

/// Stores a rendition as a blob.
pub(crate) async fn store_blob(
    state: &AppState,
    rendition: &Rendition,
    original: Option<&Original>,
) -> Result<Blob, ServiceError> {
    store_files(state, &rendition.hash, &rendition.files, original).await
}

/// Registers the blob, then stores its objects. If no avatar is ever set to it, a sweep finds it in
/// the database.
pub(crate) async fn store_files(
    state: &AppState,
    hash: &str,
    files: &[RenderedFile],
    original: Option<&Original>,
) -> Result<Blob, ServiceError> {
    let blob = state.database.register_blob(hash, &state.recipe()).await?;
    let files = files.iter().map(|file| (blob.object(file.side, file.format), file.bytes.clone()));
    let original = original
        .map(|original| (blob.folder().join(original.name.as_str()), original.bytes.clone()));
    let puts = files
        .chain(original)
        .map(|(path, bytes)| async move { state.store.put(&path, bytes).await });
    try_join_all(puts).await?;
    Ok(blob)
}
