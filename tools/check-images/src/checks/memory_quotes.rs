//! The quoted memory of photographs against the measured peak: never less, and not much more.

use bombproof::Request;

use crate::image_folder::File;
use crate::job::{Ended, run_with_enough_memory};
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let photos = files.iter().filter(|file| {
        let large_jpeg = file.is_in("jpeg/") && file.bytes.len() > 150_000;
        (file.is_in("photos/") || file.is_in("exif/recurser/") || large_jpeg) && file.is_picture()
    });
    photos.flat_map(rows).collect()
}

fn rows(file: &File) -> Vec<Row> {
    let (job, _) = run_with_enough_memory(&file.bytes, &Request::cover(256, 256).jpeg(80));
    let (Some(quote), Ended::Picture(_)) = (job.quote, &job.ended) else {
        return vec![Row::figure("quote", &file.path, false, job.message())];
    };
    let ratio = quote as f64 / job.peak_bytes as f64;
    let text = format!(
        "quoted {:.2} MiB, measured {:.2} MiB, ratio {ratio:.2}; {:.0} ms",
        mib(quote),
        mib(job.peak_bytes),
        job.elapsed.as_secs_f64() * 1e3
    );
    let is_photo = file.is_in("photos/");
    let held = quote >= job.peak_bytes && (!is_photo || ratio <= MAX_RATIO);
    let mut rows = vec![Row::figure("quote", &file.path, held, text)];
    if STREAMED.contains(&file.path.as_str()) {
        let text =
            format!("measured {:.2} MiB, {} MiB promised", mib(job.peak_bytes), STREAMED_MAX_MIB);
        let held = job.peak_bytes <= STREAMED_MAX_MIB << 20;
        rows.push(Row::figure("streamed", &file.path, held, text));
    }
    rows
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// What the library promises for photographs.
const MAX_RATIO: f64 = 1.2;

/// Baseline JPEG and PNG: only rows and the reduced picture are ever in memory.
const STREAMED: &[&str] = &[
    "photos/Mr._Lee.jpg",
    "photos/Sunset_by_the_Pier.jpg",
    "photos/kate-hazen-COSMIC-desktop-wallpaper.png",
];
const STREAMED_MAX_MIB: u64 = 4;
