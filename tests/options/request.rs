//! The setters of a request. Each test has the name of one.

use bombproof::{Error, Layout, Limits, Picture, Plan, Rect, Request, Size, Thumbnail, probe};
use bombproof_testkit::bombs::truncated;
use bombproof_testkit::exif::{self, ByteOrder};
use bombproof_testkit::pictures::{landscape, noise};
use bombproof_testkit::png::{Options, Samples, file};

use crate::manifest;

pub(crate) const RED: [u8; 3] = [200, 0, 0];
const GREEN: [u8; 3] = [0, 200, 0];
pub(crate) const BLUE: [u8; 3] = [0, 0, 200];

/// A PNG of 60 × 20 pixels: red, green and blue squares side by side.
pub(crate) fn three_squares() -> Vec<u8> {
    let pixels = (0..20 * 60).flat_map(|i| [RED, GREEN, BLUE][i % 60 / 20]).collect();
    Picture::new(Size::new(60, 20), Layout::Rgb, pixels).unwrap().to_png().unwrap()
}

pub(crate) fn pictures(file: &[u8], request: &Request) -> Vec<Picture> {
    let made = bombproof::thumbnails(file, &request.pixels(), &Limits::default()).unwrap();
    made.into_iter().map(|made| made.into_picture().unwrap()).collect()
}

pub(crate) fn picture(file: &[u8], request: &Request) -> Picture {
    pictures(file, request).remove(0)
}

/// The file that `request` makes of `file`.
pub(crate) fn output(file: &[u8], request: &Request) -> Vec<u8> {
    bombproof::thumbnail(file, request, &Limits::default()).unwrap().into_bytes()
}

pub(crate) fn colors(picture: &Picture) -> Vec<[u8; 3]> {
    let mut colors: Vec<[u8; 3]> = picture.pixels().as_chunks().0.to_vec();
    colors.dedup();
    colors
}

fn first_color(picture: &Picture) -> [u8; 3] {
    colors(picture)[0]
}

#[test]
fn cover() {
    let covered = picture(&three_squares(), &Request::cover(20, 20));
    assert_eq!((covered.size(), colors(&covered)), (Size::new(20, 20), vec![GREEN]));
    assert_eq!(picture(&three_squares(), &Request::cover(30, 10)).size(), Size::new(30, 10));
}

#[test]
fn contain() {
    let contained = picture(&three_squares(), &Request::contain(30, 30));
    assert_eq!((contained.size(), first_color(&contained)), (Size::new(30, 10), RED));
    assert_eq!(picture(&three_squares(), &Request::contain(90, 5)).size(), Size::new(15, 5));
}

#[test]
fn full_size() {
    let full = picture(&three_squares(), &Request::full_size());
    assert_eq!(full.size(), Size::new(60, 20));
    assert_eq!(colors(&full)[..3], [RED, GREEN, BLUE]);
}

#[test]
fn and_size() {
    let request = Request::cover(20, 20);
    let sizes = |request| pictures(&three_squares(), request).iter().map(Picture::size).collect();
    let one: Vec<Size> = sizes(&request);
    let three: Vec<Size> = sizes(&request.and_size(10, 8).and_size(6, 6));
    assert_eq!(one, [Size::new(20, 20)]);
    assert_eq!(three, [Size::new(20, 20), Size::new(10, 8), Size::new(6, 6)]);
}

/// In upright pixels: the picture is stored on its side.
#[test]
fn crop() {
    let request = Request::full_size();
    let right = request.crop(Rect { x: 40, y: 2, width: 15, height: 10 });
    let cropped = picture(&three_squares(), &right);
    assert_eq!((cropped.size(), colors(&cropped)), (Size::new(15, 10), vec![BLUE]));

    let turned = manifest::read("valid/exif-orientation-6.png");
    let whole = picture(&turned, &request);
    let rect = Rect { x: 3, y: 5, width: 6, height: 9 };
    let part = picture(&turned, &request.crop(rect));
    let wanted = (rect.y..rect.y + rect.height).flat_map(|y| {
        let start = 3 * (y * whole.size().width + rect.x) as usize;
        &whole.pixels()[start..start + 3 * rect.width as usize]
    });
    assert!(probe(&turned).unwrap().size() != whole.size(), "stored upright");
    assert!(part.pixels().iter().eq(wanted), "another part");
}

/// In parts of the upright picture, with and without a crop rectangle.
#[test]
fn focus() {
    let request = Request::cover(20, 20);
    let color_at = |x, y| colors(&picture(&three_squares(), &request.focus(x, y)));
    assert_eq!(color_at(0.5, 0.0), colors(&picture(&three_squares(), &request)));
    // A sixth of the width is the middle of the first square, and nothing lies left of it.
    for (x, color) in [(0.0, RED), (1.0 / 6.0, RED), (0.5, GREEN), (5.0 / 6.0, BLUE), (1.0, BLUE)] {
        assert_eq!(color_at(x, 1.0), [color]);
    }
    let right = request.crop(Rect { x: 20, y: 0, width: 40, height: 20 });
    assert_eq!(colors(&picture(&three_squares(), &right.focus(0.5, 0.5))), [GREEN]);
    assert_eq!(colors(&picture(&three_squares(), &right.focus(0.0, 0.5))), [GREEN]);
    assert_eq!(colors(&picture(&three_squares(), &right.focus(0.9, 0.5))), [BLUE]);
    for uncropped in [Request::contain(30, 30), Request::full_size()] {
        let focused = picture(&three_squares(), &uncropped.focus(0.0, 0.0));
        assert_eq!(focused, picture(&three_squares(), &uncropped));
    }
    for orientation in 1..=8 {
        assert_focus_is_upright(orientation);
    }
}

