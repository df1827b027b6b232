//! The files and the requests that every fault is tried on.

use bombproof::Request;

use crate::manifest;

/// The files of [`KINDS`] with their names.
pub(crate) fn files() -> Vec<(String, Vec<u8>)> {
    let file = |name: &&str| {
        let path = format!("valid/{name}");
        let bytes = manifest::read(&path);
        (path, bytes)
    };
    KINDS.iter().map(file).collect()
}

/// Every output format, and several sizes at once.
pub(crate) fn outputs(request: Request) -> [Request; 6] {
    [
        request.jpeg(80),
        request.png(),
        request.webp(80),
        request.webp_lossless(),
        request.pixels(),
        request.and_size(30, 20).and_size(7, 7).png(),
    ]
}

/// One file of each kind that uses memory in its own way.
const KINDS: [&str; 20] = [
    "photo.jpg",
    "photo-progressive.jpg",
    "sampling-410.jpg",
    "scans-apart-restart-4.jpg",
    "gray.jpg",
    "cmyk-adobe-0.jpg",
    "icc-cmyk.jpg",
    "icc-display-p3.jpg",
    "orientation-6.jpg",
    "rgb-8.png",
    "rgba-16-adam7.png",
    "palette-4.png",
    "gray-alpha-8.png",
    "icc-gbr.png",
    "photo.webp",
    "lossless-groups.webp",
    "lossless-alpha.webp",
    "alpha-raw-gradient.webp",
    "alpha-lossless-vertical.webp",
    "animated-small-first-frame.webp",
];
