//! Copies matches (RFC 1951, 3.2.3).

use core::ops::Range;

/// Copies a match of `length` bytes to `to`, from `distance` bytes before. `distance` is 1 to `to`.
///
/// Most matches of a picture are shorter than a chunk, and how long they are cannot be predicted. So a
/// whole chunk is copied without a question, and overwrites up to [`SPARE_BYTES`] past the end.
#[inline(always)]
pub(super) fn copy_match(window: &mut [u8], to: usize, distance: usize, length: usize) {
    if distance >= CHUNK_BYTES {
        copy_in_steps::<CHUNK_BYTES>(window, to, distance, 0..length, CHUNK_BYTES);
    } else if distance >= 8 {
        // Each step reads from where the one before it wrote, so that the processor need not wait
        // until those bytes are in the cache.
        let (part, step) = (0..length.min(CHUNK_BYTES), distance.min(STEP_BYTES));
        let done = copy_in_steps::<STEP_BYTES>(window, to, distance, part, step);
        if done < length {
            // By now the match repeats itself over a multiple of its distance.
            let distance = distance * CHUNK_BYTES.div_ceil(distance);
            copy_in_steps::<CHUNK_BYTES>(window, to, distance, done..length, CHUNK_BYTES);
        }
    } else {
        repeat(window, to, distance, length);
    }
}

/// Copies the `part` of a match, `STEP` bytes in each step. Returns its end, which may be behind that
/// of `part`.
#[inline(always)]
fn copy_in_steps<const STEP: usize>(
    window: &mut [u8],
    to: usize,
    distance: usize,
    part: Range<usize>,
    step: usize,
) -> usize {
    let mut done = part.start;
    while done < part.end {
        let from = window.get(to + done - distance..);
        let Some(&bytes) = from.and_then(<[u8]>::first_chunk::<STEP>) else { break };
        let slot = window.get_mut(to + done..);
        let Some(slot) = slot.and_then(<[u8]>::first_chunk_mut) else { break };
        *slot = bytes;
        done += step;
    }
    done
}

/// Repeats the last `distance` bytes, of 1 to 7, from a register. What was just written would be read
/// at once, again and again.
#[inline(always)]
fn repeat(window: &mut [u8], to: usize, distance: usize, length: usize) {
    let last = window.get(to - distance..).unwrap_or_default();
    // No more bytes than there may be, since those that were written last are there soonest.
    let word = if distance <= 4 {
        last.first_chunk().map_or(0, |&bytes| u64::from(u32::from_le_bytes(bytes)))
    } else {
        last.first_chunk().map_or(0, |&bytes| u64::from_le_bytes(bytes))
    };
    let bits = 8 * distance;
    let word = (word & ((1 << bits) - 1)).wrapping_mul(REPEATED[distance & 7]);
    let mut done = 0;
    while done < length {
        let slot = window.get_mut(to + done..).and_then(<[u8]>::first_chunk_mut);
        let Some(slot) = slot else { return };
        *slot = word.to_le_bytes();
        done += STEPS[distance & 7];
    }
}

const CHUNK_BYTES: usize = 32;
/// What a chunk is copied in where the match repeats itself within it.
const STEP_BYTES: usize = 16;

/// By distance: the factor that repeats a number of so many bytes over eight bytes.
const REPEATED: [u64; 8] = {
    let mut factors = [0; 8];
    let mut distance = 1;
    while distance < 8 {
        let mut shift = 0;
        while shift < 64 {
            factors[distance] |= 1 << shift;
            shift += 8 * distance;
        }
        distance += 1;
    }
    factors
};

/// By distance: the largest multiple of it up to eight.
const STEPS: [usize; 8] = [8, 8, 8, 6, 8, 5, 6, 7];

/// The bytes past the end of a match that may be overwritten.
pub(super) const SPARE_BYTES: usize = CHUNK_BYTES;
