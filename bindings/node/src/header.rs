//! What the header of an upload declares.

use bombproof::{ColorKind, Header, IccKind, Orientation, probe};
use napi::bindgen_prelude::{Either, Object};
use napi_derive::napi;

use crate::failure::{Failure, number, reply};
use crate::input::input;

/// [`Header`] as an object.
#[derive(Debug)]
#[napi(object, object_from_js = false)]
pub struct HeaderObject {
    /// [`Header::format`].
    pub format: &'static str,
    /// The width of [`Header::size`].
    pub width: u32,
    /// The height of [`Header::size`].
    pub height: u32,
    /// The width of [`Header::upright_size`].
    pub upright_width: u32,
    /// The height of [`Header::upright_size`].
    pub upright_height: u32,
    /// [`Header::orientation`], as Exif numbers it.
    pub orientation: u8,
    /// [`Header::bit_depth`].
    pub bit_depth: u8,
    /// [`Header::color`].
    pub color: &'static str,
    /// [`Header::alpha`].
    pub alpha: bool,
    /// [`Header::progressive`].
    pub progressive: bool,
    /// [`Header::animated`].
    pub animated: bool,
    /// [`Header::icc`].
    pub icc: Option<&'static str>,
    /// [`Header::scans`].
    pub scans: Option<u32>,
    /// [`Header::input_bytes`].
    pub input_bytes: f64,
    /// [`Header::segments`].
    pub segments: u32,
}

impl From<&Header> for HeaderObject {
    fn from(header: &Header) -> Self {
        let (size, upright) = (header.size(), header.upright_size());
        Self {
            format: header.format().name(),
            width: size.width,
            height: size.height,
            upright_width: upright.width,
            upright_height: upright.height,
            orientation: exif_number(header.orientation()),
            bit_depth: header.bit_depth(),
            color: color_name(header.color()),
            alpha: header.alpha(),
            progressive: header.progressive(),
            animated: header.animated(),
            icc: header.icc().map(icc_name),
            scans: header.scans(),
            input_bytes: number(header.input_bytes()),
            segments: header.segments(),
        }
    }
}

const fn exif_number(orientation: Orientation) -> u8 {
    match orientation {
        Orientation::Upright => 1,
        Orientation::FlipHorizontal => 2,
        Orientation::Rotate180 => 3,
        Orientation::FlipVertical => 4,
        Orientation::Transpose => 5,
        Orientation::Rotate90 => 6,
        Orientation::Transverse => 7,
        Orientation::Rotate270 => 8,
    }
}

const fn color_name(color: ColorKind) -> &'static str {
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

const fn icc_name(icc: IccKind) -> &'static str {
    match icc {
        IccKind::Gray => "gray",
        IccKind::Rgb => "rgb",
        IccKind::Cmyk => "cmyk",
        IccKind::Compressed => "compressed",
        _ => "other",
    }
}

/// Reads the header of `call.input`.
///
/// # Errors
/// Only what a script threw.
#[napi(js_name = "probe")]
pub fn probe_header(call: Object<'_>) -> napi::Result<Either<HeaderObject, Failure>> {
    reply(|| Ok(HeaderObject::from(&probe(&input(&call)?)?)))
}
