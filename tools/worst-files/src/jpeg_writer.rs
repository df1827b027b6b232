//! Headers, tables and scans of JPEGs in which all blocks are alike.

use bombproof_testkit::jpeg::HuffmanTable;
use bombproof_testkit::jpeg::Stream;

/// A frame of `components` components with no subsampling.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) components: u8,
}

impl Frame {
    /// The number of blocks of a component.
    pub(crate) const fn blocks(self) -> usize {
        self.width.div_ceil(8) as usize * self.height.div_ceil(8) as usize
    }

    /// SOI, one quantisation table of ones, and the frame header.
    pub(crate) fn start(self, sof: u8) -> Stream {
        let mut stream = Stream::start(0);
        stream.quantization(0, &[1; 64], false);
        let components: Vec<_> = (1..=self.components).map(|id| (id, 1, 1, 0)).collect();
        stream.frame_header(sof, 8, (self.width, self.height), &components);
        stream
    }
}

/// A Huffman table from the symbols of each code length.
pub(crate) fn table(symbols: &[(u8, &[u8])]) -> HuffmanTable {
    let mut table = HuffmanTable { counts: [0; 16], symbols: Vec::new() };
    for &(length, symbols) in symbols {
        table.counts[usize::from(length) - 1] = symbols.len() as u8;
        table.symbols.extend(symbols);
    }
    table
}

/// The header of a scan. Components are numbered from 1; `bits` are
/// the high and the low bit position.
pub(crate) fn scan(stream: &mut Stream, components: &[u8], band: (u8, u8), bits: (u8, u8)) {
    let components: Vec<_> = components.iter().map(|&id| (id, 0)).collect();
    stream.scan_header(&components, band, bits.0 << 4 | bits.1);
}

/// The restart marker before `block`, when the restart interval is
/// 1. There is none before the first block.
pub(crate) fn restart_marker(stream: &mut Stream, block: usize) {
    if block > 0 {
        stream.bytes.extend([0xFF, 0xD0 | (block as u8).wrapping_sub(1) & 7]);
    }
}

/// The same bits for `blocks` blocks, given as text. Eight blocks fill
/// complete bytes, which are repeated. None of them may be 0xFF.
pub(crate) fn repeat(stream: &mut Stream, blocks: usize, bits: &str) {
    let eight: Vec<u8> = bits.bytes().cycle().take(bits.len() * 8).collect();
    let bytes: Vec<u8> = eight
        .chunks(8)
        .map(|byte| byte.iter().fold(0, |value, bit| value << 1 | u8::from(*bit == b'1')))
        .collect();
    assert!(!bytes.contains(&0xFF), "no stuffing here");
    stream.bytes.extend(bytes.repeat(blocks.div_ceil(8)));
}
