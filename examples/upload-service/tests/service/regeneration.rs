//! The command `regenerate`: interrupted, with several workers, with crops and broken originals.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use futures_util::future::join_all;

use crate::support::backend::Backend;
use crate::support::client::Client;
use crate::support::pictures::{decoded, number_of, numbered};
use crate::support::server::{Server, service_command, sweep_all};

const LARGER: [&str; 2] = ["--sizes", "64,800"];

#[tokio::test]
async fn a_killed_regeneration_continues_where_it_stopped() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    upload(&backend, &client, 60, &["--keep-originals"]).await;

    let regenerate =
        [&LARGER[..], &["--jobs", "1", "--keep-originals", "regenerate", "--lease-seconds", "1"]]
            .concat();
    let mut first = service_command(&backend, &regenerate).spawn().unwrap();
    while regenerated_blobs(&backend) < 10 {
        assert!(first.try_wait().unwrap().is_none(), "it finished before it was killed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    first.kill().unwrap();
    first.wait().unwrap();

    let (total, done, failed) = finish(&backend, &regenerate);
    // The tenth blob may have been stored without becoming an avatar.
    assert!((1..=51).contains(&total), "{total} were left");
    assert_eq!((done, failed), (total, 0));
    assert_eq!(finish(&backend, &regenerate), (0, 0, 0));

    let server = Server::start(&backend, &LARGER);
    for user in 0..60 {
        // Made from the original. Made from the largest avatar, it would have other content.
        let avatar = client.stored_avatar(&server.url, &format!("user-{user}"), 800).await;
        assert_eq!(decoded(&avatar).size().width, 800);
        assert_eq!(number_of(&avatar), user * 9_001);
        assert_eq!(avatar, expected(user * 9_001));
    }
    // The killed process may have left a temporary file.
    sweep_all(&backend).await;
    // Two sizes in two formats, and the original.
    assert_eq!(backend.folder().files("blobs").len(), 60 * 5);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn three_workers_share_the_work() {
    let (backend, client) = (Backend::postgres(), Client::new());
    upload(&backend, &client, 90, &[]).await;
    let regenerate = [&LARGER[..], &["--jobs", "2", "--pool-mib", "32", "regenerate"]].concat();
    let workers = (0..3).map(|_| {
        let mut worker = service_command(&backend, &regenerate);
        tokio::task::spawn_blocking(move || worker.output().unwrap())
    });
    let mut shares = Vec::new();
    for output in join_all(workers).await {
        let output = output.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let (_, done, failed) = counts(&output.stdout);
        assert_eq!(failed, 0);
        shares.push(done);
    }
    // Every avatar was regenerated once, and every worker did some.
    assert_eq!(shares.iter().sum::<u32>(), 90, "{shares:?}");
    assert!(shares.iter().all(|&share| share > 0), "{shares:?}");

    let server = Server::start(&backend, &LARGER);
    for user in 0..90 {
        let avatar = client.stored_avatar(&server.url, &format!("user-{user}"), 800).await;
        assert_eq!(number_of(&avatar), user * 9_001);
    }
}

#[tokio::test]
async fn crops_are_kept_and_broken_originals_are_counted_and_skipped() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let server = Server::start(&backend, &["--keep-originals"]);
    let url = format!("{}/users/ann/avatar?crop=121,0,119,119", server.url);
    assert_eq!(client.put_url(&url).body(numbered(123_456)).send().await.unwrap().status(), 200);
    client.upload(&server.url, "bob", &numbered(5)).await;
    drop(server);
    let originals = backend.folder().files("blobs").into_iter();
    let broken = originals.filter(|file| file.ends_with("original")).collect::<Vec<_>>();
    assert_eq!(broken.len(), 1, "the name of the other original contains its crop");
    fs::write(&broken[0], "no picture").unwrap();

    let regenerate = [&LARGER[..], &["--keep-originals", "regenerate"]].concat();
    let output = service_command(&backend, &regenerate).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(counts(&output.stdout), (2, 1, 3));

    let server = Server::start(&backend, &LARGER);
    assert_eq!(number_of(&client.stored_avatar(&server.url, "ann", 800).await), 123_123);
    let old = client.avatar(&server.url, "bob", 800).await;
    assert_eq!(old.headers()["avatar-source"], "smaller");
    assert_eq!(number_of(&old.bytes().await.unwrap()), 5);
}

async fn upload(backend: &Backend, client: &Client, users: u32, args: &[&str]) {
    let server = Server::start(backend, args);
    let uploads = (0..users).map(|user| {
        let url = &server.url;
        async move { client.upload(url, &format!("user-{user}"), &numbered(user * 9_001)).await }
    });
    join_all(uploads).await;
}

fn expected(number: u32) -> Vec<u8> {
    let request = bombproof::Request::cover(800, 800).and_size(64, 64).enlarge(true);
    let avatar = bombproof::thumbnail(&numbered(number), &request, &bombproof::Limits::default());
    avatar.unwrap().into_bytes()
}

fn finish(backend: &Backend, args: &[&str]) -> (u32, u32, u32) {
    let output = service_command(backend, args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    counts(&output.stdout)
}

/// The numbers of total, finished and failed avatars, from the output of the command.
fn counts(stdout: &[u8]) -> (u32, u32, u32) {
    let text = String::from_utf8_lossy(stdout);
    let mut numbers = text.split_whitespace().filter_map(|word| word.parse().ok());
    let mut next = || numbers.next().unwrap_or_else(|| panic!("{text}"));
    (next(), next(), next())
}

fn regenerated_blobs(backend: &Backend) -> usize {
    let files: BTreeSet<_> = backend.folder().files("blobs").into_iter().collect();
    files.iter().filter(|file| file.ends_with("800.jpg")).count()
}
