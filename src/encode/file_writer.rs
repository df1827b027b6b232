//! A growing file for encoders, charged before it is allocated.

use std::io;

use crate::budget::{Budget, Buffer};
use crate::charges;
use crate::error::Error;

/// The lengths that bound the memory of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FileBound {
    /// The longest possible file.
    pub(crate) max_bytes: u64,
    /// A file that exceeds this length is only measured up to its end, and then written again into
    /// a block of its exact length. So the price is twice this length, not twice `max_bytes`.
    pub(crate) max_buffered_bytes: u64,
}

impl FileBound {
    /// Charges the most that is live in [`write()`] to a budget that counts: two blocks of the
    /// buffered length, while the finished file moves into a block of its own length, or the longest
    /// file alone. Returns what is charged before.
    pub(crate) fn count(self, budget: &Budget) -> Result<u64, Error> {
        let before_bytes = budget.used_bytes();
        let buffered_bytes = self.max_buffered_bytes.max(MIN_BYTES);
        budget.reserve(self.max_bytes.max(buffered_bytes.saturating_mul(2)))?;
        Ok(before_bytes)
    }
}

/// Returns the file that `encode` writes, in a block of at most 17/16 of its length.
///
/// `encode` is called once, or twice for a file longer than `max_buffered_bytes`. It must write the
/// same bytes both times.
pub(crate) fn write<'b>(
    bound: FileBound,
    budget: &'b Budget,
    mut encode: impl FnMut(&mut FileWriter<'b>) -> Result<(), Error>,
) -> Result<Buffer<'b, u8>, Error> {
    charges::file_starts();
    let buffered_bytes = bound.max_buffered_bytes.max(MIN_BYTES);
    let mut output = FileWriter::new((buffered_bytes / 4).max(MIN_BYTES), buffered_bytes, budget)?;
    output.max_bytes = bound.max_bytes.max(MIN_BYTES);
    if let Some(file) = output.fill(&mut encode)? {
        return Ok(file);
    }
    let exact_bytes = output.written_bytes;
    drop(output);
    let mut output = FileWriter::new(exact_bytes, exact_bytes, budget)?;
    output.fill(&mut encode)?.ok_or(Error::Bug("an encoder wrote two different files"))
}

/// The length of the file that `encode` writes. Nothing is allocated.
pub(crate) fn measure<'b>(
    budget: &'b Budget,
    encode: impl FnOnce(&mut FileWriter<'b>) -> Result<(), Error>,
) -> Result<u64, Error> {
    let mut output = FileWriter::new(0, 0, budget)?;
    output.max_bytes = u64::MAX;
    output.only_counts = true;
    encode(&mut output)?;
    Ok(output.written_bytes)
}

/// The bytes that an encoder has written so far, charged to the budget of the job.
///
/// The capacity doubles up to a maximum. While the bytes move, both blocks are charged. Beyond the
/// maximum the bytes are dropped, and further ones are only counted. A write beyond the longest
/// file fails. The failure is stored, because codecs swallow errors when they are dropped.
#[derive(Debug)]
pub(crate) struct FileWriter<'b> {
    bytes: Buffer<'b, u8>,
    capacity_bytes: usize,
    max_capacity_bytes: usize,
    written_bytes: u64,
    max_bytes: u64,
    only_counts: bool,
    budget: &'b Budget,
    failure: Option<Error>,
}

impl<'b> FileWriter<'b> {
    fn new(capacity: u64, max_capacity: u64, budget: &'b Budget) -> Result<Self, Error> {
        let to_usize = |bytes| usize::try_from(bytes).map_err(|_| Error::OutOfMemory { bytes });
        Ok(Self {
            bytes: budget.empty_buffer(capacity)?,
            capacity_bytes: to_usize(capacity)?,
            max_capacity_bytes: to_usize(max_capacity)?,
            written_bytes: 0,
            max_bytes: max_capacity,
            only_counts: false,
            budget,
            failure: None,
        })
    }

    /// Runs `encode` and returns the file, or `None` when it was only counted.
    fn fill(
        &mut self,
        encode: &mut impl FnMut(&mut Self) -> Result<(), Error>,
    ) -> Result<Option<Buffer<'b, u8>>, Error> {
        let encoded = encode(self);
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        encoded?;
        if self.only_counts {
            return Ok(None);
        }
        let spare_bytes = self.capacity_bytes - self.bytes.len();
        if spare_bytes > self.bytes.len() / 16 {
            self.reallocate(self.bytes.len())?;
        }
        let nothing = self.budget.empty_buffer(0)?;
        Ok(Some(core::mem::replace(&mut self.bytes, nothing)))
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// [`Error::Bug`] past the longest file.
    pub(crate) fn append(&mut self, more: &[u8]) -> Result<(), Error> {
        self.written_bytes = self.written_bytes.saturating_add(more.len() as u64);
        if self.only_counts || more.len() > self.capacity_bytes - self.bytes.len() {
            self.grow(more.len())?;
        }
        if self.only_counts { Ok(()) } else { self.bytes.extend_from_slice(more) }
    }

