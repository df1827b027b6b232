//! Benchmarks of `bombproof`: `cargo bench --manifest-path benches/Cargo.toml`.
