//! The tables, as Markdown.

pub(crate) mod deficits;
pub(crate) mod full;
pub(crate) mod hostile_files;
pub(crate) mod known_deficits;
pub(crate) mod measurements;
pub(crate) mod outputs;
pub(crate) mod per_file;
pub(crate) mod similarity;
pub(crate) mod sizes;
pub(crate) mod summary;
