//! Small planes → upright sRGB pixels: resize, colour, orientation.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::picture::Layout;
use crate::plan::{Colors, OutputGeometry, Plan, PlanePlan};
use crate::probe;
use crate::shrink::SmallPlane;
use crate::size::Size;

mod color;
mod fir;
mod icc;
mod kernel;
mod orient;
mod resize;
mod upsample;

pub use icc::ColorConversion;

/// A finished picture that is still charged to its job.
#[derive(Debug)]
pub(crate) struct Pixels<'b> {
    pub(crate) samples: Buffer<'b, u8>,
    pub(crate) size: Size,
    pub(crate) layout: Layout,
    pub(crate) color: ColorConversion,
}

/// Makes the pixels of one output: each plane is resized alone, colours are made at the target size,
/// and the small picture is turned upright at the end.
///
/// For the last output each small plane is dropped as soon as it has been resized.
pub(crate) fn pixels<'b>(
    bytes: &[u8],
    plan: &Plan,
    output: &OutputGeometry,
    small: &mut [Option<SmallPlane<'b>>; 4],
    last: bool,
    budget: &'b Budget,
) -> Result<Pixels<'b>, Error> {
    let planes = resized(plan, output, small, last, budget)?;
    let mut samples = interleaved(plan, output.stored_size, &planes, budget)?;
    drop(planes);
    let color = convert(bytes, plan, &mut samples, budget)?;
    let layout = layout(plan);
    let (samples, size) = orient::upright(
        samples,
        output.stored_size,
        layout.bytes_per_pixel(),
        plan.header().orientation,
        budget,
    )?;
    Ok(Pixels { samples, size, layout, color })
}

/// The layout of the pixels that a plan ends in.
pub(crate) const fn layout(plan: &Plan) -> Layout {
    match (plan.colors(), plan.has_alpha()) {
        (Colors::Gray, false) => Layout::Gray,
        (Colors::Gray, true) => Layout::GrayAlpha,
        (_, false) => Layout::Rgb,
        (_, true) => Layout::Rgba,
    }
}

/// What the finished pixels hold.
pub(crate) fn pixel_bytes(plan: &Plan, output: &OutputGeometry) -> u64 {
    output.size.pixels().saturating_mul(plan.planes().len() as u64)
}

/// The most that [`pixels`] holds at any time, the small planes included.
pub(crate) fn memory_bytes(plan: &Plan, output: &OutputGeometry, last: bool) -> u64 {
    let mut live = plan
        .planes()
        .iter()
        .fold(0u64, |bytes, plane| bytes.saturating_add(plane.shrink.small_bytes()));
    let mut peak = live;
    for plane in plan.planes() {
        if last && plane.is_identity(output) {
            continue;
        }
        let rect = plane.source_rect(output.crop);
        let small = plane.shrink.small_size();
        let resize = resize::memory_bytes(small, rect, output.stored_size);
        peak = peak.max(live.saturating_add(resize));
        live = live.saturating_add(output.stored_size.pixels());
        if last {
            live -= plane.shrink.small_bytes();
        }
    }
    let planes = output.stored_size.pixels().saturating_mul(plan.planes().len() as u64);
    let pixels = pixel_bytes(plan, output);
    peak = peak.max(live.saturating_add(pixels));
    live = live.saturating_sub(planes).saturating_add(pixels);
    let convert = plan.header().icc_cost_bytes;
    let turn = orient::memory_bytes(
        output.stored_size,
        layout(plan).bytes_per_pixel(),
        plan.header().orientation,
    );
    peak.max(live.saturating_add(convert.max(turn)))
}

type Planes<'b> = [Option<Buffer<'b, u8>>; 4];

fn resized<'b>(
    plan: &Plan,
    output: &OutputGeometry,
    small: &mut [Option<SmallPlane<'b>>; 4],
    last: bool,
    budget: &'b Budget,
) -> Result<Planes<'b>, Error> {
    let mut planes = Planes::default();
    for ((slot, small), plane) in planes.iter_mut().zip(small).zip(plan.planes()) {
        *slot = Some(resized_plane(plane, output, small, last, budget)?);
    }
    Ok(planes)
}

