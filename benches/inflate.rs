//! Inflating the image data of PNGs, beside other inflaters in Rust. All of them compare the
//! checksum. The others get the IDAT chunks in one piece, and write to memory that is as long as
//! the picture; bombproof reads them where they lie, and copies out of its window.

use std::hint::black_box;
use std::time::Duration;

use bombproof::instrument::inflate_image_data;
use bombproof_benches::sample_images;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags as flags};
use zune_inflate::{DeflateDecoder, DeflateOptions};

fn inflate(criterion: &mut Criterion) {
    for file in sample_images::all() {
        let stream = image_data(&file.bytes);
        if stream.is_empty() {
            continue;
        }
        let expected = by_zune_inflate(&stream);
        let to = &mut vec![0; expected.len()];
        inflate_image_data(&file.bytes, to).expect("image data");
        assert!(*to == expected, "{}", file.name);
        for (name, inflate) in OTHERS {
            to.fill(0);
            inflate(&stream, to);
            assert!(*to == expected, "{}: {name}", file.name);
        }

        let mut group = criterion.benchmark_group(format!("inflate/{}", file.name));
        group.sample_size(10).warm_up_time(Duration::from_millis(200));
        group.measurement_time(Duration::from_millis(800));
        group.throughput(Throughput::Bytes(expected.len() as u64));
        group.bench_function("bombproof", |b| {
            b.iter(|| inflate_image_data(black_box(&file.bytes), to));
        });
        for (name, inflate) in OTHERS {
            group.bench_function(name, |b| b.iter(|| inflate(black_box(&stream), to)));
        }
        group.bench_function("zune-inflate", |b| b.iter(|| by_zune_inflate(black_box(&stream))));
        group.finish();
    }
}

/// The data of all IDAT chunks of a PNG, or nothing.
fn image_data(file: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut rest = file.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap_or_default();
    while let Some((&[a, b, c, d, kind @ ..], after)) = rest.split_first_chunk::<8>() {
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        if &kind == b"IDAT" {
            data.extend_from_slice(&after[..length]);
        }
        rest = &after[length + 4..];
    }
    data
}

type Inflate = fn(&[u8], &mut [u8]);

const OTHERS: [(&str, Inflate); 3] =
    [("zlib-rs", by_zlib_rs), ("fdeflate", by_fdeflate), ("miniz_oxide", by_miniz_oxide)];

fn by_zlib_rs(stream: &[u8], to: &mut [u8]) {
    let mut inflate = zlib_rs::Inflate::new(true, 15);
    let status = inflate.decompress(stream, to, zlib_rs::InflateFlush::Finish);
    assert_eq!(status, Ok(zlib_rs::Status::StreamEnd));
}

fn by_fdeflate(stream: &[u8], to: &mut [u8]) {
    let mut inflate = fdeflate::Decompressor::new();
    let (mut read, mut written) = (0, 0);
    while !inflate.is_done() {
        let (more_read, more_written) =
            inflate.read(&stream[read..], to, written, true).expect("a valid stream");
        (read, written) = (read + more_read, written + more_written);
    }
}

fn by_miniz_oxide(stream: &[u8], to: &mut [u8]) {
    let flags =
        flags::TINFL_FLAG_PARSE_ZLIB_HEADER | flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, ..) = decompress(&mut DecompressorOxide::new(), stream, to, 0, flags);
    assert_eq!(status, TINFLStatus::Done);
}

fn by_zune_inflate(stream: &[u8]) -> Vec<u8> {
    let options = DeflateOptions::default().set_limit(usize::MAX);
    DeflateDecoder::new_with_options(stream, options).decode_zlib().expect("a valid stream")
}

criterion_group!(benches, inflate);
criterion_main!(benches);
