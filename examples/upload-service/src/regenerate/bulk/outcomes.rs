//! What became of the rows of an import.

use std::collections::BTreeMap;
use std::process::ExitCode;

pub(super) enum Outcome {
    /// Everybody who had the old avatar has the new one.
    Imported,
    /// The blob is not in use any more, has the recipe already, or would be made of another source.
    Changed,
    /// The cluster could not make the avatar, for a reason of this kind.
    NotMade(String),
    /// The row, or what it names, is not what it should be.
    Rejected(Reason),
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// The key is not the path of an object of this service.
    Key,
    Status,
    /// The avatar was made with other sizes, qualities or another version.
    Recipe,
    /// The names, hashes or lengths of the files are not those of an avatar of the recipe.
    Outputs,
    /// A file is missing, or longer than the row says.
    MissingFile,
    /// A file is not the one that the row describes, or not a picture of its format and size.
    WrongFile,
    /// The avatar does not fit into the memory pool.
    TooLarge,
}

#[derive(Default)]
pub(super) struct Outcomes {
    imported: u64,
    changed: u64,
    not_made: BTreeMap<String, u64>,
    rejected: BTreeMap<Reason, u64>,
}

impl Outcomes {
    pub(super) fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Imported => self.imported += 1,
            Outcome::Changed => self.changed += 1,
            Outcome::NotMade(kind) => *self.not_made.entry(self.known(kind)).or_default() += 1,
            Outcome::Rejected(reason) => *self.rejected.entry(reason).or_default() += 1,
        }
    }

    /// A kind of a file of rows is printed and kept: it must be a word, and they must be few.
    fn known(&self, kind: String) -> String {
        let is_word = (1..=40).contains(&kind.len())
            && kind.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_'));
        let has_room = self.not_made.len() < 50 || self.not_made.contains_key(&kind);
        if is_word && has_room { kind } else { "other".into() }
    }

    /// One line of numbers.
    pub(super) fn line(&self) -> String {
        let (not_made, rejected) = self.failed();
        format!(
            "imported {} avatars, {} changed in the meantime, {not_made} not made, {rejected} \
             rejected",
            self.imported, self.changed
        )
    }

    /// A line for each reason of a failure.
    pub(super) fn reasons(&self) -> Vec<String> {
        let not_made =
            self.not_made.iter().map(|(kind, count)| format!("not made, {kind}: {count}"));
        let rejected =
            self.rejected.iter().map(|(reason, count)| format!("rejected, {reason:?}: {count}"));
        not_made.chain(rejected).collect()
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        if self.failed() == (0, 0) { ExitCode::SUCCESS } else { ExitCode::from(2) }
    }

    fn failed(&self) -> (u64, u64) {
        (self.not_made.values().sum(), self.rejected.values().sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_few_words() {
        let mut outcomes = Outcomes::default();
        for kind in ["over_limit", "\u{1b}[2J", "", "over_limit", "Über"] {
            outcomes.count(Outcome::NotMade(kind.into()));
        }
        assert_eq!(outcomes.reasons(), ["not made, other: 3", "not made, over_limit: 2"]);
        for number in 0..1_000_u32 {
            let letter = |place: u32| char::from(b'a' + (number / 26_u32.pow(place) % 26) as u8);
            outcomes.count(Outcome::NotMade([letter(0), letter(1), letter(2)].iter().collect()));
        }
        assert!(outcomes.reasons().len() <= 51);
        assert_eq!(outcomes.failed(), (1_005, 0));
    }
}
