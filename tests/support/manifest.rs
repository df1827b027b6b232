//! Reads `corpus/MANIFEST.toml`, for every test that walks over the corpus.
#![allow(dead_code, reason = "each test that includes this file uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// All entries, in the order of their paths.
pub(crate) fn entries() -> Vec<Entry> {
    let text = fs::read_to_string(corpus().join("MANIFEST.toml")).expect("the manifest is there");
    toml::from_str::<Manifest>(&text).expect("the manifest is right").file
}

/// The folder of the corpus.
pub(crate) fn corpus() -> PathBuf {
    root().join("corpus")
}

/// The folder of the repository. `tools/default-features` runs the tests from a package inside it.
pub(crate) fn root() -> PathBuf {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let root = folders.find(|folder| folder.join("corpus/MANIFEST.toml").is_file());
    root.expect("the corpus is in the repository").to_owned()
}

/// The entries of `corpus/valid`.
pub(crate) fn valid_entries() -> Vec<Entry> {
    entries().into_iter().filter(|entry| entry.folder() == "valid").collect()
}

/// The bytes of the file that the manifest lists as `path`.
pub(crate) fn read(path: &str) -> Vec<u8> {
    let entry = entries().into_iter().find(|entry| entry.path == path);
    entry.unwrap_or_else(|| panic!("{path} is not in the manifest")).read()
}

/// One file. `corpus/README.md` explains the fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) what: String,
    pub(crate) format: String,
    expect: Option<String>,
    #[serde(default)]
    expect_one_of: Vec<String>,
    limit: Option<String>,
    #[serde(default)]
    limit_one_of: Vec<String>,
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
    pub(crate) upright_width: Option<u32>,
    pub(crate) upright_height: Option<u32>,
    pub(crate) alpha: Option<bool>,
    pub(crate) animated: Option<bool>,
    pub(crate) progressive: Option<bool>,
    pub(crate) orientation: Option<u8>,
    pub(crate) threat: Option<u32>,
    pub(crate) bytes: usize,
    pub(crate) fnv1a64: String,
}

impl Entry {
    /// The bytes of the file.
    pub(crate) fn read(&self) -> Vec<u8> {
        let path = corpus().join(&self.path);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// `"valid"`, `"invalid"` or `"bombs"`.
    pub(crate) fn folder(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// The outcomes that are right: `"picture"` or kinds of errors.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = &str> {
        self.expect.iter().chain(&self.expect_one_of).map(String::as_str)
    }

    /// Whether the file may give a picture.
    pub(crate) fn may_be_picture(&self) -> bool {
        self.outcomes().any(|outcome| outcome == "picture")
    }

    /// The limits that an error of the kind `"over_limit"` may name.
    pub(crate) fn limits(&self) -> impl Iterator<Item = &str> {
        self.limit.iter().chain(&self.limit_one_of).map(String::as_str)
    }
}

#[derive(Deserialize)]
struct Manifest {
    file: Vec<Entry>,
}
