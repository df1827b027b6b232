//! Reads an upload, but no further than the limit.

use std::io::{ErrorKind, Read};

use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::work;

/// Reads an upload to its end, or to the first byte over [`Limits::max_input_bytes`]. No byte after
/// that one is read.
///
/// The buffer grows with the bytes that have arrived, never by what a header such as Content-Length
/// declares. It doubles, and is never longer than the limit. While it moves both blocks are live, so
/// memory stays at or below three times the bytes that have arrived.
///
/// ```
/// use bombproof::{Error, Limit, Limits};
///
/// let mut limits = Limits::default();
/// limits.max_input_bytes = 4;
/// assert_eq!(bombproof::read_upload(&b"four"[..], &limits)?, b"four");
///
/// let refused = bombproof::read_upload(std::io::repeat(7), &limits);
/// assert!(matches!(
///     refused,
///     Err(Error::OverLimit { limit: Limit::InputBytes, found: 5, allowed: 4, .. })
/// ));
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// [`Error::OverLimit`] at the first byte over the limit, with a `found` that is one more than
/// allowed; [`Error::Io`] when the reader fails; [`Error::OutOfMemory`] when the allocator does.
pub fn read_upload(mut reader: impl Read, limits: &Limits) -> Result<Vec<u8>, Error> {
    let max_len = usize::try_from(limits.max_input_bytes).unwrap_or(usize::MAX);
    let mut upload = Vec::new();
    let mut chunk = [0; CHUNK_BYTES];
    loop {
        // One byte over the limit is enough to refuse the upload.
        let allowed = limits.max_input_bytes.saturating_sub(upload.len() as u64);
        let len = usize::try_from(allowed).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES - 1) + 1;
        let chunk = chunk.get_mut(..len).ok_or(Error::Bug("a read longer than its buffer"))?;
        let count = match reader.read(chunk) {
            Ok(0) => return Ok(upload),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::Io(error)),
        };
        // A reader that claims to have filled more than the buffer is broken.
        let arrived = chunk.get(..count).ok_or_else(|| Error::Io(ErrorKind::InvalidData.into()))?;
        let total = upload.len() as u64 + arrived.len() as u64;
        if total > limits.max_input_bytes {
            return Err(Error::OverLimit {
                limit: Limit::InputBytes,
                found: limits.max_input_bytes.saturating_add(1),
                allowed: limits.max_input_bytes,
            });
        }
        let needed = upload.len().saturating_add(count);
        if needed > upload.capacity() {
            let capacity = needed.checked_next_power_of_two().unwrap_or(needed).min(max_len);
            work::own_allocation(|| upload.try_reserve_exact(capacity - upload.len()))
                .map_err(|_| Error::OutOfMemory { bytes: capacity as u64 })?;
        }
        upload.extend_from_slice(arrived);
    }
}

const CHUNK_BYTES: usize = 16 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    /// Returns one byte per call, and an interruption before each.
    struct Slow<'a> {
        rest: &'a [u8],
        interrupt: bool,
    }

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.interrupt = !self.interrupt;
            if self.interrupt {
                return Err(ErrorKind::Interrupted.into());
            }
            let Some((&byte, rest)) = self.rest.split_first() else { return Ok(0) };
            self.rest = rest;
            buffer[0] = byte;
            Ok(1)
        }
    }

    fn limits(max_input_bytes: u64) -> Limits {
        Limits { max_input_bytes, ..Limits::default() }
    }

    #[test]
    fn a_slow_reader_is_read_to_its_end() {
        let bytes: Vec<u8> = (0..70_000u32).map(|i| i as u8).collect();
        let reader = Slow { rest: &bytes, interrupt: false };
        assert_eq!(read_upload(reader, &limits(70_000)).unwrap(), bytes);
    }

    #[test]
    fn the_buffer_doubles_up_to_the_limit() {
        for (len, capacity) in [(1, 1), (16_384, 16_384), (16_385, 32_768), (70_000, 70_001)] {
            let bytes = vec![7; len];
            let reader = Slow { rest: &bytes, interrupt: false };
            assert_eq!(read_upload(reader, &limits(70_001)).unwrap().capacity(), capacity);
        }
    }

    #[test]
    fn one_byte_over_the_limit_is_refused_at_every_length() {
        for len in [1usize, 100, CHUNK_BYTES, CHUNK_BYTES + 1] {
            let bytes = vec![1; len];
            assert!(read_upload(&bytes[..], &limits(len as u64)).is_ok());
            let refused = read_upload(&bytes[..], &limits(len as u64 - 1));
            assert!(matches!(refused, Err(Error::OverLimit { limit: Limit::InputBytes, .. })));
        }
    }

    #[test]
    fn an_endless_reader_is_stopped_at_the_limit() {
        assert!(matches!(
            read_upload(io::repeat(0), &limits(1 << 20)),
            Err(Error::OverLimit { found: 1_048_577, allowed: 1_048_576, .. })
        ));
    }

    #[test]
    fn a_failing_reader_is_an_io_error() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(ErrorKind::ConnectionReset.into())
            }
        }
        let error = read_upload(Broken, &limits(10)).unwrap_err();
        assert!(matches!(error, Error::Io(_)) && error.is_retryable());
    }
}
