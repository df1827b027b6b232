//! SIGKILL during uploads: acknowledged uploads are served after the restart, and the sweep leaves
//! no orphans.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;

use crate::support::backend::Backend;
use crate::support::client::Client;
use crate::support::pictures::{number_of, numbered};
use crate::support::server::{Server, sweep_all};

#[tokio::test]
async fn acknowledged_uploads_survive_a_kill_on_sqlite() {
    acknowledged_uploads_survive_a_kill(Backend::sqlite()).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn acknowledged_uploads_survive_a_kill_on_postgres() {
    acknowledged_uploads_survive_a_kill(Backend::postgres()).await;
}

/// What the client of one user knows.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    acknowledged: Option<u32>,
    /// Sent after that, without an answer.
    unanswered: Option<u32>,
}

async fn acknowledged_uploads_survive_a_kill(backend: Backend) {
    let client = Client::new();
    let mut known: BTreeMap<u32, Known> = (0..8).map(|user| (user, Known::default())).collect();
    let mut interrupted = 0;
    for round in 0..12 {
        known = upload_until_killed(&backend, &client, &known, round).await;
        interrupted += known.values().filter(|known| known.unanswered.is_some()).count();
        check_avatars(&backend, &client, &mut known).await;
    }
    assert!(interrupted >= 8, "only {interrupted} uploads were interrupted");

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
    assert_eq!(files.len(), hashes.len() * 8, "orphans: {files:?}");
}

/// All users upload one picture after another, until the server is killed.
async fn upload_until_killed(
    backend: &Backend,
    client: &Client,
    known: &BTreeMap<u32, Known>,
    round: u32,
) -> BTreeMap<u32, Known> {
    let server = Server::start(backend, &["--sweep-seconds", "1", "--grace-seconds", "0"]);
    let (killed, answered) = (AtomicBool::new(false), AtomicU32::new(0));
    let url = server.url.clone();
    let uploads = known.iter().map(|(&user, &before)| {
        let (url, killed, answered) = (&url, &killed, &answered);
        async move {
            let mut now = before;
            for step in 0..10_000 {
                if killed.load(Ordering::SeqCst) {
                    break;
                }
                // Pairs of users have the same pictures, so that blobs are shared and retired.
                let number = (user % 4) * 100_000 + round * 1_000 + step;
                match client.put(url, &format!("user-{user}"), numbered(number)).send().await {
                    Ok(response) if response.status() == 200 => {
                        now = Known { acknowledged: Some(number), unanswered: None };
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                    _ => {
                        now.unanswered = Some(number);
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
    let (known, ()) = tokio::join!(join_all(uploads), kill);
    known.into_iter().collect()
}

/// After a restart, the avatar of each user is the acknowledged picture or the unanswered one.
async fn check_avatars(backend: &Backend, client: &Client, known: &mut BTreeMap<u32, Known>) {
    let server = Server::start(backend, &["--sweep-seconds", "0"]);
    for (user, known) in known {
        let user = format!("user-{user}");
        if known.acknowledged.is_none()
            && client.avatar(&server.url, &user, 64).await.status() == 404
        {
            continue;
        }
        let number = number_of(&client.stored_avatar(&server.url, &user, 64).await);
        assert!(
            [known.acknowledged, known.unanswered].contains(&Some(number)),
            "{user}: {number}, {known:?}"
        );
        *known = Known { acknowledged: Some(number), unanswered: None };
    }
}
