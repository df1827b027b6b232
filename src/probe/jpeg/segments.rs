//! [`Segments`]: iterates over the marker segments (T.81, B.1.1). All other code reads the container
//! through it.

use super::errors::malformed;
use crate::error::Error;
use crate::format::Format;
use crate::price::sum_ps;
use crate::work;

/// A marker segment that the probe or the decoder uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segment<'a> {
    /// SOF0 to SOF15, SOF55, DHP or EXP, as `marker` says.
    Frame { marker: u8, body: &'a [u8] },
    /// DQT.
    QuantizationTables(&'a [u8]),
    /// DHT.
    HuffmanTables(&'a [u8]),
    /// DRI: the number of MCUs between two restart markers; 0 for no markers.
    RestartInterval(u16),
    /// SOS. `entropy` extends to the end of the file; the data of the scan ends at the first marker
    /// other than RSTn.
    Scan { body: &'a [u8], entropy: &'a [u8] },
    /// APP0 to APP15.
    Application { number: u8, body: &'a [u8] },
}

/// The length of entropy-coded data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct EntropyLength {
    pub(crate) bytes: u64,
    /// The places with 0xFF, at which the search for the end of the data stops.
    pub(crate) stops: u64,
}

impl EntropyLength {
    /// The most work of searching the data, in picoseconds.
    pub(crate) fn search_ps(self) -> u64 {
        sum_ps([(self.bytes, SEARCHED_BYTE_PS), (self.stops, STOP_PS)])
    }
}

const SEARCHED_BYTE_PS: u64 = 150;
const STOP_PS: u64 = 4_600;

/// Iterates over the segments from SOI to EOI, and skips those that [`Segment`] does not list.
#[derive(Clone, Debug)]
pub(crate) struct Segments<'a> {
    bytes: &'a [u8],
    at: usize,
    in_entropy: bool,
    count: u32,
    found_eoi: bool,
    /// The places with 0xFF at which the search for a marker stopped.
    stops: u64,
}

impl<'a> Segments<'a> {
    /// Fails if `bytes` do not start with SOI.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, Error> {
        if !bytes.starts_with(&[0xFF, SOI]) {
            return Err(malformed("no SOI marker at the start"));
        }
        Ok(Self { bytes, at: 2, in_entropy: false, count: 0, found_eoi: false, stops: 0 })
    }

    /// Returns the next segment, or `None` at EOI or at the end of the bytes.
    pub(crate) fn next(&mut self) -> Result<Option<Segment<'a>>, Error> {
        while let Some(marker) = self.next_marker() {
            match marker {
                EOI => {
                    self.found_eoi = true;
                    self.at = self.bytes.len();
                    return Ok(None);
                }
                SOI => return Err(malformed("a second SOI marker")),
                TEM | RST0..=RST7 => continue,
                _ => {}
            }
            self.count = self.count.saturating_add(1);
            let body = self.body(matches!(marker, SOF0..=SOF15 | SOS | DQT | DRI))?;
            return Ok(Some(match marker {
                DHT => Segment::HuffmanTables(body),
                DQT => Segment::QuantizationTables(body),
                DRI => match *body {
                    [high, low] => Segment::RestartInterval(u16::from_be_bytes([high, low])),
                    _ => return Err(malformed("a DRI segment that is not 4 bytes long")),
                },
                SOS => {
                    self.in_entropy = true;
                    Segment::Scan { body, entropy: self.bytes.get(self.at..).unwrap_or_default() }
                }
                DAC => continue,
                SOF0..=SOF15 | DHP | EXP | SOF55 => Segment::Frame { marker, body },
                APP0..=APP15 => Segment::Application { number: marker - APP0, body },
                _ => continue,
            }));
        }
        Ok(None)
    }

    /// Returns true once EOI was reached; false if the bytes end without one.
    pub(crate) const fn found_eoi(&self) -> bool {
        self.found_eoi
    }

    /// The places with 0xFF at which the search for a marker stopped, outside of entropy-coded data.
    pub(super) const fn stops(&self) -> u64 {
        self.stops
    }

    /// The number of segments so far. RSTn, SOI and EOI do not count.
    pub(crate) const fn count(&self) -> u32 {
        self.count
    }

    /// After [`Segment::Scan`]: advances by `bytes` of its entropy-coded data. The decoder has read
    /// them and found no marker other than RSTn.
    pub(crate) fn advance_in_entropy_data(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.bytes.len());
    }

    /// After [`Segment::Scan`]: skips the rest of its entropy-coded data.
    pub(crate) fn skip_entropy_data(&mut self) -> EntropyLength {
        let mut length = EntropyLength::default();
        if self.in_entropy {
            self.in_entropy = false;
            let start = self.at;
            (self.at, length.stops) = end_of_entropy(self.bytes, start);
            length.bytes = (self.at - start) as u64;
            work::parsed(self.at - start);
        }
        length
    }

    /// Returns the next marker. Skips bytes before it that belong to no segment, as other decoders
    /// do: files with a comment longer than its declared length are in use.
    fn next_marker(&mut self) -> Option<u8> {
        self.skip_entropy_data();
        let start = self.at;
        let marker = self.find_marker();
        work::parsed(self.at - start);
        marker
    }

    fn find_marker(&mut self) -> Option<u8> {
        loop {
            self.stops += 1;
            self.at = next_ff(self.bytes, self.at);
            // Any number of fill bytes may precede a marker (T.81, B.1.1.2).
            while *self.bytes.get(self.at)? == 0xFF {
                self.at += 1;
            }
            let code = *self.bytes.get(self.at)?;
            self.at += 1;
            if code != 0 {
                return Some(code);
            }
        }
    }

    /// Reads the length and the body of a segment. A length that does not even cover its own field
    /// is an error only in a segment that is `required`.
    fn body(&mut self, required: bool) -> Result<&'a [u8], Error> {
        let truncated = Error::truncated_header(Format::Jpeg);
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some((length, _)) = rest.split_first_chunk::<2>() else { return Err(truncated) };
        let length = usize::from(u16::from_be_bytes(*length));
        if length < 2 && required {
            return Err(malformed("a segment length under 2"));
        }
        let length = length.max(2);
        let Some(body) = rest.get(2..length) else { return Err(truncated) };
        self.at += length;
        work::parsed(length);
        Ok(body)
    }
}

