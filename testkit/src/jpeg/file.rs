//! Complete files, and scan scripts.

use super::frame::Frame;
use super::scan::{Scan, Token, end_blocks_with_zero_runs, entropy_coded, optimal_tables, tokens};
use super::segments::Stream;
use super::tables::typical;

/// The options of [`Frame::file`].
#[derive(Clone)]
pub struct Options {
    /// The SOF marker: 0xC0 baseline, 0xC1 extended, 0xC2 progressive.
    pub sof: u8,
    /// None: one interleaved scan, or [`default_scans`] in a progressive file.
    pub scans: Option<Vec<Scan>>,
    pub restart_interval: usize,
    /// Optimal Huffman tables before each scan. A progressive file always has them.
    pub optimal: bool,
    pub jfif: bool,
    pub adobe_transform: Option<u8>,
    /// More segments (marker, payload), after JFIF.
    pub segments: Vec<(u8, Vec<u8>)>,
    pub wide_quantization: bool,
    pub huffman_tables: bool,
    /// See [`end_blocks_with_zero_runs`].
    pub zero_runs_end_blocks: bool,
    /// Extra 0xFF bytes before each marker segment.
    pub fill_bytes: usize,
    pub end_of_image: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sof: 0xC0,
            scans: None,
            restart_interval: 0,
            optimal: false,
            jfif: true,
            adobe_transform: None,
            segments: Vec::new(),
            wide_quantization: false,
            huffman_tables: true,
            zero_runs_end_blocks: false,
            fill_bytes: 0,
            end_of_image: true,
        }
    }
}

impl Frame {
    /// A complete file.
    pub fn file(&self, options: &Options) -> Vec<u8> {
        let mut stream = Stream::start(options.fill_bytes);
        if options.jfif {
            stream.segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
        }
        for (marker, payload) in &options.segments {
            stream.segment(*marker, payload);
        }
        if let Some(transform) = options.adobe_transform {
            stream.segment(0xEE, &[b"Adobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat());
        }
        let slots = 1 + usize::from(self.components.iter().any(|c| c.slot == 1));
        for slot in 0..slots {
            stream.quantization(slot, &self.quantization[slot], options.wide_quantization);
        }
        stream.frame(options.sof, self);
        let progressive = options.sof == 0xC2;
        let optimal = options.optimal || progressive;
        if !optimal && options.huffman_tables {
            for class in 0..2 {
                for slot in 0..slots {
                    stream.huffman(class, slot, &typical(class, slot));
                }
            }
        }
        if options.restart_interval != 0 {
            stream.restart_interval(options.restart_interval);
        }
        let all: Vec<usize> = (0..self.components.len()).collect();
        let scans = options.scans.clone().unwrap_or_else(|| {
            if progressive { default_scans(all.len()) } else { vec![Scan::sequential(&all)] }
        });
        for scan in &scans {
            let mut tokens = tokens(self, scan, options.restart_interval, progressive);
            if options.zero_runs_end_blocks {
                tokens = end_blocks_with_zero_runs(tokens, scan);
            }
            self.write_tokens(&mut stream, scan, &tokens, optimal);
        }
        if options.end_of_image {
            stream.marker(0xD9);
        }
        stream.bytes
    }

    /// Writes DHT segments if the tables are `optimal`, SOS, and the entropy-coded data.
    pub fn write_scan(
        &self,
        stream: &mut Stream,
        scan: &Scan,
        restart_interval: usize,
        progressive: bool,
        optimal: bool,
    ) {
        let tokens = tokens(self, scan, restart_interval, progressive);
        self.write_tokens(stream, scan, &tokens, optimal);
    }

    fn write_tokens(&self, stream: &mut Stream, scan: &Scan, tokens: &[Token], optimal: bool) {
        if !optimal {
            stream.scan(self, scan);
            stream.bytes.extend(entropy_coded(tokens, typical));
            return;
        }
        let tables = optimal_tables(tokens);
        for (class, slot, table) in &tables {
            stream.huffman(*class, *slot, table);
        }
        stream.scan(self, scan);
        stream.bytes.extend(entropy_coded(tokens, |class, slot| {
            let found = tables.iter().find(|(c, s, _)| (*c, *s) == (class, slot));
            found.map_or_else(|| typical(class, slot), |(_, _, table)| table.clone())
        }));
    }
}

/// The scan script of most progressive files: DC in two steps, AC in two bands and a refinement.
pub fn default_scans(components: usize) -> Vec<Scan> {
    let all: Vec<usize> = (0..components).collect();
    let mut scans = vec![Scan::progressive(&all, (0, 0), (0, 1))];
    scans.push(Scan::progressive(&[0], (1, 5), (0, 2)));
    for component in 1..components {
        scans.push(Scan::progressive(&[component], (1, 63), (0, 1)));
    }
    scans.push(Scan::progressive(&[0], (6, 63), (0, 2)));
    scans.push(Scan::progressive(&[0], (1, 63), (2, 1)));
    scans.push(Scan::progressive(&all, (0, 0), (1, 0)));
    for component in (0..components).rev() {
        scans.push(Scan::progressive(&[component], (1, 63), (1, 0)));
    }
    scans
}
