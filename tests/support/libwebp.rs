//! libwebp, the reference for the pixels of a WebP. The fuzz targets and `tools/check-images` use
//! it; the tests of the library need no C.
#![allow(unreachable_pub, reason = "each crate that includes this module has its own use of it")]

use std::mem::MaybeUninit;
use std::sync::Once;

use bombproof::instrument::Plane;
use libwebp_sys::{
    VP8StatusCode, WEBP_CSP_MODE, WebPDecBuffer, WebPDecode, WebPDecoderConfig, WebPFreeDecBuffer,
    WebPGetFeatures, WebPRGBABuffer, WebPYUVABuffer,
};

/// Y, U, V and alpha of a lossy file, neither upsampled nor converted. Red, green, blue and alpha
/// of a lossless file, not premultiplied.
pub fn planes(file: &[u8]) -> Result<[Plane; 4], VP8StatusCode> {
    let mut features = MaybeUninit::uninit();
    // SAFETY: the slice can be read, and a status of OK means that the features are written.
    let features = unsafe {
        match WebPGetFeatures(file.as_ptr(), file.len(), features.as_mut_ptr()) {
            VP8StatusCode::VP8_STATUS_OK => features.assume_init(),
            error => return Err(error),
        }
    };
    if features.format == LOSSLESS { lossless_planes(file) } else { lossy_planes(file) }
}

/// Describes the first place where our planes differ from those of libwebp. Our plane of alpha is
/// empty when the picture is opaque, and is not compared then.
pub fn difference(ours: &[Plane; 4], theirs: &[Plane; 4]) -> Option<String> {
    let pairs = ours.iter().zip(theirs).enumerate();
    let mut pairs = pairs.filter(|(_, (ours, _))| !ours.samples.is_empty());
    pairs.find_map(|(number, (ours, theirs))| {
        if (ours.width, ours.samples.len()) != (theirs.width, theirs.samples.len()) {
            return Some(format!("plane {number} has another size"));
        }
        let mut samples = ours.samples.iter().zip(&theirs.samples).enumerate();
        let (at, (sample, theirs)) = samples.find(|(_, (ours, theirs))| ours != theirs)?;
        let (x, y) = (at % ours.width, at / ours.width);
        Some(format!("plane {number} at {x}, {y}: libwebp has {theirs}, and we have {sample}"))
    })
}

fn lossy_planes(file: &[u8]) -> Result<[Plane; 4], VP8StatusCode> {
    decode(file, WEBP_CSP_MODE::MODE_YUVA, |output| {
        let (width, height) = size(output);
        // SAFETY: a decoded buffer of this mode is this variant.
        let planes: WebPYUVABuffer = unsafe { output.u.YUVA };
        let plane = |samples: *mut u8, bytes: usize, stride: i32, width: usize, height: usize| {
            // SAFETY: each plane has as many bytes as the buffer declares, until the buffer is
            // freed.
            let samples = unsafe { std::slice::from_raw_parts(samples, bytes) };
            let rows = samples.chunks(stride as usize).take(height);
            Plane { width, samples: rows.flat_map(|row| &row[..width]).copied().collect() }
        };
        let (across, down) = (width.div_ceil(2), height.div_ceil(2));
        [
            plane(planes.y, planes.y_size, planes.y_stride, width, height),
            plane(planes.u, planes.u_size, planes.u_stride, across, down),
            plane(planes.v, planes.v_size, planes.v_stride, across, down),
            plane(planes.a, planes.a_size, planes.a_stride, width, height),
        ]
    })
}

fn lossless_planes(file: &[u8]) -> Result<[Plane; 4], VP8StatusCode> {
    decode(file, WEBP_CSP_MODE::MODE_RGBA, |output| {
        let (width, height) = size(output);
        // SAFETY: a decoded buffer of this mode is this variant, and has as many bytes as it
        // declares.
        let (samples, stride) = unsafe {
            let WebPRGBABuffer { rgba, stride, size } = output.u.RGBA;
            (std::slice::from_raw_parts(rgba, size), stride as usize)
        };
        let rows = || samples.chunks(stride).take(height).map(|row| &row[..4 * width]);
        [0, 1, 2, 3].map(|channel| {
            let samples = rows().flat_map(|row| row.iter().skip(channel).step_by(4));
            Plane { width, samples: samples.copied().collect() }
        })
    })
}

fn size(output: &WebPDecBuffer) -> (usize, usize) {
    (output.width as usize, output.height as usize)
}

fn decode(
    file: &[u8],
    mode: WEBP_CSP_MODE,
    planes: impl Fn(&WebPDecBuffer) -> [Plane; 4],
) -> Result<[Plane; 4], VP8StatusCode> {
    // SAFETY: nothing else reads or writes the variable before the first file is decoded, and it
    // does not change after that.
    DISABLE_VECTOR_CODE.call_once(|| unsafe { VP8GetCPUInfo = None });
    let mut config = WebPDecoderConfig::new().expect("the library has the version of its header");
    config.output.colorspace = mode;
    // SAFETY: the slice can be read, the configuration is initialised, and its buffer, which the
    // library allocates, is freed once, when nothing refers to it any more.
    unsafe {
        let decoded = match WebPDecode(file.as_ptr(), file.len(), &mut config) {
            VP8StatusCode::VP8_STATUS_OK => Ok(planes(&config.output)),
            error => Err(error),
        };
        WebPFreeDecBuffer(&mut config.output);
        decoded
    }
}

unsafe extern "C" {
    /// libwebp asks this function which vector instructions there are. Without it the portable code
    /// runs, whose arithmetic is the same on every machine, however large the coefficients.
    static mut VP8GetCPUInfo: Option<unsafe extern "C" fn(i32) -> i32>;
}

static DISABLE_VECTOR_CODE: Once = Once::new();

/// The format of `WebPBitstreamFeatures` that is neither mixed, as in animations, nor lossy.
const LOSSLESS: i32 = 2;
