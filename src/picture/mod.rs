//! Pictures in memory: pixels with a size and a layout.

#[cfg(feature = "image")]
mod image_crate;
mod layout;
mod owned;
mod view;

pub use layout::Layout;
pub use owned::Picture;
pub(crate) use view::PictureView;
