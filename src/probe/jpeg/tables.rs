//! The tables in DQT and DHT segments (T.81, B.2.4), checked and read in place.

use super::errors::malformed;
use super::frame::CodeBits;
use super::scan::Scan;
use crate::error::Error;

/// A Huffman table as stored in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HuffmanTable<'a> {
    /// The number of codes of each length, 1 to 16 bits.
    pub(crate) counts: &'a [u8; 16],
    /// The symbols, in ascending order of their codes.
    pub(crate) symbols: &'a [u8],
}

impl HuffmanTable<'_> {
    /// Why no scan can use the table: its codes do not exist (T.81, annex C), or its symbols are
    /// invalid for DC. As in libjpeg, only a table that a scan uses must be without defect.
    pub(crate) fn defect(&self, is_ac: bool) -> Option<&'static str> {
        // In units of the code space of a 16-bit code.
        let mut code_space = 0_u32;
        for (count, length) in self.counts.iter().zip(1..) {
            code_space += u32::from(*count) << (16 - length);
        }
        if code_space > 1 << 16 {
            return Some("a Huffman table with more codes than their lengths allow");
        }
        let is_out_of_range = !is_ac && self.symbols.iter().any(|&category| category > 15);
        is_out_of_range.then_some("a DC Huffman table with a category over 15")
    }

    fn code_bits(&self) -> CodeBits {
        self.codes().fold(CodeBits::NONE, |bits, (symbol, _, code)| {
            bits.max(CodeBits { code, with_extra_bits: code + u32::from(symbol & 15) })
        })
    }

    /// Symbol, code and length of each code, in ascending order of length (T.81, annex C).
    pub(crate) fn codes(&self) -> impl Iterator<Item = (u8, u32, u32)> {
        let counts = (1_u32..).zip(self.counts);
        let lengths =
            counts.flat_map(|(length, &count)| core::iter::repeat_n(length, count.into()));
        let codes = lengths.scan((0_u32, 0_u32), |(next, last), length| {
            let code = *next << (length - *last);
            (*next, *last) = (code + 1, length);
            Some((code, length))
        });
        self.symbols.iter().zip(codes).map(|(&symbol, (code, length))| (symbol, code, length))
    }
}

/// The destination of a Huffman table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    pub(crate) is_ac: bool,
    /// 0 to 3.
    pub(crate) id: u8,
}

