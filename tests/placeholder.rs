//! The ThumbHash of many pictures beside its definition, in floating point, and the reference
//! implementation.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_macros,
    clippy::cast_possible_truncation,
    reason = "a test"
)]

use core::f64::consts::PI;

use bombproof::{Layout, Limits, Request, Size, ThumbHash};
use bombproof_testkit::pictures::{Picture, landscape, noise, test_card};

fn hash(picture: &Picture) -> ThumbHash {
    let layout = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba][picture.channels - 1];
    let size = Size::new(picture.width, picture.height);
    let upload = bombproof::Picture::new(size, layout, picture.samples.clone()).unwrap();
    let request = Request::full_size().pixels().placeholder(true);
    let made = bombproof::thumbnail(&upload.to_png().unwrap(), &request, &Limits::default());
    made.unwrap().placeholder().unwrap().thumb_hash()
}

fn rgba(picture: &Picture) -> Vec<u8> {
    let with_alpha = picture.map(4, |from, to| match *from {
        [gray] => to.copy_from_slice(&[gray, gray, gray, 255]),
        [gray, alpha] => to.copy_from_slice(&[gray, gray, gray, alpha]),
        [red, green, blue] => to.copy_from_slice(&[red, green, blue, 255]),
        _ => to.copy_from_slice(from),
    });
    with_alpha.samples
}

/// Pictures of every shape and kind.
fn pictures() -> Vec<Picture> {
    let mut pictures = Vec::new();
    for (width, height) in [
        (1, 1),
        (2, 1),
        (1, 3),
        (7, 7),
        (100, 100),
        (100, 1),
        (1, 100),
        (3, 100),
        (100, 14),
        (37, 53),
        (64, 48),
        (50, 99),
        (99, 98),
        (13, 12),
    ] {
        let seed = u64::from(width * 101 + height);
        let random = noise(width, height, seed);
        let random_alpha = noise(width, height, seed + 7);
        pictures.push(Picture::new(width, height, 4, |x, y, channel| match channel {
            3 => random_alpha.at(x, y, 0),
            _ => random.at(x, y, channel),
        }));
        // Faint contrast, almost opaque, and clear in one half.
        pictures.push(random.map(3, |from, to| {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = 90 + from / 32);
        }));
        pictures.push(Picture::new(width, height, 4, |x, y, channel| match channel {
            3 => {
                if x + y == 0 {
                    254
                } else {
                    255
                }
            }
            _ => random.at(x, y, channel),
        }));
        pictures.push(Picture::new(width, height, 4, |x, y, channel| match channel {
            3 => {
                if 2 * x < width {
                    0
                } else {
                    255
                }
            }
            _ => random.at(x, y, channel),
        }));
        for view in [landscape(width, height), test_card(width, height), random] {
            pictures.extend([view.gray(), view.with_alpha(), view]);
        }
    }
    pictures
}

/// The numbers of a hash, and how many of them come before the varying terms.
fn fields(hash: &[u8]) -> (Vec<u64>, usize) {
    let bits = |start: usize, len: usize| {
        (start..start + len)
            .rev()
            .fold(0, |value, bit| value << 1 | u64::from(hash[bit / 8] >> (bit % 8) & 1))
    };
    let has_alpha = bits(23, 1) == 1;
    let layout: &[(usize, usize)] = &[
        (0, 6),
        (6, 6),
        (12, 6),
        (18, 5),
        (23, 1),
        (24, 3),
        (27, 6),
        (33, 6),
        (39, 1),
        (40, 4),
        (44, 4),
    ];
    let layout = if has_alpha { layout } else { &layout[..9] };
    let mut fields: Vec<u64> = layout.iter().map(|&(start, len)| bits(start, len)).collect();
    let first = fields.len();
    let start = if has_alpha { 12 } else { 10 };
    fields.extend((start..2 * hash.len()).map(|nibble| bits(4 * nibble, 4)));
    (fields, first)
}

