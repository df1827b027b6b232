//! What the header of an upload declares.

use bombproof::{Header, IccKind, probe};
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
            orientation: header.orientation().exif_value(),
            bit_depth: header.bit_depth(),
            color: header.color().name(),
            alpha: header.alpha(),
            progressive: header.progressive(),
            animated: header.animated(),
            icc: header.icc().map(IccKind::name),
            scans: header.scans(),
            input_bytes: number(header.input_bytes()),
            segments: header.segments(),
        }
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
