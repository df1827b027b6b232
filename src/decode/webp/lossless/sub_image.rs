//! The sub-images in the headers of a stream: transform data and the entropy image.

use super::entropy_image::EntropyImage;
use super::tile_groups::TileGroups;
use crate::budget::Budget;
use crate::error::Error;
use crate::job::Job;
use crate::probe::webp::vp8l::{BitReader, Headers, Image, Stream};
use crate::work;

/// Decodes a sub-image and calls `deliver` with each of its rows.
pub(super) fn decode_sub_image(
    bits: &mut BitReader<'_>,
    image: &Image,
    job: Job<'_>,
    mut deliver: impl FnMut(&[u32]) -> Result<(), Error>,
) -> Result<(), Error> {
    let declared = Image::start(bits, image.size)?;
    let mut pixels = EntropyImage::new(*image, None, job.budget)?;
    pixels.read_codes(bits, declared, job.interrupt)?;
    for _ in 0..image.size.height {
        job.interrupt.check()?;
        work::decoded_sub_image(u64::from(image.size.width));
        deliver(pixels.next_row(bits)?)?;
    }
    Ok(())
}

/// Charges what is live in [`decode_sub_image`] to a budget that counts.
pub(super) fn count_sub_image(image: &Image, budget: &Budget) -> Result<(), Error> {
    EntropyImage::new(*image, None, budget)?;
    Ok(())
}

/// Reads the entropy image, if there is one: which tile uses which group of prefix codes.
pub(super) fn read_tile_groups<'b>(
    headers: &mut Headers<'_>,
    stream: &Stream,
    job: Job<'b>,
) -> Result<Option<TileGroups<'b>>, Error> {
    let tiles = match (headers.group_tiles()?, &stream.tiles) {
        (None, None) => return Ok(None),
        (Some((side_log2, size)), Some(tiles))
            if (side_log2, size) == (tiles.side_log2, tiles.image.size) =>
        {
            tiles
        }
        _ => return Err(Error::OTHER_BYTES),
    };
    let mut tile_groups = TileGroups::new(tiles, job.budget)?;
    let mut last = 0;
    decode_sub_image(&mut headers.bits, &tiles.image, job, |row| {
        row.iter().try_for_each(|pixel| {
            let [_, red, green, _] = pixel.to_be_bytes();
            let group = u16::from_be_bytes([red, green]);
            last = group.max(last);
            tile_groups.groups.push(group)
        })
    })?;
    if u32::from(last) + 1 != stream.picture.groups {
        return Err(Error::OTHER_BYTES);
    }
    Ok(Some(tile_groups))
}
