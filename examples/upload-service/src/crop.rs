//! The text form of a crop, in query strings and in the names of stored originals.

use bombproof::Rect;

/// Parses `x,y,width,height`, in pixels after the orientation is applied.
pub(crate) fn parse_crop(text: &str) -> Option<Rect> {
    let mut numbers = text.split(',').map(|number| number.parse().ok());
    let mut next = || numbers.next().flatten();
    let rect = Rect { x: next()?, y: next()?, width: next()?, height: next()? };
    numbers.next().is_none().then_some(rect)
}

/// The text that [`parse_crop`] reads.
pub(crate) fn format_crop(Rect { x, y, width, height }: Rect) -> String {
    format!("{x},{y},{width},{height}")
}
