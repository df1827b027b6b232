//! Errors of the service, and their HTTP answers: a status, and JSON for programs and for people.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bombproof::{Error, ErrorReport, Interrupted};

use crate::storage::blob_store::StoreError;
use crate::storage::database::DatabaseError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ServiceError {
    #[error(transparent)]
    Picture(#[from] Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("the body was not received in time")]
    SlowBody,
    #[error("{0}")]
    BadRequest(&'static str),
    #[error("the current version of the avatar is {0}")]
    VersionMismatch(i64),
    #[error("there is no such avatar")]
    NotFound,
    #[error("a job panicked")]
    JobPanicked,
}

impl ServiceError {
    /// The error as data, for the JSON of the answer. For a failing backend the message names only
    /// the backend, because the details belong in the log.
    pub(crate) fn report(&self) -> ErrorReport {
        let (kind, user_message, http_status) = match self {
            Self::Picture(error) => {
                let mut report = error.report();
                if matches!(error, Error::Interrupted(Interrupted::Deadline)) {
                    report.kind = "deadline";
                }
                return report;
            }
            Self::Store(_) => ("store", UNAVAILABLE, 503),
            Self::Database(_) => ("database", UNAVAILABLE, 503),
            Self::SlowBody => ("slow_body", "The upload took too long. Please try again.", 408),
            Self::BadRequest(_) => ("bad_request", "This request is not valid.", 400),
            Self::VersionMismatch(_) => (
                "other_version",
                "This picture has changed in the meantime. Please reload it.",
                412,
            ),
            Self::NotFound => ("not_found", "There is no picture here.", 404),
            Self::JobPanicked => ("died", "Something went wrong on our side.", 500),
        };
        let message = match self {
            Self::Store(_) => "the store is unavailable".into(),
            Self::Database(_) => "the database is unavailable".into(),
            other => other.to_string(),
        };
        let mut report = ErrorReport::new(kind, message, user_message, http_status);
        report.retryable = matches!(self, Self::Store(_) | Self::Database(_) | Self::SlowBody);
        report
    }
}

const UNAVAILABLE: &str = "We cannot store pictures right now. Please try again in a moment.";

/// The label of the metric: `refused` when the client is at fault, `failed` when the service is.
pub(crate) fn outcome_label(report: &ErrorReport) -> &'static str {
    if report.http_status < 500 { "refused" } else { "failed" }
}

impl IntoResponse for ServiceError {
    fn into_response(self) -> Response {
        let report = self.report();
        if report.http_status >= 500 {
            tracing::warn!(kind = report.kind, error = %self, "failed");
        } else {
            tracing::info!(kind = report.kind, error = %self, "refused");
        }
        let status =
            StatusCode::from_u16(report.http_status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(serde_json::json!({ "error": report }))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