/// Of 31 × 22 upright pixels in full size, so that an output is a copy of the part that it shows.
fn assert_focus_is_upright(orientation: u16) {
    let stored = stored_as(orientation, &noise(31, 22, 1));
    let (flat, tall) = (Size::new(31, 7), Size::new(10, 22));
    for (target, (x, y), (first_x, first_y)) in [
        (flat, (0.1, 0.8), (0, 14)),
        (flat, (0.9, 0.99), (0, 15)),
        (flat, (0.9, 0.2), (0, 1)),
        (tall, (0.8, 0.3), (20, 0)),
        (tall, (0.5, 0.3), (10, 0)),
        (tall, (0.01, 0.7), (0, 0)),
    ] {
        let made = picture(&stored, &Request::cover(target.width, target.height).focus(x, y));
        let rect = Rect { x: first_x, y: first_y, width: target.width, height: target.height };
        let expected = picture(&stored, &Request::full_size().crop(rect));
        assert_eq!(made, expected, "orientation {orientation}, focus {x}, {y}");
    }
}

/// A PNG that is stored with this orientation.
pub(crate) fn stored_as(
    orientation: u16,
    upright: &bombproof_testkit::pictures::Picture,
) -> Vec<u8> {
    let exif = (*b"eXIf", exif::orientation(ByteOrder::Big, orientation));
    let options = Options { before_data: vec![exif], ..Options::default() };
    file(&Samples::of(&upright.stored_as(orientation), 8), &options)
}

/// The part is a copy of what the picture shows at the place, whatever its orientation.
#[test]
fn attention() {
    let face_at = |left: u32| {
        let is_face = move |x, y| (left..left + 24).contains(&x) && (6..30u32).contains(&y);
        bombproof_testkit::pictures::Picture::new(300, 40, 3, move |x, y, channel| {
            if is_face(x, y) { [198, 145, 112][channel] } else { 90 }
        })
    };
    let request = Request::cover(40, 40).attention();
    for left in [0, 61, 240, 276] {
        let mut made = Vec::new();
        for orientation in 1..=8 {
            made.push(picture(&stored_as(orientation, &face_at(left)), &request));
        }
        assert!(made.iter().all(|other| *other == made[0]), "a face at {left}");
        let place = |x| Rect { x, y: 0, width: 40, height: 40 };
        let whole = stored_as(1, &face_at(left));
        let is_part = |x| picture(&whole, &Request::full_size().crop(place(x))) == made[0];
        let x = (0..=260).find(|&x| is_part(x)).expect("a part of the picture");
        assert!(x <= left && left + 24 <= x + 40, "a face at {left}, and {x} to {}", x + 40);
    }

    let file = stored_as(1, &face_at(200));
    let shows_a_face = |picture: &Picture| {
        let face = picture.pixels().as_chunks::<3>().0.iter().filter(|&&[red, ..]| red > 150);
        2 * 3 * face.count() > picture.pixels().len() / 2
    };
    assert!(!shows_a_face(&picture(&file, &Request::cover(40, 40))));
    // One place for all sizes, also smaller, larger and of other shapes.
    let sizes = request.and_size(10, 10).and_size(20, 40).and_size(300, 40).and_size(300, 20);
    let all = pictures(&file, &sizes);
    assert!(all[..3].iter().all(shows_a_face));
    assert_eq!(all[3], picture(&file, &Request::full_size()));
    assert_eq!(all[4].size(), Size::new(300, 20));
    assert!(shows_a_face(&picture(&file, &Request::cover(90, 90).enlarge(true).attention())));
    // Only inside of the rectangle, and the last setter counts.
    let left = request.crop(Rect { x: 0, y: 0, width: 190, height: 40 });
    assert!(!shows_a_face(&picture(&file, &left)));
    let focused = request.focus(0.1, 0.5);
    assert_eq!(picture(&file, &focused), picture(&file, &Request::cover(40, 40).focus(0.1, 0.5)));
    assert_eq!(picture(&file, &focused.attention()), picture(&file, &request));
    for uncropped in [Request::contain(30, 30), Request::full_size()] {
        assert_eq!(picture(&file, &uncropped.attention()), picture(&file, &uncropped));
    }
    // The plan searches all of the picture, and says so.
    let plan = Plan::new(&probe(&file).unwrap(), &request, &Limits::default()).unwrap();
    assert_eq!(plan.crop(), Rect { x: 0, y: 0, width: 300, height: 40 });
    assert!(plan.to_string().contains("crop 300x40+0+0, cut where it draws attention"), "{plan}");
}

