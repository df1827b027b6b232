//! What a decoder sees of an upload.

use bombproof::instrument::sanitised_view;
use bombproof::{ColorKind, Limits, Orientation, Request, probe};

use super::plan::refusal_is_explained;

/// P6: what the container readers approve is a file of its own. It has the same format, its own view
/// is itself, and nothing that was left out had to do with pixels: where the header means the same
/// colours, it decodes to the same ones.
pub fn sanitised_view_is_self_contained(bytes: &[u8], limits: &Limits) {
    let view = match sanitised_view(bytes) {
        Ok(view) => view,
        Err(error) => return refusal_is_explained(&error),
    };
    let header = probe(bytes).expect("it has a view");
    let seen = probe(&view).unwrap_or_else(|error| panic!("the view is refused: {error}"));
    let again = sanitised_view(&view).unwrap_or_else(|error| panic!("no view of a view: {error}"));
    assert!(again == view, "the view of a view is another one");
    assert_eq!(seen.format, header.format);
    assert_eq!((seen.orientation, seen.icc, seen.animated), (Orientation::Upright, None, false));
    // Whether inks are inverted is said by the Adobe segment, which the view lacks.
    let same_meaning = !matches!(header.color, ColorKind::Cmyk | ColorKind::Ycck)
        && header.orientation == Orientation::Upright
        && header.icc.is_none()
        && !header.animated
        && header.color == seen.color
        && header.size == seen.size;
    if !same_meaning {
        return;
    }
    let request = Request::cover(24, 24).pixels();
    if let Ok(picture) = bombproof::thumbnail(bytes, &request, limits) {
        match bombproof::thumbnail(&view, &request, limits) {
            Ok(of_view) => assert!(of_view == picture, "the view is another picture"),
            Err(error) => panic!("the file gives a picture, its view does not: {error}"),
        }
    }
}
