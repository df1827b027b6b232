//! The uploads of the benchmarks: the landscape of the testkit in
//! five formats and three sizes, or the pictures of any folder.

use std::fs;
use std::path::Path;

use bombproof_testkit::pictures::{Picture, landscape, ycbcr};
use bombproof_testkit::vp8l::Transform;
use bombproof_testkit::{jpeg, png, vp8, vp8l, webp};
use similarity::folder;

/// An upload and its name.
#[derive(Debug)]
pub struct SampleImage {
    /// Format and size, as in `jpeg-baseline/2mp`, or the name of the file in the folder.
    pub name: String,
    /// The upload.
    pub bytes: Vec<u8>,
}

/// All uploads: those of the folder in `BOMBPROOF_PHOTOS`, or else the generated ones.
///
/// With `--test`, when nothing is timed, only the smallest generated one of each format.
pub fn all() -> Vec<SampleImage> {
    if let Some(folder) = std::env::var_os("BOMBPROOF_PHOTOS") {
        return in_folder(Path::new(&folder));
    }
    let sizes: &[(&str, u32, u32)] =
        &[("0.3mp", 640, 480), ("2mp", 1_600, 1_200), ("12mp", 4_000, 3_000)];
    let sizes = if is_test_run() { &sizes[..1] } else { sizes };
    let files = sizes.iter().flat_map(|&(size, width, height)| {
        let picture = landscape(width, height);
        FORMATS.map(|(format, write)| SampleImage {
            name: format!("{format}/{size}"),
            bytes: write(&picture),
        })
    });
    files.collect()
}

/// True if the results are checked and nothing is timed: `cargo bench … -- --test`.
pub fn is_test_run() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

fn in_folder(folder: &Path) -> Vec<SampleImage> {
    let paths = folder::files_in(folder).expect("the folder of photographs");
    let files: Vec<SampleImage> = paths
        .into_iter()
        .map(|path| SampleImage {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            bytes: fs::read(path).expect("a photograph"),
        })
        .filter(|file| bombproof::probe(&file.bytes).is_ok())
        .collect();
    assert!(!files.is_empty(), "no photograph to measure");
    files
}

type Write = fn(&Picture) -> Vec<u8>;

const FORMATS: [(&str, Write); 5] = [
    ("jpeg-baseline", |picture| jpeg_file(picture, 0xC0)),
    ("jpeg-progressive", |picture| jpeg_file(picture, 0xC2)),
    ("png", |picture| png::file(&png::Samples::of(picture, 8), &png::Options::default())),
    ("webp-lossy", |picture| {
        webp::file(&[webp::chunk(b"VP8 ", &vp8::encode(picture, &vp8::Options::default()))])
    }),
    ("webp-lossless", |picture| {
        let options = vp8l::Options {
            transforms: vec![Transform::SubtractGreen, Transform::Predictor(4)],
            ..vp8l::Options::default()
        };
        let data = vp8l::encode(&vp8l::Argb::of(picture), false, &options);
        webp::file(&[webp::chunk(b"VP8L", &data)])
    }),
];

fn jpeg_file(picture: &Picture, sof: u8) -> Vec<u8> {
    let frame = jpeg::Frame::new(&picture.map(3, ycbcr), &[(2, 2), (1, 1), (1, 1)], 85, true);
    frame.file(&jpeg::Options { sof, optimal: true, ..jpeg::Options::default() })
}