#[test]
fn enlarge() {
    for (request, enlarged) in [
        (Request::cover(80, 80), Size::new(80, 80)),
        (Request::contain(120, 120), Size::new(120, 40)),
    ] {
        let size = |request| picture(&three_squares(), &request).size();
        assert_eq!(size(request), size(request.enlarge(false)));
        assert!(size(request).width <= 60 && size(request).height <= 20);
        assert_eq!(size(request.enlarge(true)), enlarged);
    }
}

#[test]
fn background() {
    let near = |a: [u8; 3], b: [u8; 3]| a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 3);
    // Transparent, half transparent and opaque black.
    for (alpha, opacity) in [(0, 0.0), (128, 128.0 / 255.0), (255, 1.0)] {
        let size = Size::new(16, 16);
        let pixels = [0, 0, 0, alpha].repeat(16 * 16);
        let clear = Picture::new(size, Layout::Rgba, pixels).unwrap().to_png().unwrap();
        let gray = Picture::new(size, Layout::GrayAlpha, [0, alpha].repeat(16 * 16)).unwrap();
        for file in [clear, gray.to_png().unwrap()] {
            let shown = |request: &Request| {
                let jpeg = picture(&output(&file, request), &Request::full_size());
                if jpeg.layout() == Layout::Gray {
                    [jpeg.pixels()[0]; 3]
                } else {
                    first_color(&jpeg)
                }
            };
            let request = Request::full_size().jpeg(95);
            for (request, color) in [
                (request, [255; 3]),
                (request.background([250, 30, 90]), [250, 30, 90]),
                (request.background([60; 3]), [60; 3]),
            ] {
                let wanted = color.map(|sample| (f64::from(sample) * (1.0 - opacity)) as u8);
                assert!(near(shown(&request), wanted), "{:?} for {wanted:?}", shown(&request));
            }
        }
    }
}

/// Of each output it is that of its pixels, and over the background where a JPEG shows that.
#[test]
fn placeholder() {
    let request = Request::cover(20, 20).placeholder(true);
    let made = |file: &[u8], request: &Request| {
        bombproof::thumbnails(file, request, &Limits::default()).unwrap()
    };
    assert_eq!(made(&three_squares(), &request.placeholder(false))[0].placeholder(), None);
    for (focus, color) in [(0.0, RED), (0.5, GREEN), (1.0, BLUE)] {
        let outputs = made(&three_squares(), &request.focus(focus, 0.5).and_size(8, 8).png());
        for placeholder in outputs.iter().map(|made| made.placeholder().unwrap()) {
            assert_eq!(placeholder.dominant_color(), color);
        }
    }
    for orientation in 1..=8 {
        let view = landscape(64, 48);
        let request = Request::full_size().pixels().placeholder(true);
        let stored = made(&stored_as(orientation, &view), &request);
        let expected = thumbhash::rgba_to_thumb_hash(64, 48, &rgba(&view));
        assert_eq!(stored[0].placeholder().unwrap().thumb_hash().as_bytes(), expected);
    }
    // Blue, of which a JPEG shows nothing, and a PNG a half.
    let pixels = [[0, 0, 255, 0], [0, 0, 250, 255]].concat().repeat(50);
    let clear = Picture::new(Size::new(10, 10), Layout::Rgba, pixels).unwrap().to_png().unwrap();
    let request = request.background([250, 0, 0]);
    let [jpeg, png] = [request, request.png()].map(|request| made(&clear, &request).remove(0));
    let has_alpha =
        |made: &Thumbnail| made.placeholder().unwrap().thumb_hash().as_bytes()[2] & 0x80 != 0;
    assert!(!has_alpha(&jpeg) && has_alpha(&png));
    assert_eq!(png.placeholder().unwrap().dominant_color(), [0, 0, 250]);
    let on_red = [[250, 0, 0], [0, 0, 250]].concat().repeat(50);
    let on_red = Picture::new(Size::new(10, 10), Layout::Rgb, on_red).unwrap().to_png().unwrap();
    assert_eq!(jpeg.placeholder(), made(&on_red, &request)[0].placeholder());
}

fn rgba(picture: &bombproof_testkit::pictures::Picture) -> Vec<u8> {
    let rgba = picture.map(4, |from, to| {
        to[..3].copy_from_slice(from);
        to[3] = 255;
    });
    rgba.samples
}

#[test]
fn accept_truncated() {
    let file = truncated(&manifest::read("valid/photo.jpg"), 600);
    let request = Request::cover(64, 64);
    let result = |request| bombproof::thumbnail(&file, &request, &Limits::default());
    assert!(matches!(result(request), Err(Error::Truncated(_))));
    assert!(matches!(result(request.accept_truncated(90)), Err(Error::Truncated(_))));
    assert!(result(request.accept_truncated(40)).unwrap().truncated().is_some());
}
