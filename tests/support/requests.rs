//! The requests that are made of each file of the corpus.

use bombproof::{Rect, Request, Size};

/// Every kind of target with every kind of output.
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
        ("focus", Request::cover(60, 20).and_size(20, 60).focus(0.2, 0.9)),
        ("attention", Request::cover(90, 30).attention().and_size(30, 90).and_size(40, 40)),
        ("attention of one size", Request::cover(20, 80).attention()),
        ("three sizes", Request::cover(128, 128).and_size(64, 32).and_size(7, 7)),
        ("placeholder", Request::cover(9, 7).and_size(120, 3).placeholder(true)),
        ("enlarged", Request::contain(300, 200).enlarge(true)),
        ("full size", Request::full_size()),
    ];
    let mut requests = Vec::new();
    for (name, target) in targets {
        requests.push((format!("{name} jpeg"), target.jpeg(80)));
        let scans = target.jpeg_full_chroma(true).jpeg_progressive(true);
        requests.push((format!("{name} jpeg with all options"), scans.max_bytes(1 << 20).jpeg(90)));
        requests.push((format!("{name} png"), target.png()));
        requests.push((format!("{name} webp"), target.webp(80)));
        requests.push((format!("{name} lossless webp"), target.webp_lossless()));
        requests.push((format!("{name} pixels"), target.pixels()));
    }
    requests
}
