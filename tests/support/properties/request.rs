//! The parts of a request. [`Request`] does not expose its own, and a property must know them.

use bombproof::{JpegDetail, JpegEffort, Rect, Request, Size};

/// What a [`Request`] is built from.
#[derive(Clone, Debug)]
pub struct RequestParts {
    pub fit: Fit,
    /// At least one. [`Fit::Full`] ignores them.
    pub sizes: Vec<Size>,
    pub crop: Option<Rect>,
    pub focus: Option<(f64, f64)>,
    /// Replaces the focus.
    pub attention: bool,
    pub enlarge: bool,
    pub output: Output,
    pub detail: JpegDetail,
    pub min_percent_of_rows: Option<u8>,
    pub background: [u8; 3],
    pub placeholder: bool,
    pub max_bytes: Option<u64>,
    pub full_chroma: bool,
    pub progressive: bool,
    pub effort: JpegEffort,
    pub round: bool,
    pub keep_wide_gamut: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    Cover,
    Contain,
    /// On a canvas of this colour.
    Pad([u8; 4]),
    Full,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    Jpeg(u8),
    Png,
    WebP(u8),
    WebPLossless,
    Pixels,
}

impl Default for RequestParts {
    fn default() -> Self {
        Self {
            fit: Fit::Cover,
            sizes: vec![Size::new(32, 32)],
            crop: None,
            focus: None,
            attention: false,
            enlarge: false,
            output: Output::Png,
            detail: JpegDetail::Balanced,
            min_percent_of_rows: None,
            background: [255; 3],
            placeholder: false,
            max_bytes: None,
            full_chroma: false,
            progressive: false,
            effort: JpegEffort::Balanced,
            round: false,
            keep_wide_gamut: false,
        }
    }
}

impl RequestParts {
    pub fn request(&self) -> Request {
        let mut sizes = self.sizes.iter();
        let first = sizes.next().copied().unwrap_or(Size::new(1, 1));
        let mut request = match self.fit {
            Fit::Cover => Request::cover(first.width, first.height),
            Fit::Contain => Request::contain(first.width, first.height),
            Fit::Pad(canvas) => Request::pad(first.width, first.height, canvas),
            Fit::Full => Request::full_size(),
        };
        if self.fit != Fit::Full {
            for size in sizes {
                request = request.and_size(size.width, size.height);
            }
        }
        if let Some(crop) = self.crop {
            request = request.crop(crop);
        }
        if let Some((x, y)) = self.focus {
            request = request.focus(x, y);
        }
        if self.attention {
            request = request.attention();
        }
        request = request.enlarge(self.enlarge).jpeg_detail(self.detail);
        request = request.background(self.background).placeholder(self.placeholder);
        request = request.jpeg_full_chroma(self.full_chroma).jpeg_progressive(self.progressive);
        request = request.jpeg_effort(self.effort).round(self.round);
        request = request.keep_wide_gamut(self.keep_wide_gamut);
        if let Some(bytes) = self.max_bytes {
            request = request.max_bytes(bytes);
        }
        if let Some(percent) = self.min_percent_of_rows {
            request = request.accept_truncated(percent);
        }
        match self.output {
            Output::Jpeg(quality) => request.jpeg(quality),
            Output::Png => request.png(),
            Output::WebP(quality) => request.webp(quality),
            Output::WebPLossless => request.webp_lossless(),
            Output::Pixels => request.pixels(),
        }
    }
}
