//! The quote of real photographs against what is measured: never under, and not far over.

use bombproof::Request;

use crate::image_folder::File;
use crate::job::{Ended, with_memory_enough};
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let photos = files.iter().filter(|file| {
        let large_jpeg = file.is_in("jpeg/") && file.bytes.len() > 150_000;
        (file.is_in("photos/") || file.is_in("exif/recurser/") || large_jpeg) && file.is_picture()
    });
    photos.flat_map(rows).collect()
}

fn rows(file: &File) -> Vec<Row> {
    let (job, _) = with_memory_enough(&file.bytes, &Request::cover(256, 256).jpeg(80));
    let (Some(quote), Ended::Picture(_)) = (job.quote, &job.ended) else {
        return vec![Row::figure("quote", &file.path, false, job.words())];
    };
    let ratio = quote as f64 / job.peak as f64;
    let words = format!(
        "quoted {:.2} MiB, measured {:.2} MiB, ratio {ratio:.2}; {:.0} ms",
        mib(quote),
        mib(job.peak),
        job.elapsed.as_secs_f64() * 1e3
    );
    let must = file.is_in("photos/");
    let held = quote >= job.peak && (!must || ratio <= HONEST);
    let mut rows = vec![Row::figure("quote", &file.path, held, words)];
    if ROWS_ALONE.contains(&file.path.as_str()) {
        let words = format!("measured {:.2} MiB, {} MiB promised", mib(job.peak), ROWS_ALONE_MIB);
        let held = job.peak <= ROWS_ALONE_MIB << 20;
        rows.push(Row::figure("rows-alone", &file.path, held, words));
    }
    rows
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

const HONEST: f64 = 1.5;
/// Baseline JPEG and PNG: no more than rows and the small picture are ever in memory.
const ROWS_ALONE: &[&str] = &[
    "photos/Mr._Lee.jpg",
    "photos/Sunset_by_the_Pier.jpg",
    "photos/kate-hazen-COSMIC-desktop-wallpaper.png",
];
const ROWS_ALONE_MIB: u64 = 4;
