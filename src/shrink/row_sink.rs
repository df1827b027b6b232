//! The receiver of decoded rows.

use crate::error::Error;

/// Receives the rows of decoded planes.
///
/// A plane holds one component (Y, Cb, red, alpha …) of 8-bit samples. The rows of one plane come
/// from top to bottom. Rows of different planes may be interleaved in any way.
pub(crate) trait RowSink {
    /// Receives row `y` of plane `plane`, from its first column to its last.
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error>;

    /// Receives only the part of row `y` that lies in the window of the plane, from a decoder that
    /// knows the window.
    fn window_row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        let _ = (plane, y, samples);
        Err(Error::Bug("a part of a row where complete rows are expected"))
    }

    /// Receives a part of row `y`: samples at the columns `x`, `x + x_step` … Parts come in any
    /// order. Interlaced pictures and pictures that do not cover their canvas are delivered in this
    /// way.
    fn scattered(
        &mut self,
        plane: usize,
        y: u32,
        x: u32,
        x_step: u32,
        samples: &[u8],
    ) -> Result<(), Error> {
        let _ = (plane, y, x, x_step, samples);
        Err(Error::Bug("a scattered row where complete rows are expected"))
    }
}
