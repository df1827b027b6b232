//! What the server answers, one file for each resource.

pub(crate) mod upload;
pub(crate) mod avatar;
pub(crate) mod browser_module;
pub(crate) mod inspect;
pub(crate) mod status;
pub(crate) mod web_page;
mod params;
