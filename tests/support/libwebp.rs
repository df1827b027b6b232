//! libwebp, whose pixels are what a WebP shows: for the fuzz targets and `tools/check-images`, since the
//! tests of the library want no C.
#![allow(unreachable_pub, reason = "each crate that includes this module has its own use of it")]

use std::mem::MaybeUninit;
use std::sync::Once;

use bombproof::instrument::Plane;
use libwebp_sys::{
    VP8StatusCode, WEBP_CSP_MODE, WebPDecBuffer, WebPDecode, WebPDecoderConfig, WebPFreeDecBuffer,
    WebPGetFeatures, WebPRGBABuffer, WebPYUVABuffer,
};

/// Of a lossy file Y, U, V and alpha, not enlarged and not converted; of a lossless one red, green, blue
/// and alpha, not multiplied.
pub fn planes(file: &[u8]) -> Result<[Plane; 4], VP8StatusCode> {
    let mut features = MaybeUninit::uninit();
    // SAFETY: the slice can be read, and the features are written before they are said to be there.
    let features = unsafe {
        match WebPGetFeatures(file.as_ptr(), file.len(), features.as_mut_ptr()) {
            VP8StatusCode::VP8_STATUS_OK => features.assume_init(),
            error => return Err(error),
        }
    };
    if features.format == LOSSLESS { lossless_planes(file) } else { lossy_planes(file) }
}

/// Where planes of ours are other than those of libwebp, in words. Alpha of an opaque picture is a plane of
/// its own only.
pub fn difference(ours: &[Plane; 4], theirs: &[Plane; 4]) -> Option<String> {
    let pairs = ours.iter().zip(theirs).enumerate();
    let mut pairs = pairs.filter(|(_, (ours, _))| !ours.samples.is_empty());
    pairs.find_map(|(number, (ours, theirs))| {
        if (ours.width, ours.samples.len()) != (theirs.width, theirs.samples.len()) {
            return Some(format!("another size of plane {number}"));
        }
        let mut samples = ours.samples.iter().zip(&theirs.samples).enumerate();
        let (at, (sample, theirs)) = samples.find(|(_, (ours, theirs))| ours != theirs)?;
        let (x, y) = (at % ours.width, at / ours.width);
        Some(format!("libwebp: {theirs} at {x}, {y} of plane {number}, and we say {sample}"))
    })
}

fn lossy_planes(file: &[u8]) -> Result<[Plane; 4], VP8StatusCode> {
    decode(file, WEBP_CSP_MODE::MODE_YUVA, |output| {
        let (width, height) = size(output);
        // SAFETY: a decoded buffer of this mode is this variant.
        let planes: WebPYUVABuffer = unsafe { output.u.YUVA };
        let plane = |samples: *mut u8, bytes: usize, stride: i32, width: usize, height: usize| {
            // SAFETY: each plane has as many bytes as the buffer says, until the buffer is freed.
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
        // SAFETY: a decoded buffer of this mode is this variant, and has as many bytes as it says.
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
    // SAFETY: nothing else reads or writes it before the first file is decoded, and then always the same.
    PLAIN.call_once(|| unsafe { VP8GetCPUInfo = None });
    let mut config = WebPDecoderConfig::new().expect("the library is of the version of its header");
    config.output.colorspace = mode;
    // SAFETY: the slice can be read, the configuration is initialised, and its buffer, which the library
    // allocates, is freed once, when nothing refers to it any more.
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
    /// What libwebp asks for the vector instructions that there are. Without it the plain code runs, whose
    /// arithmetic is the same on every machine, whatever the size of coefficients.
    static mut VP8GetCPUInfo: Option<unsafe extern "C" fn(i32) -> i32>;
}

static PLAIN: Once = Once::new();

/// Neither a mixture, as animations may be, nor lossy.
const LOSSLESS: i32 = 2;
