//! Turns the end of an input into decisions: a request, limits, truncations, mutations.
//!
//! The end stays part of the input. So every file of the corpus is a useful seed, and bytes
//! appended to a picture change the decisions alone.

use arbitrary::{Result, Unstructured};
use bombproof::{JpegDetail, JpegEffort, Limits, Rect, Size};

use crate::test_support::properties::{Fit, Output, RequestParts};

/// Draws values from bytes. When they run out, every value is the first alternative.
pub struct FuzzedDataProvider<'a>(pub Unstructured<'a>);

impl<'a> FuzzedDataProvider<'a> {
    /// Draws from the last `bytes` bytes of an input.
    pub fn from_end(input: &'a [u8], bytes: usize) -> Self {
        Self(Unstructured::new(&input[input.len().saturating_sub(bytes)..]))
    }

    /// A number below `end`, which must not be 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.int_in_range(0..=end - 1).unwrap_or(0)
    }

    pub fn byte(&mut self) -> u8 {
        self.0.arbitrary().unwrap_or(0)
    }

    pub fn u32(&mut self) -> u32 {
        self.0.arbitrary().unwrap_or(0)
    }

    /// True in one of `times` cases.
    pub fn one_in(&mut self, times: u8) -> bool {
        self.byte() % times == times - 1
    }

    /// One of `all`.
    pub fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        *self.pick_ref(all)
    }

    pub fn pick_ref<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }

    /// A request for outputs of at most `side` pixels a side.
    pub fn request_parts(&mut self, side: u32) -> RequestParts {
        self.try_request_parts(side).unwrap_or_default()
    }

    fn try_request_parts(&mut self, side: u32) -> Result<RequestParts> {
        let canvas = [(); 4].map(|()| self.byte());
        let clear = [canvas[0], canvas[1], canvas[2], 0];
        let pad = Fit::Pad(self.pick(&[canvas, clear, [255; 4]]));
        let fit = self.pick(&[Fit::Cover, Fit::Contain, Fit::Full, pad]);
        let count = if self.one_in(4) { 1 + self.below(8) } else { 1 };
        let sizes = (0..count).map(|_| Size::new(self.side(side), self.side(side))).collect();
        let crop = self.one_in(4).then(|| {
            let [x, y, width, height] = [(); 4].map(|()| self.side(side));
            Rect { x: x - 1, y: y - 1, width, height }
        });
        let output = match self.below(5) {
            0 => Output::Png,
            1 => Output::Pixels,
            2 => Output::WebPLossless,
            3 => Output::WebP(1 + self.byte() % 100),
            _ => Output::Jpeg(1 + self.byte() % 100),
        };
        let details = [JpegDetail::Balanced, JpegDetail::Fastest, JpegDetail::Best];
        Ok(RequestParts {
            fit,
            sizes,
            crop,
            enlarge: self.one_in(2),
            output,
            detail: self.pick(&details),
            background: self.0.arbitrary()?,
            min_percent_of_rows: self.one_in(8).then(|| 1 + self.byte() % 100),
            focus: self.one_in(4).then(|| self.focus()),
            attention: self.one_in(4),
            placeholder: self.one_in(4),
            max_bytes: self.one_in(8).then(|| u64::from(self.u32() >> (12 + self.byte() % 16))),
            full_chroma: self.one_in(8),
            progressive: self.one_in(8),
            effort: self.pick(&[JpegEffort::Balanced, JpegEffort::Smallest]),
            round: self.one_in(4),
            keep_wide_gamut: self.one_in(2),
        })
    }

    /// A focal point: in one of eight cases any two numbers, which most often are none between 0
    /// and 1.
    fn focus(&mut self) -> (f64, f64) {
        let is_any = self.one_in(8);
        let [x, y] = [(); 2].map(|()| {
            if is_any { f64::from_bits(self.0.arbitrary().unwrap_or(0)) } else { self.share() }
        });
        (x, y)
    }

    /// A number from 0 to 1.
    fn share(&mut self) -> f64 {
        f64::from(self.u32()) / f64::from(u32::MAX)
    }

    /// A side from 1 to `most`, more often a small one.
    fn side(&mut self, most: u32) -> u32 {
        let any = self.u32();
        let most = match any >> 29 {
            0..=3 => most.min(16),
            4 | 5 => most.min(64),
            6 => most.min(128),
            _ => most,
        };
        1 + any % most
    }

    /// Limits that keep a job fast. In one of four cases most of them are arbitrary.
    pub fn limits(&mut self) -> Limits {
        let mut limits = Limits::default();
        limits.max_pixels = self.pick(&[65_536, 65_536, 65_536, 1_000_000]);
        limits.max_output_side_px = 1_024;
        if self.one_in(4) {
            limits.max_input_bytes = u64::from(self.u32() % (1 << 17));
            limits.max_side_px = self.u32() >> (self.byte() % 32);
            limits.max_memory_bytes = u64::from(self.u32() >> (6 + self.byte() % 16));
            limits.max_work = u64::from(self.u32() >> (self.byte() % 16));
            limits.max_scans = self.u32() % 70;
            limits.max_scan_work = self.u32() % 24;
            limits.max_segments = self.u32() % 1_100;
            limits.max_icc_bytes = u64::from(self.u32() % (1 << 21));
            limits.max_icc_bytes_cmyk = u64::from(self.u32() % (1 << 21));
            let [jpeg, png, webp] = [(); 3].map(|()| !self.one_in(16));
            (limits.formats.jpeg, limits.formats.png, limits.formats.webp) = (jpeg, png, webp);
        }
        limits
    }
}

/// Limits that allow everything, for code that processes no pixels.
pub fn no_limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_input_bytes = u64::MAX;
    limits.max_side_px = u32::MAX;
    limits.max_pixels = u64::MAX;
    limits.max_memory_bytes = u64::MAX;
    limits.max_work = u64::MAX;
    limits.max_output_side_px = u32::MAX;
    limits
}
