//! How the outputs look, and what is shown in their place.

use super::builder::Request;

impl Request {
    /// The background colour, as red, green and blue, behind the transparent parts of a JPEG
    /// output: those of the picture, of the canvas of [`pad`](Self::pad), and what
    /// [`round`](Self::round) cuts off. In sRGB. Default white.
    #[must_use]
    pub const fn background(mut self, rgb: [u8; 3]) -> Self {
        self.background = rgb;
        self
    }

    /// Cuts the outputs round: to the ellipse that touches all four sides, which is a circle where
    /// both sides are equal. Default false.
    ///
    /// What lies outside becomes transparent, and in a JPEG it shows the
    /// [`background`](Self::background). Pixels on the edge keep as much of their opacity as they lie
    /// inside, within 3 of 255: the edge is smooth. Pictures that are transparent themselves keep
    /// that. All machines cut the same bytes. Pixels of [`Layout::Gray`](crate::Layout::Gray) become
    /// [`Layout::GrayAlpha`](crate::Layout::GrayAlpha), and those of
    /// [`Layout::Rgb`](crate::Layout::Rgb) [`Layout::Rgba`](crate::Layout::Rgba), in a second buffer,
    /// which is in the quote.
    ///
    /// ```
    /// use bombproof::{Layout, Limits, Picture, Request, Size};
    /// # let red = [200, 0, 0];
    /// # let upload = Picture::new(Size::new(40, 20), Layout::Rgb, red.repeat(800))?.to_png()?;
    ///
    /// let request = Request::cover(16, 16).round(true).pixels();
    /// let avatar = bombproof::thumbnail(&upload, &request, &Limits::default())?;
    /// let pixels: &[[u8; 4]] = avatar.bytes().as_chunks().0;
    /// assert_eq!((pixels[0], pixels[16 * 8 + 8]), ([0, 0, 0, 0], [200, 0, 0, 255]));
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    #[must_use]
    pub const fn round(mut self, round: bool) -> Self {
        self.round = round;
        self
    }

    /// Converts colours to Display P3 instead of sRGB, where the file declares colours that sRGB does
    /// not have. Default false.
    ///
    /// Recent cameras and phones do: reds, greens and oranges stay as saturated as they were taken.
    /// Files have a profile of 492 bytes then, which this crate writes itself and whose length is in
    /// the quote. [`Thumbnail::gamut`](crate::Thumbnail::gamut) and
    /// [`Picture::gamut`](crate::Picture::gamut) tell which outputs are in Display P3. What lies
    /// outside of Display P3 as well is clipped to it.
    ///
    /// A file declares such colours when one of its primaries lies outside of sRGB by more than 1/64,
    /// in an ICC profile of three curves and a matrix, or, in a PNG, in a cICP chunk or in gAMA and
    /// cHRM. All others become sRGB, byte by byte as without this option: grey, CMYK, profiles with a
    /// table, those longer than [`Limits::max_icc_bytes`](crate::Limits::max_icc_bytes), and
    /// compressed ones of more than 16 KiB.
    ///
    /// The [`background`](Self::background) and the canvas of [`pad`](Self::pad) are given in sRGB and
    /// look the same in both. [`Placeholder`](crate::Placeholder)s are always in sRGB.
    ///
    /// ```
    /// use bombproof::{Gamut, Layout, Limits, Picture, Request, Size};
    ///
    /// let pixels = [255, 0, 0].repeat(64); // a red that sRGB does not have
    /// let upload = Picture::new(Size::new(8, 8), Layout::Rgb, pixels)?.with_gamut(Gamut::DisplayP3);
    /// let upload = upload.to_jpeg(100)?;
    ///
    /// let request = Request::full_size().keep_wide_gamut(true);
    /// let avatar = bombproof::thumbnail(&upload, &request, &Limits::default())?;
    /// assert_eq!(avatar.gamut(), Gamut::DisplayP3);
    /// let avatar = bombproof::thumbnail(&upload, &Request::full_size(), &Limits::default())?;
    /// assert_eq!(avatar.gamut(), Gamut::Srgb);
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    #[must_use]
    pub const fn keep_wide_gamut(mut self, keep: bool) -> Self {
        self.keep_wide_gamut = keep;
        self
    }

    /// Also makes a placeholder of each output, to show while it loads: a
    /// [`ThumbHash`](crate::ThumbHash) and a colour.
    /// [`Thumbnail::placeholder`](crate::Thumbnail::placeholder) returns it. Default false.
    ///
    /// It is made of the pixels of the output before they are encoded: the part that the output
    /// shows, upright, in sRGB, and for a JPEG with transparent parts over the
    /// [`background`](Self::background). It takes 32 KiB of memory for a moment, which is rarely at
    /// the peak of a job, and time for each pixel of the output. Both are in the quotes.
    ///
    /// ```
    /// use bombproof::{Layout, Limits, Picture, Request, Size};
    /// # let pixels = [200, 120, 40].repeat(640 * 480);
    /// # let upload = Picture::new(Size::new(640, 480), Layout::Rgb, pixels)?.to_png()?;
    ///
    /// let request = Request::cover(256, 256).placeholder(true);
    /// let avatar = bombproof::thumbnail(&upload, &request, &Limits::default())?;
    /// let placeholder = avatar.placeholder().unwrap();
    /// assert_eq!(placeholder.dominant_color(), [200, 120, 40]);
    /// assert_eq!(placeholder.thumb_hash().as_bytes().len(), 24);
    /// let attribute = format!("data-thumbhash=\"{}\"", placeholder.thumb_hash()); // Base64
    /// # assert_eq!(attribute.len(), 49);
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    #[must_use]
    pub const fn placeholder(mut self, placeholder: bool) -> Self {
        self.placeholder = placeholder;
        self
    }
}
