//! Reference decodes by other crates, a plain Lanczos3 resize, and the
//! SSIM of two pictures. Shared by `tools/check-images` and `benches`.

pub mod folder;
pub mod lanczos;
pub mod picture;
pub mod reference;
pub mod ssim;
