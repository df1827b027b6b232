//! The orders that a plan gives to the stages of each output.

use super::decision::Plan;
use super::geometry::OutputGeometry;
use super::output_orders::OutputOrders;
use crate::finish::Colors;
use crate::picture::Layout;
use crate::request::{Fit, OutputFormat};
use crate::size::{Rect, Size};
use crate::{attention, canvas, encode, finish, placeholder};

impl Plan {
    /// The orders of the stages for each output.
    pub(crate) fn output_orders(&self) -> impl Iterator<Item = OutputOrders> {
        let last = self.outputs().len().saturating_sub(1);
        self.outputs().iter().enumerate().map(move |(index, output)| {
            let finish = self.finish_order(output, index == last);
            let attention = self.attention_order(output, index, finish.layout());
            let canvas = self.canvas_order(output, finish.layout());
            let encode = encode::Order {
                format: self.request.output(),
                size: output.size,
                layout: canvas.map_or(finish.layout(), |canvas| canvas.layout),
                gamut: finish.gamut,
                background: self.look.background,
                max_bytes: self.request.max_output_bytes(),
                jpeg_full_chroma: self.request.has_full_chroma(),
                jpeg_progressive: self.request.is_progressive(),
                jpeg_effort: self.request.jpeg_effort_level(),
            };
            let placeholder = self.placeholder_order(&encode);
            OutputOrders { finish, attention, canvas, placeholder, encode, shown: output.shown }
        })
    }

    /// The first output that is cut searches for the place of all.
    fn attention_order(
        &self,
        output: &OutputGeometry,
        index: usize,
        layout: Layout,
    ) -> Option<attention::Order> {
        let picture = self.upright(output.stored_size);
        let searches = !self.outputs().iter().take(index).any(|output| output.is_cut);
        output.is_cut.then_some(attention::Order {
            picture,
            layout,
            size: output.size,
            area: self
                .request
                .crop_rect()
                .unwrap_or(Rect::covering(self.upright(self.header.size))),
            part: output.shown.size(),
            searches,
        })
    }

    /// A canvas that changes nothing is left out.
    fn canvas_order(&self, output: &OutputGeometry, layout: Layout) -> Option<canvas::Order> {
        let picture = if output.is_cut { output.size } else { self.upright(output.stored_size) };
        let is_round = self.request.is_round();
        let canvas = match self.request.fit() {
            Fit::Pad { .. } if picture != output.size => Some(self.look.canvas),
            _ if is_round => None,
            _ => return None,
        };
        let is_gray = canvas.is_none_or(|[red, green, blue, _]| red == green && green == blue);
        let is_opaque = canvas.is_none_or(|[.., alpha]| alpha == 255) && !is_round;
        Some(canvas::Order {
            picture,
            picture_layout: layout,
            size: output.size,
            layout: Layout::new(layout.is_gray() && is_gray, layout.has_alpha() || !is_opaque),
            color: canvas.unwrap_or_default(),
            is_round,
        })
    }

    /// A size of the stored picture, after the orientation is applied.
    fn upright(&self, stored: Size) -> Size {
        if self.header.orientation.is_transposed() { stored.transposed() } else { stored }
    }

    fn placeholder_order(&self, encode: &encode::Order) -> Option<placeholder::Order> {
        let is_jpeg = matches!(encode.format, OutputFormat::Jpeg { .. });
        self.request.wants_placeholder().then_some(placeholder::Order {
            size: encode.size,
            layout: encode.layout,
            gamut: encode.gamut,
            background: is_jpeg.then_some(self.request.background_rgb()),
        })
    }

    fn finish_order(&self, output: &OutputGeometry, is_last: bool) -> finish::Order {
        let max_icc_bytes = match self.source.colors {
            Colors::Cmyk | Colors::Ycck => self.limits.max_icc_bytes_cmyk,
            _ => self.limits.max_icc_bytes,
        };
        finish::Order {
            colors: self.source.colors,
            has_alpha: self.source.alpha,
            is_premultiplied: self.premultiplies(),
            planes: self.planes.map(|plane| plane.part(output)),
            stored_size: output.stored_size,
            orientation: self.header.orientation,
            gamut: self.look.gamut,
            max_icc_bytes,
            icc_cost: self.header.icc_cost,
            converts_colors: self.header.declares_colors(),
            is_last,
        }
    }
}
