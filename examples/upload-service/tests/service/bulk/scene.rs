//! A service with outdated avatars, and the cluster that makes them again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use futures_util::future::join_all;

use crate::support::backend::Backend;
use crate::support::client::Client;
use crate::support::cluster::{Key, Made, make, read_manifest, write_rows};
use crate::support::pictures::numbered;
use crate::support::server::{Server, service_command};

/// The new recipe.
pub(super) const SIZES: [u32; 2] = [64, 100];
pub(super) const QUALITY: u8 = 70;
pub(super) const RECIPE: [&str; 4] = ["--sizes", "64,100", "--quality", "70"];

/// Files of a blob with an original, after the regeneration.
pub(super) const FILES: usize = 5;

/// A service with avatars, and a cluster that makes them again.
pub(super) struct Scene {
    pub(super) backend: Backend,
    pub(super) client: Client,
}

/// The numbers of an import, and its exit code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Imported {
    pub(super) imported: u32,
    pub(super) changed: u32,
    pub(super) not_made: u32,
    pub(super) rejected: u32,
    pub(super) code: i32,
}

impl Scene {
    pub(super) fn new(backend: Backend) -> Self {
        Self { backend, client: Client::new() }
    }

    /// Uploads a picture for each of `users`, with the default recipe.
    pub(super) async fn upload(&self, users: u32, args: &[&str]) {
        let server = Server::start(&self.backend, args);
        let uploads = (0..users).map(|user| {
            let url = &server.url;
            async move {
                self.client.upload(url, &name(user), &numbered(user * 9_001)).await;
            }
        });
        join_all(uploads).await;
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.backend.data().join(name)
    }

    pub(super) fn command(&self, args: &[&str]) -> Command {
        service_command(&self.backend, &[&RECIPE[..], &["regenerate"], args].concat())
    }

    pub(super) fn export(&self) -> Vec<Key> {
        let manifest = self.path("stale.parquet");
        let output = self.command(&["--export", manifest.to_str().unwrap()]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        read_manifest(&manifest).1
    }

    pub(super) fn recipe(&self) -> String {
        read_manifest(&self.path("stale.parquet")).0
    }

    /// Makes the avatars of all keys, from the objects in the folder of the store.
    pub(super) fn make(&self, keys: &[Key]) -> Vec<Made> {
        let (store, recipe) = (self.path("blobs"), self.recipe());
        let made = keys.iter().map(|key| {
            make(key, &fs::read(store.join(&key.key)).unwrap(), &SIZES, QUALITY, &recipe)
        });
        made.collect()
    }

    /// Stores avatars and rows where [`import`](Self::import) looks for them.
    pub(super) fn store(&self, made: &[Made]) {
        fs::create_dir_all(self.path("made")).unwrap();
        for made in made {
            made.store(&self.path("made"));
        }
        let rows: Vec<_> = made.iter().map(|made| made.row.clone()).collect();
        write_rows(&self.path("rows/stale.parquet"), &rows);
    }

    pub(super) fn import_command(&self) -> Command {
        let (rows, avatars) = (self.path("rows"), self.path("made"));
        let avatars = avatars.to_str().unwrap();
        self.command(&["--import", rows.to_str().unwrap(), "--avatars", avatars])
    }

    pub(super) fn import(&self) -> Imported {
        imported(&self.import_command().output().unwrap())
    }

    /// Waits for nothing: no avatar is outdated any more.
    pub(super) fn assert_all_are_new(&self) {
        let output = self.command(&[]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.starts_with("0 avatars to regenerate\n"), "{text}");
    }

    pub(super) fn serve(&self) -> Server {
        Server::start(&self.backend, &RECIPE)
    }

    /// The version, and the JPEG of a size, of the avatar of a user.
    pub(super) async fn avatar(&self, server: &Server, user: &str, size: u32) -> (u32, Vec<u8>) {
        let response = self.client.avatar(&server.url, user, size).await;
        assert_eq!(response.headers()["avatar-source"], "stored", "the avatar of {user}");
        let version = response.headers()["avatar-version"].to_str().unwrap().parse().unwrap();
        (version, response.bytes().await.unwrap().to_vec())
    }
}

pub(super) fn name(user: u32) -> String {
    format!("user-{user}")
}

/// Reads the line of numbers. The log has no panic.
pub(super) fn imported(output: &Output) -> Imported {
    let (text, log) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!log.contains("panicked"), "{log}");
    let line = text.lines().find(|line| line.starts_with("imported"));
    let line = line.unwrap_or_else(|| panic!("{text}{log}"));
    let mut numbers = line.split_whitespace().filter_map(|word| word.parse().ok());
    let mut next = || numbers.next().unwrap();
    Imported {
        imported: next(),
        changed: next(),
        not_made: next(),
        rejected: next(),
        code: output.status.code().unwrap(),
    }
}

pub(super) fn all(imported: u32) -> Imported {
    Imported { imported, changed: 0, not_made: 0, rejected: 0, code: 0 }
}

pub(super) fn none(changed: u32) -> Imported {
    Imported { imported: 0, changed, not_made: 0, rejected: 0, code: 0 }
}

/// How many files below `folder` have this name.
pub(super) fn count_files(folder: &Path, name: &str) -> usize {
    let mut count = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with(name) {
                count += 1;
            }
        }
    }
    count
}
