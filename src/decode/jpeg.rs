//! JPEG → rows.
