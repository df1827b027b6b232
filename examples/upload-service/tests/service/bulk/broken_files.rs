//! Files of rows that are none, or broken.

use std::fs;

use super::scene::{Scene, name, none};
use crate::support::backend::Backend;
use crate::support::cluster::write_rows;
use crate::support::pictures::number_of;

#[tokio::test]
async fn broken_files_are_errors_and_change_nothing() {
    let scene = Scene::new(Backend::sqlite());
    scene.upload(4, &[]).await;
    let made = scene.make(&scene.export());
    scene.store(&made);
    let place = scene.path("rows/stale.parquet");
    let good = fs::read(&place).unwrap();
    let fails = |says: &str| {
        let output = scene.import_command().output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{log}");
        assert!(log.contains(says) && !log.contains("panicked"), "{says}: {log}");
    };
    fs::write(&place, "no Parquet file").unwrap();
    fails("rows/stale.parquet");
    fs::write(&place, &good[..good.len() / 2]).unwrap();
    fails("rows/stale.parquet");
    fs::copy(scene.path("stale.parquet"), &place).unwrap();
    fails("the file has no column `status` of strings");
    // A broken file beside a good one: nothing is imported.
    fs::write(&place, &good).unwrap();
    fs::write(scene.path("rows/another.parquet"), "broken").unwrap();
    fails("rows/another.parquet");
    fs::remove_file(scene.path("rows/another.parquet")).unwrap();
    fs::rename(scene.path("made"), scene.path("away")).unwrap();
    fails("expected a folder or s3://bucket/prefix");
    fs::rename(scene.path("away"), scene.path("made")).unwrap();
    assert_eq!(scene.export().len(), 4, "something was imported");

    // Whatever is broken, an avatar is the old one or the one that was made.
    for round in 0..30 {
        let mut broken = good.clone();
        let at = good.len() * round / 30;
        broken[at] ^= 0x41;
        fs::write(&place, broken).unwrap();
        let output = scene.import_command().output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code().is_some() && !log.contains("panicked"), "{log}");
    }
    fs::write(&place, &good).unwrap();
    assert_eq!(scene.import().code, 0);
    scene.assert_all_are_new();
    let server = scene.serve();
    for user in 0..4 {
        let avatar = scene.avatar(&server, &name(user), 100).await;
        let expected = made.iter().find(|made| number_of(made.file("100.jpg")) == user * 9_001);
        assert_eq!(avatar, (2, expected.unwrap().file("100.jpg").to_vec()));
    }
    fs::remove_dir_all(scene.path("rows")).unwrap();
    fails("rows");
    fs::create_dir(scene.path("rows")).unwrap();
    fails("no Parquet files in this folder");
}

#[test]
fn rows_of_no_keys_are_imported() {
    let scene = Scene::new(Backend::sqlite());
    fs::create_dir(scene.path("made")).unwrap();
    write_rows(&scene.path("rows/empty.parquet"), &[]);
    assert_eq!(scene.import(), none(0));
}
