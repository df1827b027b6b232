//! What happens between the export and the import, or during it: the newer avatar wins.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::spawn_blocking;

use super::scene::{FILES, RECIPE, Scene, all, count_files, imported, name, none};
use crate::support::backend::Backend;
use crate::support::cluster::Key;
use crate::support::pictures::{number_of, numbered};
use crate::support::server::{Server, service_command, sweep_all};

#[tokio::test]
async fn an_upload_in_the_meantime_wins() {
    let scene = Scene::new(Backend::sqlite());
    scene.upload(5, &["--keep-originals"]).await;
    let made = scene.make(&scene.export());
    scene.store(&made);

    // One user replaces the avatar at a replica with the new options, one at a replica with the old
    // ones, and one uploads the same picture again, which is the same blob.
    let new = scene.serve();
    scene.client.upload(&new.url, "user-1", &numbered(777)).await;
    drop(new);
    let old = Server::start(&scene.backend, &["--keep-originals"]);
    scene.client.upload(&old.url, "user-2", &numbered(888)).await;
    scene.client.upload(&old.url, "user-3", &numbered(3 * 9_001)).await;
    drop(old);
    // The replaced blobs may be swept or not.
    sweep_all(&scene.backend).await;
    assert_eq!(scene.import().imported, 3);
    assert_eq!(scene.import(), none(5));

    let server = scene.serve();
    let expected = [(2, 0), (2, 777), (2, 888), (2, 27_003), (2, 36_004)];
    for (user, (version, number)) in (0..).zip(expected) {
        // That of user-2 is still an old one, which has the same size of 64.
        let avatar = scene.avatar(&server, &name(user), 64).await;
        assert_eq!((avatar.0, number_of(&avatar.1)), (version, number), "user-{user}");
    }
    assert_eq!(scene.export().len(), 1, "that of user-2 is outdated");
}

#[tokio::test]
async fn an_original_that_is_stored_in_the_meantime_is_used() {
    let scene = Scene::new(Backend::sqlite());
    scene.upload(1, &[]).await;
    let keys = scene.export();
    assert!(keys[0].key.ends_with("/512.jpg"));
    scene.store(&scene.make(&keys));
    scene.upload(1, &["--keep-originals"]).await; // the same blob
    assert_eq!(scene.import(), none(1));

    let keys = scene.export();
    assert!(keys[0].key.ends_with("/original"));
    let made = scene.make(&keys);
    scene.store(&made);
    assert_eq!(scene.import(), all(1));
    let server = scene.serve();
    let expected = made[0].file("100.jpg").to_vec();
    assert_eq!(scene.avatar(&server, "user-0", 100).await, (2, expected));
}

#[tokio::test]
async fn an_avatar_of_the_new_recipe_is_left_alone() {
    let scene = Scene::new(Backend::sqlite());
    scene.upload(1, &RECIPE).await;
    assert_eq!(scene.export(), []);
    // As if somebody had made a manifest of the complete store.
    let files = scene.backend.folder().files("blobs");
    let largest = files.iter().find(|file| file.ends_with("100.jpg")).unwrap();
    let key = largest.strip_prefix(scene.path("blobs")).unwrap().to_str().unwrap().to_owned();
    scene.store(&scene.make(&[Key { key, crop: None }]));
    assert_eq!(scene.import(), none(1));
    assert_eq!(scene.avatar(&scene.serve(), "user-0", 64).await.0, 1);
    assert_eq!(scene.backend.folder().files("blobs").len(), 4, "something was stored");
}

/// A sweep without a grace period takes blobs that are registered, and not yet anybody's avatar.
#[tokio::test]
async fn a_blob_that_is_swept_during_its_import_is_stored_again() {
    let scene = Scene::new(Backend::sqlite());
    scene.upload(60, &["--keep-originals"]).await;
    scene.store(&scene.make(&scene.export()));
    let (ended, mut import) = (AtomicBool::new(false), scene.import_command());
    let (output, sweeps) = std::thread::scope(|threads| {
        let sweeps = threads.spawn(|| {
            let mut sweeps = 0;
            while !ended.load(Ordering::SeqCst) {
                let sweep = ["--grace-seconds", "0", "sweep"];
                let swept = service_command(&scene.backend, &sweep).output().unwrap();
                assert!(swept.status.success());
                sweeps += 1;
            }
            sweeps
        });
        let output = import.output().unwrap();
        ended.store(true, Ordering::SeqCst);
        (output, sweeps.join().unwrap())
    });
    // The second one began while rows were imported, of which each sweep meets up to sixteen.
    assert!(sweeps > 1, "{sweeps}");
    assert_eq!(imported(&output), all(60));
    sweep_all(&scene.backend).await;
    assert_eq!(scene.backend.folder().files("blobs").len(), 60 * FILES);
}

#[tokio::test]
async fn everything_runs_at_once_on_sqlite() {
    everything_runs_at_once(Backend::sqlite(), 40).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn everything_runs_at_once_on_postgres() {
    everything_runs_at_once(Backend::postgres(), 60).await;
}

/// Two imports, the workers of the service, uploads, and sweeps without a grace period.
async fn everything_runs_at_once(backend: Backend, users: u32) {
    let scene = Scene::new(backend);
    scene.upload(users, &["--keep-originals"]).await;
    scene.store(&scene.make(&scene.export()));

    let options = ["--keep-originals", "--sweep-seconds", "1", "--grace-seconds", "0"];
    let server = Server::start(&scene.backend, &[&RECIPE[..], &options].concat());
    let start = |mut command: Command| spawn_blocking(move || command.output().unwrap());
    let imports = [start(scene.import_command()), start(scene.import_command())];
    while count_files(&scene.path("blobs"), "100.jpg") == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let workers = start(scene.command(&[]));
    let uploads = (0..users / 2).map(|user| {
        let (scene, url) = (&scene, &server.url);
        async move { scene.client.upload(url, &name(user), &numbered(500_000 + user)).await }
    });
    let (imports, workers, _) = tokio::join!(join_all(imports), workers, join_all(uploads));
    let [first, second] = imports.try_into().unwrap();
    let (first, second) = (imported(&first.unwrap()), imported(&second.unwrap()));
    assert_eq!((first.code, second.code), (0, 0));
    for import in [&first, &second] {
        assert_eq!(import.imported + import.changed, users, "{import:?}");
        assert_eq!((import.not_made, import.rejected), (0, 0));
    }
    assert!(first.imported + second.imported > 0);
    let workers = workers.unwrap();
    assert!(workers.status.success(), "{}", String::from_utf8_lossy(&workers.stderr));

    for user in 0..users {
        let (version, avatar) = scene.avatar(&server, &name(user), 100).await;
        if user < users / 2 {
            assert_eq!(number_of(&avatar), 500_000 + user);
            assert!((2..=3).contains(&version), "{version}");
        } else {
            assert_eq!((version, number_of(&avatar)), (2, user * 9_001), "user-{user}");
        }
    }
    drop(server);
    scene.assert_all_are_new();
    sweep_all(&scene.backend).await;
    let files = scene.backend.folder().files("blobs");
    assert_eq!(files.len(), users as usize * FILES, "{files:?}");
}
