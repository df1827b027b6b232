//! SIGKILL in the middle of uploads: what was acknowledged is served after the restart, and the
//! sweep leaves nothing else.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;

use crate::support::pictures::{number_of, numbered};
use crate::support::{Backend, Client, Server, sweep_all};

#[tokio::test]
async fn nothing_acknowledged_is_lost_on_sqlite() {
    nothing_acknowledged_is_lost(Backend::sqlite()).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn nothing_acknowledged_is_lost_on_postgres() {
    nothing_acknowledged_is_lost(Backend::postgres()).await;
}

/// What the client of one user knows.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    acknowledged: Option<u32>,
    /// Sent after that, and never answered.
    open: Option<u32>,
}

async fn nothing_acknowledged_is_lost(backend: Backend) {
    let client = Client::new();
    let mut known: BTreeMap<u32, Known> = (0..8).map(|user| (user, Known::default())).collect();
    let mut killed_in_the_middle = 0;
    for round in 0..12 {
        let server = Server::start(&backend, &["--sweep-seconds", "1", "--grace-seconds", "0"]);
        let (killed, answered) = (AtomicBool::new(false), AtomicU32::new(0));
        let url = server.url.clone();
        let uploads = known.iter().map(|(&user, &before)| {
            let (client, url, killed) = (client.clone(), url.clone(), &killed);
            let answered = &answered;
            async move {
                let mut now = before;
                for step in 0..10_000 {
                    if killed.load(Ordering::SeqCst) {
                        break;
                    }
                    // Some pictures are those of others, so that blobs are shared, and retired.
                    let number = (user % 4) * 100_000 + round * 1_000 + step;
                    match client.put(&url, &format!("user-{user}"), numbered(number)).send().await {
                        Ok(response) if response.status() == 200 => {
                            now = Known { acknowledged: Some(number), open: None };
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                        _ => {
                            now.open = Some(number);
                            break;
                        }
                    }
                }
                (user, now)
            }
        });
        let kill = async {
            for _ in 0..10_000 {
                if answered.load(Ordering::SeqCst) >= 8 + round {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            killed.store(true, Ordering::SeqCst);
            server.kill();
        };
        let (after, ()) = tokio::join!(join_all(uploads), kill);
        known = after.into_iter().collect();
        killed_in_the_middle += known.values().filter(|known| known.open.is_some()).count();

        let server = Server::start(&backend, &["--sweep-seconds", "0"]);
        for (user, known) in &mut known {
            let user = format!("user-{user}");
            if known.acknowledged.is_none()
                && client.avatar(&server.url, &user, 64).await.status() == 404
            {
                continue;
            }
            let number = number_of(&client.stored_avatar(&server.url, &user, 64).await);
            assert!(
                [known.acknowledged, known.open].contains(&Some(number)),
                "{user}: {number}, {known:?}"
            );
            *known = Known { acknowledged: Some(number), open: None };
        }
    }
    assert!(killed_in_the_middle >= 8, "only {killed_in_the_middle} uploads were cut off");

    sweep_all(&backend).await;
    let server = Server::start(&backend, &[]);
    let mut hashes = HashSet::new();
    for user in known.keys() {
        let avatar = client.avatar(&server.url, &format!("user-{user}"), 64).await;
        if known[user].acknowledged.is_some() || avatar.status() != 404 {
            hashes.insert(avatar.headers()["etag"].to_str().unwrap().to_owned());
        }
    }
    assert!(hashes.len() >= 4, "{known:?}");
    let files = backend.folder().files("blobs");
    assert_eq!(files.len(), hashes.len() * 4, "orphans: {files:?}");
}
