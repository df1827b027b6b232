//! Work on several files at once, with a time limit for each.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::image_folder::File;
use crate::report::Row;

/// Runs `work` on every file, on two threads, and returns the rows in the order of the
/// files. Ends the program with the name of a file that takes more than two minutes.
pub(crate) fn on_each<'a>(
    files: impl IntoIterator<Item = &'a File>,
    work: impl Fn(&'a File) -> Vec<Row> + Sync,
) -> Vec<Row> {
    let files: Vec<&File> = files.into_iter().collect();
    let next = AtomicUsize::new(0);
    let done = AtomicBool::new(false);
    let found = Mutex::new(Vec::with_capacity(files.len()));
    let running = Mutex::new([const { None::<(&str, Instant)> }; THREADS]);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(20));
                for (path, since) in running.lock().unwrap().iter().flatten() {
                    if since.elapsed() > MAX_TIME {
                        println!("FAIL {path} still runs after {} s", since.elapsed().as_secs());
                        std::process::exit(1);
                    }
                }
            }
        });
        let workers: Vec<_> = (0..THREADS)
            .map(|worker| {
                let (files, next, found, running, work) = (&files, &next, &found, &running, &work);
                scope.spawn(move || {
                    while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                        running.lock().unwrap()[worker] = Some((&file.path, Instant::now()));
                        let rows = work(file);
                        found.lock().unwrap().push((&file.path, rows));
                    }
                    running.lock().unwrap()[worker] = None;
                })
            })
            .collect();
        for worker in workers {
            worker.join().expect("a check ends without a panic of its own");
        }
        done.store(true, Ordering::Relaxed);
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|(path, _)| *path);
    found.into_iter().flat_map(|(_, rows)| rows).collect()
}

const THREADS: usize = 2;
const MAX_TIME: Duration = Duration::from_secs(120);
