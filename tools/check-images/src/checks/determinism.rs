//! A file gives the same bytes in every run, and on eight threads at once.

use std::thread;

use bombproof::{Limits, Request};

use crate::image_folder::File;
use crate::job::{Ended, Job, limits_with_memory, run_with_enough_memory};
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let photos = files.iter().filter(|file| file.is_in("photos/") && file.is_picture());
    photos.map(row).collect()
}

fn row(file: &File) -> Row {
    let request = Request::cover(256, 256).jpeg(80);
    let (first, memory) = run_with_enough_memory(&file.bytes, &request);
    let limits: Limits = limits_with_memory(memory);
    let again = || encoded(Job::run(&file.bytes, &request, &limits));
    let first = encoded(first);
    let second = again();
    let many: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(again)).collect();
        threads.into_iter().map(|thread| thread.join().expect("jobs catch panics")).collect()
    });
    let same = second == first && many.iter().all(|other| *other == first);
    match first {
        Ok(bytes) => {
            let text = format!(
                "{} bytes, 10 times {}",
                bytes.len(),
                if same { "the same" } else { "NOT the same" }
            );
            Row::figure("same-bytes", &file.path, same, text)
        }
        Err(message) => Row::figure("same-bytes", &file.path, false, message),
    }
}

fn encoded(job: Job) -> Result<Vec<u8>, String> {
    match job.ended {
        Ended::Picture(thumbnail) => Ok(thumbnail.into_bytes()),
        _ => Err(job.message()),
    }
}
