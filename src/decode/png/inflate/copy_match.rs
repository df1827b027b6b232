//! Copies matches (RFC 1951, 3.2.3).

/// Copies a match of `length` bytes to `to`, from `distance` bytes before. `distance` is 1 to `to`.
///
/// Most matches of a picture are shorter than [`CHUNK_BYTES`], and how long they are cannot be
/// predicted. So a whole chunk is copied without a question, and overwrites up to [`SPARE_BYTES`]
/// past the end.
#[inline(always)]
pub(super) fn copy_match(window: &mut [u8], to: usize, distance: usize, length: usize) {
    if distance < CHUNK_BYTES {
        return copy_near_match(window, to, distance, length);
    }
    let mut done = 0;
    loop {
        let from = to + done - distance;
        let chunk = window.get(from..).and_then(<[u8]>::first_chunk::<CHUNK_BYTES>);
        let Some(&chunk) = chunk else { return };
        let slot = window.get_mut(to + done..).and_then(<[u8]>::first_chunk_mut::<CHUNK_BYTES>);
        let Some(slot) = slot else { return };
        *slot = chunk;
        done += CHUNK_BYTES;
        if done >= length {
            return;
        }
    }
}

/// The same for a match that repeats itself within a chunk.
#[inline(always)]
fn copy_near_match(window: &mut [u8], to: usize, distance: usize, length: usize) {
    let from = window.get(to - distance..).and_then(<[u8]>::first_chunk::<16>);
    let Some(&from) = from else { return };
    // Bytes that were just written are not read again: a processor waits long for those that it
    // wrote in pieces.
    let mut pattern = u128::from_le_bytes(from);
    let mut step = 16;
    if distance == 1 {
        pattern = u128::from_le_bytes([from[0]; 16]);
    } else if distance < 16 {
        let mut bits = 8 * distance;
        pattern &= (1 << bits) - 1;
        while bits < 128 {
            pattern |= pattern << bits;
            bits *= 2;
        }
        step -= 16 % distance;
    }
    let mut done = 0;
    while done < length {
        if distance > 16 && done > 0 {
            let from = window.get(to + done - distance..).and_then(<[u8]>::first_chunk::<16>);
            let Some(&from) = from else { return };
            pattern = u128::from_le_bytes(from);
        }
        let slot = window.get_mut(to + done..).and_then(<[u8]>::first_chunk_mut::<16>);
        let Some(slot) = slot else { return };
        *slot = pattern.to_le_bytes();
        done += step;
    }
}

const CHUNK_BYTES: usize = 32;

/// The bytes past the end of a match that may be overwritten.
pub(super) const SPARE_BYTES: usize = CHUNK_BYTES;
