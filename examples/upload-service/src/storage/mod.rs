//! Persistence. The database says which blob each user has; the store has the objects of each blob.

pub(crate) mod blob_store;
mod backends;
pub(crate) mod avatar_queries;
pub(crate) mod regeneration_queries;
#[cfg(feature = "parquet")]
mod bulk_queries;
pub(crate) mod database;
pub(crate) mod original;
pub(crate) mod blob;
