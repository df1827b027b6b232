//! The segments before the scan (T.81, B.2).

use super::quantizer::Quantizer;
use crate::encode::file_writer::FileWriter;
use crate::error::Error;
use crate::probe::jpeg::HuffmanTable;

/// Writes SOI and all segments. `quantizers`, `dc` and `ac` are those of luma and chroma. `size` is
/// width and height.
pub(super) fn write(
    output: &mut FileWriter<'_>,
    (width, height): (u16, u16),
    is_gray: bool,
    quantizers: &[Quantizer; 2],
    [dc, ac]: [&[HuffmanTable<'_>; 2]; 2],
) -> Result<(), Error> {
    // JFIF 1.2 without a density: square pixels (ITU-T T.871, 10.1).
    output.append(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0")?;
    let components = if is_gray { 1 } else { 3 };
    let ([y1, y2], [x1, x2]) = (height.to_be_bytes(), width.to_be_bytes());
    output.append(&[0xFF, 0xC0, 0, 8 + 3 * components, 8, y1, y2, x1, x2, components])?;
    for component in 0..components {
        let (factors, table) = if component == 0 && !is_gray { (0x22, 0) } else { (0x11, 1) };
        let table = if is_gray { 0 } else { table };
        output.append(&[component, factors, table])?;
    }
    let kinds = if is_gray { 1 } else { 2 };
    for (id, quantizer) in (0..kinds).zip(quantizers) {
        output.append(&[0xFF, 0xDB, 0, 67, id])?;
        output.append(&quantizer.steps)?;
    }
    for ((id, dc), ac) in (0..kinds).zip(dc).zip(ac) {
        write_huffman_table(output, id, dc)?;
        write_huffman_table(output, 0x10 | id, ac)?;
    }
    output.append(&[0xFF, 0xDA, 0, 6 + 2 * components, components])?;
    for component in 0..components {
        output.append(&[component, if component == 0 { 0 } else { 0x11 }])?;
    }
    output.append(&[0, 63, 0])
}

fn write_huffman_table(
    output: &mut FileWriter<'_>,
    class_and_id: u8,
    table: &HuffmanTable<'_>,
) -> Result<(), Error> {
    let len = u16::try_from(19 + table.symbols.len());
    let [len_high, len_low] = len.map_err(|_| Error::Bug("a long Huffman table"))?.to_be_bytes();
    output.append(&[0xFF, 0xC4, len_high, len_low, class_and_id])?;
    output.append(table.counts)?;
    output.append(table.symbols)
}