/// Returns the chunks of the ICC profile (ICC.1:2022, B.4) in file order: sequence number, number
/// of chunks, and bytes.
pub(crate) fn icc_chunks(bytes: &[u8]) -> impl Iterator<Item = (u8, u8, &[u8])> {
    let mut segments = Segments::new(bytes).ok();
    core::iter::from_fn(move || {
        loop {
            match segments.as_mut()?.next() {
                Ok(Some(Segment::Application { number: 2, body })) => {
                    if let Some(chunk) = icc_chunk(body) {
                        return Some(chunk);
                    }
                }
                Ok(Some(Segment::Scan { .. }) | None) | Err(_) => {
                    segments = None;
                }
                Ok(Some(_)) => {}
            }
        }
    })
}

/// The chunk of an ICC profile in the body of an APP2 segment.
pub(super) fn icc_chunk(body: &[u8]) -> Option<(u8, u8, &[u8])> {
    match body.strip_prefix(b"ICC_PROFILE\0")? {
        [sequence, count, chunk @ ..] => Some((*sequence, *count, chunk)),
        _ => None,
    }
}

/// The position of the marker that ends the entropy-coded data at `at`: the first that is not RSTn.
/// In the data itself, a zero byte follows each 0xFF, perhaps after more 0xFF bytes. Also returns at
/// how many places there is 0xFF.
fn end_of_entropy(bytes: &[u8], mut at: usize) -> (usize, u64) {
    let mut stops = 0;
    loop {
        stops += 1;
        let start = next_ff(bytes, at);
        at = start;
        while bytes.get(at) == Some(&0xFF) {
            at += 1;
        }
        match bytes.get(at) {
            None => return (bytes.len(), stops),
            Some(0 | RST0..=RST7) => {}
            Some(_) => return (start, stops),
        }
    }
}

/// The position of the first 0xFF from `at` on, or the length.
fn next_ff(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let (chunks, _) = rest.as_chunks::<32>();
    // The loop has no branch per byte, so the compiler can vectorise it.
    let clean: usize = chunks
        .iter()
        .take_while(|chunk| chunk.iter().fold(0, |any, &byte| any | u8::from(byte == 0xFF)) == 0)
        .map(|chunk| chunk.len())
        .sum();
    let start = at.min(bytes.len()) + clean;
    let tail = bytes.get(start..).unwrap_or_default();
    start + tail.iter().position(|&byte| byte == 0xFF).unwrap_or(tail.len())
}

