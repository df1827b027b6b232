//! Rows about the service around the crate: readers, pools, processes, answers.

use std::io::{self, Read};
use std::time::Duration;

use bombproof::{
    BadRequest, Error, Interrupt, Interrupted, Limit, Limits, MemoryPool, Plan, Request, probe,
    read_upload, thumbnail,
};
use bombproof_testkit::bombs::{jpeg, png, webp};
use bombproof_testkit::png as png_writer;

use crate::counting_allocator::measure;
use crate::manifest;

/// The upload that could not be resized was stored and served as it was: text/html.
#[test]
fn row_28_no_path_gives_input_bytes_back() {
    for entry in manifest::entries() {
        let bytes = entry.read();
        // Others return the original when the picture is smaller than the target.
        let request = Request::cover(256, 256);
        for request in [request.jpeg(80), request.png(), request.webp(80), request.webp_lossless()]
        {
            let Ok(made) = thumbnail(&bytes, &request, &Limits::default()) else { continue };
            assert_ne!(made.bytes(), bytes, "{}", entry.path);
            // Even our own output can be decoded and encoded once more.
            let again = thumbnail(made.bytes(), &request, &Limits::default()).unwrap();
            assert!(probe(again.bytes()).is_ok(), "{}", entry.path);
        }
    }
}

/// Never ends, and counts the bytes that are read from it.
struct Endless {
    read_bytes: u64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read_bytes += buffer.len() as u64;
        Ok(buffer.len())
    }
}

/// Content-Length says 100 bytes, or 100 GB, or nothing.
#[test]
fn row_30_reading_stops_at_the_first_byte_over_the_limit() {
    const READ_BYTES: u64 = 16 << 10;
    for max_input_bytes in [0, 1, 100, READ_BYTES, 1 << 20] {
        let mut limits = Limits::default();
        limits.max_input_bytes = max_input_bytes;
        let mut reader = Endless { read_bytes: 0 };
        let (result, heap) = measure(|| read_upload(&mut reader, &limits));
        match result {
            Err(Error::OverLimit { limit: Limit::InputBytes, found, allowed, .. }) => {
                assert_eq!((found, allowed), (max_input_bytes + 1, max_input_bytes));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(reader.read_bytes, max_input_bytes + 1);
        assert!(heap.peak_bytes <= 3 * max_input_bytes, "{heap:?}");
    }
}

/// Twice the workers, twice the memory: three kills in 13 minutes.
#[test]
fn row_36_the_sum_of_running_quotes_never_exceeds_the_pool() {
    let file = png::black((600, 600), 8, 2);
    let header = probe(&file).unwrap();
    let plan = Plan::new(&header, &Request::cover(256, 256), &Limits::default()).unwrap();
    let pool = MemoryPool::new(3 * plan.memory_bytes() + 1);
    let mut permits = Vec::new();
    while let Ok(permit) = pool.try_reserve(&plan) {
        permits.push(permit);
    }
    assert_eq!(permits.len(), 3);
    assert!(matches!(pool.try_reserve(&plan), Err(Error::Busy { .. })));
    let highest = std::sync::atomic::AtomicU64::new(0);
    drop(permits);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..4 {
                    let permit = pool.reserve(&plan, Duration::from_secs(120)).unwrap();
                    highest.fetch_max(pool.in_use(), std::sync::atomic::Ordering::SeqCst);
                    plan.run(&file, &Interrupt::never()).unwrap();
                    drop(permit);
                }
            });
        }
    });
    assert!(highest.into_inner() <= pool.capacity());
    assert_eq!((pool.in_use(), pool.waiting()), (0, 0));
}

