//! The names that Python sees for the values of the library's enumerations.

use bombproof::{ColorKind, Gamut, IccKind, Layout, Orientation};

pub(crate) const fn color(color: ColorKind) -> &'static str {
    match color {
        ColorKind::Gray => "gray",
        ColorKind::Rgb => "rgb",
        ColorKind::YCbCr => "ycbcr",
        ColorKind::Indexed => "indexed",
        ColorKind::Cmyk => "cmyk",
        ColorKind::Ycck => "ycck",
        _ => "other",
    }
}

pub(crate) const fn icc(icc: IccKind) -> &'static str {
    match icc {
        IccKind::Gray => "gray",
        IccKind::Rgb => "rgb",
        IccKind::Cmyk => "cmyk",
        IccKind::Compressed => "compressed",
        _ => "other",
    }
}

pub(crate) const fn orientation(orientation: Orientation) -> &'static str {
    match orientation {
        Orientation::Upright => "upright",
        Orientation::FlipHorizontal => "flip_horizontal",
        Orientation::Rotate180 => "rotate180",
        Orientation::FlipVertical => "flip_vertical",
        Orientation::Transpose => "transpose",
        Orientation::Rotate90 => "rotate90",
        Orientation::Transverse => "transverse",
        Orientation::Rotate270 => "rotate270",
    }
}

pub(crate) const fn layout(layout: Layout) -> &'static str {
    match layout {
        Layout::Gray => "gray",
        Layout::GrayAlpha => "gray_alpha",
        Layout::Rgb => "rgb",
        Layout::Rgba => "rgba",
        _ => "other",
    }
}

pub(crate) const fn gamut(gamut: Gamut) -> &'static str {
    match gamut {
        Gamut::Srgb => "srgb",
        Gamut::DisplayP3 => "display_p3",
        _ => "other",
    }
}
