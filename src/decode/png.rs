//! PNG → rows.
