//! Pictures in memory: pixels with a size and a layout.

mod gamut;
#[cfg(feature = "image")]
mod image_crate;
mod layout;
mod owned;
mod view;

pub use gamut::Gamut;
pub use layout::Layout;
pub use owned::Picture;
pub(crate) use view::PictureView;
