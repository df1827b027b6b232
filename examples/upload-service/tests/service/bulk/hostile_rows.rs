//! Rows that are not what they should be: each is counted by its reason, and changes nothing.

use super::scene::{QUALITY, SIZES, Scene, all, imported, name};
use crate::support::backend::Backend;
use crate::support::cluster::{Key, Made, make, sha256};
use crate::support::pictures::{number_of, numbered};
use crate::support::server::Server;

/// How a row differs from a good one. A second avatar is there to take something of it.
type Change = fn(&mut Made, &Made);

/// What the import says, and the rows of which it says that.
const CASES: [(&str, &[Change]); 11] = [
    (
        "rejected, Key",
        &[
            |made, _| made.row.key = None,
            |made, _| made.row.key = Some("../../etc/passwd".into()),
            |made, _| edit_key(made, |key| format!("../{key}")),
            |made, _| edit_key(made, |key| format!("/{key}")),
            |made, _| edit_key(made, |key| key.replace("/original", "/../1/original")),
            |made, _| edit_key(made, |key| key.replace("/original", "")),
            |made, _| edit_key(made, str::to_uppercase),
            |made, _| edit_key(made, |key| key.replacen('/', "/0", 1)),
            |made, _| edit_key(made, |key| key.replacen('/', "/99999999999999999999", 1)),
        ],
    ),
    (
        "rejected, Status",
        &[|made, _| made.row.status = None, |made, _| made.row.status = Some("Done".into())],
    ),
    (
        "rejected, Recipe",
        &[
            |made, _| made.row.recipe = None,
            |made, _| made.row.recipe = made.row.recipe.as_ref().map(|it| it.replace("70", "71")),
            |made, _| made.row.recipe = made.row.recipe.as_ref().map(|it| it.replace("100", "99")),
        ],
    ),
    (
        "rejected, Outputs",
        &[
            |made, _| made.row.hash = None,
            |made, _| made.row.hash = made.row.hash.as_ref().map(|hash| hash.to_uppercase()),
            |made, other| made.row.hash.clone_from(&other.row.hash),
            |made, _| made.row.outputs = None,
            |made, other| made.row.outputs.clone_from(&other.row.outputs),
            |made, _| drop(made.row.outputs.as_mut().unwrap().pop()),
            |made, _| made.row.outputs.as_mut().unwrap().swap(0, 1),
            |made, _| made.row.outputs.as_mut().unwrap()[0].insert_str(0, "../"),
            |made, _| made.row.outputs.as_mut().unwrap().push("64.png".into()),
            |made, _| drop(made.row.output_sha256.as_mut().unwrap().pop()),
            |made, _| made.row.output_sha256.as_mut().unwrap()[0] = "?".repeat(64),
            |made, _| made.row.output_sha256 = Some(Vec::new()),
            |made, _| made.row.output_bytes = None,
            |made, _| made.row.output_bytes = Some(-1),
        ],
    ),
    (
        "rejected, MissingFile",
        &[
            |made, _| drop(made.files.pop()),
            |made, _| made.files.clear(),
            |made, _| made.row.output_bytes = made.row.output_bytes.map(|bytes| bytes - 1),
            |made, _| made.files[3].1.push(0),
        ],
    ),
    (
        "rejected, WrongFile",
        &[
            |made, _| made.row.output_sha256.as_mut().unwrap()[2] = sha256(b"another file"),
            |made, _| made.files[2].1[50] ^= 1,
            |made, _| made.row.output_bytes = made.row.output_bytes.map(|bytes| bytes + 1),
            // The files of another avatar, as its row describes them, with a name that is not theirs.
            |made, other| {
                for (file, (_, bytes)) in made.files.iter_mut().zip(&other.files) {
                    file.1.clone_from(bytes);
                }
                made.row.output_sha256.clone_from(&other.row.output_sha256);
                made.row.output_bytes = other.row.output_bytes;
            },
            // Described and named as they are, but not pictures of this format and size.
            |made, _| forge(made, 2, b"<script>alert(1)</script>".to_vec()),
            |made, _| forge(made, 2, made.files[3].1.clone()),
            |made, _| forge(made, 3, made.files[1].1.clone()),
        ],
    ),
    ("rejected, TooLarge", &[|made, _| made.row.output_bytes = Some(i64::MAX)]),
    // For what is not there, or is not what the avatar is made of.
    (
        "changed",
        &[
            |made, other| {
                let key = other.row.key.as_ref().unwrap();
                let hash = key.split('/').next().unwrap().to_owned();
                edit_key(made, |key| format!("{hash}{}", &key[64..]));
            },
            |made, _| edit_key(made, |key| key.replacen('/', "/9", 1)),
            |made, _| edit_key(made, |key| key.replace("original", "512.jpg")),
            |made, _| edit_key(made, |key| key.replace("original", "original-0,0,9,9")),
        ],
    ),
    ("not made, over_limit", &[|made, _| not_made(made, "refused", Some("over_limit"))]),
    ("not made, no_object", &[|made, _| not_made(made, "failed", Some("no_object"))]),
    (
        "not made, other",
        &[
            |made, _| not_made(made, "refused", Some("\u{1b}[2J")),
            |made, _| not_made(made, "failed", None),
        ],
    ),
];

