pub(crate) mod geometry;
