//! The format of the outputs.

use super::builder::Request;
use super::choices::{JpegEffort, OutputFormat};

impl Request {
    /// Outputs JPEG with `quality` from 1 to 100. This is the default, with quality 80.
    #[must_use]
    pub const fn jpeg(mut self, quality: u8) -> Self {
        self.output = OutputFormat::Jpeg { quality };
        self
    }

    /// Writes the chroma of a JPEG in the same size as its luma (4:4:4) instead of half of it
    /// (4:2:0). Default false.
    ///
    /// Thin lines and letters in saturated colours stay sharp; photographs hardly change. The file
    /// is a fifth to a third longer. Other formats ignore it.
    #[must_use]
    pub const fn jpeg_full_chroma(mut self, full: bool) -> Self {
        self.jpeg_full_chroma = full;
        self
    }

    /// Writes a JPEG in several scans, so that a browser shows it coarsely before all of it has
    /// arrived. Default false.
    ///
    /// The pixels are the same. The file is a little shorter above about 10 KB and longer below.
    /// Encoding takes a third more instructions up to about 590 × 590 pixels, and five times as many
    /// above, where the picture is transformed anew for each scan so that its blocks need no memory.
    /// Other formats ignore it.
    #[must_use]
    pub const fn jpeg_progressive(mut self, progressive: bool) -> Self {
        self.jpeg_progressive = progressive;
        self
    }

    /// How much work the bytes of a JPEG are worth. Default [`JpegEffort::Balanced`].
    ///
    /// With [`JpegEffort::Smallest`], the file of a photograph is shorter by a seventh and looks about
    /// the same. Encoding takes about three times as many instructions, and 3.2 bytes of memory for
    /// each pixel, twice as much with [`jpeg_full_chroma`](Self::jpeg_full_chroma); both are in the
    /// quotes. Other formats ignore it.
    ///
    /// ```
    /// use bombproof::{JpegEffort, Layout, Limits, Picture, Request, Size};
    /// # let grain = |i: u32| (i.wrapping_mul(0x9E37_79B9) >> 28) as u8;
    /// # let sample = |i: u32| (i % 160 + i / 320) as u8 ^ grain(i);
    /// # let pixels = (0..160 * 120).map(sample).collect();
    /// # let upload = Picture::new(Size::new(160, 120), Layout::Gray, pixels)?.to_png()?;
    ///
    /// let request = Request::cover(128, 128);
    /// let smallest = request.jpeg_effort(JpegEffort::Smallest);
    /// let limits = Limits::default();
    /// let avatar = bombproof::thumbnail(&upload, &request, &limits)?;
    /// let shorter = bombproof::thumbnail(&upload, &smallest, &limits)?;
    /// assert!(shorter.bytes().len() < avatar.bytes().len());
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    #[must_use]
    pub const fn jpeg_effort(mut self, effort: JpegEffort) -> Self {
        self.jpeg_effort = effort;
        self
    }

    /// Outputs PNG. Transparency is kept.
    #[must_use]
    pub const fn png(mut self) -> Self {
        self.output = OutputFormat::Png;
        self
    }

    /// Outputs lossy WebP with `quality` from 1 to 100. Transparency is kept, without loss. A
    /// photograph takes fewer bytes than as a JPEG that looks the same.
    ///
    /// [`Plan::new`](crate::Plan::new) refuses another `quality` with
    /// [`BadRequest::Quality`](crate::BadRequest::Quality), and an output with a side over 16,383
    /// pixels with [`Error::OverLimit`](crate::Error::OverLimit).
    #[must_use]
    pub const fn webp(mut self, quality: u8) -> Self {
        self.output = OutputFormat::WebP { quality };
        self
    }

    /// Outputs lossless WebP. Transparency is kept.
    #[must_use]
    pub const fn webp_lossless(mut self) -> Self {
        self.output = OutputFormat::WebPLossless;
        self
    }

    /// Outputs pixels, as a [`Picture`](crate::Picture). Transparency is kept.
    #[must_use]
    pub const fn pixels(mut self) -> Self {
        self.output = OutputFormat::Pixels;
        self
    }

    /// Limits each output file to `bytes`. By default its length is bounded only by its size and
    /// quality.
    ///
    /// A JPEG or lossy WebP that would be longer gets a lower quality. It is found by bisection: its
    /// file fits, and that of the next higher quality does not. The bisection encodes the picture up
    /// to nine times more, which [`Plan::work`](crate::Plan::work) includes. Lossless formats have
    /// no quality to lower.
    ///
    /// When even quality 1 is too long, or a lossless file is, the job returns
    /// [`Error::OverLimit`](crate::Error::OverLimit) with
    /// [`Limit::OutputBytes`](crate::Limit::OutputBytes): `found` is the length of that file.
    /// [`Plan::new`](crate::Plan::new) already does when an output of pixels is too long.
    #[must_use]
    pub const fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }
}
