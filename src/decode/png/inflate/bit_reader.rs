//! Reads the bits of a deflate stream from slices, the lowest bit of each
//! byte first (RFC 1951, 3.1.1).

/// A position in the stream. It is small and passed by value, so that it stays in registers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BitReader<'a> {
    /// The unread part of the current slice.
    rest: &'a [u8],
    /// The next bits, of which `held` are valid. The bits above are zeros or also from the stream.
    next: u64,
    held: u32,
    /// How many zero bits were appended past the end of the stream.
    past_end: u32,
}

impl<'a> BitReader<'a> {
    /// The reader with at least 56 bits held. Past the end of the stream, they are zeros.
    #[inline(always)]
    pub(super) fn refilled(self, slices: &mut impl Iterator<Item = &'a [u8]>) -> Self {
        self.refilled_from_slice().unwrap_or_else(|| self.refilled_bytewise(slices))
    }

    /// The same without a loop, if the current slice has enough bytes left.
    #[inline(always)]
    pub(super) fn refilled_from_slice(self) -> Option<Self> {
        let &bytes = self.rest.first_chunk::<8>()?;
        let added_bytes = 7 - (self.held >> 3 & 7);
        Some(Self {
            rest: self.rest.get(added_bytes as usize..).unwrap_or_default(),
            next: self.next | u64::from_le_bytes(bytes) << (self.held & 63),
            held: self.held | 56,
            past_end: self.past_end,
        })
    }

    /// The unread part of the current slice.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) const fn set_rest(&mut self, rest: &'a [u8]) {
        self.rest = rest;
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

    /// Skips the bits of a symbol: as many as the low six bits of its entry say.
    #[inline(always)]
    pub(super) const fn consume(&mut self, entry: u32) {
        self.next >>= entry & 63;
        self.held -= entry & 63;
    }

    #[inline(always)]
    pub(super) const fn held(&self) -> u32 {
        self.held
    }

    /// The next bits, starting at the lowest.
    #[inline(always)]
    pub(super) const fn peek(&self) -> u64 {
        self.next
    }

    /// True once bits past the end of the stream were consumed.
    #[inline(always)]
    pub(super) const fn is_past_end(&self) -> bool {
        self.past_end > self.held
    }

    /// Skips up to 63 of the bits held.
    #[inline(always)]
    pub(super) const fn skip(&mut self, count: u32) {
        self.next >>= count;
        self.held -= count;
    }

    /// Skips to the next byte boundary.
    pub(super) const fn skip_to_byte(&mut self) {
        self.skip(self.held % 8);
    }

    /// Reads up to 16 bits.
    pub(super) fn read(&mut self, count: u32, slices: &mut impl Iterator<Item = &'a [u8]>) -> u32 {
        if self.held < count {
            *self = self.refilled(slices);
        }
        self.take_held(count)
    }

    /// Reads up to 16 of the bits held.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "16 bits")]
    pub(super) const fn take_held(&mut self, count: u32) -> u32 {
        let bits = self.next & ((1 << count) - 1);
        self.skip(count);
        bits as u32
    }

    /// Copies bytes, starting at a byte boundary. Returns how many: at least
    /// one, unless the stream ends.
    #[allow(clippy::cast_possible_truncation, reason = "eight bits")]
    pub(super) fn copy_bytes(
        &mut self,
        to: &mut [u8],
        slices: &mut impl Iterator<Item = &'a [u8]>,
    ) -> usize {
        if self.held > 0 {
            let byte = self.take_held(8) as u8;
            if self.is_past_end() {
                return 0;
            }
            to.iter_mut().take(1).for_each(|slot| *slot = byte);
            return 1;
        }
        // The bits above those held are still in the slice.
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
