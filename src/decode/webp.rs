//! WebP → rows.
