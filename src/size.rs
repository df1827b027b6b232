//! Sizes and rectangles, and the one place where dimensions are multiplied.

use core::fmt;

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Size {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Size {
    /// A size of `width` × `height` pixels.
    #[must_use]
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// The number of pixels. Two `u32` sides always fit in a `u64` product.
    #[must_use]
    pub const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// The longer side in pixels.
    #[must_use]
    pub const fn longer_side(self) -> u32 {
        if self.width > self.height { self.width } else { self.height }
    }

    /// True when a side is 0, so that there is no pixel.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The size of the picture turned by a quarter.
    #[must_use]
    pub const fn transposed(self) -> Self {
        Self { width: self.height, height: self.width }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// A rectangle of whole pixels; `x` and `y` are its left and top edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rect {
    /// Pixels left of the rectangle.
    pub x: u32,
    /// Pixels above the rectangle.
    pub y: u32,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Rect {
    /// The rectangle that covers a picture of `size`.
    #[must_use]
    pub const fn covering(size: Size) -> Self {
        Self { x: 0, y: 0, width: size.width, height: size.height }
    }

    /// Its width and height.
    #[must_use]
    pub const fn size(self) -> Size {
        Size { width: self.width, height: self.height }
    }

    /// True when every pixel of the rectangle, and at least one, lies in a picture of `size`.
    #[must_use]
    pub const fn is_inside(self, size: Size) -> bool {
        !self.size().is_empty()
            && self.x as u64 + self.width as u64 <= size.width as u64
            && self.y as u64 + self.height as u64 <= size.height as u64
    }
}

impl fmt::Display for Rect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.size(), self.x, self.y)
    }
}

/// A part of a plane in samples, whose edges may lie between samples: finite, not empty, inside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SourceRect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl SourceRect {
    /// The whole of a plane of `size`.
    pub(crate) fn covering(size: Size) -> Self {
        Self { x: 0.0, y: 0.0, width: f64::from(size.width), height: f64::from(size.height) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_product_fits() {
        assert_eq!(Size::new(u32::MAX, u32::MAX).pixels(), 18_446_744_065_119_617_025);
    }

    #[test]
    fn a_rectangle_at_the_edge_is_inside_and_one_pixel_on_is_not() {
        let size = Size::new(10, 20);
        let rect = Rect { x: 3, y: 5, width: 7, height: 15 };
        assert!(rect.is_inside(size));
        assert!(!Rect { x: 4, ..rect }.is_inside(size));
        assert!(!Rect { y: 6, ..rect }.is_inside(size));
        assert!(!Rect { width: 0, ..rect }.is_inside(size));
        assert!(!Rect { x: u32::MAX, y: 0, width: u32::MAX, height: 1 }.is_inside(size));
    }
}
