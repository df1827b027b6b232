//! Which part of the picture the outputs show.

use super::builder::Request;
use super::choices::CropPosition;
use crate::size::{Rect, Share};

impl Request {
    /// Uses only this part of the picture, in upright pixels, as crop dialogs report it.
    #[must_use]
    pub const fn crop(mut self, rect: Rect) -> Self {
        self.crop = Some(rect);
        self
    }

    /// Keeps this point of the picture as near to the middle of a [`cover`](Self::cover) crop as
    /// fits. Default the middle, (0.5, 0.5).
    ///
    /// `x` and `y` are parts of the upright picture, from 0 at its left and top edge to 1 at its
    /// right and bottom edge, also when only a [`crop`](Self::crop) rectangle of it is used. A point
    /// outside of the rectangle chooses the nearest part inside. Outputs of
    /// [`contain`](Self::contain), [`pad`](Self::pad) and [`full_size`](Self::full_size) cut nothing
    /// off and stay the same.
    ///
    /// [`Plan::new`](crate::Plan::new) refuses numbers below 0 or above 1, and NaN, with
    /// [`BadRequest::Focus`](crate::BadRequest::Focus).
    ///
    /// ```
    /// use bombproof::{Limits, Picture, Layout, Plan, Rect, Request, Size};
    /// # let pixels = vec![7; 600 * 200];
    /// # let upload = Picture::new(Size::new(600, 200), Layout::Gray, pixels)?.to_png()?;
    ///
    /// // A face at a quarter of the width, and a little above the middle.
    /// let request = Request::cover(100, 100).focus(0.25, 0.4);
    /// let plan = Plan::new(&bombproof::probe(&upload)?, &request, &Limits::default())?;
    /// assert_eq!(plan.crop(), Rect { x: 50, y: 0, width: 200, height: 200 });
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    #[must_use]
    pub const fn focus(mut self, x: f64, y: f64) -> Self {
        self.position = CropPosition::Focus { x: Share::new(x), y: Share::new(y) };
        self
    }

    /// Places a [`cover`](Self::cover) crop around what draws attention: edges, the colour of skin,
    /// and saturated colours, as libvips means it. It knows nothing of faces, but often finds them.
    /// It replaces a [`focus`](Self::focus), and the other way round.
    ///
    /// The complete picture, or the complete [`crop`](Self::crop) rectangle, is made at the scale of
    /// the output, and the part is cut from it. So memory and work follow from the header, whatever
    /// is found, and grow with the aspect ratio: of a picture that is ten times as wide as the
    /// target, ten times the pixels of the output are held. One that is too elongated exceeds
    /// [`Limits::max_memory_bytes`](crate::Limits::max_memory_bytes).
    ///
    /// Of several sizes, all are placed around the same point, which is found in the picture of the
    /// first size that has to be cropped. A flat picture is cropped evenly. Outputs of
    /// [`contain`](Self::contain), [`pad`](Self::pad) and [`full_size`](Self::full_size) stay the same.
    /// [`Plan::crop`](crate::Plan::crop) returns the part that is searched.
    ///
    /// ```
    /// use bombproof::{Layout, Limits, Picture, Request, Size};
    ///
    /// // A red square at the right, in a grey picture.
    /// let is_red = |x: u32, y: u32| (300..340).contains(&x) && (40..80).contains(&y);
    /// let pixel = |x, y| if is_red(x, y) { [200, 30, 20] } else { [90, 90, 90] };
    /// let pixels = (0..400 * 120).flat_map(|i| pixel(i % 400, i / 400)).collect();
    /// let upload = Picture::new(Size::new(400, 120), Layout::Rgb, pixels)?.to_png()?;
    ///
    /// let request = Request::cover(60, 60).attention().pixels();
    /// let avatar = bombproof::thumbnail(&upload, &request, &Limits::default())?;
    /// assert!(avatar.bytes().chunks(3).any(|pixel| pixel == [200, 30, 20]));
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    #[must_use]
    pub const fn attention(mut self) -> Self {
        self.position = CropPosition::Attention;
        self
    }
}