    /// Makes the capacity large enough for `more_bytes` more bytes, or drops all bytes to only
    /// count.
    #[cold]
    fn grow(&mut self, more_bytes: usize) -> Result<(), Error> {
        if self.written_bytes > self.max_bytes {
            return Err(Error::Bug("an encoded picture is larger than its bound"));
        }
        let needed = self.bytes.len().saturating_add(more_bytes);
        if self.only_counts || needed > self.max_capacity_bytes {
            self.only_counts = true;
            self.bytes = self.budget.empty_buffer(0)?;
            return Ok(());
        }
        let doubled = self.capacity_bytes.saturating_mul(2);
        self.reallocate(doubled.max(needed).min(self.max_capacity_bytes))
    }

    fn reallocate(&mut self, capacity_bytes: usize) -> Result<(), Error> {
        let mut block = self.budget.empty_buffer(capacity_bytes as u64)?;
        block.extend_from_slice(&self.bytes)?;
        self.bytes = block;
        self.capacity_bytes = capacity_bytes;
        Ok(())
    }
}

impl io::Write for FileWriter<'_> {
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

const MIN_BYTES: u64 = 1024;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::budget::quote;

    fn quoted(bound: FileBound) -> u64 {
        quote(|budget| bound.count(budget)).unwrap()
    }

    #[test]
    fn any_length_up_to_the_bound_fits_in_the_quoted_memory() {
        for max_bytes in [0, 1, 1024, 1025, 5000, 8192, 30_003] {
            for max_buffered_bytes in
                [0, max_bytes / 3, max_bytes / 2, max_bytes * 3 / 4, max_bytes]
            {
                let bound = FileBound { max_bytes, max_buffered_bytes };
                for share in 0..=16 {
                    for piece in [7, 1000, 200_000] {
                        let budget = Budget::new(quoted(bound));
                        let len = max_bytes * share / 16;
                        let expected: Vec<u8> = (0..len).map(|i| i as u8).collect();
                        let file = write(bound, &budget, |output| {
                            let mut pieces = expected.chunks(piece);
                            pieces.try_for_each(|piece| output.write_all(piece)).map_err(Error::Io)
                        });
                        let (bytes, charge) = file.unwrap().into_parts();
                        assert_eq!(bytes, expected);
                        assert!(bytes.capacity() <= bytes.len() + bytes.len() / 16);
                        drop(charge);
                        assert_eq!(budget.left_bytes(), quoted(bound));
                    }
                }
            }
        }
    }

    #[test]
    fn a_write_beyond_the_bound_is_a_bug_even_when_its_error_is_swallowed() {
        for max_buffered_bytes in [1000, 2000] {
            let bound = FileBound { max_bytes: 2000, max_buffered_bytes };
            let budget = Budget::new(quoted(bound));
            let file = write(bound, &budget, |output| {
                output.write_all(&[7; 2000]).map_err(Error::Io)?;
                assert!(output.write_all(&[7]).is_err());
                assert!(output.write_all(&[]).is_err());
                Ok(())
            });
            assert!(matches!(file, Err(Error::Bug(_))));
        }
    }

    #[test]
    fn a_measured_file_takes_no_memory() {
        let budget = Budget::new(0);
        let pieces = [1, 0, 3000, 1];
        let bytes = measure(&budget, |output| {
            pieces.iter().try_for_each(|&len| output.append(&vec![7; len]))
        });
        assert_eq!(bytes.unwrap(), 3002);
        assert!(matches!(measure(&budget, |_| Err(Error::Bug("no"))), Err(Error::Bug("no"))));
    }

    #[test]
    fn an_encoder_that_writes_two_different_files_is_a_bug() {
        let bound = FileBound { max_bytes: 9000, max_buffered_bytes: 2000 };
        let budget = Budget::new(quoted(bound));
        let mut len = 5000;
        let file = write(bound, &budget, |output| {
            len += 1;
            output.write_all(&vec![0; len]).map_err(Error::Io)
        });
        assert!(matches!(file, Err(Error::Bug(_))));
    }
}
