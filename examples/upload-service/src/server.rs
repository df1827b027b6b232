//! The HTTP server: routes, connections and graceful shutdown.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware::{map_request, map_response};
use axum::response::Response;
use axum::routing::{get, post, put};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;

use crate::handlers::{avatar, browser_module, inspect, status, upload, web_page};
use crate::state::SharedState;
use crate::{drain_body, garbage_collector};

fn routes(state: SharedState) -> Router {
    Router::new()
        .route("/users/{id}/avatar", put(upload::put).get(avatar::get_by_user))
        .route("/avatars/{hash}/{file}", get(avatar::get_by_hash))
        .route("/inspect", post(inspect::post))
        .route("/limits", get(status::limits))
        .route("/healthz", get(status::healthz))
        .route("/metrics", get(status::metrics))
        .route("/", get(web_page::html))
        .route("/page.css", get(web_page::css))
        .route("/page.js", get(web_page::script))
        .route("/shrink.js", get(web_page::shrink))
        .route("/thumb_hash.js", get(web_page::thumb_hash))
        .route("/bombproof/{file}", get(browser_module::get))
        // `request_body` enforces the limit.
        .layer(DefaultBodyLimit::disable())
        .layer(map_request(drain_body::drain_on_drop))
        .layer(map_response(forbid_sniffing))
        .with_state(state)
}

/// Browsers must not guess the content type of an answer.
async fn forbid_sniffing(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

pub(crate) async fn serve(state: SharedState) -> anyhow::Result<ExitCode> {
    let listener = TcpListener::bind(state.settings.listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let connection_slots = Arc::new(Semaphore::new(state.settings.connections));
    let sweeper = tokio::spawn(garbage_collector::run_periodically(Arc::clone(&state)));
    let routes = TowerToHyperService::new(routes(state));
    let connections = GracefulShutdown::new();
    let mut terminate = signal(SignalKind::terminate())?;
    loop {
        let accepted = async {
            let slot = Arc::clone(&connection_slots).acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, stream) = tokio::select! {
            accepted = accepted => accepted,
            _ = terminate.recv() => break,
            _ = tokio::signal::ctrl_c() => break,
        };
        let Ok((stream, _)) = stream else {
            // Out of file descriptors: wait until other connections close.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let connection = connections.watch(connection(stream, routes.clone()));
        tokio::spawn(async move {
            let _ = connection.await;
            drop(slot);
        });
    }
    sweeper.abort();
    tracing::info!("shutting down");
    let _ = tokio::time::timeout(Duration::from_secs(20), connections.shutdown()).await;
    Ok(ExitCode::SUCCESS)
}

type Routes = TowerToHyperService<Router>;

/// Request headers are limited to 10 seconds and 64 KiB.
fn connection(stream: TcpStream, routes: Routes) -> http1::Connection<TokioIo<TcpStream>, Routes> {
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(10))
        .max_buf_size(64 << 10)
        .serve_connection(TokioIo::new(stream), routes)
}
