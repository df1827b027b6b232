//! The whole job, upload to 256×256 JPEG, side by side with the `image` crate.
//!
//! Runs on the photographs of the corpus, or on the files of the folder that `BOMBPROOF_PHOTOS` names.
//! Each answer is checked before it is timed.
#![allow(missing_docs, reason = "criterion's macros")]

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

use bombproof::{Limits, Request, Size};
use criterion::{Criterion, criterion_group, criterion_main};
use image::codecs::jpeg::JpegEncoder;

fn photographs() -> Vec<(String, Vec<u8>)> {
    let folder = std::env::var_os("BOMBPROOF_PHOTOS").map(PathBuf::from);
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../corpus/valid");
    let is_photo = |name: &str| folder.is_some() || name.starts_with("photo");
    let mut photographs: Vec<(String, Vec<u8>)> =
        std::fs::read_dir(folder.as_ref().unwrap_or(&corpus))
            .expect("the folder of photographs")
            .map(|entry| entry.expect("an entry of the folder").path())
            .filter(|path| path.is_file())
            .map(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (name, path)
            })
            .filter(|(name, _)| is_photo(name))
            .map(|(name, path)| (name, std::fs::read(path).expect("a photograph")))
            .collect();
    photographs.sort();
    assert!(!photographs.is_empty(), "no photograph to measure");
    photographs
}

fn bombproof(bytes: &[u8], limits: &Limits) -> Vec<u8> {
    let request = Request::cover(256, 256).jpeg(80);
    bombproof::thumbnail(bytes, &request, limits).expect("a thumbnail").into_bytes()
}

/// The usual way with `image`: load, cut, scale down, encode. Its fastest scaling is timed.
fn image(bytes: &[u8]) -> Vec<u8> {
    let picture = image::load_from_memory(bytes).expect("a picture");
    let (width, height) = (picture.width(), picture.height());
    let side = width.min(height);
    let cut = picture.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    let small = cut.thumbnail_exact(256, 256);
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, 80);
    small.to_rgb8().write_with_encoder(encoder).expect("a JPEG");
    jpeg
}

fn thumbnails(criterion: &mut Criterion) {
    let mut limits = Limits::default();
    limits.max_memory_bytes = 512 << 20;
    for (name, bytes) in photographs() {
        let ours = bombproof(&bytes, &limits);
        let size = bombproof::probe(&ours).expect("our own JPEG").size;
        assert_eq!(size, Size::new(256, 256), "{name}");
        assert!(image(&bytes).starts_with(&[0xFF, 0xD8]), "{name}");

        let mut group = criterion.benchmark_group(&name);
        group.sample_size(10).measurement_time(Duration::from_secs(3));
        group.bench_function("bombproof", |b| b.iter(|| bombproof(black_box(&bytes), &limits)));
        group.bench_function("image", |b| b.iter(|| image(black_box(&bytes))));
        group.finish();
    }
}

criterion_group!(benches, thumbnails);
criterion_main!(benches);
