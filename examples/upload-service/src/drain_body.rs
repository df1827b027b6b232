//! Drains the body of a request that was answered early. If the server closed the connection
//! instead, the client would see a connection reset and not the answer.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use futures_util::StreamExt;
use hyper::body::{Frame, SizeHint};

pub(crate) async fn drain_on_drop(request: Request) -> Request {
    request.map(|body| Body::new(DrainOnDrop(body)))
}

struct DrainOnDrop(Body);

impl HttpBody for DrainOnDrop {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl Drop for DrainOnDrop {
    fn drop(&mut self) {
        if !self.0.is_end_stream() {
            let rest = std::mem::take(&mut self.0).into_data_stream();
            let rest = rest.take_while(|chunk| std::future::ready(chunk.is_ok()));
            tokio::spawn(tokio::time::timeout(
                MAX_DRAIN_TIME,
                rest.for_each(|_| std::future::ready(())),
            ));
        }
    }
}

const MAX_DRAIN_TIME: Duration = Duration::from_secs(2);
