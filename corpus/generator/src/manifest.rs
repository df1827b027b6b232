//! MANIFEST.toml: for each file its purpose, the right outcome and a checksum.

use serde::Serialize;

use crate::case::Case;
use crate::outcome::Outcome;

/// The manifest as TOML, entries in the order of `cases`.
pub fn to_toml(cases: &[Case]) -> String {
    let entries = cases.iter().map(Entry::of).collect();
    let body = toml::to_string(&Manifest { file: entries }).expect("entries are plain values");
    format!("{PREAMBLE}\n{body}")
}

/// FNV-1a with 64 bits.
pub fn fnv1a64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

#[derive(Serialize)]
struct Manifest {
    file: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    path: String,
    what: String,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expect: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expect_one_of: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_one_of: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upright_width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upright_height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alpha: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    animated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progressive: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    orientation: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threat: Option<u32>,
    bytes: usize,
    fnv1a64: String,
}

impl Entry {
    fn of(case: &Case) -> Self {
        let Outcome { kinds, limits, picture } = &case.outcome;
        let (expect, expect_one_of) = one_or_many(kinds);
        let (limit, limit_one_of) = one_or_many(limits);
        let transposed = picture.is_some_and(|p| p.orientation >= 5);
        let upright =
            picture.map(|p| if transposed { (p.height, p.width) } else { (p.width, p.height) });
        Self {
            path: case.path.clone(),
            what: case.what.clone(),
            format: case.format,
            expect,
            expect_one_of,
            limit,
            limit_one_of,
            width: picture.map(|p| p.width),
            height: picture.map(|p| p.height),
            upright_width: upright.map(|u| u.0),
            upright_height: upright.map(|u| u.1),
            alpha: picture.map(|p| p.alpha),
            animated: picture.map(|p| p.animated),
            progressive: picture.map(|p| p.progressive),
            orientation: picture.map(|p| p.orientation),
            threat: case.threat,
            bytes: case.bytes.len(),
            fnv1a64: format!("{:016x}", fnv1a64(&case.bytes)),
        }
    }
}

fn one_or_many(values: &[&'static str]) -> (Option<&'static str>, Option<Vec<&'static str>>) {
    match values {
        [] => (None, None),
        [one] => (Some(one), None),
        many => (None, Some(many.to_vec())),
    }
}

const PREAMBLE: &str = "\
# Written by corpus/generator; do not edit. The fields are explained in README.md.
";
