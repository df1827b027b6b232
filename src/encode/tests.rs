//! The files of all encoders, compared with a record: no decision of an encoder changes by accident.
#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    reason = "a test"
)]

use core::fmt::Write;
use std::fs;

use super::*;
use crate::budget::quote;
use crate::interrupt::Interrupt;

/// A gradient, stripes, noise and flat colours, a quarter each, that no rounding of floats changes.
fn pixels(size: Size, layout: Layout) -> Vec<u8> {
    let channels = layout.bytes_per_pixel();
    let mut noise = test_pictures::noise(size.pixels() as usize * channels, 5).into_iter();
    let mut pixels = Vec::new();
    for (y, x) in (0..size.height).flat_map(|y| (0..size.width).map(move |x| (y, x))) {
        for channel in 0..channels as u32 {
            let noise = u32::from(noise.next().unwrap());
            let sample = match (x < size.width / 2, y < size.height / 2) {
                (true, true) => x * (2 + channel) + y * 3 + noise / 64,
                (false, true) => 40 + 160 * (((x + y * channel) / 5) % 2) + noise / 32,
                (true, false) => noise,
                (false, false) => 60 + 50 * channel + 30 * ((x / 9 + y / 14) % 3),
            };
            pixels.push(sample.min(255) as u8);
        }
    }
    pixels
}

/// Each order with its name. What is not named is as usual.
fn orders() -> Vec<(String, Order)> {
    let usual = Order {
        format: OutputFormat::Png,
        size: Size::new(45, 37),
        layout: Layout::Rgb,
        gamut: Gamut::Srgb,
        background: [200, 90, 20],
        max_bytes: None,
        jpeg_full_chroma: false,
        jpeg_progressive: false,
        jpeg_effort: JpegEffort::Balanced,
    };
    let mut orders = Vec::new();
    let small = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba];
    for (size, layouts, qualities) in [
        (usual.size, &small[..], &[1, 50, 80, 95][..]),
        (Size::new(200, 150), &[Layout::Rgb], &[80]),
    ] {
        for &layout in layouts {
            let order = Order { size, layout, ..usual };
            let mut add = |name: &str, order: Order| {
                orders.push((format!("{size} {layout:?} {name}"), order));
            };
            add("PNG", order);
            add("PNG of Display P3", Order { gamut: Gamut::DisplayP3, ..order });
            add("lossless WebP", Order { format: OutputFormat::WebPLossless, ..order });
            for &quality in qualities {
                let jpeg = Order { format: OutputFormat::Jpeg { quality }, ..order };
                for (effort, jpeg_effort) in
                    [("", JpegEffort::Balanced), (", smallest", JpegEffort::Smallest)]
                {
                    for (scans, jpeg_progressive) in [("", false), (", progressive", true)] {
                        for (chroma, jpeg_full_chroma) in [("", false), (", full chroma", true)] {
                            let name = format!("JPEG {quality}{effort}{scans}{chroma}");
                            let flags = Order { jpeg_effort, jpeg_progressive, ..jpeg };
                            add(&name, Order { jpeg_full_chroma, ..flags });
                        }
                    }
                }
                let webp = Order { format: OutputFormat::WebP { quality }, ..order };
                add(&format!("WebP {quality}"), webp);
            }
            for (name, format) in [
                ("JPEG", OutputFormat::Jpeg { quality: 90 }),
                ("WebP", OutputFormat::WebP { quality: 90 }),
            ] {
                for max_bytes in [1_200, 6_000] {
                    let order = Order { format, max_bytes: Some(max_bytes), ..order };
                    add(&format!("{name} in {max_bytes} bytes"), order);
                }
            }
        }
    }
    orders
}

fn outcome(order: &Order) -> String {
    let pixels = pixels(order.size, order.layout);
    let budget = &Budget::new(quote(|budget| order.count(0, budget)).unwrap());
    match order.encode(&*pixels, Job { budget, interrupt: &Interrupt::never() }) {
        Ok(file) => format!("{} bytes, {:016x}", file.len(), fnv1a64(&file)),
        Err(error) => error.to_string(),
    }
}

fn fnv1a64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash: u64, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

#[test]
fn files_are_those_of_the_record() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/encode/tests.txt");
    if std::env::var_os("RECORD").is_some() {
        let mut record = String::new();
        for (name, order) in orders() {
            writeln!(record, "{name}: {}", outcome(&order)).unwrap();
        }
        fs::write(path, record).unwrap();
    }
    let record = fs::read_to_string(path).unwrap();
    let mut lines = record.lines();
    for (name, order) in orders() {
        let now = format!("{name}: {}", outcome(&order));
        assert_eq!(Some(&*now), lines.next(), "`RECORD=1` rewrites the record");
    }
    assert_eq!(lines.next(), None, "a recorded file is no longer made");
}
