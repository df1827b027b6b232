//! Request parameters that several handlers validate.

use axum::http::{HeaderMap, header};
use bombproof::Rect;
use serde::Deserialize;

use crate::crop::parse_crop;
use crate::error::ServiceError;

/// `?crop=x,y,width,height`
#[derive(Deserialize)]
pub(crate) struct CropQuery {
    crop: Option<String>,
}

impl CropQuery {
    pub(crate) fn crop(&self) -> Result<Option<Rect>, ServiceError> {
        let Some(text) = &self.crop else { return Ok(None) };
        parse_crop(text)
            .map(Some)
            .ok_or(ServiceError::BadRequest("crop must have the form x,y,width,height"))
    }
}

/// The version in `If-Match: "3"`. The upload then replaces only version 3.
pub(crate) fn expected_version(headers: &HeaderMap) -> Result<Option<i64>, ServiceError> {
    let Some(version) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let version = version.to_str().ok().and_then(|version| version.trim_matches('"').parse().ok());
    version.map(Some).ok_or(ServiceError::BadRequest("If-Match must be a version in quotes"))
}

/// Ids come from the URL and are written to logs and queries. Object paths never contain them.
pub(crate) fn is_valid_user_id(user: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (1..=64).contains(&user.len()) && user.bytes().all(is_allowed)
}
