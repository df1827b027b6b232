//! A refusal may come before the body has: what is left of it is read and thrown away for a while,
//! or the client would find its connection reset instead of the answer.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use futures_util::StreamExt;
use hyper::body::{Frame, SizeHint};

pub(crate) async fn lingering(request: Request) -> Request {
    request.map(|body| Body::new(Lingering(body)))
}

struct Lingering(Body);

impl HttpBody for Lingering {
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

impl Drop for Lingering {
    fn drop(&mut self) {
        if !self.0.is_end_stream() {
            let rest = std::mem::take(&mut self.0).into_data_stream();
            let rest = rest.take_while(|piece| std::future::ready(piece.is_ok()));
            tokio::spawn(tokio::time::timeout(LINGER, rest.for_each(|_| std::future::ready(()))));
        }
    }
}

const LINGER: Duration = Duration::from_secs(2);
