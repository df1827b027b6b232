//! `PUT /users/{id}/avatar`: bytes, renditions, blob, pointer.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bombproof::{Header, Rect};
use serde::{Deserialize, Serialize};

use crate::body;
use crate::failure::{Failure, outcome};
use crate::metrics::Tally;
use crate::publish::{Original, parse_crop, publish};
use crate::render::{Admission, render};
use crate::service::{Service, Shared};

#[derive(Deserialize)]
pub(crate) struct Wish {
    crop: Option<String>,
}

#[derive(Serialize)]
struct Stored {
    user: String,
    version: i64,
    hash: String,
    pictures: Vec<Picture>,
    header: Header,
    plan: String,
    memory_quoted: u64,
    memory_measured: u64,
}

#[derive(Serialize)]
struct Picture {
    size: u32,
    bytes: usize,
    url: String,
}

pub(crate) async fn put(
    State(service): State<Shared>,
    Path(user): Path<String>,
    Query(wish): Query<Wish>,
    request: Request,
) -> Result<Response, Failure> {
    let mut tally = Tally::start();
    let result = store(&service, user, &wish, request).await;
    match &result {
        Ok(_) => tally.set("stored", "ok"),
        Err(failure) => {
            let report = failure.report();
            tally.set(outcome(&report), report.kind);
        }
    }
    result.map(|stored| {
        ([(header::ETAG, format!("\"{}\"", stored.version))], Json(stored)).into_response()
    })
}

async fn store(
    service: &Service,
    user: String,
    wish: &Wish,
    request: Request,
) -> Result<Stored, Failure> {
    if !is_user_id(&user) {
        return Err(Failure::BadRequest(
            "a user is 1 to 64 letters, digits, dots, dashes and underscores",
        ));
    }
    let crop = wish.crop()?;
    let expected = expected_version(request.headers())?;
    let upload = Bytes::from_owner(body::read(service, request).await?);
    let rendition =
        render(service, upload.clone(), service.request(crop), Admission::FailFast).await?;
    let original = service.settings.keep_originals.then(|| Original::new(upload, crop));
    let version = publish(service, &user, &rendition, original.as_ref(), expected).await?;
    tracing::info!(user, version, hash = rendition.hash, plan = %rendition.plan, "stored");
    Ok(Stored {
        pictures: rendition
            .files
            .iter()
            .rev()
            .map(|(side, file)| Picture {
                size: *side,
                bytes: file.len(),
                url: format!("/avatars/{}/{side}.jpg", rendition.hash),
            })
            .collect(),
        header: rendition.plan.header().clone(),
        plan: rendition.plan.to_string(),
        memory_quoted: rendition.plan.memory_bytes(),
        memory_measured: rendition.measured_bytes,
        hash: rendition.hash,
        user,
        version,
    })
}

impl Wish {
    pub(crate) fn crop(&self) -> Result<Option<Rect>, Failure> {
        let Some(text) = &self.crop else { return Ok(None) };
        parse_crop(text).map(Some).ok_or(Failure::BadRequest("a crop is x,y,width,height"))
    }
}

/// `If-Match: "3"`: only when nobody changed version 3 meanwhile.
fn expected_version(headers: &HeaderMap) -> Result<Option<i64>, Failure> {
    let Some(version) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let version = version.to_str().ok().and_then(|version| version.trim_matches('"').parse().ok());
    version.map(Some).ok_or(Failure::BadRequest("If-Match takes a version"))
}

/// Ids come from a URL and go to logs and queries; object names never hold them.
pub(crate) fn is_user_id(user: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (1..=64).contains(&user.len()) && user.bytes().all(allowed)
}
