//! The bytes of a profile where they lie in the upload: one slice, or the chunks of a JPEG in order.

use crate::budget::Buffer;
use crate::error::Error;
use crate::work;

use super::problem::ProfileProblem;

/// A profile in parts, read without joining them.
#[derive(Clone)]
pub(crate) struct Parts<'a> {
    parts: [&'a [u8]; MAX_PARTS],
    count: usize,
    len: u64,
}

impl<'a> Parts<'a> {
    /// A profile in one piece.
    pub(crate) fn contiguous(profile: &'a [u8]) -> Self {
        let mut parts: [&[u8]; MAX_PARTS] = [&[]; MAX_PARTS];
        parts[0] = profile;
        Self { parts, count: 1, len: profile.len() as u64 }
    }

    /// A profile from the APP2 segments of a JPEG (ICC.1:2022, B.4): each with its sequence number,
    /// from 1, and the number of all chunks. They may come in any order, but none twice and none
    /// missing.
    pub(crate) fn from_jpeg(
        chunks: impl IntoIterator<Item = (u8, u8, &'a [u8])>,
    ) -> Result<Self, ProfileProblem> {
        let mut parts: [Option<&[u8]>; MAX_PARTS] = [None; MAX_PARTS];
        let mut count = None;
        for (sequence, of, chunk) in chunks {
            let index = usize::from(sequence).checked_sub(1).ok_or(ProfileProblem::Incomplete)?;
            if *count.get_or_insert(of) != of || sequence > of {
                return Err(ProfileProblem::Incomplete);
            }
            match parts.get_mut(index) {
                Some(slot @ None) => *slot = Some(chunk),
                _ => return Err(ProfileProblem::Incomplete),
            }
        }
        let count = usize::from(count.unwrap_or(0));
        if count == 0 || parts.iter().take(count).any(Option::is_none) {
            return Err(ProfileProblem::Incomplete);
        }
        let parts = parts.map(|part| part.unwrap_or_default());
        let len = parts.iter().map(|part| part.len() as u64).sum();
        Ok(Self { parts, count, len })
    }

    pub(crate) const fn len(&self) -> u64 {
        self.len
    }

    /// `N` bytes from `offset` on, or `None` where the profile ends before.
    pub(crate) fn bytes<const N: usize>(&self, offset: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        let mut filled = 0;
        self.pieces(offset, N as u64, |piece| {
            if let Some(slot) = bytes.get_mut(filled..filled + piece.len()) {
                slot.copy_from_slice(piece);
            }
            filled += piece.len();
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

    /// Appends `len` bytes from `offset` on, which were found to be inside.
    pub(crate) fn append_to(
        &self,
        copy: &mut Buffer<'_, u8>,
        offset: u64,
        len: u64,
    ) -> Result<(), Error> {
        self.pieces(offset, len, |piece| copy.extend_from_slice(piece))
    }

    fn pieces(
        &self,
        offset: u64,
        len: u64,
        mut take: impl FnMut(&'a [u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut skip = usize::try_from(offset).map_err(|_| PAST_THE_END)?;
        let mut wanted = usize::try_from(len).map_err(|_| PAST_THE_END)?;
        work::walked(wanted);
        for part in self.parts.iter().take(self.count) {
            if wanted == 0 {
                break;
            }
            if let Some((_, rest)) = part.split_at_checked(skip) {
                let (piece, _) = rest.split_at(wanted.min(rest.len()));
                take(piece)?;
                wanted -= piece.len();
                skip = 0;
            } else {
                skip -= part.len();
            }
        }
        if wanted == 0 { Ok(()) } else { Err(PAST_THE_END) }
    }
}

/// The sequence number of a chunk is a byte.
const MAX_PARTS: usize = 255;
const PAST_THE_END: Error = Error::Bug("a profile is read past its end");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;

    #[test]
    fn chunks_are_joined_by_their_number() {
        let parts = Parts::from_jpeg([(3, 3, &[6u8, 7][..]), (1, 3, &[1, 2, 3]), (2, 3, &[4, 5])]);
        let parts = parts.unwrap();
        assert_eq!(parts.len(), 7);
        assert_eq!(parts.bytes(2), Some([3, 4, 5, 6]));
        assert_eq!(parts.bytes(3), Some([4, 5, 6, 7]));
        assert_eq!(parts.bytes::<4>(4), None);
        assert_eq!(parts.bytes::<1>(u64::MAX), None);
        let budget = Budget::new(6);
        let mut copy = budget.empty_buffer(6).unwrap();
        parts.append_to(&mut copy, 1, 6).unwrap();
        assert_eq!(&copy[..], [2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn a_missing_a_doubled_and_a_contradicting_chunk_are_noticed() {
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
            let refused = Parts::from_jpeg(chunks.iter().copied());
            assert!(matches!(refused, Err(ProfileProblem::Incomplete)), "{chunks:?}");
        }
    }
}
