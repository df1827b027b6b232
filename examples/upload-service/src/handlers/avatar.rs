//! `GET /users/{id}/avatar` and `GET /avatars/{hash}/{size}.{jpg,webp}`: serve the stored size, or
//! else a larger size scaled down, or else a smaller size, or else a placeholder. What replaces a
//! file is a JPEG.

use ::metrics::counter;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bombproof::{Layout, Picture, Request, Size};
use object_store::path::Path as ObjectPath;
use serde::Deserialize;

use super::params::is_valid_user_id;
use crate::error::ServiceError;
use crate::file_format::FileFormat;
use crate::render::{WhenPoolIsFull, render, run_blocking};
use crate::state::{AppState, SharedState};
use crate::storage::blob::{Blob, is_hash};
use crate::storage::database::DatabaseError;

#[derive(Deserialize)]
pub(crate) struct SizeQuery {
    size: Option<u32>,
}

/// Where the bytes of an answer come from: the header `avatar-source`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Stored,
    /// The JPEG, where the address names a WebP that does not exist.
    OtherFormat,
    Scaled,
    Smaller,
    Placeholder,
}

/// `GET /users/{id}/avatar?size=`: a WebP for clients that accept it, else a JPEG. Caches must
/// revalidate it, and get 304 when it has not changed.
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
    let blob = &avatar.blob;
    let format = FileFormat::accepted(&headers);
    if has_current(&headers, &etag(&blob.hash, side, format)) {
        return Ok(varying(not_modified(&etag(&blob.hash, side, format), REVALIDATE)));
    }
    match load(&state, blob, side, format).await {
        Ok(loaded) => {
            let etag = etag(&blob.hash, side, loaded.format);
            // An old avatar has no WebP.
            if loaded.source == Source::Stored && has_current(&headers, &etag) {
                return Ok(varying(not_modified(&etag, REVALIDATE)));
            }
            let version = [("avatar-version", avatar.version.to_string())];
            let answer = (version, answer(loaded, &etag, REVALIDATE)).into_response();
            Ok(varying(answer))
        }
        Err(error) => placeholder(&user, side, &error).await,
    }
}

/// The answer depends on `Accept`.
fn varying(mut response: Response) -> Response {
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// `GET /avatars/{hash}/{size}.{jpg,webp}`: the address contains the hash of the content and the
/// format, so it never changes.
pub(crate) async fn get_by_hash(
    State(state): State<SharedState>,
    Path((hash, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ServiceError> {
    let (side, format) = FileFormat::parse_name(&file).ok_or(ServiceError::NotFound)?;
    let largest = state.settings.sizes.last().copied().unwrap_or(1);
    if !is_hash(&hash) || !(1..=largest).contains(&side) {
        return Err(ServiceError::NotFound);
    }
    let etag = etag(&hash, side, format);
    if has_current(&headers, &etag) {
        return Ok(not_modified(&etag, IMMUTABLE));
    }
    let blob = match state.database.blob(&hash).await {
        Ok(blob) => blob,
        Err(error) => find_in_store(&state, &hash, error).await?,
    };
    let mut loaded = load(&state, &blob.ok_or(ServiceError::NotFound)?, side, format).await?;
    if loaded.format != format && loaded.source == Source::Stored {
        loaded.source = Source::OtherFormat;
    }
    Ok(answer(loaded, &etag, IMMUTABLE))
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

/// What an answer consists of.
struct Loaded {
    bytes: Bytes,
    format: FileFormat,
    source: Source,
}

/// Loads the size `side`, or the best replacement for it.
async fn load(
    state: &AppState,
    blob: &Blob,
    side: u32,
    format: FileFormat,
) -> Result<Loaded, ServiceError> {
    let of_size = [Some(format), (format != FileFormat::Jpeg).then_some(FileFormat::Jpeg)];
    for format in of_size.into_iter().flatten() {
        if let Some(bytes) = state.store.get(&blob.object(side, format)).await? {
            return Ok(Loaded { bytes, format, source: Source::Stored });
        }
    }
    let format = FileFormat::Jpeg;
    for stored in state.store.sides_nearest_to(side, blob).await? {
        let Some(bytes) = state.store.get(&blob.object(stored, format)).await? else { continue };
        if stored < side {
            return Ok(Loaded { bytes, format, source: Source::Smaller });
        }
        let request = Request::cover(side, side).jpeg(state.settings.quality);
        let scaled = render(state, bytes, &[(format, request)], WhenPoolIsFull::Fail).await?;
        let file = scaled.files.into_iter().next().ok_or(ServiceError::NotFound)?;
        return Ok(Loaded { bytes: file.bytes, format, source: Source::Scaled });
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
    let (bytes, format, source) = (file.into(), FileFormat::Jpeg, Source::Placeholder);
    Ok(varying(answer(Loaded { bytes, format, source }, "", REVALIDATE)))
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

fn answer(loaded: Loaded, etag: &str, caching: &'static str) -> Response {
    let Loaded { bytes, format, source } = loaded;
    let name = match source {
        Source::Stored => "stored",
        Source::OtherFormat => "other-format",
        Source::Scaled => "scaled",
        Source::Smaller => "smaller",
        Source::Placeholder => "placeholder",
    };
    counter!("reads_total", "source" => name).increment(1);
    let kind = [(header::CONTENT_TYPE.as_str(), format.media_type()), ("avatar-source", name)];
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

/// Every representation has its own. That of a JPEG is as it was before there were WebPs.
fn etag(hash: &str, side: u32, format: FileFormat) -> String {
    match format {
        FileFormat::Jpeg => format!("\"{hash}-{side}\""),
        FileFormat::WebP => format!("\"{hash}-{side}-webp\""),
    }
}

/// True when `If-None-Match` contains `etag`.
fn has_current(headers: &HeaderMap, etag: &str) -> bool {
    let tags = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    tags.is_some_and(|tags| tags.split(',').any(|known| known.trim() == etag))
}

const REVALIDATE: &str = "no-cache";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
