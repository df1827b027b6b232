//! What comes after the small picture: lossy WebP, the JPEG encoder beside `jpeg-encoder` with its vectors
//! (which keeps more small coefficients), and several sizes from one decode beside a call for each.
#![allow(missing_docs, reason = "criterion's macros")]

use std::hint::black_box;
use std::time::Duration;

use bombproof::instrument::encode_jpeg;
use bombproof::{Layout, Limits, Picture, Request, Size};
use bombproof_benches::{pipelines, sample_images};
use bombproof_testkit::pictures::landscape;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};

fn encoders(criterion: &mut Criterion) {
    let mut group = group(criterion, "encode");
    for side in SIDES {
        let rgb = landscape(side, side).samples;
        let picture = Picture::new(Size::new(side, side), Layout::Rgb, rgb).expect("all pixels");
        let ours = encode_jpeg(&picture, 80).expect("a JPEG");
        let original = picture.to_png().expect("a PNG");
        let [error, error_of_peer] = [&ours, &by_jpeg_encoder(&picture)]
            .map(|file| pipelines::mean_difference(file, &original));
        assert!(error < error_of_peer + 0.1, "{side}: {error}, not {error_of_peer}");
        group.bench_function(BenchmarkId::new("bombproof", side), |b| {
            b.iter(|| encode_jpeg(black_box(&picture), 80));
        });
        group.bench_function(BenchmarkId::new("jpeg-encoder", side), |b| {
            b.iter(|| by_jpeg_encoder(black_box(&picture)));
        });
        let webp = picture.to_lossy_webp(80).expect("a WebP");
        assert!(webp.len() < ours.len(), "{side}: {} bytes", webp.len());
        group.bench_function(BenchmarkId::new("lossy WebP", side), |b| {
            b.iter(|| black_box(&picture).to_lossy_webp(80));
        });
    }
    group.finish();
}

fn by_jpeg_encoder(picture: &Picture) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let Size { width, height } = picture.size();
    let [width, height] = [width, height].map(|side| u16::try_from(side).expect("a JPEG side"));
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 80);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    encoder.set_chroma_subsampling_method(jpeg_encoder::ChromaSubsamplingMethod::Average);
    let pixels = picture.pixels();
    encoder.encode(pixels, width, height, jpeg_encoder::ColorType::Rgb).expect("a JPEG");
    jpeg
}

fn several_sizes(criterion: &mut Criterion) {
    let limits = Limits::default();
    for file in sample_images::all() {
        let upload = &file.bytes;
        let together = Request::cover(512, 512).and_size(256, 256).and_size(64, 64);
        let alone = [512, 256, 64].map(|side| Request::cover(side, side));
        let one_decode = || bombproof::thumbnails(black_box(upload), &together, &limits);
        let three_calls =
            || alone.map(|request| bombproof::thumbnail(black_box(upload), &request, &limits));
        let sizes: Vec<Size> =
            one_decode().expect("avatars").iter().map(bombproof::Thumbnail::size).collect();
        assert_eq!(sizes, three_calls().map(|avatar| avatar.expect("an avatar").size()));

        let mut group = group(criterion, &format!("three-sizes/{}", file.name));
        group.bench_function("one decode", |b| b.iter(one_decode));
        group.bench_function("three calls", |b| b.iter(three_calls));
        group.finish();
    }
}

fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(200));
    group.measurement_time(Duration::from_millis(800));
    group
}

const SIDES: [u32; 6] = [64, 128, 256, 512, 1_024, 2_048];

criterion_group!(benches, encoders, several_sizes);
criterion_main!(benches);