#[tokio::test]
async fn hostile_rows_are_counted_and_change_nothing() {
    let scene = Scene::new(Backend::sqlite());
    let cases = CASES.iter().flat_map(|(says, changes)| changes.iter().map(|it| (*says, *it)));
    let cases: Vec<_> = cases.collect();
    let users = cases.len() as u32;
    scene.upload(users, &["--keep-originals"]).await;
    let good = scene.make(&scene.export());
    let recipe = scene.recipe();
    // What a row takes something of has its own key, which is imported nowhere.
    let key = format!("{}/1/original", sha256(b""));
    let key = Key { key, crop: None };
    let other = make(&key, &numbered(999_999), &SIZES, QUALITY, &recipe);

    let mut made = good.clone();
    for (index, (made, (_, change))) in made.iter_mut().zip(&cases).enumerate() {
        change(made, if index == 0 { &other } else { &good[index - 1] });
    }
    scene.store(&made);
    for attempt in 0..2 {
        let output = scene.import_command().output().unwrap();
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let found = imported(&output);
        for (says, changes) in &CASES {
            let line = format!("{says}: {}", changes.len());
            let counted = text.lines().any(|found| found == line);
            assert!(counted || *says == "changed", "{attempt}: no {line}\n{text}");
        }
        assert_eq!((found.imported, found.changed, found.code), (0, 4, 2), "{text}");
        assert_eq!((found.not_made, found.not_made + found.rejected + 4), (4, users), "{text}");
        assert_eq!(attempts(&scene).await, 4, "one for each that was not made, however often");
    }

    let server = Server::start(&scene.backend, &[]);
    for user in 0..users {
        let (version, avatar) = scene.avatar(&server, &name(user), 512).await;
        assert_eq!((version, number_of(&avatar)), (1, user * 9_001));
    }
    drop(server);
    // No row keeps the service from making the avatars by itself, or the good rows from being taken.
    scene.store(&good[..10]);
    assert_eq!(scene.import().imported, 10);
    let output = scene.command(&[]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains(&format!("regenerated {} avatars, 0 failed", users - 10)), "{text}");
}

/// What a row says of its recipe need not be true. The content of the avatar is.
#[tokio::test]
async fn avatars_of_another_quality_stop_the_import() {
    let scene = Scene::new(Backend::sqlite());
    scene.upload(30, &["--keep-originals"]).await;
    let keys = scene.export();
    let recipe = scene.recipe();
    let made = keys.iter().map(|key| {
        let source = std::fs::read(scene.path("blobs").join(&key.key)).unwrap();
        make(key, &source, &SIZES, QUALITY - 1, &recipe)
    });
    scene.store(&made.collect::<Vec<_>>());
    let output = scene.import_command().output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{log}");
    assert!(log.contains("the cluster made another avatar than this service"), "{log}");
    assert_eq!(scene.export(), keys, "something was imported");
    scene.store(&scene.make(&keys));
    assert_eq!(scene.import(), all(30));
}

/// The attempts of all blobs, as the workers of the service count them.
async fn attempts(scene: &Scene) -> i64 {
    let url = format!("sqlite://{}", scene.path("avatars.sqlite").display());
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&url).await.unwrap();
    sqlx::query_scalar("SELECT SUM(attempts) FROM blobs").fetch_one(&pool).await.unwrap()
}

fn edit_key(made: &mut Made, edit: impl Fn(&str) -> String) {
    made.row.key = made.row.key.as_deref().map(edit);
}

fn forge(made: &mut Made, file: usize, bytes: Vec<u8>) {
    made.files[file].1 = bytes;
    made.describe_files();
}

fn not_made(made: &mut Made, status: &str, kind: Option<&str>) {
    let (key, recipe) = (made.row.key.take(), made.row.recipe.take());
    made.files.clear();
    made.row = crate::support::cluster::Row {
        key,
        recipe,
        status: Some(status.into()),
        kind: kind.map(str::to_owned),
        ..Default::default()
    };
}
