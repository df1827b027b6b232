//! What each kind of scan provides: how it decodes one block.

use super::bit_reader::{BitReader, Fault};
use super::block_window::Place;

/// What one kind of scan does with the blocks of one component.
pub(super) trait BlockDecoder {
    /// Takes a block.
    fn block(&mut self, place: Place, bits: &mut BitReader<'_>) -> Result<(), Fault>;

    /// Passes a block that has no bits in the data, if this is one.
    #[inline(always)]
    fn pass(&mut self, _place: Place) -> bool {
        false
    }

    /// An interval is over, or the scan: predictions and runs end.
    fn end_interval(&mut self) -> Result<(), Fault>;
}
