//! The segments of a file (T.81, B.2).

use super::quantizer::Quantizer;
use super::sampling::Sampling;
use super::scan::Scan;
use crate::encode::file_writer::FileWriter;
use crate::encode::profile;
use crate::error::Error;
use crate::picture::Gamut;
use crate::probe::jpeg::HuffmanTable;
use crate::size::Size;

/// Writes SOI, JFIF, and the profile, if there is one (ICC.1:2022, B.4).
pub(super) fn write_start(output: &mut FileWriter<'_>, gamut: Gamut) -> Result<(), Error> {
    // JFIF 1.2 without a density: square pixels (ITU-T T.871, 10.1).
    output.append(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0")?;
    if let Some(profile) = profile::of(gamut) {
        output.append(&[0xFF, 0xE2])?;
        output.append(&APP2_BYTES.to_be_bytes())?;
        output.append(APP2_HEAD)?;
        output.append(profile)?;
    }
    Ok(())
}

/// The bytes of the segment with the profile.
pub(super) const fn profile_bytes(gamut: Gamut) -> u64 {
    if profile::of(gamut).is_some() { 2 + APP2_BYTES as u64 } else { 0 }
}

/// The identifier, and that it is the first chunk of one.
const APP2_HEAD: &[u8] = b"ICC_PROFILE\0\x01\x01";
#[allow(clippy::cast_possible_truncation, reason = "half a kilobyte")]
const APP2_BYTES: u16 = (2 + APP2_HEAD.len() + profile::BYTES) as u16;

/// Writes the other segments before the first scan. `quantizers` are those of luma and chroma.
pub(super) fn write_header(
    output: &mut FileWriter<'_>,
    size: Size,
    sampling: Sampling,
    is_progressive: bool,
    quantizers: &[Quantizer; 2],
) -> Result<(), Error> {
    let components = sampling.components();
    let too_large = |_| Error::Bug("a JPEG of more than 65,535 pixels a side");
    let [y1, y2] = u16::try_from(size.height).map_err(too_large)?.to_be_bytes();
    let [x1, x2] = u16::try_from(size.width).map_err(too_large)?.to_be_bytes();
    let sof = if is_progressive { 0xC2 } else { 0xC0 };
    output.append(&[0xFF, sof, 0, 8 + 3 * components, 8, y1, y2, x1, x2, components])?;
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
    Ok(())
}

/// Writes the segments before the data of a scan: its tables, those of luma and of chroma, as far as
/// they have symbols, and its header.
pub(super) fn write_scan_header(
    output: &mut FileWriter<'_>,
    sampling: Sampling,
    scan: &Scan,
    [dc, ac]: [&[HuffmanTable<'_>; 2]; 2],
) -> Result<(), Error> {
    let tables = [(0, &dc[0]), (0x10, &ac[0]), (1, &dc[1]), (0x11, &ac[1])];
    let tables = || tables.iter().filter(|(_, table)| !table.symbols.is_empty());
    let len = 2 + tables().map(|(_, table)| 17 + table.symbols.len()).sum::<usize>();
    let len = u16::try_from(len).map_err(|_| Error::Bug("long Huffman tables"))?;
    output.append(&[0xFF, 0xC4])?;
    output.append(&len.to_be_bytes())?;
    for (class_and_id, table) in tables() {
        output.append(&[*class_and_id])?;
        output.append(table.counts)?;
        output.append(table.symbols)?;
    }
    let components = scan.component.map_or(0..sampling.components(), |only| only..only + 1);
    let count = u8::try_from(components.len()).map_err(|_| Error::Bug("many components"))?;
    output.append(&[0xFF, 0xDA, 0, 6 + 2 * count, count])?;
    for component in components {
        output.append(&[component, if component == 0 { 0 } else { 0x11 }])?;
    }
    let [first, last] = [scan.first, scan.last].map(|k| k.to_le_bytes()[0]);
    output.append(&[first, last, 0])
}
