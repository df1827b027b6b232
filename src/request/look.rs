//! How the outputs look, and what is shown in their place.

use super::builder::Request;

impl Request {
    /// The background colour, as red, green and blue, behind the transparent parts of a JPEG
    /// output. Default white.
    #[must_use]
    pub const fn background(mut self, rgb: [u8; 3]) -> Self {
        self.background = rgb;
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