const TEM: u8 = 0x01;
const SOF0: u8 = 0xC0;
const DHT: u8 = 0xC4;
const DAC: u8 = 0xCC;
const SOF15: u8 = 0xCF;
pub(crate) const RST0: u8 = 0xD0;
pub(crate) const RST7: u8 = 0xD7;
const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const DQT: u8 = 0xDB;
const DRI: u8 = 0xDD;
/// JPEG-LS (ITU-T T.87, C.1.1).
const SOF55: u8 = 0xF7;
const DHP: u8 = 0xDE;
const EXP: u8 = 0xDF;
const APP0: u8 = 0xE0;
const APP15: u8 = 0xEF;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn fill_bytes_stuffing_and_restart_markers_do_not_end_a_scan() {
        let mut bytes = b"\xFF\xD8\xFF\xFF\xDA\x00\x02".to_vec();
        let entropy = b"ab\xFF\x00c\xFF\xD3d\xFF\xFF\x00e\xFF\xFF\xD0f";
        bytes.extend(entropy);
        bytes.extend(
            b"\xFF\xFF\xDD\x00\x04\x01\x02garbage\xFF\x00\xFF\xFE\x00\x03x\xFF\xD9tail\xFF",
        );
        let mut segments = Segments::new(&bytes).unwrap();
        assert!(matches!(segments.next().unwrap(), Some(Segment::Scan { body: [], .. })));
        let length = EntropyLength { bytes: entropy.len() as u64, stops: 5 };
        assert_eq!(segments.skip_entropy_data(), length);
        assert_eq!(segments.next().unwrap(), Some(Segment::RestartInterval(258)));
        assert_eq!(segments.next().unwrap(), None);
        assert!(segments.found_eoi());
        assert_eq!(segments.next().unwrap(), None);
        assert_eq!(segments.count(), 3);
    }

    #[test]
    fn segment_lengths_are_checked() {
        fn outcome(bytes: &[u8]) -> Result<Option<Segment<'_>>, Error> {
            Segments::new(bytes)?.next()
        }
        assert!(matches!(outcome(b"\xFF\xD8\xFF\xDB\x00\x01"), Err(Error::Malformed(_))));
        assert!(matches!(outcome(b"\xFF\xD8\xFF\xDB\x00\x03"), Err(Error::Truncated(_))));
        assert!(matches!(outcome(b"\xFF\xD8\xFF\xDB\x00"), Err(Error::Truncated(_))));
        assert!(matches!(outcome(b"\xFF\xD8\xFF\xDD\x00\x03\x00"), Err(Error::Malformed(_))));
        assert!(matches!(outcome(b"\xFF\xD8\xFF\xD8"), Err(Error::Malformed(_))));
        assert!(matches!(outcome(b"\xFF\xD8\xFF\xFF"), Ok(None)));
        assert!(matches!(outcome(b"\xFF\xD9"), Err(Error::Malformed(_))));
    }

    #[test]
    fn the_first_ff_is_found_at_every_position() {
        for length in 0..100 {
            for position in 0..=length {
                let mut bytes = std::vec![7; length];
                if let Some(byte) = bytes.get_mut(position) {
                    *byte = 0xFF;
                }
                for at in 0..=position {
                    assert_eq!(next_ff(&bytes, at), position);
                }
            }
        }
        assert_eq!(next_ff(&[0xFF; 100], 3), 3);
    }

    #[test]
    fn entropy_data_that_the_decoder_has_read_is_not_searched_for_markers() {
        let bytes = b"\xFF\xD8\xFF\xDA\x00\x02ab\xFF\xDD\x00\x04\x01\x02\xFF\xDD\x00\x04\x03\x04";
        for (decoded, interval) in [(0, 0x0102), (2, 0x0102), (8, 0x0304)] {
            let mut segments = Segments::new(bytes).unwrap();
            assert!(matches!(segments.next().unwrap(), Some(Segment::Scan { .. })));
            segments.advance_in_entropy_data(decoded);
            assert_eq!(segments.next().unwrap(), Some(Segment::RestartInterval(interval)));
        }
        let mut segments = Segments::new(bytes).unwrap();
        segments.next().unwrap();
        segments.advance_in_entropy_data(usize::MAX);
        assert_eq!(segments.next().unwrap(), None);
        assert!(!segments.found_eoi());
    }

    #[test]
    fn icc_chunks_end_at_the_first_scan() {
        let bytes = b"\xFF\xD8\xFF\xE2\x00\x12ICC_PROFILE\0\x01\x02ab\xFF\xE2\x00\x04no\
            \xFF\xE2\x00\x11ICC_PROFILE\0\x02\x02c\xFF\xDA\x00\x02\xFF\xE2\x00\x11ICC_PROFILE\0\x03\x02d";
        let chunks: Vec<_> = icc_chunks(bytes).collect();
        assert_eq!(chunks, [(1, 2, &b"ab"[..]), (2, 2, &b"c"[..])]);
        assert_eq!(icc_chunks(b"").count(), 0);
    }
}
