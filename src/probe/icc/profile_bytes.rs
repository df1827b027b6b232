//! [`ProfileBytes`]: the bytes of a profile in the upload, in one piece or in the chunks of a JPEG.

use crate::budget::Buffer;
use crate::error::Error;
use crate::work;

use super::problem::ProfileProblem;

/// The bytes of a profile, in one or several pieces. Reads across pieces without joining them.
#[derive(Clone)]
pub(crate) struct ProfileBytes<'a> {
    pieces: [&'a [u8]; MAX_PIECES],
    count: usize,
    len: u64,
}

impl<'a> ProfileBytes<'a> {
    /// A profile in one piece.
    pub(crate) fn contiguous(profile: &'a [u8]) -> Self {
        let mut pieces: [&[u8]; MAX_PIECES] = [&[]; MAX_PIECES];
        pieces[0] = profile;
        Self { pieces, count: 1, len: profile.len() as u64 }
    }

    /// The first bytes of a profile that has `len` bytes. Reads past them find nothing.
    pub(crate) fn head(head: &'a [u8], len: u64) -> Self {
        Self { len, ..Self::contiguous(head) }
    }

    /// Returns true if only the first bytes of the profile are known.
    pub(crate) fn is_head(&self) -> bool {
        let known: u64 = self.pieces.iter().map(|piece| piece.len() as u64).sum();
        known < self.len
    }

    /// A profile in the APP2 segments of a JPEG (ICC.1:2022, B.4). Each chunk is its sequence
    /// number, from 1, the number of chunks, and its bytes. The chunks may come in any order, but
    /// each one exactly once.
    pub(crate) fn from_jpeg(
        chunks: impl IntoIterator<Item = (u8, u8, &'a [u8])>,
    ) -> Result<Self, ProfileProblem> {
        let mut pieces: [Option<&[u8]>; MAX_PIECES] = [None; MAX_PIECES];
        let mut count = None;
        for (sequence, total, chunk) in chunks {
            let index = usize::from(sequence).checked_sub(1).ok_or(ProfileProblem::Incomplete)?;
            if *count.get_or_insert(total) != total || sequence > total {
                return Err(ProfileProblem::Incomplete);
            }
            match pieces.get_mut(index) {
                Some(slot @ None) => *slot = Some(chunk),
                _ => return Err(ProfileProblem::Incomplete),
            }
        }
        let count = usize::from(count.unwrap_or(0));
        if count == 0 || pieces.iter().take(count).any(Option::is_none) {
            return Err(ProfileProblem::Incomplete);
        }
        let pieces = pieces.map(|piece| piece.unwrap_or_default());
        let len = pieces.iter().map(|piece| piece.len() as u64).sum();
        Ok(Self { pieces, count, len })
    }

    pub(crate) const fn len(&self) -> u64 {
        self.len
    }

    /// Returns `N` bytes from `offset` on, or `None` if the profile ends before.
    pub(crate) fn bytes<const N: usize>(&self, offset: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        let mut filled = 0;
        self.for_each_slice(offset, N as u64, |slice| {
            if let Some(slot) = bytes.get_mut(filled..filled + slice.len()) {
                slot.copy_from_slice(slice);
            }
            filled += slice.len();
            Ok(())
        })
        .ok()?;
        (filled == N).then_some(bytes)
    }

    pub(crate) fn u32(&self, offset: u64) -> Option<u32> {
        self.bytes(offset).map(u32::from_be_bytes)
    }

    pub(crate) fn u16(&self, offset: u64) -> Option<u16> {
        self.bytes(offset).map(u16::from_be_bytes)
    }

    pub(crate) fn u8(&self, offset: u64) -> Option<u8> {
        self.bytes(offset).map(|[byte]| byte)
    }

    /// Appends `len` bytes from `offset` on. The caller has checked that they lie inside the
    /// profile.
    pub(crate) fn append_to(
        &self,
        copy: &mut Buffer<'_, u8>,
        offset: u64,
        len: u64,
    ) -> Result<(), Error> {
        self.for_each_slice(offset, len, |slice| copy.extend_from_slice(slice))
    }

    /// Calls `visit` with each slice of the `len` bytes from `offset` on, in order.
    fn for_each_slice(
        &self,
        offset: u64,
        len: u64,
        mut visit: impl FnMut(&'a [u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut skip = usize::try_from(offset).map_err(|_| PAST_THE_END)?;
        let mut left = usize::try_from(len).map_err(|_| PAST_THE_END)?;
        work::parsed(left);
        for piece in self.pieces.iter().take(self.count) {
            if left == 0 {
                break;
            }
            if let Some((_, rest)) = piece.split_at_checked(skip) {
                let (slice, _) = rest.split_at(left.min(rest.len()));
                visit(slice)?;
                left -= slice.len();
                skip = 0;
            } else {
                skip -= piece.len();
            }
        }
        if left == 0 { Ok(()) } else { Err(PAST_THE_END) }
    }
}

/// The sequence number of a chunk is a byte.
const MAX_PIECES: usize = 255;
const PAST_THE_END: Error = Error::Bug("a profile is read past its end");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;

    #[test]
    fn chunks_are_ordered_by_their_sequence_number() {
        let profile =
            ProfileBytes::from_jpeg([(3, 3, &[6u8, 7][..]), (1, 3, &[1, 2, 3]), (2, 3, &[4, 5])]);
        let profile = profile.unwrap();
        assert_eq!(profile.len(), 7);
        assert_eq!(profile.bytes(2), Some([3, 4, 5, 6]));
        assert_eq!(profile.bytes(3), Some([4, 5, 6, 7]));
        assert_eq!(profile.bytes::<4>(4), None);
        assert_eq!(profile.bytes::<1>(u64::MAX), None);
        let budget = Budget::new(6);
        let mut copy = budget.empty_buffer(6).unwrap();
        profile.append_to(&mut copy, 1, 6).unwrap();
        assert_eq!(&copy[..], [2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn missing_repeated_and_contradictory_chunks_are_refused() {
        let a: &[u8] = &[1];
        for chunks in [
            &[][..],
            &[(1, 2, a)],
            &[(2, 2, a)],
            &[(1, 1, a), (1, 1, a)],
            &[(1, 2, a), (2, 3, a)],
            &[(0, 1, a)],
            &[(2, 1, a)],
            &[(0, 0, a)],
        ] {
            let refused = ProfileBytes::from_jpeg(chunks.iter().copied());
            assert!(matches!(refused, Err(ProfileProblem::Incomplete)), "{chunks:?}");
        }
    }
}
