//! The store or the database is down: clients are told, and nothing that was there is lost.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::Value;

use crate::support::pictures::{decoded, number_of, numbered};
use crate::support::{Backend, Client, Server, metric, program};

#[tokio::test]
async fn the_store_is_down() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &[]);
    let before = client.upload(&server.url, "ann", &numbered(1)).await;

    // A folder that became a file: every call fails, whoever asks.
    let (blobs, away) = (backend.data().join("blobs"), backend.data().join("away"));
    fs::rename(&blobs, &away).unwrap();
    fs::write(&blobs, "not a folder").unwrap();
    assert_unavailable(client.put(&server.url, "ann", numbered(2)).send().await.unwrap(), "store")
        .await;
    assert_unavailable(client.put(&server.url, "new", numbered(3)).send().await.unwrap(), "store")
        .await;

    // The avatar has a stand-in that no cache keeps; who never had one has none.
    let stand_in = client.avatar(&server.url, "ann", 128).await;
    assert_eq!(stand_in.headers()["avatar-source"], "placeholder");
    assert_eq!(stand_in.headers()["cache-control"], "no-store");
    assert_eq!(decoded(&stand_in.bytes().await.unwrap()).size().width, 128);
    assert_eq!(client.avatar(&server.url, "new", 128).await.status(), 404);
    let by_name = client.get(&format!("{}{}", server.url, before.pictures[0].url));
    assert_unavailable(by_name.send().await.unwrap(), "store").await;

    // The breaker opens: the store is left alone.
    for _ in 0..20 {
        client.put(&server.url, "ann", numbered(2)).send().await.unwrap();
    }
    let failed = metric(&client, &server.url, r#"store_calls_total{result="failed"}"#).await;
    assert!(metric(&client, &server.url, r#"store_calls_total{result="rejected"}"#).await > 0.0);
    client.put(&server.url, "ann", numbered(2)).send().await.unwrap();
    let now = metric(&client, &server.url, r#"store_calls_total{result="failed"}"#).await;
    assert_eq!(now, failed, "the open breaker let a call through");
    let health = client.json(&format!("{}/healthz", server.url)).await;
    assert_eq!((&health["status"], &health["store"]), (&"degraded".into(), &false.into()));

    // It comes back: the previous avatar is there, and uploads are taken once the breaker has tried.
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

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn the_database_is_down() {
    let (backend, client) = (Backend::postgres(), Client::new());
    let server = Server::start(&backend, &["--backend-seconds", "2", "--grace-seconds", "0"]);
    let before = client.upload(&server.url, "ann", &numbered(1)).await;
    backend.database().stop();
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

    // Named by content, an avatar needs no database; a user's has a stand-in.
    let by_name =
        client.get(&format!("{}{}", server.url, before.pictures[0].url)).send().await.unwrap();
    assert_eq!(by_name.headers()["avatar-source"], "stored");
    assert_eq!(number_of(&by_name.bytes().await.unwrap()), 1);
    let stand_in = client.avatar(&server.url, "ann", 64).await;
    assert_eq!(stand_in.headers()["avatar-source"], "placeholder");

    backend.database().restart();
    assert_eq!(number_of(&client.stored_avatar(&server.url, "ann", 64).await), 1);
    assert_eq!(client.avatar(&server.url, "new", 64).await.status(), 404);
    assert_eq!(client.upload(&server.url, "ann", &numbered(2)).await.version, 2);

    // No pointer dangles, and no blob is left of what failed.
    assert!(program(&backend, &["--grace-seconds", "0", "sweep"]).status().unwrap().success());
    assert_eq!(number_of(&client.stored_avatar(&server.url, "ann", 64).await), 2);
    assert_eq!(backend.folder().files("blobs").len(), 4);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn the_database_dies_while_uploads_run() {
    let (backend, client) = (Backend::postgres(), Client::new());
    let server = Server::start(&backend, &["--backend-seconds", "1"]);
    let mut acknowledged = [None; 8];
    for round in 0..3 {
        // Uploads go on until the database is back, however fast they are.
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
                        // Its commit may have arrived all the same.
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
            backend.database().stop();
            // Longer than an upload waits for a connection.
            tokio::time::sleep(Duration::from_secs(3)).await;
            backend.database().restart();
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
async fn a_size_that_is_lost_is_made_from_another_one() {
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
    // The same upload again repairs the blob.
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
