//! The properties that fuzz targets share with the tests of the library, and what they need.

#[path = "../../tests/support/counting_allocator.rs"]
pub mod counting_allocator;
#[path = "../../tests/support/libwebp.rs"]
pub mod libwebp;
#[path = "../../tests/support/properties/mod.rs"]
pub mod properties;
