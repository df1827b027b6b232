//! The bits of a deflate stream (RFC 1951, 3.1.1): from bytes in slices, the lowest bit of each first.

/// A place in the stream. Small, and taken and returned by value, so that it stays in registers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BitReader<'a> {
    /// What follows of the slice.
    rest: &'a [u8],
    /// The next bits. Above those that are held may be more of the stream, never anything else.
    next: u64,
    held: u32,
    /// How many of the last bits stand for nothing: zeros behind the end of the stream.
    past_end: u32,
}

impl<'a> BitReader<'a> {
    /// With at least 56 bits held, zeros when there are no more.
    #[inline(always)]
    pub(super) fn refilled(self, slices: &mut impl Iterator<Item = &'a [u8]>) -> Self {
        let Some(&bytes) = self.rest.first_chunk::<8>() else {
            return self.refilled_bytewise(slices);
        };
        let passed = (63 - self.held) >> 3;
        Self {
            rest: self.rest.get(passed as usize..).unwrap_or_default(),
            next: self.next | u64::from_le_bytes(bytes) << self.held,
            held: self.held | 56,
            past_end: self.past_end,
        }
    }

    #[inline(never)]
    fn refilled_bytewise(mut self, slices: &mut impl Iterator<Item = &'a [u8]>) -> Self {
        self.next &= (1 << self.held) - 1;
        while self.held < 56 {
            match self.byte(slices) {
                Some(byte) => self.next |= u64::from(byte) << self.held,
                None => self.past_end += 8,
            }
            self.held += 8;
        }
        self
    }

    fn byte(&mut self, slices: &mut impl Iterator<Item = &'a [u8]>) -> Option<u8> {
        loop {
            if let Some((&byte, rest)) = self.rest.split_first() {
                self.rest = rest;
                return Some(byte);
            }
            self.rest = slices.next()?;
        }
    }

    #[inline(always)]
    pub(super) const fn held(&self) -> u32 {
        self.held
    }

    /// The next bits, the first one lowest.
    #[inline(always)]
    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    /// Whether bits were passed that are not there.
    #[inline(always)]
    pub(super) const fn are_past_end(&self) -> bool {
        self.past_end > self.held
    }

    /// Passes up to 63 bits that are held.
    #[inline(always)]
    pub(super) const fn skip(&mut self, count: u32) {
        self.next >>= count;
        self.held -= count;
    }

    /// Passes what is left of a byte.
    pub(super) const fn skip_to_byte(&mut self) {
        self.skip(self.held % 8);
    }

    /// Takes up to 16 bits that are held.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "16 bits")]
    pub(super) const fn take_held(&mut self, count: u32) -> u32 {
        let taken = self.next & ((1 << count) - 1);
        self.skip(count);
        taken as u32
    }

    /// Takes whole bytes, at the start of one: as many as are at hand, at least one but at the end.
    #[allow(clippy::cast_possible_truncation, reason = "eight bits")]
    pub(super) fn copy(
        &mut self,
        to: &mut [u8],
        slices: &mut impl Iterator<Item = &'a [u8]>,
    ) -> usize {
        if self.held > 0 {
            let byte = self.take_held(8) as u8;
            if self.are_past_end() {
                return 0;
            }
            to.iter_mut().take(1).for_each(|slot| *slot = byte);
            return 1;
        }
        // What is above the bits that are held is copied from the slice.
        self.next = 0;
        while self.rest.is_empty() {
            let Some(slice) = slices.next() else {
                self.past_end = 1;
                return 0;
            };
            self.rest = slice;
        }
        let count = self.rest.len().min(to.len());
        if let (Some(to), Some((from, rest))) =
            (to.get_mut(..count), self.rest.split_at_checked(count))
        {
            to.copy_from_slice(from);
            self.rest = rest;
        }
        count
    }
}
