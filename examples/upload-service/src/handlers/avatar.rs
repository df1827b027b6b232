//! `GET /users/{id}/avatar` and `GET /avatars/{hash}/{size}.jpg`: serve the stored size, or else a
//! larger size scaled down, or else a smaller size, or else a placeholder.

use ::metrics::counter;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bombproof::{Layout, Picture, Request, Size};
use object_store::path::Path as ObjectPath;
use serde::Deserialize;

use super::params::is_valid_user_id;
use crate::error::ServiceError;
use crate::render::{WhenPoolIsFull, render, run_blocking};
use crate::state::{AppState, SharedState};
use crate::storage::blob::Blob;
use crate::storage::database::DatabaseError;

#[derive(Deserialize)]
pub(crate) struct SizeQuery {
    size: Option<u32>,
}

/// Where the bytes of an answer come from: the header `avatar-source`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Stored,
    Scaled,
    Smaller,
    Placeholder,
}

/// `GET /users/{id}/avatar?size=`: caches must revalidate it, and get 304 when it has not changed.
pub(crate) async fn get_by_user(
    State(state): State<SharedState>,
    Path(user): Path<String>,
    Query(query): Query<SizeQuery>,
    headers: HeaderMap,
) -> Result<Response, ServiceError> {
    let largest = state.settings.sizes.last().copied().unwrap_or(1);
    let side = query.size.unwrap_or(256).clamp(1, largest);
    if !is_valid_user_id(&user) {
        return Err(ServiceError::NotFound);
    }
    let avatar = match state.database.avatar(&user).await {
        Ok(Some(avatar)) => avatar,
        Ok(None) => return Err(ServiceError::NotFound),
        // Nobody knows whether the user has an avatar.
        Err(error) => return placeholder(&user, side, &error.into()).await,
    };
    let etag = etag(&avatar.blob.hash, side);
    if has_current(&headers, &etag) {
        return Ok(not_modified(&etag, REVALIDATE));
    }
    match load(&state, &avatar.blob, side).await {
        Ok((bytes, source)) => {
            let version = [("avatar-version", avatar.version.to_string())];
            Ok((version, answer(bytes, source, &etag, REVALIDATE)).into_response())
        }
        Err(error) => placeholder(&user, side, &error).await,
    }
}

/// `GET /avatars/{hash}/{size}.jpg`: the address contains the hash of the content, so it never
/// changes.
pub(crate) async fn get_by_hash(
    State(state): State<SharedState>,
    Path((hash, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ServiceError> {
    let side = file.strip_suffix(".jpg").and_then(|side| side.parse().ok()).unwrap_or(0);
    let largest = state.settings.sizes.last().copied().unwrap_or(1);
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hash || !(1..=largest).contains(&side) {
        return Err(ServiceError::NotFound);
    }
    let etag = etag(&hash, side);
    if has_current(&headers, &etag) {
        return Ok(not_modified(&etag, IMMUTABLE));
    }
    let blob = match state.database.blob(&hash).await {
        Ok(blob) => blob,
        Err(error) => find_in_store(&state, &hash, error).await?,
    };
    let (bytes, source) = load(&state, &blob.ok_or(ServiceError::NotFound)?, side).await?;
    Ok(answer(bytes, source, &etag, IMMUTABLE))
}

/// Finds a blob by the paths of its objects, while the database is down.
async fn find_in_store(
    state: &AppState,
    hash: &str,
    error: DatabaseError,
) -> Result<Option<Blob>, ServiceError> {
    let objects = state.store.list(Some(&ObjectPath::from(hash))).await?;
    match objects.iter().filter_map(|object| Blob::id_of(&object.location)).max() {
        Some(id) => Ok(Some(Blob { id, hash: hash.into() })),
        None => Err(error.into()),
    }
}

/// Loads the size `side`, or the best replacement for it.
async fn load(state: &AppState, blob: &Blob, side: u32) -> Result<(Bytes, Source), ServiceError> {
    if let Some(bytes) = state.store.get(&blob.object(side)).await? {
        return Ok((bytes, Source::Stored));
    }
    for stored in state.store.sides_nearest_to(side, blob).await? {
        let Some(bytes) = state.store.get(&blob.object(stored)).await? else { continue };
        if stored < side {
            return Ok((bytes, Source::Smaller));
        }
        let request = Request::cover(side, side).jpeg(state.settings.quality);
        let scaled = render(state, bytes, request, WhenPoolIsFull::Fail).await?;
        let (_, file) = scaled.files.into_iter().next().ok_or(ServiceError::NotFound)?;
        return Ok((file, Source::Scaled));
    }
    Err(ServiceError::NotFound)
}

/// Answers with a placeholder when the avatar cannot be loaded.
async fn placeholder(
    user: &str,
    side: u32,
    reason: &ServiceError,
) -> Result<Response, ServiceError> {
    tracing::warn!(user, error = %reason, "serving a placeholder instead of the avatar");
    let hue = user.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    let background = [70 + hue / 4, 90, 160 - hue / 4];
    let file = run_blocking(move || draw_silhouette(side, background)?.to_jpeg(80)).await?;
    Ok(answer(file.into(), Source::Placeholder, "", REVALIDATE))
}

/// Draws a head and shoulders.
fn draw_silhouette(side: u32, background: [u8; 3]) -> Result<Picture, bombproof::Error> {
    const FOREGROUND: [u8; 3] = [225, 228, 235];
    // Centre and radius are in hundredths of the side.
    let is_inside = |x: u32, y: u32, center: (i64, i64), radius: i64| {
        let side = i64::from(side);
        let (dx, dy) = (i64::from(x) * 100 - center.0 * side, i64::from(y) * 100 - center.1 * side);
        dx * dx + dy * dy < (radius * side) * (radius * side)
    };
    let pixels = (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).flat_map(|(x, y)| {
        let is_head = is_inside(x, y, (50, 40), 20);
        let is_shoulders = is_inside(x, y, (50, 105), 40);
        if is_head || is_shoulders { FOREGROUND } else { background }
    });
    Picture::new(Size::new(side, side), Layout::Rgb, pixels.collect())
}

fn answer(bytes: Bytes, source: Source, etag: &str, caching: &'static str) -> Response {
    let name = match source {
        Source::Stored => "stored",
        Source::Scaled => "scaled",
        Source::Smaller => "smaller",
        Source::Placeholder => "placeholder",
    };
    counter!("reads_total", "source" => name).increment(1);
    let kind = [(header::CONTENT_TYPE.as_str(), "image/jpeg"), ("avatar-source", name)];
    if source == Source::Stored {
        (kind, [(header::CACHE_CONTROL, caching), (header::ETAG, etag)], bytes).into_response()
    } else {
        (kind, [(header::CACHE_CONTROL, "no-store")], bytes).into_response()
    }
}

fn not_modified(etag: &str, caching: &'static str) -> Response {
    let headers = [(header::CACHE_CONTROL, caching), (header::ETAG, etag)];
    (StatusCode::NOT_MODIFIED, headers).into_response()
}

fn etag(hash: &str, side: u32) -> String {
    format!("\"{hash}-{side}\"")
}

/// True when `If-None-Match` contains `etag`.
fn has_current(headers: &HeaderMap, etag: &str) -> bool {
    let tags = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    tags.is_some_and(|tags| tags.split(',').any(|known| known.trim() == etag))
}

const REVALIDATE: &str = "no-cache";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
