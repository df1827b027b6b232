//! The files of the manifest and of the rows.

use std::fs;
use std::path::Path;

use super::scene::{Scene, all, none};
use crate::support::backend::Backend;
use crate::support::cluster::{read_manifest, write_rows};

#[tokio::test]
async fn a_large_manifest_is_cut_in_parts() {
    let scene = Scene::new(Backend::sqlite());
    scene.upload(12, &["--keep-originals"]).await;
    let keys = scene.export();
    let export = |place: &str, code: i32| {
        let place = scene.path(place);
        let args = ["--export", place.to_str().unwrap(), "--part-keys", "5"];
        let output = scene.command(&args).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{place:?}");
        String::from_utf8(if code == 0 { output.stdout } else { output.stderr }).unwrap()
    };
    assert!(export("stale", 0).contains("exported 12 keys in 3 parts, 0 avatars without"));
    let mut parts = Vec::new();
    for (part, length) in [(0, 5), (1, 5), (2, 2)] {
        let file = scene.path("stale").join(format!("part-{part:05}.parquet"));
        let (recipe, part) = read_manifest(&file);
        assert_eq!((part.len(), recipe), (length, scene.recipe()));
        parts.extend(part);
    }
    assert_eq!(parts, keys);
    assert_eq!(names(&scene.path("stale")).len(), 3);

    // Parts of two manifests are never in one folder, and no file is too long.
    assert!(export("stale", 1).contains("the folder is not empty"));
    assert!(export("long.parquet", 1).contains("more than 5 keys need a folder of parts"));
    fs::create_dir(scene.path("new")).unwrap();
    export("new", 0);
    let left = names(scene.backend.data());
    let unfinished = left.iter().filter(|name| name.contains("unfinished"));
    assert_eq!(unfinished.count(), 0, "{left:?}");
    assert!(!left.contains(&"long.parquet".into()), "{left:?}");
}

#[tokio::test]
async fn an_avatar_without_a_source_is_counted_and_not_exported() {
    let scene = Scene::new(Backend::sqlite());
    scene.upload(3, &[]).await;
    let keys = scene.export();
    let lost = Path::new(&keys[1].key).parent().unwrap();
    fs::remove_dir_all(scene.path("blobs").join(lost)).unwrap();
    let manifest = scene.path("stale.parquet");
    let output = scene.command(&["--export", manifest.to_str().unwrap()]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("exported 2 keys in 1 parts, 1 avatars without a source"), "{text}");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(read_manifest(&manifest).1, [keys[0].clone(), keys[2].clone()]);
}

#[tokio::test]
async fn rows_of_complete_and_of_begun_parts_are_imported() {
    let scene = Scene::new(Backend::sqlite());
    scene.upload(9, &["--keep-originals"]).await;
    let made = scene.make(&scene.export());
    let rows: Vec<_> = made.iter().map(|made| made.row.clone()).collect();
    for made in &made {
        made.store(&scene.path("made"));
    }
    // Of the first part, a batch was left when it was completed. The second part has two batches.
    write_rows(&scene.path("rows/part-00000.parquet"), &rows[..4]);
    write_rows(&scene.path("rows/part-00000/left.parquet"), &rows[..2]);
    write_rows(&scene.path("rows/part-00001/one.parquet"), &rows[4..6]);
    write_rows(&scene.path("rows/part-00001/two.parquet"), &rows[6..8]);
    fs::write(scene.path("rows/part-00001/.unfinished-1"), "half a batch").unwrap();
    assert_eq!(scene.import(), all(8));
    write_rows(&scene.path("rows/part-00001.parquet"), &rows[4..]);
    assert_eq!(scene.import().imported, 1);
    assert_eq!(scene.import(), none(9));
}

/// The cluster names the recipe as the service does.
#[test]
fn both_sides_have_the_same_version() {
    let service = include_str!("../../../src/state.rs");
    let cluster = include_str!("../../../../bulk-ray/bulk_avatars/recipe.py");
    let version = |source: &str, before: &str| {
        let (_, rest) = source.split_once(before).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    assert_eq!(
        version(service, "const RENDERER_VERSION: &str = \""),
        version(cluster, "RENDERER_VERSION = \"")
    );
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
