//! The server: which address is answered by what, and how connections end.

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

use crate::service::Shared;
use crate::{inspect, linger, page, read, status, sweep, upload};

fn routes(service: Shared) -> Router {
    Router::new()
        .route("/users/{id}/avatar", put(upload::put).get(read::of_user))
        .route("/avatars/{hash}/{file}", get(read::by_name))
        .route("/inspect", post(inspect::post))
        .route("/limits", get(status::limits))
        .route("/healthz", get(status::healthz))
        .route("/metrics", get(status::metrics))
        .route("/", get(page::html))
        .route("/page.css", get(page::css))
        .route("/page.js", get(page::script))
        // `body` counts for itself.
        .layer(DefaultBodyLimit::disable())
        .layer(map_request(linger::lingering))
        .layer(map_response(as_declared))
        .with_state(service)
}

/// No browser shall guess what an answer is.
async fn as_declared(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

pub(crate) async fn serve(service: Shared) -> anyhow::Result<ExitCode> {
    let listener = TcpListener::bind(service.settings.listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let seats = Arc::new(Semaphore::new(service.settings.connections));
    let sweeper = tokio::spawn(sweep::forever(Arc::clone(&service)));
    let routes = TowerToHyperService::new(routes(service));
    let connections = GracefulShutdown::new();
    let mut terminate = signal(SignalKind::terminate())?;
    loop {
        let accepted = async {
            let seat = Arc::clone(&seats).acquire_owned().await;
            (seat, listener.accept().await)
        };
        let (seat, stream) = tokio::select! {
            accepted = accepted => accepted,
            _ = terminate.recv() => break,
            _ = tokio::signal::ctrl_c() => break,
        };
        let Ok((stream, _)) = stream else {
            // Out of file descriptors: those who are here must leave first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let connection = connections.watch(connection(stream, routes.clone()));
        tokio::spawn(async move {
            let _ = connection.await;
            drop(seat);
        });
    }
    sweeper.abort();
    tracing::info!("shutting down");
    let _ = tokio::time::timeout(Duration::from_secs(20), connections.shutdown()).await;
    Ok(ExitCode::SUCCESS)
}

type Routes = TowerToHyperService<Router>;

/// Headers may take 10 seconds and 64 KiB.
fn connection(stream: TcpStream, routes: Routes) -> http1::Connection<TokioIo<TcpStream>, Routes> {
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(10))
        .max_buf_size(64 << 10)
        .serve_connection(TokioIo::new(stream), routes)
}
