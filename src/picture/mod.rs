//! Pixels with their size and layout.

#[cfg(feature = "image")]
mod image_crate;
mod layout;
mod owned;
mod view;

pub use layout::Layout;
pub use owned::Picture;
pub(crate) use view::PictureView;
