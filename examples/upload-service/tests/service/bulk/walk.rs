//! From the export to the import, and what is left when it was stopped.

use std::collections::BTreeMap;
use std::time::Duration;

use super::scene::{FILES, QUALITY, RECIPE, SIZES, Scene, all, count_files, imported, name, none};
use crate::support::backend::Backend;
use crate::support::cluster::{make, write_rows};
use crate::support::moto::Moto;
use crate::support::pictures::{number_of, numbered};
use crate::support::server::{Server, sweep_all};

#[tokio::test]
async fn a_cluster_regenerates_all_avatars_on_sqlite() {
    a_cluster_regenerates_all_avatars(Backend::sqlite()).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_cluster_regenerates_all_avatars_on_postgres() {
    a_cluster_regenerates_all_avatars(Backend::postgres()).await;
}

/// Two users share a picture, one shows a part of it, and some have no original.
async fn a_cluster_regenerates_all_avatars(backend: Backend) {
    let scene = Scene::new(backend);
    scene.upload(8, &["--keep-originals"]).await;
    let server = Server::start(&scene.backend, &["--keep-originals"]);
    scene.client.upload(&server.url, "twin", &numbered(9_001)).await;
    let url = format!("{}/users/part/avatar?crop=121,0,119,119", server.url);
    let part = scene.client.put_url(&url).body(numbered(123_456)).send().await.unwrap();
    assert_eq!(part.status(), 200);
    drop(server);
    let server = Server::start(&scene.backend, &[]);
    for user in 8..12 {
        scene.client.upload(&server.url, &name(user), &numbered(user * 9_001)).await;
    }
    drop(server);

    let keys = scene.export();
    assert_eq!(keys.len(), 13, "the twins have one blob");
    assert_eq!(keys.iter().filter(|key| key.key.ends_with("/original")).count(), 8);
    assert_eq!(keys.iter().filter(|key| key.key.ends_with("/512.jpg")).count(), 4);
    let cropped: Vec<_> = keys.iter().filter(|key| key.crop.is_some()).collect();
    assert_eq!(cropped.len(), 1);
    assert_eq!(cropped[0].crop.as_deref(), Some("121,0,119,119"));
    let made = scene.make(&keys);
    scene.store(&made);
    assert_eq!(scene.import(), all(13));
    scene.assert_all_are_new();

    let server = scene.serve();
    let by_number: BTreeMap<_, _> =
        made.iter().map(|made| (number_of(made.file("100.jpg")), made)).collect();
    let mut users: Vec<_> = (0..12).map(|user| (name(user), user * 9_001)).collect();
    users.extend([("twin".into(), 9_001), ("part".into(), 123_123)]);
    for (user, number) in &users {
        for side in SIZES {
            let avatar = scene.avatar(&server, user, side).await;
            let expected = by_number[number].file(&format!("{side}.jpg"));
            assert_eq!(avatar, (2, expected.to_vec()), "{user}, {side}");
        }
    }
    for (name, bytes) in made.iter().flat_map(|made| &made.files) {
        let url = format!("{}/avatars/{name}", server.url);
        let response = scene.client.get(&url).send().await.unwrap();
        assert_eq!(response.headers()["avatar-source"], "stored", "{name}");
        assert_eq!(response.bytes().await.unwrap(), bytes, "{name}");
    }
    drop(server);

    assert_eq!(scene.import(), none(13));
    sweep_all(&scene.backend).await;
    // Eight originals and that of the part were kept.
    let files = scene.backend.folder().files("blobs");
    assert_eq!(files.len(), 9 * FILES + 4 * (FILES - 1), "{files:?}");
    assert_eq!(count_files(&scene.path("blobs"), "original"), 8);
    assert_eq!(count_files(&scene.path("blobs"), "original-121,0,119,119"), 1);
    let server = scene.serve();
    assert_eq!(scene.avatar(&server, "part", 64).await.0, 2, "the second import changed it");
}

#[tokio::test]
async fn a_killed_import_is_completed_by_the_next() {
    let scene = Scene::new(Backend::sqlite());
    scene.upload(60, &["--keep-originals"]).await;
    let made = scene.make(&scene.export());
    scene.store(&made);

    let mut first = scene.import_command().spawn().unwrap();
    while count_files(&scene.path("blobs"), "100.jpg") < 10 {
        assert!(first.try_wait().unwrap().is_none(), "it finished before it was killed");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    first.kill().unwrap();
    first.wait().unwrap();

    // Every avatar is an old one or a complete new one.
    let server = Server::start(&scene.backend, &["--sweep-seconds", "0"]);
    let mut new = 0;
    for user in 0..60 {
        let (version, avatar) = scene.avatar(&server, &name(user), 64).await;
        assert_eq!(number_of(&avatar), user * 9_001);
        new += version - 1;
    }
    drop(server);
    assert!(new < 60, "all were imported before it was killed");
    let second = scene.import();
    assert_eq!((second.imported, second.changed), (60 - new, new));
    assert_eq!((second.not_made, second.rejected, second.code), (0, 0, 0));
    scene.assert_all_are_new();
    sweep_all(&scene.backend).await;
    assert_eq!(scene.backend.folder().files("blobs").len(), 60 * FILES);
}

#[tokio::test]
#[ignore = "needs moto and PostgreSQL"]
async fn a_cluster_and_the_service_share_a_bucket() {
    let (scene, moto) = (Scene::new(Backend::postgres()), Moto::start().await);
    let configured = |mut command| {
        moto.configure(&mut command);
        command
    };
    let serve = |args: &[&str]| {
        let command = crate::support::server::service_command(&scene.backend, args);
        Server::from(configured(command), &scene.path("log"))
    };
    let server = serve(&["--keep-originals"]);
    for user in 0..6 {
        scene.client.upload(&server.url, &name(user), &numbered(user * 9_001)).await;
    }
    drop(server);
    let manifest = scene.path("stale.parquet");
    let export = scene.command(&["--export", manifest.to_str().unwrap()]);
    assert!(configured(export).output().unwrap().status.success());

    let (recipe, keys) = crate::support::cluster::read_manifest(&manifest);
    let mut made = Vec::new();
    for key in &keys {
        let source = scene.client.get(&format!("{}/avatars/faces/{}", moto.url(), key.key));
        // Without credentials, objects are private. Any will do.
        let credentials = "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request";
        let source = source.header("authorization", credentials).send().await.unwrap();
        assert_eq!(source.status(), 200);
        let source = source.bytes().await.unwrap();
        made.push(make(key, &source, &SIZES, QUALITY, &recipe));
    }
    for (name, bytes) in made.iter().flat_map(|made| &made.files) {
        let put = scene.client.put_url(&format!("{}/avatars/made/{name}", moto.url()));
        assert_eq!(put.body(bytes.clone()).send().await.unwrap().status(), 200);
    }
    let rows: Vec<_> = made.iter().map(|made| made.row.clone()).collect();
    write_rows(&scene.path("rows.parquet"), &rows);
    let rows = scene.path("rows.parquet");
    let args = ["--import", rows.to_str().unwrap(), "--avatars", "s3://avatars/made"];
    let import = || imported(&configured(scene.command(&args)).output().unwrap());
    assert_eq!(import(), all(6));
    assert_eq!(import(), none(6));

    let server = serve(&RECIPE);
    for user in 0..6 {
        let (version, avatar) = scene.avatar(&server, &name(user), 100).await;
        assert_eq!((version, number_of(&avatar)), (2, user * 9_001));
    }
    drop(server);
    let sweep = ["--grace-seconds", "0", "sweep", "--unknown"];
    let sweep = crate::support::server::service_command(&scene.backend, &sweep);
    assert!(configured(sweep).output().unwrap().status.success());
    let listed = format!("{}/avatars?list-type=2&prefix=faces/", moto.url());
    let listed = scene.client.get(&listed).send().await.unwrap().text().await.unwrap();
    assert_eq!(listed.matches("<Key>").count(), 6 * FILES, "{listed}");
}
