//! Benchmarks of `bombproof` against the Rust ways of doing the same:
//! `cargo bench --manifest-path benches/Cargo.toml`. `BENCHMARKING.md` says how to read them, and
//! `peers/` compares with libraries outside of Rust.

pub mod pipelines;
pub mod sample_images;
