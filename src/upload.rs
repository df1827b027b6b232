//! Reading an upload no further than the limit.

use std::io::{ErrorKind, Read};

use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::work;

/// Reads an upload to its end, or to the first byte over [`Limits::max_input_bytes`]: of a longer one,
/// no byte after that is taken from the reader.
///
/// Memory is reserved by what has arrived, never by what a header such as Content-Length promises:
/// the buffer doubles from 16 KiB, and while it moves both blocks are live, so that at most three
/// times the bytes that arrived are held.
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
///     Err(Error::OverLimit { limit: Limit::InputBytes, found: 5, allowed: 4 })
/// ));
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// [`Error::OverLimit`] at the first byte too many, whose `found` is then one more than is allowed;
/// [`Error::Io`] when the reader fails; [`Error::OutOfMemory`] when the allocator does.
pub fn read_upload(mut reader: impl Read, limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut upload = Vec::new();
    let mut piece = [0; PIECE_BYTES];
    loop {
        // One byte more than is left is enough to know.
        let left = limits.max_input_bytes.saturating_sub(upload.len() as u64);
        let asked = usize::try_from(left).unwrap_or(PIECE_BYTES).min(PIECE_BYTES - 1) + 1;
        let piece = piece.get_mut(..asked).unwrap_or_default();
        let count = match reader.read(piece) {
            Ok(0) => return Ok(upload),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::Io(error)),
        };
        // A reader that claims more than the buffer holds is broken, not to be trusted.
        let arrived =
            piece.get(..count).ok_or(ErrorKind::InvalidData).map_err(std::io::Error::from)?;
        let total = upload.len() as u64 + arrived.len() as u64;
        if total > limits.max_input_bytes {
            return Err(Error::OverLimit {
                limit: Limit::InputBytes,
                found: limits.max_input_bytes.saturating_add(1),
                allowed: limits.max_input_bytes,
            });
        }
        if upload.capacity() - upload.len() < count {
            let more = upload.capacity().max(PIECE_BYTES);
            let bytes = upload.len().saturating_add(more) as u64;
            work::own_allocation(|| upload.try_reserve_exact(more))
                .map_err(|_| Error::OutOfMemory { bytes })?;
        }
        upload.extend_from_slice(arrived);
    }
}

const PIECE_BYTES: usize = 16 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    /// Hands out one byte a call, and an interruption before each.
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
    fn one_byte_too_many_is_refused_whatever_its_piece() {
        for len in [1usize, 100, PIECE_BYTES, PIECE_BYTES + 1] {
            let bytes = vec![1; len];
            assert!(read_upload(&bytes[..], &limits(len as u64)).is_ok());
            let refused = read_upload(&bytes[..], &limits(len as u64 - 1));
            assert!(matches!(refused, Err(Error::OverLimit { limit: Limit::InputBytes, .. })));
        }
    }

    #[test]
    fn an_endless_reader_ends_at_the_limit() {
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
