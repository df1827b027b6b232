//! The command `regenerate`: replaces the avatars that were made with an outdated recipe.

mod workers;

pub(crate) use workers::run;
