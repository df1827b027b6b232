//! Adler-32, the checksum of a zlib stream (RFC 1950, 8.2).

use crate::simd::vectorize;

/// The checksum of the bytes that were added so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Adler32 {
    /// One more than the sum of all bytes, modulo [`MODULUS`].
    sum: u32,
    /// The sum of all values that `sum` had after a byte, modulo [`MODULUS`].
    sum_of_sums: u32,
}

impl Adler32 {
    pub(super) const EMPTY: Self = Self { sum: 1, sum_of_sums: 0 };

    /// Adds `bytes`. A block of them has [`ROWS`] rows of [`LANES`] bytes, and each lane is summed on
    /// its own, so that the compiler makes vectors of them.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let (blocks, rest) = bytes.as_chunks::<BLOCK_BYTES>();
        vectorize(
            #[inline(always)]
            || {
                for block in blocks {
                    self.add_block(block);
                }
            },
        );
        // Less than a block cannot overflow.
        for &byte in rest {
            self.sum += u32::from(byte);
            self.sum_of_sums += self.sum;
        }
        self.reduce();
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "constants below 1,000")]
    fn add_block(&mut self, block: &[u8; BLOCK_BYTES]) {
        let mut sums = [0_u16; LANES];
        let mut sums_of_sums = [0_u16; LANES];
        for row in block.as_chunks::<LANES>().0 {
            for lane in 0..LANES {
                sums[lane] += u16::from(row[lane]);
                sums_of_sums[lane] += sums[lane];
            }
        }
        // The sum of all bytes, and of the bytes times the number of bytes from them to the end
        // of the block. In lane 0 that number is LANES times the number of rows, in lane 1 it is
        // one less, and so on.
        let (mut total, mut weighted) = (0, 0);
        for (lane, (&sum, &sum_of_sums)) in (0..).zip(sums.iter().zip(&sums_of_sums)) {
            total += u32::from(sum);
            weighted += u32::from(sum_of_sums) * LANES as u32 - u32::from(sum) * lane;
        }
        self.sum_of_sums += self.sum * BLOCK_BYTES as u32 + weighted;
        self.sum += total;
        self.reduce();
    }

    #[inline(always)]
    const fn reduce(&mut self) {
        self.sum %= MODULUS;
        self.sum_of_sums %= MODULUS;
    }

    pub(super) const fn value(self) -> u32 {
        self.sum_of_sums << 16 | self.sum
    }
}

const MODULUS: u32 = 65_521;

const LANES: usize = 32;
/// A lane of bytes of 255 has a sum of sums of 255 × (1 + 2 + … + 22) = 64,515: it fits 16 bits.
const ROWS: usize = 22;
const BLOCK_BYTES: usize = ROWS * LANES;

#[cfg(test)]
mod tests {
    use super::*;

    /// The literal wording of RFC 1950, 8.2.
    fn specified(bytes: &[u8]) -> u32 {
        let (mut s1, mut s2) = (1_u32, 0_u32);
        for &byte in bytes {
            s1 = (s1 + u32::from(byte)) % 65_521;
            s2 = (s2 + s1) % 65_521;
        }
        s2 * 65_536 + s1
    }

    fn of_parts(bytes: &[u8], part_bytes: usize) -> u32 {
        let mut adler = Adler32::EMPTY;
        bytes.chunks(part_bytes).for_each(|part| adler.add(part));
        adler.value()
    }

    #[test]
    fn the_sum_is_that_of_the_specification_at_every_length_and_in_parts_of_any() {
        assert_eq!(of_parts(b"Wikipedia", 9), 0x11E6_0398);
        assert_eq!(Adler32::EMPTY.value(), 1);
        let mut seed = 1_u32;
        let mut random_byte = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()[0]
        };
        let random = (0..3 * BLOCK_BYTES).map(&mut random_byte).collect::<Vec<u8>>();
        for bytes in [random, vec![255; 3 * BLOCK_BYTES], vec![0; 3 * BLOCK_BYTES]] {
            for len in 0..bytes.len() {
                assert_eq!(of_parts(&bytes[..len], usize::MAX), specified(&bytes[..len]), "{len}");
            }
            for part_bytes in [1, 31, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1] {
                assert_eq!(of_parts(&bytes, part_bytes), specified(&bytes), "{part_bytes}");
            }
        }
    }

    #[test]
    fn no_number_of_the_largest_bytes_overflows() {
        let bytes = vec![255; 1 << 20];
        assert_eq!(of_parts(&bytes, usize::MAX), specified(&bytes));
    }
}
