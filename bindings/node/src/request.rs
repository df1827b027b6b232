//! The request of a call.

use bombproof::{JpegDetail, JpegEffort, Rect, Request};
use napi::bindgen_prelude::Object;

use crate::failure::Refusal;
use crate::options::Options;

/// Reads the property `request` of a call.
pub(crate) fn request(call: &Object<'_>) -> Result<Request, Refusal> {
    let request = Options::in_call(call, "request")?;
    let mut options =
        request.ok_or_else(|| Refusal::Argument("the request must be an object".to_owned()))?;
    let request = sized(&mut options)?;
    let request = cropped(request, &mut options)?;
    let request = encoded(request, &mut options)?;
    let request = jpeg_options(request, &mut options)?;
    let request = looks(request, &mut options)?;
    options.finish()?;
    Ok(request)
}

#[derive(Clone, Copy)]
enum Fit {
    Cover,
    Contain,
    Pad,
    Full,
}

/// Reads `fit`, the sizes, and `canvas`.
fn sized(options: &mut Options<'_>) -> Result<Request, Refusal> {
    let fits = [
        ("cover", Fit::Cover),
        ("contain", Fit::Contain),
        ("pad", Fit::Pad),
        ("fullSize", Fit::Full),
    ];
    let fit = options.choice("fit", &fits)?.unwrap_or(Fit::Cover);
    let size = (options.small("width")?, options.small("height")?);
    let canvas = options.bytes("canvas")?;
    if canvas.is_some() && !matches!(fit, Fit::Pad) {
        return Err(options.wrong("canvas", "left out, except with fit 'pad'"));
    }
    let request = if matches!(fit, Fit::Full) {
        if size != (None, None) {
            return Err(options.wrong("width and height", "left out with fit 'fullSize'"));
        }
        Request::full_size()
    } else {
        let side = "an integer of pixels";
        let width = options.required("width", side, size.0)?;
        let height = options.required("height", side, size.1)?;
        match fit {
            Fit::Contain => Request::contain(width, height),
            Fit::Pad => {
                let what = "the colour [red, green, blue, alpha] with fit 'pad'";
                Request::pad(width, height, options.required("canvas", what, canvas)?)
            }
            Fit::Cover | Fit::Full => Request::cover(width, height),
        }
    };
    let mut request = request;
    for mut size in options.objects("sizes")? {
        let [width, height] = integers(&mut size, ["width", "height"])?;
        size.finish()?;
        request = request.and_size(width, height);
    }
    let enlarge = options.flag("enlarge")?;
    Ok(enlarge.map_or(request, |enlarge| request.enlarge(enlarge)))
}

/// Reads which part of the picture is shown.
fn cropped(mut request: Request, options: &mut Options<'_>) -> Result<Request, Refusal> {
    if let Some(mut crop) = options.object("crop")? {
        let sides = integers(&mut crop, ["x", "y", "width", "height"])?;
        crop.finish()?;
        let [x, y, width, height] = sides;
        request = request.crop(Rect { x, y, width, height });
    }
    let attention = options.flag("attention")?.unwrap_or(false);
    if let Some(mut focus) = options.object("focus")? {
        if attention {
            return Err(options.wrong("focus", "left out with attention, which finds a place"));
        }
        let (x, y) = (focus.number("x")?, focus.number("y")?);
        let x = focus.required("x", "a number", x)?;
        let y = focus.required("y", "a number", y)?;
        focus.finish()?;
        request = request.focus(x, y);
    }
    Ok(if attention { request.attention() } else { request })
}

#[derive(Clone, Copy)]
enum Format {
    Jpeg,
    Png,
    WebP,
    WebPLossless,
    Pixels,
}

/// Reads `format`, `quality` and `maxBytes`.
fn encoded(request: Request, options: &mut Options<'_>) -> Result<Request, Refusal> {
    let formats = [
        ("jpeg", Format::Jpeg),
        ("png", Format::Png),
        ("webp", Format::WebP),
        ("webpLossless", Format::WebPLossless),
        ("pixels", Format::Pixels),
    ];
    let format = options.choice("format", &formats)?.unwrap_or(Format::Jpeg);
    let quality = options.percent("quality")?;
    let request = match (format, quality) {
        // The quality of a new request is the default.
        (Format::Jpeg, None) => request,
        (Format::Jpeg, Some(quality)) => request.jpeg(quality),
        (Format::WebP, quality) => request.webp(quality.unwrap_or(DEFAULT_QUALITY)),
        (_, Some(_)) => {
            return Err(options.wrong("quality", "left out, except with format 'jpeg' or 'webp'"));
        }
        (Format::Png, None) => request.png(),
        (Format::WebPLossless, None) => request.webp_lossless(),
        (Format::Pixels, None) => request.pixels(),
    };
    let max_bytes = options.integer("maxBytes", u64::MAX)?;
    Ok(max_bytes.map_or(request, |bytes| request.max_bytes(bytes)))
}

fn jpeg_options(mut request: Request, options: &mut Options<'_>) -> Result<Request, Refusal> {
    if let Some(full) = options.flag("jpegFullChroma")? {
        request = request.jpeg_full_chroma(full);
    }
    if let Some(progressive) = options.flag("jpegProgressive")? {
        request = request.jpeg_progressive(progressive);
    }
    let efforts = [("balanced", JpegEffort::Balanced), ("smallest", JpegEffort::Smallest)];
    if let Some(effort) = options.choice("jpegEffort", &efforts)? {
        request = request.jpeg_effort(effort);
    }
    let details = [
        ("fastest", JpegDetail::Fastest),
        ("balanced", JpegDetail::Balanced),
        ("best", JpegDetail::Best),
    ];
    if let Some(detail) = options.choice("jpegDetail", &details)? {
        request = request.jpeg_detail(detail);
    }
    if let Some(min_percent_of_rows) = options.percent("acceptTruncated")? {
        request = request.accept_truncated(min_percent_of_rows);
    }
    Ok(request)
}

fn looks(mut request: Request, options: &mut Options<'_>) -> Result<Request, Refusal> {
    if let Some(rgb) = options.bytes("background")? {
        request = request.background(rgb);
    }
    if let Some(round) = options.flag("round")? {
        request = request.round(round);
    }
    if let Some(keep) = options.flag("keepWideGamut")? {
        request = request.keep_wide_gamut(keep);
    }
    if let Some(placeholder) = options.flag("placeholder")? {
        request = request.placeholder(placeholder);
    }
    Ok(request)
}

/// The integers of an object that has all of these properties.
fn integers<const N: usize>(
    object: &mut Options<'_>,
    properties: [&'static str; N],
) -> Result<[u32; N], Refusal> {
    let mut integers = [0; N];
    for (integer, property) in integers.iter_mut().zip(properties) {
        let value = object.small(property)?;
        *integer = object.required(property, "an integer of pixels", value)?;
    }
    Ok(integers)
}

/// That of a lossy WebP for which none is named, as the core has it for JPEG.
const DEFAULT_QUALITY: u8 = 80;
