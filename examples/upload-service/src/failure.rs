//! What is answered when there is no avatar: a status, and JSON for programs and for people.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bombproof::{Error, Interrupted};
use serde::Serialize;

use crate::database::DatabaseError;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Picture(#[from] Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("the body did not arrive in time")]
    SlowBody,
    #[error("{0}")]
    BadRequest(&'static str),
    #[error("the avatar has version {0} now")]
    OtherVersion(i64),
    #[error("there is no such avatar")]
    NotFound,
    #[error("a job died")]
    Died,
}

/// The same object that the crate's command line prints for a refusal.
#[derive(Serialize)]
struct Problem {
    kind: &'static str,
    limit: Option<&'static str>,
    found: Option<u64>,
    allowed: Option<u64>,
    /// With numbers; of a failing backend, nothing but which one it is.
    message: String,
    user_message: &'static str,
    http_status: u16,
}

impl Failure {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Picture(Error::Interrupted(Interrupted::Deadline)) => "deadline",
            Self::Picture(error) => error.kind(),
            Self::Store(_) => "store",
            Self::Database(_) => "database",
            Self::SlowBody => "slow_body",
            Self::BadRequest(_) => "bad_request",
            Self::OtherVersion(_) => "other_version",
            Self::NotFound => "not_found",
            Self::Died => "died",
        }
    }

    /// Refused: the upload is at fault. Failed: we are.
    pub(crate) fn outcome(&self) -> &'static str {
        if self.status() < 500 { "refused" } else { "failed" }
    }

    fn status(&self) -> u16 {
        match self {
            Self::Picture(error) => error.http_status(),
            Self::Store(_) | Self::Database(_) => 503,
            Self::SlowBody => 408,
            Self::BadRequest(_) => 400,
            Self::OtherVersion(_) => 412,
            Self::NotFound => 404,
            Self::Died => 500,
        }
    }

    fn problem(&self) -> Problem {
        let (found, allowed) = match *self {
            Self::Picture(Error::OverLimit { found, allowed, .. }) => (Some(found), Some(allowed)),
            Self::Picture(Error::NotCredible { declared_pixels, possible_pixels }) => {
                (Some(declared_pixels), Some(possible_pixels))
            }
            _ => (None, None),
        };
        let limit = match self {
            Self::Picture(error) => error.limit().map(|limit| limit.name()),
            _ => None,
        };
        let message = match self {
            Self::Store(_) => "the store is not available".into(),
            Self::Database(_) => "the database is not available".into(),
            other => other.to_string(),
        };
        Problem {
            kind: self.kind(),
            limit,
            found,
            allowed,
            message,
            user_message: self.user_message(),
            http_status: self.status(),
        }
    }

    fn user_message(&self) -> &'static str {
        match self {
            Self::Picture(error) => error.user_message(),
            Self::Store(_) | Self::Database(_) => {
                "We cannot store pictures right now. Please try again in a moment."
            }
            Self::SlowBody => "The upload took too long. Please try again.",
            Self::BadRequest(_) => "This request cannot be understood.",
            Self::OtherVersion(_) => "The picture was changed meanwhile. Please look again.",
            Self::NotFound => "There is no picture here.",
            Self::Died => "Something went wrong on our side.",
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let problem = self.problem();
        if problem.http_status >= 500 {
            tracing::warn!(kind = problem.kind, error = %self, "failed");
        } else {
            tracing::info!(kind = problem.kind, error = %self, "refused");
        }
        let status =
            StatusCode::from_u16(problem.http_status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(serde_json::json!({ "error": problem }))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
