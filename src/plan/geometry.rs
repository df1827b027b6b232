//! Which part of the stored picture becomes which output, in integers that cannot overflow.

use crate::error::{BadRequest, Error};
use crate::probe::Orientation;
use crate::request::{CropPosition, Fit, Request};
use crate::size::{Rect, Size};

/// One output: the part of the stored picture that it is made from, and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutputGeometry {
    /// The part in stored pixels, before the orientation is applied.
    pub(crate) crop: Rect,
    /// The size of that part in the output, before the orientation is applied.
    pub(crate) stored_size: Size,
    /// The output size after the orientation is applied. It is that of the part, unless the output is
    /// cut from it, or the part is placed on a canvas.
    pub(crate) size: Size,
    /// The output is cut from what is made, where that draws attention. Else it is all of it.
    pub(crate) is_cut: bool,
}

/// The geometry of all outputs of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Geometry {
    outputs: [OutputGeometry; Request::MAX_SIZES],
    count: usize,
    /// The smallest rectangle of stored pixels that contains the crops of all outputs.
    pub(crate) window: Rect,
}

impl Geometry {
    /// The geometry of `request` on a stored picture of `size`.
    pub(crate) fn new(
        request: &Request,
        size: Size,
        orientation: Orientation,
    ) -> Result<Self, Error> {
        let upright = if orientation.is_transposed() { size.transposed() } else { size };
        let area = request.crop_rect().unwrap_or(Rect::covering(upright));
        if !area.is_inside(upright) {
            return Err(Error::BadRequest(BadRequest::CropOutside));
        }
        let output = |target: Size| {
            let (part, size) = fit(request.fit(), area.size(), target, request.may_enlarge());
            let is_padded = matches!(request.fit(), Fit::Pad { .. });
            let is_cut = request.crop_position() == CropPosition::Attention && part != area.size();
            let (crop, made) = if is_cut {
                (area, at_scale_of(area.size(), part, size))
            } else {
                (place(part, area, upright, request.crop_position()), size)
            };
            OutputGeometry {
                crop: stored_rect(crop, upright, orientation),
                stored_size: if orientation.is_transposed() { made.transposed() } else { made },
                size: if is_padded { target } else { size },
                is_cut,
            }
        };
        let sizes = request.sizes();
        let first = output(*sizes.first().ok_or(Error::Bug("a request without sizes"))?);
        let mut geometry =
            Self { outputs: [first; Request::MAX_SIZES], count: sizes.len(), window: first.crop };
        for (slot, &size) in geometry.outputs.iter_mut().zip(sizes).skip(1) {
            *slot = output(size);
            geometry.window = union(geometry.window, slot.crop);
        }
        Ok(geometry)
    }

    pub(crate) fn outputs(&self) -> &[OutputGeometry] {
        self.outputs.get(..self.count).unwrap_or(&self.outputs)
    }
}

/// The size of the part of a picture of size `source` that an output shows, and its size in the
/// output. The part is not empty and fits in the source. No side of the output is 0, and none is
/// larger than that of `target`, or of the part unless `enlarge` is true.
fn fit(fit: Fit, source: Size, target: Size, enlarge: bool) -> (Size, Size) {
    match fit {
        Fit::Full => (source, source),
        Fit::Contain | Fit::Pad { .. } => (source, contain(source, target, enlarge)),
        Fit::Cover => {
            let part = cover_part(source, target);
            if enlarge {
                return (part, target);
            }
            let size = Size::new(target.width.min(part.width), target.height.min(part.height));
            (part, size)
        }
    }
}

/// The size of the complete `source`, at the scale at which `part` of it becomes `size`.
fn at_scale_of(source: Size, part: Size, size: Size) -> Size {
    let side = |source, part, side| if source == part { side } else { scaled(source, side, part) };
    Size::new(
        side(source.width, part.width, size.width),
        side(source.height, part.height, size.height),
    )
}

fn contain(source: Size, target: Size, enlarge: bool) -> Size {
    let fits = source.width <= target.width && source.height <= target.height;
    if fits && !enlarge {
        return source;
    }
    if is_wider(source, target) {
        let height = scaled(source.height, target.width, source.width);
        Size::new(target.width, height.clamp(1, target.height))
    } else {
        let width = scaled(source.width, target.height, source.height);
        Size::new(width.clamp(1, target.width), target.height)
    }
}

