//! What `png` 0.18 allocates while it hands out rows.

use crate::probe::png::Image;

/// The most that is live while a PNG is decoded, in bytes: the codec and our rows.
pub(crate) fn memory_bytes(image: &Image) -> u64 {
    let packed_row = image.row_bytes(image.size.width) - 1;
    codec_bytes(image).saturating_add(packed_row).saturating_add(super::spread::memory_bytes(image))
}

/// The codec's share: the ring of inflated rows and the inflater.
///
/// The ring starts at 128 rows, at most 128 KiB, and doubles, both blocks live, until it holds
/// the rows that it keeps: 128 KiB or four rows before it shifts, the row before and the current
/// one, the 32 KiB that deflate looks back, and two steps of 8 KiB.
pub(super) fn codec_bytes(image: &Image) -> u64 {
    let row = image.row_bytes(image.size.width);
    let rows_of_all_passes = if image.interlaced { 2 } else { 1 };
    let all_rows = row.saturating_mul(u64::from(image.size.height)) * rows_of_all_passes;
    let shift_limit = row.saturating_mul(4).next_multiple_of(64).max(128 << 10);
    let needed = shift_limit
        .saturating_add(row.saturating_mul(2))
        .saturating_add((32 << 10) + 2 * GROWTH)
        .min(all_rows.saturating_add(GROWTH));

    let first = row.saturating_mul(u64::from(image.size.height.min(128)));
    let mut capacity = first.next_multiple_of(256).min(128 << 10);
    let mut peak = capacity;
    while capacity < needed {
        let grown = capacity.saturating_mul(2).max(GROWTH);
        peak = capacity.saturating_add(grown);
        capacity = grown;
    }
    peak.saturating_add(FIXED)
}

const GROWTH: u64 = 8 << 10;

/// The inflater's tables with its long codes, chunk buffers, the palette, boxes.
const FIXED: u64 = 40 << 10;

/// `png`'s own limit, which counts chunk buffers and one row: the largest row of 16-bit RGBA that
/// a PNG can have in our `max_side_px` would be far below it.
pub(super) const CODEC_LIMIT_BYTES: usize = 1 << 30;
