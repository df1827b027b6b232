//! Reading an upload: no further than the limit, no longer than the deadline, and no byte that the
//! pool has no room for.

use std::time::Duration;

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::{Multipart, Request};
use axum::http::header;
use bombproof::{Error, Limit, Permit};
use futures_util::{Stream, StreamExt};

use crate::failure::Failure;
use crate::service::Service;

/// The bytes of an upload, and the right to hold them.
pub(crate) struct Upload {
    pub(crate) bytes: Vec<u8>,
    _permit: Permit,
}

/// Takes a raw body, or the first file of a form.
pub(crate) async fn read(service: &Service, request: Request) -> Result<Upload, Failure> {
    // Who announces too much is believed; who announces little is counted.
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0);
    let allowed = service.limits.max_input_bytes;
    if announced > allowed.saturating_add(FORM_BYTES) {
        return Err(over_limit(announced, allowed));
    }
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    let body = async {
        if is_form {
            first_file(service, request).await
        } else {
            collect(service, request.into_body().into_data_stream()).await
        }
    };
    let seconds = Duration::from_secs(service.settings.body_seconds.into());
    tokio::time::timeout(seconds, body).await.unwrap_or(Err(Failure::SlowBody))
}

async fn first_file(service: &Service, request: Request) -> Result<Upload, Failure> {
    let mut form: Multipart =
        request.extract().await.map_err(|_| Failure::BadRequest("a form without boundary"))?;
    let mut skipped_bytes = 0;
    while let Some(mut field) = form.next_field().await.map_err(|_| BROKEN_FORM)? {
        if field.file_name().is_some() {
            return collect(service, field).await;
        }
        while let Some(piece) = field.chunk().await.map_err(|_| BROKEN_FORM)? {
            skipped_bytes += piece.len() as u64;
            if skipped_bytes > FORM_BYTES {
                return Err(Failure::BadRequest("a form with too much beside the file"));
            }
        }
    }
    Err(Failure::BadRequest("a form without a file"))
}

async fn collect<E>(
    service: &Service,
    pieces: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Upload, Failure> {
    let allowed = service.limits.max_input_bytes;
    let mut bytes = Vec::new();
    let mut permit = service.pool.reserve_bytes(0, Duration::ZERO)?;
    let mut pieces = std::pin::pin!(pieces);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Error::Io(std::io::ErrorKind::UnexpectedEof.into()))?;
        let total = bytes.len() + piece.len();
        if total as u64 > allowed {
            return Err(over_limit(total as u64, allowed));
        }
        if total > bytes.capacity() {
            let capacity = total.max(2 * bytes.capacity()).max(FIRST_BYTES);
            // Both blocks are live while one is moved, and so both are reserved.
            let larger = service.pool.reserve_bytes(capacity as u64, Duration::ZERO)?;
            bytes
                .try_reserve_exact(capacity - bytes.len())
                .map_err(|_| Error::OutOfMemory { bytes: capacity as u64 })?;
            permit = larger;
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Upload { bytes, _permit: permit })
}

fn over_limit(found: u64, allowed: u64) -> Failure {
    Error::OverLimit { limit: Limit::InputBytes, found, allowed }.into()
}

const FIRST_BYTES: usize = 16 << 10;
/// What a form may hold beside its file.
const FORM_BYTES: u64 = 16 << 10;
const BROKEN_FORM: Failure = Failure::BadRequest("a broken form");

impl AsRef<[u8]> for Upload {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
