//! Rewrites complete files so that they break a rule while every pixel stays there.

use super::tables::HuffmanTable;

/// A marker segment, and the entropy-coded data after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub marker: u8,
    pub payload: Vec<u8>,
    /// Of SOS, up to the next marker other than RSTn. Otherwise what lies before the next marker.
    pub data: Vec<u8>,
}

/// The segments of a file between SOI and EOI. Panics on a file that ends early.
pub fn split(file: &[u8]) -> Vec<Segment> {
    let mut rest = &file[2..];
    let mut segments = Vec::new();
    while rest.len() > 3 && rest[1] != 0xD9 {
        let length = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
        let (marker, payload) = (rest[1], rest[4..2 + length].to_vec());
        rest = &rest[2 + length..];
        let is_marker = |two: &[u8]| two[0] == 0xFF && !matches!(two[1], 0 | 0xD0..=0xD7);
        let end = rest.windows(2).position(is_marker).unwrap_or(rest.len());
        segments.push(Segment { marker, payload, data: rest[..end].to_vec() });
        rest = &rest[end..];
    }
    segments
}

/// A file of `segments`, with SOI and EOI.
pub fn join(segments: &[Segment]) -> Vec<u8> {
    let mut file = vec![0xFF, 0xD8];
    for Segment { marker, payload, data } in segments {
        file.extend([0xFF, *marker]);
        file.extend((payload.len() as u16 + 2).to_be_bytes());
        file.extend(payload);
        file.extend(data);
    }
    file.extend([0xFF, 0xD9]);
    file
}

/// Declares `parameters`, which are Ss, Se, and Ah with Al, in every scan.
pub fn scan_parameters(file: &[u8], parameters: [u8; 3]) -> Vec<u8> {
    edit(file, |segment| {
        if segment.marker == SOS {
            let end = segment.payload.len();
            segment.payload[end - 3..].copy_from_slice(&parameters);
        }
    })
}

/// Inserts `bytes` before every restart marker.
pub fn bytes_before_restarts(file: &[u8], bytes: &[u8]) -> Vec<u8> {
    edit(file, |segment| {
        let mut data = Vec::new();
        let mut after_ff = false;
        for &byte in &segment.data {
            if after_ff && matches!(byte, 0xD0..=0xD7) {
                data.pop();
                data.extend(bytes);
                data.push(0xFF);
            }
            data.push(byte);
            after_ff = byte == 0xFF;
        }
        segment.data = data;
    })
}

/// Gives the components other identifiers, in the frame header and in the scans. Each scan must
/// hold all components.
pub fn component_ids(file: &[u8], ids: &[u8]) -> Vec<u8> {
    edit(file, |segment| {
        let (first, step) = match segment.marker {
            0xC0..=0xC2 => (6, 3),
            SOS => (1, 2),
            _ => return,
        };
        for (i, id) in ids.iter().enumerate() {
            segment.payload[first + i * step] = *id;
        }
    })
}

/// Repeats scan `n`, with its tables. The copy follows scan `after`.
pub fn repeated_scan(file: &[u8], n: usize, after: usize) -> Vec<u8> {
    let mut segments = split(file);
    let scan = scan_position(&segments, n);
    let first = if n == 0 { 0 } else { scan_position(&segments, n - 1) + 1 };
    let mut copy = segments[first..=scan].to_vec();
    copy.retain(|segment| matches!(segment.marker, 0xC4 | SOS));
    let at = scan_position(&segments, after) + 1;
    segments.splice(at..at, copy);
    join(&segments)
}

/// Leaves out scan `n`.
pub fn left_out_scan(file: &[u8], n: usize) -> Vec<u8> {
    let mut segments = split(file);
    segments.remove(scan_position(&segments, n));
    join(&segments)
}

/// Defines tables that no scan uses, before the first segment that is not of an application: an AC
/// table of `codes` with one bit each, and a DC table with the symbol 16.
pub fn unused_tables(file: &[u8], codes: u8) -> Vec<u8> {
    let mut segments = split(file);
    let at = segments.iter().position(|segment| segment.marker < 0xE0).unwrap_or(0);
    let segment = |class_and_slot: u8, table: &HuffmanTable| Segment {
        marker: 0xC4,
        payload: [&[class_and_slot], &table.counts[..], &table.symbols].concat(),
        data: Vec::new(),
    };
    let mut counts = [0; 16];
    counts[0] = codes;
    let oversubscribed = HuffmanTable { counts, symbols: (0..codes).collect() };
    counts[0] = 1;
    let too_wide = HuffmanTable { counts, symbols: vec![16] };
    segments.splice(at..at, [segment(0x13, &oversubscribed), segment(0x03, &too_wide)]);
    join(&segments)
}

/// Changes the declared length of the first segment, which must be JFIF, by `bytes`.
pub fn jfif_length(file: &[u8], bytes: i16) -> Vec<u8> {
    let mut file = file.to_vec();
    let length = i16::from_be_bytes([file[4], file[5]]) + bytes;
    file[4..6].copy_from_slice(&length.to_be_bytes());
    file
}

fn edit(file: &[u8], change: impl FnMut(&mut Segment)) -> Vec<u8> {
    let mut segments = split(file);
    segments.iter_mut().for_each(change);
    join(&segments)
}

fn scan_position(segments: &[Segment], n: usize) -> usize {
    let mut scans = (0..segments.len()).filter(|&i| segments[i].marker == SOS);
    scans.nth(n).expect("the file has more scans")
}

const SOS: u8 = 0xDA;
