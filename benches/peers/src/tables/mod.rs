//! The tables, as Markdown.

pub(crate) mod known_deficits;
pub(crate) mod photos;
