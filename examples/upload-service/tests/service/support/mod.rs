//! What the tests share.

mod backend;
pub(crate) mod bombs;
mod browser;
mod client;
mod folder;
pub(crate) mod pictures;
mod server;

pub(crate) use backend::Backend;
pub(crate) use browser::Browser;
pub(crate) use client::{Client, Stored, metric, pictures_of};
pub(crate) use folder::Folder;
pub(crate) use server::{Server, program, sweep_all};
