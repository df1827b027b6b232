//! Outages of the store and of the database: clients get an error, and no avatar is lost.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::Value;

use crate::support::backend::Backend;
use crate::support::client::{Client, metric};
use crate::support::pictures::{decoded, number_of, numbered};
use crate::support::server::{Server, service_command};

#[tokio::test]
async fn avatars_survive_an_outage_of_the_store() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &[]);
    let before = client.upload(&server.url, "ann", &numbered(1)).await;

    // The folder of the store becomes a file, so that every call fails, even for root.
    let (blobs, away) = (backend.data().join("blobs"), backend.data().join("away"));
    fs::rename(&blobs, &away).unwrap();
    fs::write(&blobs, "not a folder").unwrap();
    assert_unavailable(client.put(&server.url, "ann", numbered(2)).send().await.unwrap(), "store")
        .await;
    assert_unavailable(client.put(&server.url, "new", numbered(3)).send().await.unwrap(), "store")
        .await;

    // A user with an avatar gets a placeholder, which is not cached. A user without one gets 404.
    let placeholder = client.avatar(&server.url, "ann", 128).await;
    assert_eq!(placeholder.headers()["avatar-source"], "placeholder");
    assert_eq!(placeholder.headers()["cache-control"], "no-store");
    assert_eq!(decoded(&placeholder.bytes().await.unwrap()).size().width, 128);
    assert_eq!(client.avatar(&server.url, "new", 128).await.status(), 404);
    let by_hash = client.get(&format!("{}{}", server.url, before.pictures[0].url));
    assert_unavailable(by_hash.send().await.unwrap(), "store").await;

    // The breaker opens, and calls are rejected without reaching the store.
    for _ in 0..20 {
        client.put(&server.url, "ann", numbered(2)).send().await.unwrap();
    }
    let mut was_rejected = false;
    for _ in 0..10 {
        let [failed, rejected] = store_calls(&client, &server).await;
        client.put(&server.url, "ann", numbered(2)).send().await.unwrap();
        let [failed_now, rejected_now] = store_calls(&client, &server).await;
        // On a busy machine, the breaker may try the store again at this moment, as every two seconds.
        was_rejected |= failed_now == failed && rejected_now > rejected;
    }
    assert!(was_rejected, "the open breaker lets every call through");
    let health = client.json(&format!("{}/healthz", server.url)).await;
    assert_eq!((&health["status"], &health["store"]), (&"degraded".into(), &false.into()));

    // The store is up again: the avatar is served, and uploads succeed when the breaker has closed.
    fs::remove_file(&blobs).unwrap();
    fs::rename(&away, &blobs).unwrap();
    let started = Instant::now();
    let after = client.upload(&server.url, "bob", &numbered(4)).await;
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(after.version, 1);
    assert_eq!(number_of(&client.stored_avatar(&server.url, "ann", 64).await), 1);
    let changed = client.upload(&server.url, "ann", &numbered(2)).await;
    assert_eq!(changed.version, 2);
}