/// What the tables in force are like. The probe refuses the scan that uses one with a
/// [defect](HuffmanTable::defect), or one that is missing, so that the answer does not depend on which
/// scans are decoded.
#[derive(Clone, Debug)]
pub(super) struct TableProperties {
    dc: [Option<&'static str>; 4],
    ac: [Option<&'static str>; 4],
    ac_code_bits: [CodeBits; 4],
}

impl TableProperties {
    pub(super) fn new() -> Self {
        let missing = [Some(MISSING_HUFFMAN_TABLE); 4];
        Self { dc: missing, ac: missing, ac_code_bits: [CodeBits::default(); 4] }
    }

    /// Adds the tables of T.81, K.3. Motion JPEG leaves them out.
    pub(super) fn define_standard_tables(&mut self) {
        for class in [&mut self.dc, &mut self.ac] {
            for slot in class.iter_mut().take(STANDARD_DC.len()) {
                if *slot == Some(MISSING_HUFFMAN_TABLE) {
                    *slot = None;
                }
            }
        }
    }

    pub(super) fn define(&mut self, (destination, table): (Destination, HuffmanTable<'_>)) {
        let class = if destination.is_ac { &mut self.ac } else { &mut self.dc };
        if let Some(slot) = class.get_mut(usize::from(destination.id)) {
            *slot = table.defect(destination.is_ac);
        }
        if destination.is_ac
            && let Some(slot) = self.ac_code_bits.get_mut(usize::from(destination.id))
        {
            *slot = table.code_bits();
        }
    }

    /// The longest AC codes that `scan` can use.
    pub(super) fn ac_code_bits(&self, scan: &Scan) -> CodeBits {
        let tables = scan.components().iter().map(|component| usize::from(component.ac_table));
        let bits = tables.map(|table| self.ac_code_bits.get(table).copied().unwrap_or_default());
        bits.fold(CodeBits::NONE, CodeBits::max)
    }

    /// Fails if `scan` uses one of the tables.
    pub(super) fn check(&self, scan: &Scan) -> Result<(), Error> {
        for component in scan.components() {
            let dc = self.dc.get(usize::from(component.dc_table)).filter(|_| scan.has_dc_codes());
            let ac = self.ac.get(usize::from(component.ac_table)).filter(|_| scan.has_ac_codes());
            if let Some(&what) = dc.into_iter().chain(ac).flatten().next() {
                return Err(malformed(what));
            }
        }
        Ok(())
    }
}

/// Iterates over the tables of a DHT segment. An error is the last item.
pub(crate) fn huffman_tables(
    mut body: &[u8],
) -> impl Iterator<Item = Result<(Destination, HuffmanTable<'_>), Error>> {
    core::iter::from_fn(move || {
        if body.is_empty() {
            return None;
        }
        let table = huffman_table(&mut body);
        if table.is_err() {
            body = &[];
        }
        Some(table)
    })
}

fn huffman_table<'a>(body: &mut &'a [u8]) -> Result<(Destination, HuffmanTable<'a>), Error> {
    const SHORT: &str = "a DHT segment shorter than its tables";
    let (&class_and_id, rest) = body.split_first().ok_or_else(|| malformed(SHORT))?;
    let destination = Destination { is_ac: class_and_id >> 4 == 1, id: class_and_id & 15 };
    if class_and_id >> 4 > 1 || destination.id > 3 {
        return Err(malformed("a Huffman table with a class over 1 or a destination over 3"));
    }
    let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(|| malformed(SHORT))?;
    let total: usize = counts.iter().map(|&count| usize::from(count)).sum();
    if total > 256 {
        return Err(malformed("a Huffman table of more than 256 codes"));
    }
    let (symbols, rest) = rest.split_at_checked(total).ok_or_else(|| malformed(SHORT))?;
    *body = rest;
    Ok((destination, HuffmanTable { counts, symbols }))
}

/// A quantization table: its destination, 0 to 3, and its steps in zigzag order.
pub(crate) type QuantizationTable = (u8, [u16; 64]);

/// Iterates over the tables of a DQT segment. An error is the last item.
pub(crate) fn quantization_tables(
    mut body: &[u8],
) -> impl Iterator<Item = Result<QuantizationTable, Error>> {
    core::iter::from_fn(move || {
        if body.is_empty() {
            return None;
        }
        let table = quantization_table(&mut body);
        if table.is_err() {
            body = &[];
        }
        Some(table)
    })
}

fn quantization_table(body: &mut &[u8]) -> Result<QuantizationTable, Error> {
    const SHORT: &str = "a DQT segment shorter than its tables";
    let (&precision_and_id, rest) = body.split_first().ok_or_else(|| malformed(SHORT))?;
    let (precision, id) = (precision_and_id >> 4, precision_and_id & 15);
    if precision > 1 || id > 3 {
        return Err(malformed(
            "a quantization table with a precision over 1 or a destination over 3",
        ));
    }
    let mut steps = [0; 64];
    if precision == 0 {
        let (values, rest) = rest.split_first_chunk::<64>().ok_or_else(|| malformed(SHORT))?;
        steps = values.map(u16::from);
        *body = rest;
    } else {
        let (values, rest) = rest.split_first_chunk::<128>().ok_or_else(|| malformed(SHORT))?;
        for (step, value) in steps.iter_mut().zip(values.as_chunks::<2>().0) {
            *step = u16::from_be_bytes(*value);
        }
        *body = rest;
    }
    Ok((id, steps))
}

/// The DC tables for files without DHT segments (T.81, K.3): luminance and chrominance.
pub(crate) const STANDARD_DC: [HuffmanTable<'static>; 2] = [
    HuffmanTable {
        counts: &[0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
        symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    },
    HuffmanTable {
        counts: &[0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
        symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    },
];

/// The AC tables for files without DHT segments (T.81, K.3): luminance and chrominance.
#[rustfmt::skip]
pub(crate) const STANDARD_AC: [HuffmanTable<'static>; 2] = [
    HuffmanTable {
        counts: &[0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
        symbols: &[
            0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
            0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0,
            0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28,
            0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
            0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
            0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
            0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7,
            0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5,
            0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
            0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
            0xF9, 0xFA,
        ],
    },
    HuffmanTable {
        counts: &[0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
        symbols: &[
            0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
            0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0,
            0x15, 0x62, 0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26,
            0x27, 0x28, 0x29, 0x2A, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
            0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
            0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
            0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5,
            0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3,
            0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
            0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
            0xF9, 0xFA,
        ],
    },
];

pub(crate) const MISSING_HUFFMAN_TABLE: &str = "a scan without its Huffman table";

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "tests")]
mod tests {
    use super::*;

    fn dht(class_and_id: u8, counts: [u8; 16], symbols: &[u8]) -> Vec<u8> {
        let mut body = std::vec![class_and_id];
        body.extend(counts);
        body.extend(symbols);
        body
    }

    fn first(body: &[u8]) -> Result<(Destination, HuffmanTable<'_>), Error> {
        huffman_tables(body).next().unwrap()
    }

    #[test]
    fn the_standard_tables_are_complete() {
        for table in STANDARD_DC.iter().chain(&STANDARD_AC) {
            let is_ac = table.symbols.len() > 12;
            let body = dht(u8::from(is_ac) << 4, *table.counts, table.symbols);
            let (destination, read) = first(&body).unwrap();
            assert_eq!((destination.is_ac, read), (is_ac, *table));
            let mut sorted = table.symbols.to_vec();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), if is_ac { 162 } else { 12 });
        }
    }

    #[test]
    fn overfull_tables_are_malformed() {
        let mut counts = [0; 16];
        counts[0] = 2;
        assert!(first(&dht(0x10, counts, &[1, 2])).is_ok());
        counts[15] = 1;
        let oversubscribed = dht(0x10, counts, &[1, 2, 3]);
        assert!(first(&oversubscribed).unwrap().1.defect(true).is_some(), "over-subscribed");
        counts = [0; 16];
        counts[15] = 255;
        counts[14] = 2;
        assert!(first(&dht(0x10, counts, &[1; 257])).is_err(), "257 codes");
        counts[14] = 1;
        assert!(first(&dht(0x10, counts, &[1; 256])).is_ok());
        assert!(first(&dht(0x10, counts, &[1; 255])).is_err(), "symbols missing");
        assert!(first(&dht(0x20, counts, &[1; 256])).is_err(), "class");
        assert!(first(&dht(0x14, counts, &[1; 256])).is_err(), "destination");
        assert!(first(&dht(0x00, counts, &[15; 256])).unwrap().1.defect(false).is_none());
        let wide = dht(0x00, counts, &[16; 256]);
        let (_, table) = first(&wide).unwrap();
        assert!(table.defect(false).is_some(), "category");
        assert!(table.defect(true).is_none());
    }

    #[test]
    fn quantization_tables_have_8_or_16_bits() {
        let mut body = std::vec![0x01];
        body.extend(1..=64);
        body.push(0x13);
        body.extend((0..64).flat_map(|i: u16| (1000 + i).to_be_bytes()));
        let tables: Vec<_> = quantization_tables(&body).map(Result::unwrap).collect();
        assert_eq!((tables[0].0, tables[0].1[63]), (1, 64));
        assert_eq!((tables[1].0, tables[1].1[63]), (3, 1063));
        for end in 1..body.len() {
            let all_read = quantization_tables(&body[..end]).all(|table| table.is_ok());
            assert_eq!(all_read, end == 65, "truncated at {end}");
        }
        assert!(quantization_tables(&[0x24; 200]).next().unwrap().is_err());
    }
}
