//! What a thumbnail should look like, by other decoders and a plain resize, and how alike two pictures
//! are. Shared by `tools/check-images` and `benches/peers`.

pub mod folder;
pub mod lanczos;
pub mod reference;
pub mod picture;
pub mod ssim;
