//! The web page at `/`. Its files are embedded in the binary.

use axum::http::header;
use axum::response::IntoResponse;

pub(crate) async fn html() -> impl IntoResponse {
    // 'wasm-unsafe-eval' allows WebAssembly, and no `eval`.
    let policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
        img-src 'self' blob: data:; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, include_str!("../../page/index.html"))
}

pub(crate) async fn css() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../../page/page.css"))
}

pub(crate) async fn script() -> impl IntoResponse {
    javascript(include_str!("../../page/page.js"))
}

pub(crate) async fn shrink() -> impl IntoResponse {
    javascript(include_str!("../../page/shrink.js"))
}

pub(crate) async fn thumb_hash() -> impl IntoResponse {
    javascript(include_str!("../../page/thumb_hash.js"))
}

fn javascript(text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], text)
}
