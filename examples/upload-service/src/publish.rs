//! Blob, then pointer: what was acknowledged is there, whatever dies in between.

use axum::body::Bytes;
use bombproof::Rect;
use futures_util::future::try_join_all;
use object_store::path::Path;

use crate::avatars::{Blob, Pointed};
use crate::failure::Failure;
use crate::render::Rendition;
use crate::service::Service;
use crate::store::StoreError;

/// What an avatar was made from. Its name says how, so that it needs nothing else to be made anew.
#[derive(Clone)]
pub(crate) struct Original {
    pub(crate) bytes: Bytes,
    pub(crate) name: String,
}

impl Original {
    pub(crate) fn new(bytes: Bytes, crop: Option<Rect>) -> Self {
        let name = crop.map_or(ORIGINAL.into(), |Rect { x, y, width, height }| {
            format!("{ORIGINAL}-{x},{y},{width},{height}")
        });
        Self { bytes, name }
    }

    /// The crop of the original at `path`. `None`: that is no original.
    pub(crate) fn crop_of(path: &Path) -> Option<Option<Rect>> {
        match path.filename()?.strip_prefix(ORIGINAL)? {
            "" => Some(None),
            crop => parse_crop(crop.strip_prefix('-')?).map(Some),
        }
    }
}

/// `x,y,width,height` in upright pixels.
pub(crate) fn parse_crop(text: &str) -> Option<Rect> {
    let mut sides = text.split(',').map(|side| side.parse().ok());
    let mut next = || sides.next().flatten();
    let rect = Rect { x: next()?, y: next()?, width: next()?, height: next()? };
    sides.next().is_none().then_some(rect)
}

/// Makes `rendition` the avatar of `user`, and returns its version. With an `expected` version, only
/// when the avatar has that one.
pub(crate) async fn publish(
    service: &Service,
    user: &str,
    rendition: &Rendition,
    original: Option<&Original>,
    expected: Option<i64>,
) -> Result<i64, Failure> {
    loop {
        let blob = stored(service, rendition, original).await?;
        match service.database.point(user, &blob, expected).await? {
            Pointed::At(version) => return Ok(version),
            Pointed::OtherVersion(version) => return Err(Failure::OtherVersion(version)),
            Pointed::BlobGone => discard(service, &blob).await?,
        }
    }
}

/// Announced first, then stored, so that a sweep finds what was never pointed to.
pub(crate) async fn stored(
    service: &Service,
    rendition: &Rendition,
    original: Option<&Original>,
) -> Result<Blob, Failure> {
    let blob = service.database.announce(&rendition.hash, &service.recipe()).await?;
    let files = rendition.files.iter().map(|(side, file)| (blob.object(*side), file.clone()));
    let original =
        original.map(|kept| (blob.folder().join(kept.name.as_str()), kept.bytes.clone()));
    let puts = files
        .chain(original)
        .map(|(path, bytes)| async move { service.store.put(&path, bytes).await });
    try_join_all(puts).await?;
    Ok(blob)
}

/// Deletes the objects of a blob that no row names any more.
pub(crate) async fn discard(service: &Service, blob: &Blob) -> Result<(), StoreError> {
    for object in service.store.list(Some(&blob.folder())).await? {
        service.store.delete(&object.location).await?;
    }
    Ok(())
}

const ORIGINAL: &str = "original";
