//! Readers that fail, stall, lie, or never end.

use std::io::{self, ErrorKind, Read};

use bombproof::{Error, Limit, Limits, read_upload};

use crate::counting_allocator::{live_bytes, measure};

/// What `read_upload` reads at once.
const READ_BYTES: u64 = 16 << 10;

fn limits(max_input_bytes: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_input_bytes = max_input_bytes;
    limits
}

/// Returns `per_call` bytes a call, until `left` bytes are read. Call number `at`, from 1, does
/// `then` instead.
struct ScriptedReader<F> {
    left: usize,
    per_call: usize,
    call: usize,
    at: usize,
    then: F,
}

impl<F: FnMut(&mut [u8]) -> io::Result<usize>> Read for ScriptedReader<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.call += 1;
        if self.call == self.at {
            return (self.then)(buffer);
        }
        let count = self.per_call.min(self.left).min(buffer.len());
        buffer[..count].fill(9);
        self.left -= count;
        Ok(count)
    }
}

/// Returns `per_call` bytes a call, until `left` bytes are read, and does nothing else.
fn steady_reader(
    left: usize,
    per_call: usize,
) -> ScriptedReader<impl FnMut(&mut [u8]) -> io::Result<usize>> {
    ScriptedReader { left, per_call, call: 0, at: 0, then: |_: &mut [u8]| Ok(0) }
}

#[test]
fn an_error_at_any_read_is_an_io_error_and_leaks_nothing() {
    for at in 1..=40 {
        for kind in [ErrorKind::ConnectionReset, ErrorKind::TimedOut, ErrorKind::WouldBlock] {
            let then = |_: &mut [u8]| Err(kind.into());
            let reader = ScriptedReader { left: 300_000, per_call: 8_000, call: 0, at, then };
            let before = live_bytes();
            let result = read_upload(reader, &limits(1 << 20));
            match result {
                // 300,000 bytes take 38 reads, and one more that says that there are no more.
                Err(Error::Io(error)) if at <= 39 => assert_eq!(error.kind(), kind),
                Ok(upload) if at == 40 => assert_eq!(upload.len(), 300_000),
                other => panic!("read {at}: {other:?}"),
            }
            assert_eq!(live_bytes(), before);
        }
    }
}

#[test]
fn an_interrupted_read_is_repeated() {
    for at in 1..=40 {
        let then = |_: &mut [u8]| Err(ErrorKind::Interrupted.into());
        let reader = ScriptedReader { left: 300_000, per_call: 8_000, call: 0, at, then };
        assert_eq!(read_upload(reader, &limits(300_000)).unwrap().len(), 300_000);
    }
}

#[test]
fn an_empty_reader_is_an_empty_upload() {
    let (upload, heap) = measure(|| read_upload(io::empty(), &limits(0)).unwrap());
    assert_eq!((upload.len(), heap.allocations), (0, 0));
}

#[test]
fn one_byte_at_a_time_costs_no_more_memory_than_all_at_once() {
    let reader = |per_call| steady_reader(100_000, per_call);
    let (slow, slow_heap) = measure(|| read_upload(reader(1), &limits(100_000)).unwrap());
    let (fast, fast_heap) = measure(|| read_upload(reader(usize::MAX), &limits(100_000)).unwrap());
    assert_eq!(slow, fast);
    assert_eq!(slow_heap.peak_bytes, fast_heap.peak_bytes);
    // One for each power of two up to the length.
    assert!(slow_heap.allocations <= 18 && fast_heap.allocations <= 4, "{slow_heap:?}");
    assert!(slow_heap.peak_bytes <= 3 * 100_000, "{slow_heap:?}");
}

/// A thousand connections that have sent one byte each cost a thousand bytes.
#[test]
fn the_buffer_is_as_long_as_what_has_arrived() {
    for len in [1, 2, 3, 100, 1_000, 16_384, 16_385, 70_000] {
        for per_call in [1, 1_000, usize::MAX] {
            for max_input_bytes in [len as u64, 1 << 20, u64::MAX] {
                let reader = steady_reader(len, per_call);
                let limits = limits(max_input_bytes);
                let (upload, heap) = measure(|| read_upload(reader, &limits).unwrap());
                assert!(upload.len() == len && upload.capacity() < 2 * len.max(2), "{len}");
                assert!(upload.capacity() as u64 <= max_input_bytes, "{len}");
                assert!(heap.peak_bytes <= 3 * len as u64, "{len}: {heap:?}");
            }
        }
    }
}

#[test]
fn a_reader_that_claims_more_than_the_buffer_holds_is_not_believed() {
    for claimed in [READ_BYTES as usize + 1, usize::MAX / 3, usize::MAX] {
        for at in [1, 3] {
            let then = |_: &mut [u8]| Ok(claimed);
            let reader = ScriptedReader { left: 100_000, per_call: 1_000, call: 0, at, then };
            let before = live_bytes();
            let result = read_upload(reader, &limits(u64::MAX));
            assert!(matches!(result, Err(Error::Io(_))), "{result:?}");
            drop(result);
            assert_eq!(live_bytes(), before);
        }
    }
}

/// At the edges of the limit and of one read: as many bytes as allowed, and one more.
#[test]
fn the_last_byte_allowed_is_accepted_and_the_next_refused() {
    for allowed in [0, 1, READ_BYTES - 1, READ_BYTES, READ_BYTES + 1, 100_000] {
        for per_call in [1, 1_000, usize::MAX] {
            let reader = |left: u64| steady_reader(left as usize, per_call);
            let upload = read_upload(reader(allowed), &limits(allowed)).unwrap();
            assert_eq!(upload.len() as u64, allowed);
            let mut over = reader(allowed + 1);
            let before = live_bytes();
            match read_upload(&mut over, &limits(allowed)) {
                Err(Error::OverLimit {
                    limit: Limit::InputBytes, found, allowed: named, ..
                }) => {
                    assert_eq!((found, named), (allowed + 1, allowed));
                }
                other => panic!("{allowed}: {other:?}"),
            }
            assert_eq!(live_bytes(), before);
            assert_eq!(over.left, 0, "the first byte over the limit was not read");
        }
    }
}

#[test]
fn an_endless_reader_is_abandoned_at_the_limit() {
    for per_call in [1, 7, usize::MAX] {
        let mut reader = steady_reader(usize::MAX, per_call);
        let (result, heap) = measure(|| read_upload(&mut reader, &limits(200_000)));
        assert!(matches!(result, Err(Error::OverLimit { .. })));
        let read_bytes = (usize::MAX - reader.left) as u64;
        assert_eq!(read_bytes, 200_001, "not up to the first byte over the limit");
        assert!(heap.peak_bytes <= 3 * 200_000, "{heap:?}");
    }
}