/// The numbers of a hash before they are rounded, by the definition, in floating point. Those
/// without a meaning, because the channel is flat, are none.
fn definition(picture: &Picture) -> Vec<Option<f64>> {
    let pixels: Vec<[f64; 4]> = rgba(picture)
        .as_chunks()
        .0
        .iter()
        .map(|pixel: &[u8; 4]| pixel.map(|s| f64::from(s) / 255.0))
        .collect();
    let (width, height) = (f64::from(picture.width), f64::from(picture.height));
    let alpha: f64 = pixels.iter().map(|[.., a]| a).sum();
    let average = [0, 1, 2].map(|c| {
        let sum: f64 = pixels.iter().map(|pixel| pixel[c] * pixel[3]).sum();
        if alpha > 0.0 { sum / alpha } else { 0.0 }
    });
    let shown: Vec<[f64; 4]> = pixels
        .iter()
        .map(|pixel| {
            let [r, g, b] = [0, 1, 2].map(|c| average[c] * (1.0 - pixel[3]) + pixel[c] * pixel[3]);
            [(r + g + b) / 3.0, (r + g) / 2.0 - b, r - g, pixel[3]]
        })
        .collect();
    let has_alpha = pixels.iter().any(|[.., a]| *a < 1.0);
    let most = if has_alpha { 5.0 } else { 7.0 };
    let terms = |side: f64| f64::max(1.0, (most * side / width.max(height)).round());
    let (lx, ly) = (terms(width), terms(height));
    let transform = |channel: usize, nx: f64, ny: f64| {
        let mut varying = Vec::new();
        for cy in 0..ny as u32 {
            let cy = f64::from(cy);
            for cx in (0..7).map(f64::from).take_while(|cx| cx * ny < nx * (ny - cy)) {
                let sum: f64 = (0..picture.width * picture.height)
                    .map(|i| {
                        let (x, y) = (f64::from(i % picture.width), f64::from(i / picture.width));
                        let fx = (PI / width * cx * (x + 0.5)).cos();
                        let fy = (PI / height * cy * (y + 0.5)).cos();
                        shown[i as usize][channel] * fx * fy
                    })
                    .sum();
                varying.push(sum / (width * height));
            }
        }
        let mean = varying.remove(0);
        let scale = varying.iter().map(|f| f.abs()).fold(0.0, f64::max);
        let is_flat = scale < 1e-9;
        let varying: Vec<Option<f64>> =
            varying.iter().map(|f| (!is_flat).then(|| 15.0 * (0.5 + 0.5 / scale * f))).collect();
        (mean, scale, varying)
    };
    let l = transform(0, lx.max(3.0), ly.max(3.0));
    let (p, q, a) = (transform(1, 3.0, 3.0), transform(2, 3.0, 3.0), transform(3, 5.0, 5.0));
    let is_landscape = width > height;
    let mut numbers = vec![
        63.0 * l.0,
        31.5 + 31.5 * p.0,
        31.5 + 31.5 * q.0,
        31.0 * l.1,
        f64::from(u8::from(has_alpha)),
        if is_landscape { ly } else { lx },
        63.0 * p.1,
        63.0 * q.1,
        f64::from(u8::from(is_landscape)),
    ];
    if has_alpha {
        numbers.extend([15.0 * a.0, 15.0 * a.1]);
    }
    let channels = if has_alpha { vec![l.2, p.2, q.2, a.2] } else { vec![l.2, p.2, q.2] };
    numbers.into_iter().map(Some).chain(channels.into_iter().flatten()).collect()
}

#[test]
fn every_number_is_that_of_the_definition() {
    let mut checked = 0;
    for picture in pictures() {
        let (found, _) = fields(hash(&picture).as_bytes());
        let defined = definition(&picture);
        // An odd number of nibbles is filled up to a byte.
        assert!(matches!(found.len() - defined.len(), 0 | 1));
        for (index, (&found, defined)) in found.iter().zip(&defined).enumerate() {
            let Some(defined) = *defined else { continue };
            // Either neighbour of what lies in the middle.
            let distance = (found as f64 - defined).abs();
            let kind = (picture.width, picture.height, picture.channels);
            assert!(distance < 0.5 + 1e-5, "{kind:?}, number {index}: {found}, not {defined}");
            checked += 1;
        }
    }
    assert!(checked > 5_000, "{checked}");
}

/// It computes with `f32`: a number in the middle may be rounded to the other side, and a channel
/// that is flat, or alpha of which one pixel is less than opaque, has terms that mean nothing.
#[test]
fn the_reference_implementation_gives_the_same_hash() {
    let (mut checked, mut skipped) = (0, 0);
    for picture in pictures() {
        let (width, height) = (picture.width as usize, picture.height as usize);
        if rgba(&picture).iter().skip(3).step_by(4).min() == Some(&254) {
            continue;
        }
        let theirs = thumbhash::rgba_to_thumb_hash(width, height, &rgba(&picture));
        let ours = hash(&picture);
        assert_eq!(ours.as_bytes().len(), theirs.len());
        let (found, expected) = (fields(ours.as_bytes()).0, fields(&theirs).0);
        let defined = definition(&picture);
        for ((found, expected), defined) in found.iter().zip(&expected).zip(defined) {
            if defined.is_none_or(|number| (number.fract() - 0.5).abs() < 0.03) {
                skipped += 1;
                continue;
            }
            assert_eq!(found, expected, "{width} {height} {}", picture.channels);
            checked += 1;
        }
    }
    assert!(checked > 5_000 && 2 * skipped < checked, "{checked} {skipped}");
}

#[test]
fn a_flat_picture_has_no_varying_terms() {
    for (width, height) in [(4, 4), (7, 5), (100, 99), (300, 200)] {
        for sample in [0, 77, 255] {
            let flat = Picture::new(
                width,
                height,
                3,
                |_, _, channel| if channel == 1 { sample } else { 9 },
            );
            let (fields, first) = fields(hash(&flat).as_bytes());
            assert!(fields[first..].iter().all(|&term| term == 0), "{width} {height} {sample}");
            assert_eq!([fields[3], fields[6], fields[7]], [0; 3]);
        }
    }
}

/// Beyond 100 pixels the reference implementation takes none. The means of cells have nearly the
/// frequencies of the pixels.
#[test]
fn a_large_picture_has_the_hash_of_its_cells() {
    let small = landscape(96, 72);
    let large = Picture::new(96 * 5, 72 * 5, 3, |x, y, channel| small.at(x / 5, y / 5, channel));
    assert_eq!(hash(&large), hash(&small));
    let (wide, _) = fields(hash(&landscape(4_000, 30)).as_bytes());
    assert_eq!((wide[5], wide[8]), (1, 1));
}

#[test]
fn the_longest_hash_has_25_bytes_and_base64_shows_it() {
    let longest = pictures().iter().map(|picture| hash(picture).as_bytes().len()).max();
    assert_eq!(longest, Some(ThumbHash::MAX_BYTES));
    let shown = hash(&landscape(100, 100)).to_string();
    assert_eq!(shown.len(), 32);
    assert_eq!(format!("{:?}", hash(&landscape(100, 100))), format!("ThumbHash({shown})"));
}