fn resized_plane<'b>(
    plan: &PlanePlan,
    output: &OutputGeometry,
    small: &mut Option<SmallPlane<'b>>,
    last: bool,
    budget: &'b Budget,
) -> Result<Buffer<'b, u8>, Error> {
    let missing = Error::Bug("a plane was used up before the last output");
    if last && plan.is_identity(output) {
        return small.take().map(|plane| plane.samples).ok_or(missing);
    }
    let plane = small.as_ref().ok_or(missing)?;
    let rect = plan.source_rect(output.crop);
    let resized = resize::plane(&plane.samples, plane.size, rect, output.stored_size, budget)?;
    if last {
        *small = None;
    }
    Ok(resized)
}

/// Planes → pixels, with the colours of the format made RGB; inks stay four samples a pixel.
fn interleaved<'b>(
    plan: &Plan,
    size: Size,
    planes: &Planes<'b>,
    budget: &'b Budget,
) -> Result<Buffer<'b, u8>, Error> {
    let channels = plan.planes().len();
    let len = usize::try_from(size.pixels())
        .ok()
        .and_then(|pixels| pixels.checked_mul(channels))
        .ok_or(Error::Bug("a picture larger than the address space"))?;
    let mut samples = budget.buffer(len, 0u8)?;
    let all = planes.each_ref().map(|plane| plane.as_deref().unwrap_or_default());
    let [first, second, third, _] = all;
    match (plan.colors(), plan.has_alpha()) {
        (Colors::JpegYCbCr, _) => {
            color::interleave_jpeg_ycbcr([first, second, third], &mut samples)?;
        }
        (Colors::Vp8Yuv, false) => {
            color::interleave_webp_yuv([first, second, third], &mut samples)?;
        }
        (Colors::Vp8Yuv, true) => color::interleave_webp_yuva(all, &mut samples)?,
        (Colors::Cmyk { inverted }, _) => {
            let coding = color::InkCoding { ycck: false, inverted };
            color::interleave_inks(all, coding, &mut samples)?;
        }
        (Colors::Ycck { inverted }, _) => {
            let coding = color::InkCoding { ycck: true, inverted };
            color::interleave_inks(all, coding, &mut samples)?;
        }
        (Colors::Gray | Colors::Rgb, _) => {
            let used = all.get(..channels).unwrap_or(&all);
            color::interleave(used, &mut samples)?;
        }
    }
    if plan.premultiplies() {
        color::unpremultiply(&mut samples, channels);
    }
    Ok(samples)
}

/// Colours → sRGB by the embedded profile; inks → RGB, with a profile or without.
fn convert(
    bytes: &[u8],
    plan: &Plan,
    samples: &mut Buffer<'_, u8>,
    budget: &Budget,
) -> Result<ColorConversion, Error> {
    let limits = plan.limits();
    let (channels, max_icc_bytes) = match (plan.colors(), layout(plan)) {
        (Colors::Cmyk { .. } | Colors::Ycck { .. }, _) => {
            (icc::Channels::Cmyk, limits.max_icc_bytes_cmyk)
        }
        (_, Layout::Gray) => (icc::Channels::Gray, limits.max_icc_bytes),
        (_, Layout::GrayAlpha) => (icc::Channels::GrayAlpha, limits.max_icc_bytes),
        (_, Layout::Rgb) => (icc::Channels::Rgb, limits.max_icc_bytes),
        (_, Layout::Rgba) => (icc::Channels::Rgba, limits.max_icc_bytes),
    };
    let source = probe::icc::source(bytes, plan.header());
    let converted = icc::to_srgb(samples, channels, source.as_ref(), max_icc_bytes, budget)?;
    if channels == icc::Channels::Cmyk {
        samples.truncate(samples.len() / 4 * 3);
    }
    Ok(converted)
}
