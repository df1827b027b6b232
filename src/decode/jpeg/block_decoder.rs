//! The interface of the decoders of each kind of scan.

use super::bit_reader::{BitReader, Fault};
use super::block_window::BlockPosition;

/// Decodes the blocks of one component, for one kind of scan.
pub(super) trait BlockDecoder {
    /// Decodes the next block.
    fn decode_block(
        &mut self,
        position: BlockPosition,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault>;

    /// Skips the next block and returns true if an EOB run covers it and the data has no bits for
    /// it.
    #[inline(always)]
    fn skip_ended_block(&mut self, _position: BlockPosition) -> bool {
        false
    }

    /// Ends a restart interval or the scan. Resets the DC prediction; an EOB run must be over.
    fn end_interval(&mut self) -> Result<(), Fault>;
}
