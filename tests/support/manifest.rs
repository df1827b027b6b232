//! The reader of `corpus/MANIFEST.toml`, for every test that walks the corpus.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;

/// All entries, in the order of their paths.
pub(crate) fn entries() -> Vec<Entry> {
    let text = fs::read_to_string(corpus().join("MANIFEST.toml")).expect("the manifest is there");
    toml::from_str::<Manifest>(&text).expect("the manifest is right").file
}

/// The folder of the corpus.
pub(crate) fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// FNV-1a with 64 bits, as sixteen hexadecimal digits.
#[allow(dead_code, reason = "not every test compares bytes")]
pub(crate) fn fnv1a64(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
    });
    format!("{hash:016x}")
}

/// One file. The fields are explained in `corpus/README.md`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "no test reads all fields")]
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

#[allow(dead_code, reason = "no test calls all of them")]
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

    /// The outcomes that are right: `"picture"` or the kind of an error.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = &str> {
        self.expect.iter().chain(&self.expect_one_of).map(String::as_str)
    }

    /// True when the file may give a picture.
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
