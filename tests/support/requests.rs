//! The requests that are made of each file of the corpus.

use bombproof::{JpegEffort, Rect, Request, Size};

/// Every kind of target with every kind of output, and every further option with some of them.
pub(crate) fn requests(upright: Size) -> Vec<(String, Request)> {
    let crop = Rect {
        x: upright.width / 3,
        y: upright.height / 4,
        width: (upright.width / 2).max(1),
        height: (upright.height / 2).max(1),
    };
    let targets = [
        ("cover 256", Request::cover(256, 256)),
        ("contain 1024", Request::contain(1024, 1024)),
        ("crop", Request::cover(64, 48).crop(crop)),
        ("three sizes", Request::cover(128, 128).and_size(64, 32).and_size(7, 7)),
        ("enlarged", Request::contain(300, 200).enlarge(true)),
        ("full size", Request::full_size()),
    ];
    let mut requests = Vec::new();
    for (name, target) in targets {
        requests.push((format!("{name} jpeg"), target.jpeg(80)));
        requests.push((format!("{name} png"), target.png()));
        requests.push((format!("{name} lossless webp"), target.webp_lossless()));
        requests.push((format!("{name} pixels"), target.pixels()));
    }
    let scans = |target: Request| target.jpeg_full_chroma(true).jpeg_progressive(true).jpeg(90);
    let smallest = |target: Request| target.jpeg_effort(JpegEffort::Smallest);
    let attention = Request::cover(90, 30).attention().and_size(30, 90).and_size(40, 40);
    let further = [
        ("cover 256 webp", targets[0].1.webp(80)),
        ("three sizes webp", targets[3].1.webp(80)),
        ("full size webp", targets[5].1.webp(80)),
        ("webp of few bytes", targets[4].1.max_bytes(1 << 20).webp(90)),
        ("cover 256 jpeg with all options", scans(targets[0].1).max_bytes(1 << 20)),
        ("full size jpeg with all options", scans(targets[5].1)),
        ("the smallest jpeg", smallest(Request::cover(120, 90).and_size(48, 48))),
        ("the smallest full jpeg", smallest(Request::full_size()).jpeg_full_chroma(true)),
        ("the smallest jpeg of few bytes", smallest(scans(targets[4].1)).max_bytes(1 << 20)),
        ("focus", Request::cover(60, 20).and_size(20, 60).focus(0.2, 0.9)),
        ("attention", attention.png()),
        ("attention of one size", Request::cover(20, 80).attention().pixels()),
        ("pad", Request::pad(90, 40, [200, 30, 90, 255]).and_size(20, 70).jpeg(80)),
        ("transparent pad", Request::pad(300, 200, [0; 4]).enlarge(true).webp(80)),
        ("pad of one size", Request::pad(40, 90, [255; 4]).placeholder(true).pixels()),
        ("round", Request::cover(70, 50).round(true).and_size(9, 90).png()),
        ("round jpeg", Request::cover(60, 60).round(true).background([9, 90, 200])),
        ("round webp", Request::full_size().round(true).webp(70)),
        ("round pad", Request::pad(50, 90, [250; 4]).round(true).pixels()),
        ("round attention", Request::cover(20, 80).round(true).attention().placeholder(true)),
        ("wide jpeg", Request::cover(60, 60).keep_wide_gamut(true).background([9, 90, 200])),
        ("wide png", Request::contain(70, 90).keep_wide_gamut(true).and_size(9, 9).png()),
        ("wide webp", Request::full_size().keep_wide_gamut(true).webp(70)),
        ("wide lossless webp", Request::full_size().keep_wide_gamut(true).webp_lossless()),
        ("wide pixels", Request::cover(40, 30).keep_wide_gamut(true).placeholder(true).pixels()),
        ("placeholder", Request::cover(9, 7).and_size(120, 3).placeholder(true).webp_lossless()),
        ("placeholder of a full jpeg", Request::full_size().placeholder(true)),
    ];
    requests.extend(further.map(|(name, request)| (name.to_owned(), request)));
    requests
}
