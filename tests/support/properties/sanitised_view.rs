//! The part of an upload that the decoders see.

use bombproof::instrument::sanitised_view;
use bombproof::{ColorConversion, ColorKind, Limits, Orientation, Request, probe};

use super::plan::refusal_is_explained;

/// P6: the view that the container readers approve is a file of the same format, and its own view
/// is the view itself. Nothing that it leaves out has to do with pixels: where both
/// headers give colours the same meaning, both files decode to the same colours.
pub fn sanitised_view_is_self_contained(bytes: &[u8], limits: &Limits) {
    let view = match sanitised_view(bytes) {
        Ok(view) => view,
        Err(error) => return refusal_is_explained(&error),
    };
    let header = probe(bytes).expect("a file with a view");
    let seen = probe(&view).unwrap_or_else(|error| panic!("the view is refused: {error}"));
    let again = sanitised_view(&view).unwrap_or_else(|error| panic!("no view of a view: {error}"));
    assert!(again == view, "the view of a view differs from it");
    assert_eq!(seen.format(), header.format());
    assert_eq!(
        (seen.orientation(), seen.icc(), seen.animated()),
        (Orientation::Upright, None, false)
    );
    let same_meaning = header.orientation() == Orientation::Upright
        && header.icc().is_none()
        && !header.animated()
        && header.color() == seen.color()
        && header.size() == seen.size();
    if !same_meaning {
        return;
    }
    let request = Request::cover(24, 24).pixels();
    // A PNG can declare its colours in chunks that the view lacks.
    if let Ok(picture) = bombproof::thumbnail(bytes, &request, limits)
        && picture.color() == ColorConversion::Srgb
    {
        match bombproof::thumbnail(&view, &request, &without_container_limits(limits)) {
            Ok(of_view) => assert!(of_view == picture, "the view gives another picture"),
            Err(error) => panic!("the file gives a picture, its view does not: {error}"),
        }
    }
}

/// The view of a file without an end has one, and may have a chunk and bytes more than the file.
fn without_container_limits(limits: &Limits) -> Limits {
    let mut limits = *limits;
    limits.max_input_bytes = u64::MAX;
    limits.max_segments = u32::MAX;
    limits.max_work = u64::MAX;
    limits
}
