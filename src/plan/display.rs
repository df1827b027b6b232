//! A plan as one line of text.

use core::fmt;

use super::decision::Plan;
use crate::decode::webp::LoopFilter;
use crate::finish::Colors;
use crate::format::Format;
use crate::picture::Gamut;
use crate::request::{Fit, OutputFormat};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.header.format, self.header.size)?;
        if self.header.progressive {
            let kind =
                if self.header.format == Format::Jpeg { "progressive" } else { "interlaced" };
            write!(f, " {kind}")?;
        }
        write!(f, ", crop {}", self.crop())?;
        if self.searches_attention() {
            write!(f, ", cut where it draws attention")?;
        }
        if self.scale_divisor() > 1 {
            write!(f, ", scale 1/{}", self.scale_divisor())?;
        }
        if self.one_component_at_a_time {
            write!(f, ", one component at a time")?;
        }
        write!(f, ", box {}", self.box_size())?;
        let is_lossy_webp = self.source.colors == Colors::Vp8Yuv;
        if is_lossy_webp && self.loop_filter() == LoopFilter::Skipped {
            write!(f, ", no loop filter")?;
        }
        let format = match self.request.output() {
            OutputFormat::Jpeg { .. } => "JPEG",
            OutputFormat::Png => "PNG",
            OutputFormat::WebP { .. } | OutputFormat::WebPLossless => "WebP",
            OutputFormat::Pixels => "pixels",
        };
        write!(f, ", {format} ")?;
        for (index, size) in self.output_sizes().enumerate() {
            let separator = if index == 0 { "" } else { " + " };
            write!(f, "{separator}{size}")?;
        }
        if matches!(self.request.fit(), Fit::Pad { .. }) {
            write!(f, " padded")?;
        }
        if self.request.is_round() {
            write!(f, " round")?;
        }
        if self.look.gamut != Gamut::Srgb {
            write!(f, " in {}", self.look.gamut)?;
        }
        write!(f, "; {}", self.cost)
    }
}
