//! One file of the corpus, with what it tests.

use crate::outcome::{Outcome, PictureHeader};

pub struct Case {
    /// Relative to corpus/.
    pub path: String,
    /// One sentence.
    pub what: String,
    pub format: &'static str,
    /// A row of the threat table.
    pub threat: Option<u32>,
    pub outcome: Outcome,
    pub bytes: Vec<u8>,
}

impl Case {
    /// The row of the threat table that the file is for.
    pub fn for_threat(mut self, row: u32) -> Self {
        self.threat = Some(row);
        self
    }

    fn new(
        folder: &str,
        format: &'static str,
        name: &str,
        what: &str,
        outcome: Outcome,
        bytes: Vec<u8>,
    ) -> Self {
        let extension = match format {
            "jpeg" => "jpg",
            "other" => "bin",
            format => format,
        };
        let path = format!("{folder}/{name}.{extension}");
        Self { path, what: what.to_owned(), format, threat: None, outcome, bytes }
    }
}

/// A file that every careful decoder accepts.
pub fn valid(
    format: &'static str,
    name: &str,
    what: &str,
    header: PictureHeader,
    bytes: Vec<u8>,
) -> Case {
    Case::new("valid", format, name, what, Outcome::picture(header), bytes)
}

/// A file that breaks a rule, ends early, or is of another format.
pub fn invalid(
    format: &'static str,
    name: &str,
    what: &str,
    outcome: Outcome,
    bytes: Vec<u8>,
) -> Case {
    Case::new("invalid", format, name, what, outcome, bytes)
}

/// A small file that asks for much memory or time.
pub fn bomb(
    format: &'static str,
    name: &str,
    threat: u32,
    what: &str,
    outcome: Outcome,
    bytes: Vec<u8>,
) -> Case {
    Case::new("bombs", format, name, what, outcome, bytes).for_threat(threat)
}
