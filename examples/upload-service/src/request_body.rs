//! Reads the body of an upload, up to the size limit and the deadline, and only as much as the
//! memory pool has available.

use std::time::Duration;

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::{Multipart, Request};
use axum::http::header;
use bombproof::{Error, Limit, Permit};
use futures_util::{Stream, StreamExt};

use crate::error::ServiceError;
use crate::state::AppState;

/// The bytes of an upload, with their reservation in the pool.
pub(crate) struct Upload {
    pub(crate) bytes: Vec<u8>,
    _permit: Permit,
}

/// Reads a raw body, or the first file of a form.
pub(crate) async fn read(state: &AppState, request: Request) -> Result<Upload, ServiceError> {
    // A declared length over the limit is refused at once. A smaller one is not trusted: the bytes
    // are counted while they arrive.
    let declared = request.headers().get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0);
    let allowed = state.limits.max_input_bytes;
    if declared > allowed.saturating_add(MAX_FORM_FIELD_BYTES) {
        return Err(over_limit(declared, allowed));
    }
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    let body = async {
        if is_form {
            first_file(state, request).await
        } else {
            collect(state, request.into_body().into_data_stream()).await
        }
    };
    let timeout = Duration::from_secs(state.settings.body_seconds.into());
    tokio::time::timeout(timeout, body).await.unwrap_or(Err(ServiceError::SlowBody))
}

async fn first_file(state: &AppState, request: Request) -> Result<Upload, ServiceError> {
    let mut form: Multipart = request
        .extract()
        .await
        .map_err(|_| ServiceError::BadRequest("the form has no boundary"))?;
    let mut skipped_bytes = 0;
    while let Some(mut field) = form.next_field().await.map_err(|_| MALFORMED_FORM)? {
        if field.file_name().is_some() {
            return collect(state, field).await;
        }
        while let Some(chunk) = field.chunk().await.map_err(|_| MALFORMED_FORM)? {
            skipped_bytes += chunk.len() as u64;
            if skipped_bytes > MAX_FORM_FIELD_BYTES {
                return Err(ServiceError::BadRequest("the form has too much data beside the file"));
            }
        }
    }
    Err(ServiceError::BadRequest("the form has no file"))
}

async fn collect<E>(
    state: &AppState,
    chunks: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Upload, ServiceError> {
    let allowed = state.limits.max_input_bytes;
    let mut bytes = Vec::new();
    let mut permit = state.pool.reserve_bytes(0, Duration::ZERO)?;
    let mut chunks = std::pin::pin!(chunks);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Error::Io(std::io::ErrorKind::UnexpectedEof.into()))?;
        let total = bytes.len() + chunk.len();
        if total as u64 > allowed {
            return Err(over_limit(total as u64, allowed));
        }
        if total > bytes.capacity() {
            let capacity = total.max(2 * bytes.capacity()).max(INITIAL_CAPACITY);
            // While the buffer moves, both blocks are live, so both are reserved.
            let larger = state.pool.reserve_bytes(capacity as u64, Duration::ZERO)?;
            bytes
                .try_reserve_exact(capacity - bytes.len())
                .map_err(|_| Error::out_of_memory(capacity as u64))?;
            permit = larger;
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Upload { bytes, _permit: permit })
}

fn over_limit(found: u64, allowed: u64) -> ServiceError {
    Error::over_limit(Limit::InputBytes, found, allowed).into()
}

const INITIAL_CAPACITY: usize = 16 << 10;
/// Limit for the other fields of a form.
const MAX_FORM_FIELD_BYTES: u64 = 16 << 10;
const MALFORMED_FORM: ServiceError = ServiceError::BadRequest("the form is malformed");

impl AsRef<[u8]> for Upload {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
