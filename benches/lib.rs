//! Benchmarks of bombproof and of other ways to make an avatar in Rust. `BENCHMARKING.md` says how to
//! run and how to read them; `peers/` compares with libraries in other languages.

pub mod pipelines;
pub mod sample_images;
