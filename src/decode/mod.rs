//! Approved bytes → rows of planes.

use crate::error::Error;

pub(crate) mod jpeg;
pub(crate) mod png;
pub(crate) mod webp;

/// Where the rows of decoded planes go.
///
/// A plane holds one component (Y, Cb, red, alpha …) of 8-bit samples. Rows of one plane come in
/// order from the top; planes may take turns in any way.
pub(crate) trait RowSink {
    /// Takes row `y` of plane `plane`, from its first column to its last.
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error>;
}
