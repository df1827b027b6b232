//! What is measured: the landscape of the testkit in five formats and three sizes, or any folder.

use std::fs;
use std::path::PathBuf;

use bombproof_testkit::pictures::{Picture, landscape, ycbcr};
use bombproof_testkit::vp8l::Transform;
use bombproof_testkit::{jpeg, png, vp8, vp8l, webp};

/// A file, by what it is.
#[derive(Debug)]
pub struct SampleImage {
    /// `jpeg-baseline/2mp`, or its name in the folder that `BOMBPROOF_PHOTOS` names.
    pub name: String,
    /// The upload.
    pub bytes: Vec<u8>,
}

/// All files of a benchmark.
///
/// With `--test`, when nothing is timed, the smallest of each format.
pub fn all() -> Vec<SampleImage> {
    if let Some(folder) = std::env::var_os("BOMBPROOF_PHOTOS") {
        return in_folder(&PathBuf::from(folder));
    }
    let sizes: &[(&str, u32, u32)] =
        &[("0.3mp", 640, 480), ("2mp", 1_600, 1_200), ("12mp", 4_000, 3_000)];
    let sizes = if is_smoke_run() { &sizes[..1] } else { sizes };
    let files = sizes.iter().flat_map(|&(size, width, height)| {
        let picture = landscape(width, height);
        FORMATS.map(|(format, write)| SampleImage {
            name: format!("{format}/{size}"),
            bytes: write(&picture),
        })
    });
    files.collect()
}

/// True when the answers are checked and nothing is timed: `cargo bench … -- --test`.
pub fn is_smoke_run() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

fn in_folder(folder: &PathBuf) -> Vec<SampleImage> {
    let entries = fs::read_dir(folder).expect("the folder of photographs");
    let paths = entries.map(|entry| entry.expect("an entry of the folder").path());
    let mut files: Vec<SampleImage> = paths
        .filter(|path| path.is_file())
        .map(|path| SampleImage {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            bytes: fs::read(path).expect("a photograph"),
        })
        .filter(|file| bombproof::probe(&file.bytes).is_ok())
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
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
