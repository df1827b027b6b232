//! Runs the integration tests of bombproof with what a user of the crate gets.
//!
//! The tests beside the library turn all of its features on, because the library is a
//! dev-dependency of itself. Here they are off:
//!
//! ```compile_fail,E0432
//! use bombproof::instrument::measure_work;
//! ```
//!
//! `cargo test --manifest-path tools/default-features/Cargo.toml`
