//! Regenerates avatars on the cluster of `examples/bulk-ray`. What travels are Parquet files: there, a
//! manifest of keys; back, a row for each key. A key is the path of an object in the store, which
//! begins with the hash and the id of its blob. Ids are never reused, so a row says exactly which blob
//! it replaces, and users whose avatar has changed in the meantime have another one.

mod export;
mod manifest;
mod import;
mod row_files;
mod rows;
mod columns;
mod broken_file;
mod avatar_files;
mod sample;
mod outcomes;

pub(super) use export::run as export;
pub(super) use import::run as import;
