//! Sizes, rectangles and shares of a side. Dimensions are multiplied here and nowhere else.

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

    /// The place of this size in the middle of `outer`, where it fits. Of an odd remainder, the extra
    /// pixel is on the right and at the bottom.
    pub(crate) const fn centered_in(self, outer: Self) -> Option<Rect> {
        let Self { width, height } = self;
        match (outer.width.checked_sub(width), outer.height.checked_sub(height)) {
            (Some(room_x), Some(room_y)) => {
                Some(Rect { x: room_x / 2, y: room_y / 2, width, height })
            }
            _ => None,
        }
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

/// A part of a side, from 0 to 1, in units of 2^-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share(u64);

impl Share {
    pub(crate) const HALF: Self = Self(Self::ONE / 2);

    const ONE: u64 = 1 << 32;

    /// Numbers outside 0 to 1, and NaN, become a share that is not [valid](Self::is_valid).
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most 2^32 and not negative"
    )]
    pub(crate) const fn new(share: f64) -> Self {
        // A product with a power of two is exact, on every machine.
        if share >= 0.0 && share <= 1.0 {
            Self((share * Self::ONE as f64) as u64)
        } else {
            Self(u64::MAX)
        }
    }

    /// Pixel `index` of a side, which is at most the last: its middle.
    pub(crate) fn of_pixel(index: u32, side: u32) -> Self {
        let doubled = 2 * u128::from(index) + 1;
        let share = doubled * u128::from(Self::ONE) / (2 * u128::from(side.max(1)));
        u64::try_from(share).map_or(Self(Self::ONE), |share| Self(share.min(Self::ONE)))
    }

    pub(crate) const fn is_valid(self) -> bool {
        self.0 <= Self::ONE
    }

    /// Where `length` pixels of a side start whose middle is nearest to this share of it, so that
    /// they are inside. Of two starts that are equally near it is the first, so that a half is the
    /// centre.
    pub(crate) fn start_of(self, length: u32, side: u32) -> u32 {
        const PIXEL: u128 = 2 * Share::ONE as u128;
        let middle = 2 * u128::from(self.0) * u128::from(side);
        let start = middle.saturating_sub(u128::from(length) * PIXEL / 2);
        let start = u32::try_from((start + PIXEL / 2 - 1) / PIXEL).unwrap_or(u32::MAX);
        start.min(side.saturating_sub(length))
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
