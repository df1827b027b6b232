//! The growing file: what an encoder writes, paid for before it is allocated.

use std::io;

use crate::budget::{Budget, Buffer, Reservation};
use crate::error::Error;

/// Bytes that an encoder has written so far, charged to the budget of the job.
///
/// Capacity doubles, up to `bound_bytes` and never past it. While the bytes
/// move, the old and the new block are both charged. A write past the bound fails and leaves
/// [`Error::Bug`] for [`finish`](Self::finish): codecs swallow errors when they are dropped.
#[derive(Debug)]
pub(crate) struct Output<'b> {
    bytes: Buffer<'b, u8>,
    capacity_bytes: usize,
    bound_bytes: usize,
    budget: &'b Budget,
    until_written: Option<Reservation<'b>>,
    failure: Option<Error>,
}

/// The most that an [`Output`] of this bound holds at any time: two blocks, either while it grows
/// into the last one or while the finished file moves into a block of its own length.
pub(crate) const fn memory_bytes(bound_bytes: u64) -> u64 {
    let first = if bound_bytes < MIN_CAPACITY_BYTES { MIN_CAPACITY_BYTES } else { bound_bytes };
    first.saturating_mul(2)
}

impl<'b> Output<'b> {
    /// An output that starts with room for an eighth of `bound_bytes`.
    pub(crate) fn new(bound_bytes: u64, budget: &'b Budget) -> Result<Self, Error> {
        Self::with_capacity(bound_bytes / 8, bound_bytes, budget)
    }

    /// An output that starts with little room, because the file will come in one long write.
    pub(crate) fn in_one_piece(bound_bytes: u64, budget: &'b Budget) -> Result<Self, Error> {
        Self::with_capacity(0, bound_bytes, budget)
    }

    fn with_capacity(capacity: u64, bound: u64, budget: &'b Budget) -> Result<Self, Error> {
        let to_usize = |bytes| usize::try_from(bytes).map_err(|_| Error::OutOfMemory { bytes });
        let capacity_bytes = to_usize(capacity.max(MIN_CAPACITY_BYTES))?;
        let bound_bytes = to_usize(bound.max(MIN_CAPACITY_BYTES))?;
        let bytes = budget.empty_buffer(capacity_bytes)?;
        Ok(Self { bytes, capacity_bytes, bound_bytes, budget, until_written: None, failure: None })
    }

    /// Gives `reservation` back at the first write: what an encoder needs only before that.
    pub(crate) fn release_when_written(&mut self, reservation: Reservation<'b>) {
        self.until_written = Some(reservation);
    }

    /// The file, in a block of its own length.
    ///
    /// A block with less than a sixteenth to spare is left as it is.
    pub(crate) fn finish(self) -> Result<Buffer<'b, u8>, Error> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if self.capacity_bytes - self.bytes.len() <= self.bytes.len() / 16 {
            return Ok(self.bytes);
        }
        let mut file = self.budget.empty_buffer(self.bytes.len())?;
        file.extend_from_slice(&self.bytes)?;
        Ok(file)
    }

    fn append(&mut self, more: &[u8]) -> Result<(), Error> {
        self.until_written = None;
        if more.len() > self.capacity_bytes - self.bytes.len() {
            self.grow(more.len())?;
        }
        self.bytes.extend_from_slice(more)
    }

    #[cold]
    fn grow(&mut self, more_bytes: usize) -> Result<(), Error> {
        let needed = self.bytes.len().saturating_add(more_bytes);
        if needed > self.bound_bytes {
            return Err(Error::Bug("an encoded picture is larger than its bound"));
        }
        let doubled = self.capacity_bytes.saturating_mul(2);
        // One long write brings nearly the whole file: only a few bytes will follow it.
        let capacity = doubled.max(needed.saturating_add(32)).min(self.bound_bytes);
        let mut grown = self.budget.empty_buffer(capacity)?;
        grown.extend_from_slice(&self.bytes)?;
        self.bytes = grown;
        self.capacity_bytes = capacity;
        Ok(())
    }
}

impl io::Write for Output<'_> {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.write_all(more)?;
        Ok(more.len())
    }

    fn write_all(&mut self, more: &[u8]) -> io::Result<()> {
        if self.failure.is_none() {
            match self.append(more) {
                Ok(()) => return Ok(()),
                Err(failure) => self.failure = Some(failure),
            }
        }
        Err(io::ErrorKind::WriteZero.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What an [`Output::in_one_piece`] holds beyond the file itself.
pub(crate) const PIECE_BYTES: u64 = 2 * MIN_CAPACITY_BYTES;

const MIN_CAPACITY_BYTES: u64 = 1024;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn any_length_up_to_the_bound_fits_in_the_memory_that_was_said() {
        for bound in [0, 1, 1024, 1025, 5000, 8191, 8192, 100_003] {
            for share in 0..=16 {
                for piece in [1, 8, 1000, 200_000] {
                    let budget = Budget::new(memory_bytes(bound));
                    let mut output = Output::new(bound, &budget).unwrap();
                    let file: Vec<u8> = (0..bound * share / 16).map(|i| i as u8).collect();
                    for piece in file.chunks(piece) {
                        output.write_all(piece).unwrap();
                    }
                    let (bytes, charge) = output.finish().unwrap().into_parts();
                    assert_eq!(bytes, file);
                    assert!(bytes.capacity() <= file.len() + file.len() / 16);
                    drop(charge);
                    assert_eq!(budget.left_bytes(), memory_bytes(bound));
                }
            }
        }
    }

    #[test]
    fn a_write_past_the_bound_is_a_bug_even_when_its_error_is_swallowed() {
        let budget = Budget::new(memory_bytes(2000));
        let mut output = Output::new(2000, &budget).unwrap();
        output.write_all(&[7; 2000]).unwrap();
        assert!(output.write_all(&[7]).is_err());
        assert!(output.write_all(&[]).is_err());
        assert!(matches!(output.finish(), Err(Error::Bug(_))));
    }
}