/// The numbers of calls that failed, and that the breaker rejected.
async fn store_calls(client: &Client, server: &Server) -> [f64; 2] {
    let count = async |result: &str| {
        metric(client, &server.url, &format!(r#"store_calls_total{{result="{result}"}}"#)).await
    };
    [count("failed").await, count("rejected").await]
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn avatars_survive_an_outage_of_the_database() {
    let (backend, client) = (Backend::postgres(), Client::new());
    let server = Server::start(&backend, &["--backend-seconds", "2", "--grace-seconds", "0"]);
    let before = client.upload(&server.url, "ann", &numbered(1)).await;
    backend.postgres_server().stop();
    assert_unavailable(
        client.put(&server.url, "ann", numbered(2)).send().await.unwrap(),
        "database",
    )
    .await;
    assert_unavailable(
        client.put(&server.url, "new", numbered(3)).send().await.unwrap(),
        "database",
    )
    .await;
    assert_eq!(client.json(&format!("{}/healthz", server.url)).await["database"], false);

    // An address by content works without the database. An address by user gets a placeholder.
    let by_hash =
        client.get(&format!("{}{}", server.url, before.pictures[0].url)).send().await.unwrap();
    assert_eq!(by_hash.headers()["avatar-source"], "stored");
    assert_eq!(number_of(&by_hash.bytes().await.unwrap()), 1);
    let placeholder = client.avatar(&server.url, "ann", 64).await;
    assert_eq!(placeholder.headers()["avatar-source"], "placeholder");

    backend.postgres_server().restart();
    assert_eq!(number_of(&client.stored_avatar(&server.url, "ann", 64).await), 1);
    assert_eq!(client.avatar(&server.url, "new", 64).await.status(), 404);
    assert_eq!(client.upload(&server.url, "ann", &numbered(2)).await.version, 2);

    // The avatar is complete, and the failed uploads leave no blobs.
    assert!(
        service_command(&backend, &["--grace-seconds", "0", "sweep"]).status().unwrap().success()
    );
    assert_eq!(number_of(&client.stored_avatar(&server.url, "ann", 64).await), 2);
    assert_eq!(backend.folder().files("blobs").len(), 8);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn acknowledged_uploads_survive_a_crash_of_the_database() {
    let (backend, client) = (Backend::postgres(), Client::new());
    let server = Server::start(&backend, &["--backend-seconds", "1"]);
    let mut acknowledged = [None; 8];
    for round in 0..3 {
        // Uploads continue until the database is up again.
        let back = AtomicBool::new(false);
        let uploads = (0..8_u32).map(|user| {
            let (client, url, back) = (client.clone(), &server.url, &back);
            async move {
                let mut last = None;
                let mut step = 0;
                while step < 15 || !back.load(Ordering::Relaxed) {
                    let number = user * 100_000 + round * 30_000 + step;
                    let put = client.put(url, &format!("user-{user}"), numbered(number));
                    match put.send().await.unwrap().status().as_u16() {
                        200 => last = Some((number, number)),
                        // The transaction may have been committed before the crash.
                        503 => {
                            last =
                                last.map(|(least, _)| (least, number)).or(Some((u32::MAX, number)))
                        }
                        status => panic!("{status}"),
                    }
                    step += 1;
                }
                last
            }
        });
        let outage = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            backend.postgres_server().stop();
            // Longer than an upload waits for a connection.
            tokio::time::sleep(Duration::from_secs(3)).await;
            backend.postgres_server().restart();
            back.store(true, Ordering::Relaxed);
        };
        let (lasts, ()) = tokio::join!(futures_util::future::join_all(uploads), outage);
        for (acknowledged, last) in acknowledged.iter_mut().zip(lasts) {
            *acknowledged = last;
        }
        for (user, acknowledged) in acknowledged.iter().enumerate() {
            let (least, most) = acknowledged.unwrap();
            let avatar = client.stored_avatar(&server.url, &format!("user-{user}"), 64).await;
            let number = number_of(&avatar);
            assert!(
                least == u32::MAX || (least..=most).contains(&number),
                "{least}..={most}: {number}"
            );
        }
    }
    let ok = metric(&client, &server.url, r#"uploads_total{outcome="stored",reason="ok"}"#).await;
    let failed =
        metric(&client, &server.url, r#"uploads_total{outcome="failed",reason="database"}"#).await;
    assert!(ok > 24.0 && failed > 0.0, "{ok} stored, {failed} failed");
}

#[tokio::test]
async fn a_lost_size_is_made_from_another_size() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &[]);
    client.upload(&server.url, "ann", &numbered(7)).await;
    let lose = |size: u32| {
        let name = format!("{size}.jpg");
        let files = backend.folder().files("blobs");
        fs::remove_file(files.iter().find(|file| file.ends_with(&name)).unwrap()).unwrap();
    };
    for (lost, source, width) in [
        (128, "scaled", 128),
        (512, "smaller", 256),
        (256, "smaller", 64),
        (64, "placeholder", 256),
    ] {
        lose(lost);
        let wanted = if lost == 64 { 256 } else { lost };
        let response = client.avatar(&server.url, "ann", wanted).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["avatar-source"], source, "without {lost}");
        let bytes = response.bytes().await.unwrap();
        assert_eq!(decoded(&bytes).size().width, width, "without {lost}");
        assert!(source == "placeholder" || number_of(&bytes) == 7);
    }
    // Repeating the upload repairs the blob.
    client.upload(&server.url, "ann", &numbered(7)).await;
    assert_eq!(number_of(&client.stored_avatar(&server.url, "ann", 128).await), 7);
}

async fn assert_unavailable(response: Response, kind: &str) {
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "1");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["kind"], kind);
    assert_eq!(body["error"]["retryable"], true);
}
