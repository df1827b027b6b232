//! The commands `regenerate --export` and `regenerate --import`, which share the work with a cluster.

mod scene;
mod walk;
mod meanwhile;
mod hostile_rows;
mod broken_files;
mod manifest;
