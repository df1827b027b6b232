//! [`PaletteAndTransparency`]: the PLTE and tRNS chunks that decide about colours.

use super::chunks::Chunk;
use super::errors::malformed;
use super::image::{Color, Image};
use crate::error::Error;

/// The data of the PLTE and the tRNS chunk that count. Where a picture does not need a chunk, a
/// chunk that breaks a rule is ignored, as libpng ignores it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PaletteAndTransparency<'a> {
    /// The colours of an indexed picture, no more than its bit depth allows.
    pub(crate) palette: &'a [[u8; 3]],
    /// Empty if no tRNS chunk counts.
    pub(crate) transparency: &'a [u8],
}

impl<'a> PaletteAndTransparency<'a> {
    /// Records PLTE (11.2.2): up to 256 entries of three bytes. Entries that no index of this bit
    /// depth reaches are cut off.
    ///
    /// Only an indexed picture needs it. In RGB it is a suggestion for displays of 256 colours, and
    /// in grey it has no meaning.
    pub(super) fn record_palette(&mut self, chunk: &Chunk<'a>, image: &Image) -> Result<(), Error> {
        if image.color != Color::Indexed {
            return Ok(());
        }
        if !self.palette.is_empty() {
            return Err(malformed("there are two PLTE chunks"));
        }
        let (entries, rest) = chunk.data.as_chunks::<3>();
        if !rest.is_empty() || entries.is_empty() || entries.len() > 256 {
            return Err(malformed("the palette has a wrong length"));
        }
        if !chunk.has_correct_crc() {
            return Err(malformed("a wrong CRC"));
        }
        self.palette = entries.get(..1 << image.bit_depth).unwrap_or(entries);
        Ok(())
    }

    /// Records tRNS (11.3.1.1): one grey sample, one RGB colour, or up to one alpha value per
    /// palette entry. The chunk is ancillary, so a broken one is ignored. The first valid one
    /// counts.
    pub(super) fn record_transparency(&mut self, chunk: &Chunk<'a>, image: &Image) {
        let fits = match image.color {
            Color::Gray => chunk.data.len() == 2,
            Color::Rgb => chunk.data.len() == 6,
            Color::Indexed => (1..=self.palette.len()).contains(&chunk.data.len()),
            Color::GrayAlpha | Color::Rgba => false,
        };
        if fits && self.transparency.is_empty() && chunk.has_correct_crc() {
            self.transparency = chunk.data;
        }
    }
}
