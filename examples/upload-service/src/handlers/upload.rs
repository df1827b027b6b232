//! `PUT /users/{id}/avatar`: receives a picture and makes it the avatar of a user.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bombproof::{Header, Placeholder, Rect};
use serde::Serialize;

use super::params::{CropQuery, expected_version, is_valid_user_id};
use crate::error::{ServiceError, outcome_label};
use crate::file_format::FileFormat;
use crate::metrics::UploadMetrics;
use crate::publish::publish;
use crate::render::{WhenPoolIsFull, render};
use crate::request_body;
use crate::state::{AppState, SharedState};
use crate::storage::original::Original;

#[derive(Serialize)]
struct StoredAvatar {
    user: String,
    version: i64,
    hash: String,
    /// The part of the upright upload that the avatar shows.
    source_rect: Rect,
    pictures: Vec<StoredSize>,
    placeholder: Option<ShownPlaceholder>,
    header: Header,
    plan: String,
    memory_quoted: u64,
    memory_measured: u64,
}

#[derive(Serialize)]
struct StoredSize {
    size: u32,
    /// The length and the address of the JPEG.
    bytes: usize,
    url: String,
    webp_bytes: usize,
    webp_url: String,
}

/// What a page shows while the avatar loads.
#[derive(Serialize)]
struct ShownPlaceholder {
    /// A ThumbHash in Base64.
    thumb_hash: String,
    /// As in CSS: `#rrggbb`.
    dominant_color: String,
}

impl From<Placeholder> for ShownPlaceholder {
    fn from(placeholder: Placeholder) -> Self {
        let [red, green, blue] = placeholder.dominant_color();
        Self {
            thumb_hash: placeholder.thumb_hash().to_string(),
            dominant_color: format!("#{red:02x}{green:02x}{blue:02x}"),
        }
    }
}

pub(crate) async fn put(
    State(state): State<SharedState>,
    Path(user): Path<String>,
    Query(query): Query<CropQuery>,
    request: Request,
) -> Result<Response, ServiceError> {
    let mut metrics = UploadMetrics::start();
    let result = upload(&state, user, &query, request).await;
    match &result {
        Ok(_) => metrics.set("stored", "ok"),
        Err(error) => {
            let report = error.report();
            metrics.set(outcome_label(&report), report.kind);
        }
    }
    result.map(|stored| {
        ([(header::ETAG, format!("\"{}\"", stored.version))], Json(stored)).into_response()
    })
}

async fn upload(
    state: &AppState,
    user: String,
    query: &CropQuery,
    request: Request,
) -> Result<StoredAvatar, ServiceError> {
    if !is_valid_user_id(&user) {
        return Err(ServiceError::BadRequest(
            "a user id must be 1 to 64 letters, digits, dots, dashes or underscores",
        ));
    }
    let crop = query.crop()?;
    let expected_version = expected_version(request.headers())?;
    let upload = Bytes::from_owner(request_body::read(state, request).await?);
    let requests = state.avatar_requests(crop);
    let rendition = render(state, upload.clone(), &requests, WhenPoolIsFull::Fail).await?;
    let original = state.settings.keep_originals.then(|| Original::new(upload, crop));
    let version = publish(state, &user, &rendition, original.as_ref(), expected_version).await?;
    tracing::info!(user, version, hash = rendition.hash, plan = %rendition.plan, "stored");
    Ok(StoredAvatar {
        pictures: state
            .settings
            .sizes
            .iter()
            .map(|&size| {
                let file = |format: FileFormat| {
                    let url = format!("/avatars/{}/{size}.{}", rendition.hash, format.extension());
                    (rendition.bytes_of(size, format), url)
                };
                let (bytes, url) = file(FileFormat::Jpeg);
                let (webp_bytes, webp_url) = file(FileFormat::WebP);
                StoredSize { size, bytes, url, webp_bytes, webp_url }
            })
            .collect(),
        source_rect: rendition.source_rect,
        placeholder: rendition.placeholder.map(ShownPlaceholder::from),
        header: rendition.plan.header().clone(),
        plan: rendition.plan.to_string(),
        memory_quoted: rendition.reserved_bytes,
        memory_measured: rendition.measured_bytes,
        hash: rendition.hash,
        user,
        version,
    })
}
