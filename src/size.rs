//! Sizes and rectangles. Dimensions are multiplied here and nowhere else.

use core::fmt;

/// A width and a height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Size {
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
}

impl Size {
    /// A size of `width` × `height` pixels.
    #[must_use]
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// The number of pixels. The product of two `u32` always fits in a `u64`.
    #[must_use]
    pub const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// The longer side in pixels.
    #[must_use]
    pub const fn longer_side(self) -> u32 {
        if self.width > self.height { self.width } else { self.height }
    }

    /// True when a side is 0, so that there are no pixels.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Width and height exchanged: the size after a rotation by 90°.
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

/// A rectangle of whole pixels. `x` and `y` are its top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rect {
    /// The column of its left edge, in pixels from the left of the picture.
    pub x: u32,
    /// The row of its top edge, in pixels from the top of the picture.
    pub y: u32,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
}

impl Rect {
    /// The rectangle that covers a picture of `size` completely.
    #[must_use]
    pub const fn covering(size: Size) -> Self {
        Self { x: 0, y: 0, width: size.width, height: size.height }
    }

    /// The width and height of the rectangle.
    #[must_use]
    pub const fn size(self) -> Size {
        Size { width: self.width, height: self.height }
    }

    /// True when the rectangle is not empty and lies completely inside a picture of `size`.
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

/// A part of a plane, in samples. Its edges may lie between samples. It is finite, not empty and
/// inside the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SourceRect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

#[cfg(any(test, feature = "instrument"))]
impl SourceRect {
    /// A plane of `size`, completely.
    pub(crate) fn covering(size: Size) -> Self {
        Self { x: 0.0, y: 0.0, width: f64::from(size.width), height: f64::from(size.height) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_product_does_not_overflow() {
        assert_eq!(Size::new(u32::MAX, u32::MAX).pixels(), 18_446_744_065_119_617_025);
    }

    #[test]
    fn a_rectangle_that_touches_the_edge_is_inside_and_one_pixel_further_is_not() {
        let size = Size::new(10, 20);
        let rect = Rect { x: 3, y: 5, width: 7, height: 15 };
        assert!(rect.is_inside(size));
        assert!(!Rect { x: 4, ..rect }.is_inside(size));
        assert!(!Rect { y: 6, ..rect }.is_inside(size));
        assert!(!Rect { width: 0, ..rect }.is_inside(size));
        assert!(!Rect { x: u32::MAX, y: 0, width: u32::MAX, height: 1 }.is_inside(size));
    }
}
