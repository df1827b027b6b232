//! What each file is for, and the manifest that says so.

use serde::Serialize;

/// One file of the corpus.
pub struct Case {
    /// Relative to corpus/.
    pub path: String,
    pub what: String,
    pub format: &'static str,
    /// A row of the threat table.
    pub threat: Option<u32>,
    pub outcome: Outcome,
    pub bytes: Vec<u8>,
}

/// What a reader of untrusted pictures has to do with a file: one of these kinds is right.
#[derive(Clone, Default)]
pub struct Outcome {
    /// "picture", or kinds of errors.
    pub kinds: Vec<&'static str>,
    /// For "over_limit": one of these limits is passed.
    pub limits: Vec<&'static str>,
    /// For "picture".
    pub picture: Option<Facts>,
}

impl Outcome {
    pub fn error(kind: &'static str) -> Self {
        Self { kinds: vec![kind], ..Self::default() }
    }

    pub fn over(limits: &[&'static str]) -> Self {
        Self { kinds: vec!["over_limit"], limits: limits.to_vec(), picture: None }
    }

    pub fn picture(facts: Facts) -> Self {
        Self { kinds: vec!["picture"], limits: Vec::new(), picture: Some(facts) }
    }

    /// Either outcome is right.
    pub fn or(mut self, other: Self) -> Self {
        self.kinds.extend(other.kinds);
        self.limits.extend(other.limits);
        self.picture = self.picture.or(other.picture);
        self
    }
}

/// What the header of a good file declares.
#[derive(Clone, Copy)]
pub struct Facts {
    pub width: u32,
    pub height: u32,
    pub alpha: bool,
    pub animated: bool,
    pub progressive: bool,
    pub orientation: u16,
}

impl Facts {
    pub fn new(width: u32, height: u32) -> Self {
        Self { width, height, alpha: false, animated: false, progressive: false, orientation: 1 }
    }
}

/// The manifest as TOML, rows in the order of their paths.
pub fn to_toml(cases: &[Case]) -> String {
    let rows = cases.iter().map(Row::of).collect();
    let body = toml::to_string(&Manifest { file: rows }).expect("rows are plain values");
    format!("{HEAD}\n{body}")
}

/// FNV-1a with 64 bits.
pub fn fnv1a64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

#[derive(Serialize)]
struct Manifest {
    file: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
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

impl Row {
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

fn one_or_many(words: &[&'static str]) -> (Option<&'static str>, Option<Vec<&'static str>>) {
    match words {
        [] => (None, None),
        [one] => (Some(one), None),
        many => (None, Some(many.to_vec())),
    }
}

const HEAD: &str = "\
# Written by corpus/generator; do not edit. The fields are explained in README.md.
";
