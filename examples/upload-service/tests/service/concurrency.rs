//! Concurrent uploads: none is lost, none is mixed up with another, and every answer is complete.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use futures_util::future::join_all;

use crate::support::backend::Backend;
use crate::support::client::{Client, pictures_of};
use crate::support::pictures::{number_of, numbered};
use crate::support::server::{Server, service_command};

#[tokio::test]
async fn a_hundred_users_upload_at_once_on_sqlite() {
    a_hundred_users_upload_at_once(Backend::sqlite()).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_hundred_users_upload_at_once_on_postgres() {
    a_hundred_users_upload_at_once(Backend::postgres()).await;
}

#[tokio::test]
async fn two_replicas_share_everything_on_sqlite() {
    two_replicas_share_everything(Backend::sqlite()).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn two_replicas_share_everything_on_postgres() {
    two_replicas_share_everything(Backend::postgres()).await;
}

#[tokio::test]
async fn two_concurrent_first_uploads_make_one_avatar_on_sqlite() {
    two_concurrent_first_uploads_make_one_avatar(Backend::sqlite()).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn two_concurrent_first_uploads_make_one_avatar_on_postgres() {
    two_concurrent_first_uploads_make_one_avatar(Backend::postgres()).await;
}

#[tokio::test]
async fn no_update_of_one_user_is_lost_on_sqlite() {
    no_update_of_one_user_is_lost(Backend::sqlite()).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn no_update_of_one_user_is_lost_on_postgres() {
    no_update_of_one_user_is_lost(Backend::postgres()).await;
}

#[tokio::test]
async fn a_sweep_deletes_nothing_that_is_being_uploaded_on_sqlite() {
    a_sweep_deletes_nothing_that_is_being_uploaded(Backend::sqlite()).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_sweep_deletes_nothing_that_is_being_uploaded_on_postgres() {
    a_sweep_deletes_nothing_that_is_being_uploaded(Backend::postgres()).await;
}

/// The sweep once failed: its statement saw the avatars as they were when it began, and then locked
/// the row of a blob whose new avatar had been stored in the meantime.
#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_sweep_sees_an_avatar_that_is_stored_while_it_searches_on_postgres() {
    let (backend, client) = (Backend::postgres(), Client::new());
    let server = Server::start(&backend, &[]);
    for number in [0, 1] {
        client.upload(&server.url, "ann", &numbered(number)).await;
    }
    let mut session = backend.postgres_server().psql();
    let mut session = session.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut statements = session.stdin.take().unwrap();
    // The search of the sweep takes half a second a row. Bob gets the blob that Ann no longer has.
    statements
        .write_all(
            b"CREATE FUNCTION slow() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
                IF current_query() LIKE '%NOT EXISTS%' THEN PERFORM pg_sleep(0.5); END IF;
                RETURN true;
            END $$;
            ALTER TABLE blobs RENAME TO stored_blobs;
            CREATE VIEW blobs AS SELECT * FROM stored_blobs WHERE slow();
            BEGIN;
            UPDATE stored_blobs SET touched_ms = (SELECT now_ms FROM clock) WHERE id = 1;
            INSERT INTO avatars VALUES ('bob', 1, 1);
            SELECT 'inserted';\n",
        )
        .unwrap();
    let mut answers = BufReader::new(session.stdout.take().unwrap()).lines();
    assert_eq!(answers.next().unwrap().unwrap().trim(), "inserted");
    let mut sweep = service_command(&backend, &["--grace-seconds", "0", "sweep"]);
    let sweep = sweep.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    statements
        .write_all(
            b"DO $$ BEGIN
                WHILE NOT EXISTS (SELECT 1 FROM pg_stat_activity
                                  WHERE wait_event = 'PgSleep' AND pid <> pg_backend_pid()) LOOP
                    PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
                END LOOP;
            END $$;
            COMMIT;\n",
        )
        .unwrap();
    drop(statements);
    assert!(session.wait().unwrap().success());
    let swept = sweep.wait_with_output().unwrap();
    assert!(swept.status.success(), "{}", String::from_utf8_lossy(&swept.stderr));
    assert_eq!(String::from_utf8_lossy(&swept.stdout), "swept 0 blobs\n");
    assert_eq!(number_of(&client.stored_avatar(&server.url, "bob", 64).await), 0);
}

async fn a_hundred_users_upload_at_once(backend: Backend) {
    let client = Client::new();
    let server = Server::start(&backend, &[]);
    let uploads = (0..100).map(|number| {
        let (client, url) = (client.clone(), &server.url);
        async move { client.upload(url, &format!("user-{number}"), &numbered(number * 7_919)).await }
    });
    let stored = join_all(uploads).await;
    let hashes: HashSet<_> = stored.iter().map(|stored| &stored.hash).collect();
    assert_eq!(hashes.len(), 100);
    for (number, stored) in (0..100).zip(&stored) {
        let avatar = client.stored_avatar(&server.url, &format!("user-{number}"), 64).await;
        assert_eq!(number_of(&avatar), number * 7_919);
        for picture in pictures_of(&client, &server.url, stored).await {
            assert_eq!(number_of(&picture), number * 7_919);
        }
    }
}

async fn two_replicas_share_everything(backend: Backend) {
    let client = Client::new();
    let replicas = [Server::start(&backend, &[]), Server::start(&backend, &[])];
    for round in 0..200 {
        let [writer, reader] = if round % 2 == 0 { [0, 1] } else { [1, 0] };
        let user = format!("user-{}", round % 10);
        let stored = client.upload(&replicas[writer].url, &user, &numbered(round * 4_999)).await;
        assert_eq!(stored.version, i64::from(round / 10 + 1));
        let avatar = client.stored_avatar(&replicas[reader].url, &user, 64).await;
        assert_eq!(number_of(&avatar), round * 4_999);
        let by_hash = client.get(&format!("{}{}", replicas[reader].url, stored.pictures[0].url));
        assert_eq!(avatar, by_hash.send().await.unwrap().bytes().await.unwrap());
    }
}

async fn two_concurrent_first_uploads_make_one_avatar(backend: Backend) {
    let client = Client::new();
    let replicas = [Server::start(&backend, &[]), Server::start(&backend, &[])];
    for round in 0..50 {
        let (user, picture) = (format!("new-{round}"), numbered(round * 19_997));
        let [one, other] =
            [0, 1].map(|replica| client.upload(&replicas[replica].url, &user, &picture));
        let (one, other) = tokio::join!(one, other);
        assert_eq!((&one.hash, one.version), (&other.hash, 1));
        assert_eq!(other.version, 1);
        for replica in &replicas {
            let avatar = client.stored_avatar(&replica.url, &user, 64).await;
            assert_eq!(number_of(&avatar), round * 19_997);
        }
    }
    // One blob per round: four sizes, and no temporary files.
    assert_eq!(backend.folder().files("blobs").len(), 50 * 8);
}

async fn no_update_of_one_user_is_lost(backend: Backend) {
    let client = Client::new();
    let replicas = [Server::start(&backend, &[]), Server::start(&backend, &[])];
    let uploads = (0..40_u32).map(|number| {
        let (client, url) = (client.clone(), &replicas[number as usize % 2].url);
        async move { (client.upload(url, "ann", &numbered(number)).await.version, number) }
    });
    let mut versions = join_all(uploads).await;
    versions.sort_unstable();
    // Each upload got a version of its own, and no version is missing.
    let numbers: Vec<i64> = versions.iter().map(|(version, _)| *version).collect();
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
    let last = versions[39].1;
    for replica in &replicas {
        assert_eq!(number_of(&client.stored_avatar(&replica.url, "ann", 64).await), last);
    }
}

/// Sweeps without a grace period compete with uploads that register, retire and reuse the same
/// blobs.
async fn a_sweep_deletes_nothing_that_is_being_uploaded(backend: Backend) {
    let client = Client::new();
    let replicas = [Server::start(&backend, &[]), Server::start(&backend, &[])];
    let sweeping = async {
        let mut sweeps = 0;
        loop {
            let mut sweep = service_command(&backend, &["--grace-seconds", "0", "sweep"]);
            let done = tokio::task::spawn_blocking(move || sweep.output().unwrap()).await.unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            sweeps += 1;
            if sweeps > 1_000 {
                return sweeps;
            }
        }
    };
    // Five users alternate between three pictures, so that blobs are retired and soon used again.
    let users = (0..5_u32).map(|user| {
        let (client, replicas) = (client.clone(), &replicas);
        async move {
            for round in 0..40 {
                let number = (user + round) % 3;
                let name = format!("user-{user}");
                let url = &replicas[(user + round) as usize % 2].url;
                client.upload(url, &name, &numbered(number)).await;
                let avatar = client.stored_avatar(url, &name, 64).await;
                assert_eq!(number_of(&avatar), number);
            }
        }
    });
    tokio::select! {
        _ = join_all(users) => {}
        sweeps = sweeping => panic!("the uploads did not finish during {sweeps} sweeps"),
    }
    let swept = service_command(&backend, &["--grace-seconds", "0", "sweep"]).output().unwrap();
    assert!(swept.status.success());
    let left: HashSet<_> = backend
        .folder()
        .files("blobs")
        .iter()
        .map(|file| file.parent().unwrap().to_owned())
        .collect();
    assert!((1..=3).contains(&left.len()), "{left:?}");
}
