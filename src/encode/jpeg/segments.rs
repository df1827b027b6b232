//! The segments before the scan (T.81, B.2).

use super::quantizer::Quantizer;
use super::sampling::Sampling;
use crate::encode::file_writer::FileWriter;
use crate::error::Error;
use crate::probe::jpeg::HuffmanTable;
use crate::size::Size;

/// Writes SOI and all segments. `quantizers`, `dc` and `ac` are those of luma and chroma.
pub(super) fn write(
    output: &mut FileWriter<'_>,
    size: Size,
    sampling: Sampling,
    quantizers: &[Quantizer; 2],
    [dc, ac]: [&[HuffmanTable<'_>; 2]; 2],
) -> Result<(), Error> {
    // JFIF 1.2 without a density: square pixels (ITU-T T.871, 10.1).
    output.append(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0")?;
    let components = sampling.components();
    let too_large = |_| Error::Bug("a JPEG of more than 65,535 pixels a side");
    let [y1, y2] = u16::try_from(size.height).map_err(too_large)?.to_be_bytes();
    let [x1, x2] = u16::try_from(size.width).map_err(too_large)?.to_be_bytes();
    output.append(&[0xFF, 0xC0, 0, 8 + 3 * components, 8, y1, y2, x1, x2, components])?;
    for component in 0..components {
        let is_larger = component == 0 && sampling == Sampling::Half;
        output.append(&[component, if is_larger { 0x22 } else { 0x11 }, component.min(1)])?;
    }
    let kinds = components.min(2);
    output.append(&[0xFF, 0xDB, 0, 2 + 65 * kinds])?;
    for (id, quantizer) in (0..kinds).zip(quantizers) {
        output.append(&[id])?;
        output.append(&quantizer.steps)?;
    }
    let tables = || (0..kinds).zip(dc.iter().zip(ac));
    let len = tables().map(|(_, (dc, ac))| 34 + dc.symbols.len() + ac.symbols.len()).sum::<usize>();
    let len = u16::try_from(2 + len).map_err(|_| Error::Bug("long Huffman tables"))?;
    output.append(&[0xFF, 0xC4])?;
    output.append(&len.to_be_bytes())?;
    for (id, (dc, ac)) in tables() {
        for (class, table) in [(0, dc), (0x10, ac)] {
            output.append(&[class | id])?;
            output.append(table.counts)?;
            output.append(table.symbols)?;
        }
    }
    output.append(&[0xFF, 0xDA, 0, 6 + 2 * components, components])?;
    for component in 0..components {
        output.append(&[component, if component == 0 { 0 } else { 0x11 }])?;
    }
    output.append(&[0, 63, 0])
}