/// The size of the largest part of `source` with the aspect ratio of `target`.
fn cover_part(source: Size, target: Size) -> Size {
    if is_wider(source, target) {
        let width = scaled(source.height, target.width, target.height);
        Size::new(width.clamp(1, source.width), source.height)
    } else {
        let height = scaled(source.width, target.height, target.width);
        Size::new(source.width, height.clamp(1, source.height))
    }
}

/// True when `source` has a wider aspect ratio than `target`.
const fn is_wider(source: Size, target: Size) -> bool {
    source.width as u64 * target.height as u64 > source.height as u64 * target.width as u64
}

/// `length` × `numerator` / `denominator`, rounded; at most `u32::MAX`.
fn scaled(length: u32, numerator: u32, denominator: u32) -> u32 {
    let denominator = u64::from(denominator.max(1));
    let product = u64::from(length) * u64::from(numerator);
    let rounded = (product / denominator)
        .saturating_add(u64::from(product % denominator >= denominator.div_ceil(2)));
    u32::try_from(rounded).unwrap_or(u32::MAX)
}

/// The rectangle of size `part` inside `area` that `position` asks for, in a picture of size
/// `picture`.
fn place(part: Size, area: Rect, picture: Size, position: CropPosition) -> Rect {
    let (room_x, room_y) = (area.width - part.width, area.height - part.height);
    let (x, y) = match position {
        CropPosition::Center | CropPosition::Attention => {
            (area.x + room_x / 2, area.y + room_y / 2)
        }
        CropPosition::Focus { x, y } => (
            x.start_of(part.width, picture.width).clamp(area.x, area.x + room_x),
            y.start_of(part.height, picture.height).clamp(area.y, area.y + room_y),
        ),
    };
    Rect { x, y, width: part.width, height: part.height }
}

fn union(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    let right = (a.x + a.width).max(b.x + b.width);
    let bottom = (a.y + a.height).max(b.y + b.height);
    Rect { x, y, width: right - x, height: bottom - y }
}

