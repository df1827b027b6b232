//! Serving avatars, in this order: as stored, another size scaled down, a smaller one, a
//! placeholder, nothing.

use ::metrics::counter;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bombproof::{Layout, Picture, Request, Size};
use object_store::path::Path as Object;
use serde::Deserialize;

use crate::avatars::Blob;
use crate::database::DatabaseError;
use crate::failure::Failure;
use crate::render::{Admission, off_the_async_threads, render};
use crate::service::{Service, Shared};
use crate::upload::is_user_id;

#[derive(Deserialize)]
pub(crate) struct Wish {
    size: Option<u32>,
}

/// Where the bytes of an answer come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Stored,
    Scaled,
    Smaller,
    Placeholder,
}

/// `GET /users/{id}/avatar?size=`: asked for anew each time, answered with 304 when nothing changed.
pub(crate) async fn of_user(
    State(service): State<Shared>,
    Path(user): Path<String>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let largest = service.settings.sizes.last().copied().unwrap_or(1);
    let side = wish.size.unwrap_or(256).clamp(1, largest);
    if !is_user_id(&user) {
        return Err(Failure::NotFound);
    }
    let avatar = match service.database.avatar(&user).await {
        Ok(Some(avatar)) => avatar,
        Ok(None) => return Err(Failure::NotFound),
        // Whether there is an avatar is not known now.
        Err(error) => return placeholder(&user, side, &error.into()).await,
    };
    let tag = tag(&avatar.blob.hash, side);
    if has(&headers, &tag) {
        return Ok(unchanged(&tag, REVALIDATE));
    }
    match picture(&service, &avatar.blob, side).await {
        Ok((bytes, source)) => {
            let version = [("avatar-version", avatar.version.to_string())];
            Ok((version, answer(bytes, source, &tag, REVALIDATE)).into_response())
        }
        Err(failure) => placeholder(&user, side, &failure).await,
    }
}

/// `GET /avatars/{hash}/{size}.jpg`: named by its content, so that it never changes.
pub(crate) async fn by_name(
    State(service): State<Shared>,
    Path((hash, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let side = file.strip_suffix(".jpg").and_then(|side| side.parse().ok()).unwrap_or(0);
    let largest = service.settings.sizes.last().copied().unwrap_or(1);
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hash || !(1..=largest).contains(&side) {
        return Err(Failure::NotFound);
    }
    let tag = tag(&hash, side);
    if has(&headers, &tag) {
        return Ok(unchanged(&tag, IMMUTABLE));
    }
    let blob = match service.database.blob(&hash).await {
        Ok(blob) => blob,
        Err(error) => in_the_store(&service, &hash, error).await?,
    };
    let (bytes, source) = picture(&service, &blob.ok_or(Failure::NotFound)?, side).await?;
    Ok(answer(bytes, source, &tag, IMMUTABLE))
}

/// Without the database the store says which blobs hold this content.
async fn in_the_store(
    service: &Service,
    hash: &str,
    down: DatabaseError,
) -> Result<Option<Blob>, Failure> {
    let objects = service.store.list(Some(&Object::from(hash))).await?;
    match objects.iter().filter_map(|object| Blob::id_of(&object.location)).max() {
        Some(id) => Ok(Some(Blob { id, hash: hash.into() })),
        None => Err(down.into()),
    }
}

async fn picture(service: &Service, blob: &Blob, side: u32) -> Result<(Bytes, Source), Failure> {
    if let Some(bytes) = service.store.get(&blob.object(side)).await? {
        return Ok((bytes, Source::Stored));
    }
    for stored in other_sides(service, blob, side).await? {
        let Some(bytes) = service.store.get(&blob.object(stored)).await? else { continue };
        if stored < side {
            return Ok((bytes, Source::Smaller));
        }
        let request = Request::cover(side, side).jpeg(service.settings.quality);
        let scaled = render(service, bytes, request, Admission::FailFast).await?;
        let file = scaled.files.into_iter().next().ok_or(Failure::NotFound)?;
        return Ok((file.1, Source::Scaled));
    }
    Err(Failure::NotFound)
}

/// The sides that are there, the best stand-in for `side` first: the next larger ones, then the next
/// smaller ones.
pub(crate) async fn other_sides(
    service: &Service,
    blob: &Blob,
    side: u32,
) -> Result<Vec<u32>, Failure> {
    let objects = service.store.list(Some(&blob.folder())).await?;
    let names = objects.iter().filter_map(|object| object.location.filename());
    let mut sides: Vec<u32> =
        names.filter_map(|name| name.strip_suffix(".jpg")?.parse().ok()).collect();
    sides.sort_by_key(|&stored| (stored < side, stored.abs_diff(side)));
    Ok(sides)
}

/// A head and shoulders in a colour of the user's own, written by the crate.
async fn placeholder(user: &str, side: u32, reason: &Failure) -> Result<Response, Failure> {
    tracing::warn!(user, error = %reason, "a placeholder instead of the avatar");
    let hue = user.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    let [dark, light] = [[70 + hue / 4, 90, 160 - hue / 4], [225, 228, 235]];
    let file = off_the_async_threads(move || {
        let inside = |x: u32, y: u32, center: (i64, i64), radius: i64| {
            let (dx, dy) = (i64::from(x) * 100 - center.0, i64::from(y) * 100 - center.1);
            dx * dx + dy * dy < radius * radius
        };
        let unit = i64::from(side);
        let pixels = (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).flat_map(|(x, y)| {
            let head = inside(x, y, (50 * unit, 40 * unit), 20 * unit);
            let shoulders = inside(x, y, (50 * unit, 105 * unit), 40 * unit);
            if head || shoulders { light } else { dark }
        });
        Picture::new(Size::new(side, side), Layout::Rgb, pixels.collect())?.to_jpeg(80)
    })
    .await?;
    Ok(answer(file.into(), Source::Placeholder, "", REVALIDATE))
}

fn answer(bytes: Bytes, source: Source, tag: &str, caching: &'static str) -> Response {
    let name = match source {
        Source::Stored => "stored",
        Source::Scaled => "scaled",
        Source::Smaller => "smaller",
        Source::Placeholder => "placeholder",
    };
    counter!("reads_total", "source" => name).increment(1);
    let kind = [(header::CONTENT_TYPE.as_str(), "image/jpeg"), ("avatar-source", name)];
    if source == Source::Stored {
        (kind, [(header::CACHE_CONTROL, caching), (header::ETAG, tag)], bytes).into_response()
    } else {
        (kind, [(header::CACHE_CONTROL, "no-store")], bytes).into_response()
    }
}

fn unchanged(tag: &str, caching: &'static str) -> Response {
    let headers = [(header::CACHE_CONTROL, caching), (header::ETAG, tag)];
    (StatusCode::NOT_MODIFIED, headers).into_response()
}

fn tag(hash: &str, side: u32) -> String {
    format!("\"{hash}-{side}\"")
}

fn has(headers: &HeaderMap, tag: &str) -> bool {
    let tags = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    tags.is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag))
}

const REVALIDATE: &str = "no-cache";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
