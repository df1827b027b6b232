//! The checks, one file each, in the order in which they run.

mod bombs;
mod determinism;
mod eighth;
mod exact;
mod memory;
mod orientation;
mod others;
mod outcomes;
mod photos;
mod profiles;
mod samplings;

use crate::report::Row;
use crate::walk::File;

/// A check looks at the files it is about and returns a row for each finding.
pub(crate) type Check = fn(&[File]) -> Vec<Row>;

pub(crate) const ALL: &[(&str, Check)] = &[
    ("outcomes", outcomes::check),
    ("photos", photos::check),
    ("orientation", orientation::check),
    ("profiles", profiles::check),
    ("exact", exact::check),
    ("others", others::check),
    ("eighth", eighth::check),
    ("samplings", samplings::check),
    ("determinism", determinism::check),
    ("memory", memory::check),
    ("bombs", bombs::check),
];
