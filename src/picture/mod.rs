//! Pictures in memory: pixels with a size and a layout.

mod alpha;
mod gamut;
#[cfg(feature = "image")]
mod image_crate;
mod layout;
mod owned;
mod view;

pub(crate) use alpha::over;
pub use gamut::Gamut;
pub use layout::Layout;
pub use owned::Picture;
pub(crate) use view::PictureView;
