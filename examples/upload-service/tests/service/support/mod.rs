//! Processes, clients and pictures that the tests share.

pub(crate) mod backend;
pub(crate) mod bombs;
pub(crate) mod browser;
pub(crate) mod client;
#[cfg(feature = "parquet")]
pub(crate) mod cluster;
pub(crate) mod moto;
pub(crate) mod pictures;
pub(crate) mod server;
mod postgres;
pub(crate) mod temp_folder;