/// `ulimit -v` alone kills jobs with good photographs. Behind a quote it never has to.
#[test]
#[cfg(target_os = "linux")]
fn row_37_a_process_limit_is_a_second_line_of_defense_that_is_not_reached() {
    use std::path::Path;
    use std::process::Command;

    use crate::avatar_program::avatar_program;
    use crate::temp_folder::TempFolder;

    // Above the process itself (its code, its stacks), less than one decoded photograph.
    const ADDRESS_SPACE_KIB: u32 = 96 << 10;
    let folder = TempFolder::new();
    // 48 megapixels, whose decoded pixels are 144 MB.
    let honest = folder.write("honest.png", &png::black((8_000, 6_000), 8, 2));
    let bomb = folder.write("bomb.png", &png::flood((65_535, 65_535), 8, 6));
    let run = |input: &Path| {
        let script = format!("ulimit -v {ADDRESS_SPACE_KIB}; exec \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, "sh"]).arg(avatar_program()).arg(input);
        command.arg(folder.path("out.jpg")).output().unwrap()
    };
    let accepted = run(&honest);
    let refused = run(&bomb);
    assert_eq!(accepted.status.code(), Some(0), "{accepted:?}");
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
}

/// `vec![0; n]` of more than the machine has aborts the entire server.
#[test]
fn row_38_what_cannot_be_allocated_is_refused_before_it_is_requested() {
    // A budget without bound, and pixels that no machine can hold: refused before any allocation.
    let mut limits = Limits::default();
    limits.max_memory_bytes = u64::MAX;
    limits.max_work = u64::MAX;
    limits.max_pixels = u64::MAX;
    limits.max_side_px = u32::MAX;
    let full = Request::full_size().pixels();
    for bomb in [
        jpeg::flood(0xC2, 65_535, 166),
        png::flood(((1 << 31) - 1, (1 << 31) - 1), 16, 6),
        webp::one_color(16_384, 16_384),
    ] {
        let (refused, heap) = measure(|| thumbnail(&bomb, &full, &limits));
        assert!(matches!(refused, Err(Error::NotCredible { .. })), "{refused:?}");
        assert_eq!(heap.allocations, 0);
    }
    // A job that is credible and still gets no memory ends in a typed error: `tests/faults.rs`
    // refuses each of the library's own allocations.
}

/// Out-of-bounds writes in decoders are how a picture becomes code that runs.
#[test]
fn row_39_the_compiler_forbids_unsafe_code_in_the_library() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let lib = std::fs::read_to_string(root.join("src/lib.rs")).unwrap();
    assert!(lib.contains("#![forbid(unsafe_code)]"));
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let (_, dependencies) = manifest.split_once("[dependencies]\n").unwrap();
    let (dependencies, _) = dependencies.split_once("\n\n").unwrap();
    let security = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let (_, unsafe_code) = security.split_once("## Unsafe code").unwrap();
    for line in dependencies.lines().filter(|line| !line.contains("optional = true")) {
        let name = line.split(' ').next().unwrap();
        assert!(unsafe_code.contains(name), "SECURITY.md does not say how much {name} has");
    }
}

/// A refusal that becomes a 500 is retried, and each retry is refused again.
#[test]
fn row_40_only_what_may_succeed_next_time_is_retryable() {
    let bytes = png::with_options(png_writer::Options::default());
    let plan = Plan::new(&probe(&bytes).unwrap(), &Request::cover(9, 9), &Limits::default());
    let plan = plan.unwrap();
    let pool = MemoryPool::new(plan.memory_bytes());
    let held = pool.try_reserve(&plan).unwrap();
    let busy = pool.try_reserve(&plan).unwrap_err();
    drop(held);
    let late = plan.run(&bytes, &Interrupt::after(Duration::ZERO)).unwrap_err();
    let retryable = [busy, late, Error::Io(io::ErrorKind::ConnectionReset.into())];
    for error in retryable {
        assert!(error.is_retryable(), "{error}");
        assert!([503, 400].contains(&error.http_status()), "{error}");
    }
    let mut refusals = 0;
    for entry in manifest::entries() {
        if let Err(error) = thumbnail(&entry.read(), &Request::cover(256, 256), &Limits::default())
        {
            assert!(!error.is_retryable(), "{}: {error}", entry.path);
            let status = error.http_status();
            assert!((400..500).contains(&status), "{}: {status}", entry.path);
            refusals += 1;
        }
    }
    assert!(refusals > 150, "only {refusals} refusals");
    let finals = [
        Error::BadRequest(BadRequest::CropOutside),
        Error::Interrupted(Interrupted::Cancelled),
        Error::Bug("on purpose"),
    ];
    for error in finals {
        assert!(!error.is_retryable(), "{error}");
    }
}