/// Maps a rectangle of the upright picture to the stored picture. `upright` is the size of the
/// upright picture, and the rectangle lies inside it.
fn stored_rect(rect: Rect, upright: Size, orientation: Orientation) -> Rect {
    let Rect { x, y, width, height } = rect;
    let from_right = upright.width - x - width;
    let from_bottom = upright.height - y - height;
    let (x, y) = match orientation {
        Orientation::Upright => (x, y),
        Orientation::FlipHorizontal => (from_right, y),
        Orientation::Rotate180 => (from_right, from_bottom),
        Orientation::FlipVertical => (x, from_bottom),
        Orientation::Transpose => (y, x),
        Orientation::Rotate90 => (y, from_right),
        Orientation::Transverse => (from_bottom, from_right),
        Orientation::Rotate270 => (from_bottom, x),
    };
    if orientation.is_transposed() {
        Rect { x, y, width: height, height: width }
    } else {
        Rect { x, y, width, height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn orientations() -> impl Strategy<Value = Orientation> {
        prop::sample::select(
            &[
                Orientation::Upright,
                Orientation::FlipHorizontal,
                Orientation::Rotate180,
                Orientation::FlipVertical,
                Orientation::Transpose,
                Orientation::Rotate90,
                Orientation::Transverse,
                Orientation::Rotate270,
            ][..],
        )
    }

    /// All lengths, often small or near the largest.
    fn length() -> impl Strategy<Value = u32> {
        prop_oneof![1..=u32::MAX, 1..=300u32, u32::MAX - 3..=u32::MAX, 1..=70_000u32]
    }

    fn size() -> impl Strategy<Value = Size> {
        (length(), length()).prop_map(|(width, height)| Size::new(width, height))
    }

    fn request() -> impl Strategy<Value = Request> {
        let fit =
            prop::sample::select(&[Fit::Cover, Fit::Contain, Fit::Pad { canvas: [0; 4] }][..]);
        (size(), fit, any::<[bool; 2]>(), prop::option::of(focus())).prop_map(
            |(Size { width, height }, fit, [enlarge, attention], focus)| {
                let request = match fit {
                    Fit::Cover => Request::cover(width, height),
                    Fit::Pad { canvas } => Request::pad(width, height, canvas),
                    _ => Request::contain(width, height),
                };
                let request = request.enlarge(enlarge);
                let request = focus.map_or(request, |(x, y)| request.focus(x, y));
                if attention { request.attention() } else { request }
            },
        )
    }

    /// All points, often on an edge, in the middle, or on a pixel of a small picture.
    fn focus() -> impl Strategy<Value = (f64, f64)> {
        let share = prop_oneof![
            0.0..=1.0,
            prop::sample::select(&[0.0, 0.25, 0.5, 1.0, f64::MIN_POSITIVE, -0.0][..]),
            (1..300u32, 0..300u32).prop_map(|(side, at)| f64::from(at % side) / f64::from(side)),
        ];
        (share.clone(), share)
    }

    proptest! {
        #[test]
        fn outputs_are_not_empty_lie_inside_and_are_never_larger_than_requested(
            source in size(),
            request in request(),
            orientation in orientations(),
        ) {
            let geometry = Geometry::new(&request, source, orientation).unwrap();
            let [output] = geometry.outputs() else { panic!("the request has one size") };
            let target = request.sizes()[0];
            prop_assert!(!output.size.is_empty());
            prop_assert!(output.crop.is_inside(source));
            prop_assert!(output.size.width <= target.width);
            prop_assert!(output.size.height <= target.height);
            if !request.may_enlarge() {
                prop_assert!(output.stored_size.width <= output.crop.width);
                prop_assert!(output.stored_size.height <= output.crop.height);
            }
            prop_assert_eq!(geometry.window, output.crop);
            let stored_size =
                if orientation.is_transposed() { output.size.transposed() } else { output.size };
            if output.is_cut {
                prop_assert_eq!(output.crop, Rect::covering(source));
                prop_assert!(output.stored_size.width >= stored_size.width);
                prop_assert!(output.stored_size.height >= stored_size.height);
            } else if let Fit::Pad { .. } = request.fit() {
                prop_assert_eq!(output.size, target);
                prop_assert!(output.stored_size.width <= stored_size.width);
                prop_assert!(output.stored_size.height <= stored_size.height);
            } else {
                prop_assert_eq!(output.stored_size, stored_size);
            }
        }

        #[test]
        fn the_window_contains_all_crops(
            source in size(),
            targets in prop::collection::vec(size(), 1..=Request::MAX_SIZES),
            orientation in orientations(),
        ) {
            let request = targets[1..].iter().fold(
                Request::cover(targets[0].width, targets[0].height),
                |request, size| request.and_size(size.width, size.height),
            );
            let geometry = Geometry::new(&request, source, orientation).unwrap();
            prop_assert_eq!(geometry.outputs().len(), targets.len());
            prop_assert!(geometry.window.is_inside(source));
            for output in geometry.outputs() {
                let inner = Rect {
                    x: output.crop.x - geometry.window.x,
                    y: output.crop.y - geometry.window.y,
                    ..output.crop
                };
                prop_assert!(inner.is_inside(geometry.window.size()));
            }
        }

        #[test]
        fn a_crop_is_accepted_or_refused_and_never_overflows(
            source in size(),
            rect in (any::<u32>(), any::<u32>(), any::<u32>(), any::<u32>()),
            orientation in orientations(),
        ) {
            let crop = Rect { x: rect.0, y: rect.1, width: rect.2, height: rect.3 };
            let upright =
                if orientation.is_transposed() { source.transposed() } else { source };
            let request = Request::cover(256, 256).crop(crop);
            match Geometry::new(&request, source, orientation) {
                Ok(geometry) => {
                    prop_assert!(crop.is_inside(upright));
                    prop_assert!(geometry.window.is_inside(source));
                }
                Err(_) => prop_assert!(!crop.is_inside(upright)),
            }
        }
    }

    proptest! {
        /// The definition, with every start of the crop.
        #[test]
        fn the_middle_of_the_crop_is_as_near_to_the_focus_as_fits(
            picture in (1..60u32, 1..60u32),
            target in (1..60u32, 1..60u32),
            focus in focus(),
            rect in (0..60u32, 0..60u32, 1..60u32, 1..60u32),
            orientation in orientations(),
        ) {
            let upright = Size::new(picture.0, picture.1);
            let crop = Rect { x: rect.0, y: rect.1, width: rect.2, height: rect.3 };
            let request = Request::cover(target.0, target.1).focus(focus.0, focus.1);
            let (request, area) = if crop.is_inside(upright) {
                (request.crop(crop), crop)
            } else {
                (request, Rect::covering(upright))
            };
            let stored = if orientation.is_transposed() { upright.transposed() } else { upright };
            let geometry = Geometry::new(&request, stored, orientation).unwrap();
            let part = cover_part(area.size(), Size::new(target.0, target.1));
            let nearest = |share: f64, side: u32, start: u32, room: u32, length: u32| {
                let distance = |at: &u32| {
                    let middle = f64::from(*at) + f64::from(length) / 2.0;
                    (middle - share * f64::from(side)).abs()
                };
                let best = (start..=start + room).map(|at| distance(&at)).fold(f64::MAX, f64::min);
                // Shares have 32 bits: two starts may be equally near but for rounding.
                (start..=start + room).filter(|at| distance(at) < best + 1e-6).collect::<Vec<_>>()
            };
            let xs = nearest(focus.0, upright.width, area.x, area.width - part.width, part.width);
            let ys = nearest(focus.1, upright.height, area.y, area.height - part.height, part.height);
            let expected = xs.iter().flat_map(|&x| ys.iter().map(move |&y| (x, y)));
            let found = expected
                .map(|(x, y)| Rect { x, y, width: part.width, height: part.height })
                .filter(|&rect| stored_rect(rect, upright, orientation) == geometry.window)
                .count();
            prop_assert_eq!(found, 1, "{:?} for {:?} and {:?}", geometry.window, xs, ys);
        }

        #[test]
        fn a_focus_in_the_middle_is_the_centre(
            source in size(),
            targets in prop::collection::vec(size(), 1..=Request::MAX_SIZES),
            orientation in orientations(),
        ) {
            let request = targets[1..].iter().fold(
                Request::cover(targets[0].width, targets[0].height),
                |request, size| request.and_size(size.width, size.height),
            );
            let middle = Geometry::new(&request.focus(0.5, 0.5), source, orientation).unwrap();
            prop_assert_eq!(middle, Geometry::new(&request, source, orientation).unwrap());
        }
    }

    /// Sizes of other shapes have crops of their own, around one point: pixel (30, 8) of 100 × 40.
    #[test]
    fn all_sizes_keep_the_focus() {
        let request = Request::cover(20, 20).and_size(30, 10).and_size(10, 40).focus(0.3, 0.2);
        let geometry = Geometry::new(&request, Size::new(100, 40), Orientation::Upright).unwrap();
        let crops: Vec<Rect> = geometry.outputs().iter().map(|output| output.crop).collect();
        let rect = |x, y, width, height| Rect { x, y, width, height };
        assert_eq!(crops, [rect(10, 0, 40, 40), rect(0, 0, 100, 33), rect(25, 0, 10, 40)]);
        assert_eq!(geometry.window, rect(0, 0, 100, 40));
        // The picture is stored on its side: its right edge is at the top.
        let turned = Geometry::new(&request, Size::new(40, 100), Orientation::Rotate270).unwrap();
        assert_eq!(turned.outputs()[0].crop, rect(0, 10, 40, 40));
        let turned = Geometry::new(&request, Size::new(40, 100), Orientation::Rotate90).unwrap();
        assert_eq!(turned.outputs()[0].crop, rect(0, 50, 40, 40));
    }

    #[test]
    fn a_picture_that_is_searched_is_made_at_the_scale_of_the_output() {
        let made = |request: Request, width, height| {
            let request = request.attention();
            let size = Size::new(width, height);
            let output = Geometry::new(&request, size, Orientation::Upright).unwrap().outputs()[0];
            assert_eq!(output.crop, Rect::covering(size));
            (output.stored_size, output.size, output.is_cut)
        };
        let (square, enlarged) = (Request::cover(256, 256), Request::cover(256, 256).enlarge(true));
        assert_eq!(made(square, 4032, 3024), (Size::new(341, 256), Size::new(256, 256), true));
        assert_eq!(made(square, 3024, 4032), (Size::new(256, 341), Size::new(256, 256), true));
        assert_eq!(made(square, 300, 200), (Size::new(300, 200), Size::new(200, 200), true));
        assert_eq!(made(enlarged, 100, 80), (Size::new(320, 256), Size::new(256, 256), true));
        assert_eq!(made(square, 1, 10_000), (Size::new(1, 10_000), Size::new(1, 1), true));
        assert_eq!(made(square, 500, 500), (Size::new(256, 256), Size::new(256, 256), false));
        let contained = Request::contain(256, 256);
        assert_eq!(made(contained, 500, 250), (Size::new(256, 128), Size::new(256, 128), false));
    }

    #[test]
    fn the_largest_picture_has_a_focus_on_each_pixel() {
        let source = Size::new(u32::MAX, u32::MAX);
        let x = |share: f64| {
            let request = Request::cover(1, u32::MAX).focus(share, 0.0);
            Geometry::new(&request, source, Orientation::Upright).unwrap().window.x
        };
        assert_eq!((x(0.0), x(1.0)), (0, u32::MAX - 1));
        assert_eq!(x(0.5), u32::MAX / 2);
        assert_eq!(x(0.75), 3_221_225_471);
    }

    #[test]
    fn known_pictures_have_the_expected_sizes() {
        let of = |request: Request, width, height| {
            let geometry =
                Geometry::new(&request, Size::new(width, height), Orientation::Upright).unwrap();
            (geometry.outputs()[0].crop, geometry.outputs()[0].size)
        };
        let rect = |x, y, width, height| Rect { x, y, width, height };
        assert_eq!(
            of(Request::cover(256, 256), 4032, 3024),
            (rect(504, 0, 3024, 3024), Size::new(256, 256))
        );
        assert_eq!(
            of(Request::contain(1024, 1024), 4032, 3024),
            (rect(0, 0, 4032, 3024), Size::new(1024, 768))
        );
        // A column of 10,000 pixels becomes an avatar of 1 pixel, not of 65,536.
        assert_eq!(of(Request::cover(256, 256), 1, 10_000), (rect(0, 4999, 1, 1), Size::new(1, 1)));
        assert_eq!(of(Request::contain(150, 150), 1, 10_000).1, Size::new(1, 150));
        assert_eq!(of(Request::cover(256, 256), 100, 80).1, Size::new(80, 80));
        let enlarged = Request::cover(256, 256).enlarge(true);
        assert_eq!(of(enlarged, 100, 80), (rect(10, 0, 80, 80), Size::new(256, 256)));
    }

    /// Maps every pixel of a small picture and compares with the definition of each orientation.
    #[test]
    fn a_pixel_of_the_upright_picture_is_found_in_the_stored_one() {
        let stored = Size::new(3, 2);
        type UprightOf = fn(Size, u32, u32) -> (u32, u32);
        let cases: [(Orientation, UprightOf); 8] = [
            (Orientation::Upright, |_, x, y| (x, y)),
            (Orientation::FlipHorizontal, |s, x, y| (s.width - 1 - x, y)),
            (Orientation::Rotate180, |s, x, y| (s.width - 1 - x, s.height - 1 - y)),
            (Orientation::FlipVertical, |s, x, y| (x, s.height - 1 - y)),
            (Orientation::Transpose, |_, x, y| (y, x)),
            (Orientation::Rotate90, |s, x, y| (s.height - 1 - y, x)),
            (Orientation::Transverse, |s, x, y| (s.height - 1 - y, s.width - 1 - x)),
            (Orientation::Rotate270, |s, x, y| (y, s.width - 1 - x)),
        ];
        for (orientation, upright_of) in cases {
            let upright = if orientation.is_transposed() { stored.transposed() } else { stored };
            for y in 0..stored.height {
                for x in 0..stored.width {
                    let (ux, uy) = upright_of(stored, x, y);
                    let pixel = Rect { x: ux, y: uy, width: 1, height: 1 };
                    let found = stored_rect(pixel, upright, orientation);
                    assert_eq!(found, Rect { x, y, width: 1, height: 1 }, "{orientation:?}");
                }
            }
        }
    }
}
