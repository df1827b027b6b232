//! Small planes → upright sRGB pixels: resize, colour, orientation.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::picture::Layout;
use crate::plan::{Colors, OutputGeometry, Plan, PlanePlan};
use crate::probe;
use crate::size::Size;

mod color;
mod convolve;
mod icc;
mod kernel;
mod orient;
mod resize;
mod sample;
mod upsample;

pub use icc::ColorConversion;
use resize::Part;

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
    small: &mut [Option<Buffer<'b, u8>>; 4],
    last: bool,
    budget: &'b Budget,
) -> Result<Pixels<'b>, Error> {
    let mut samples = resized_pixels(plan, output, small, last, budget)?;
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

/// True when luma waits in the pixels for its chroma, and is no plane of its own.
const fn luma_waits(plan: &Plan) -> bool {
    matches!(plan.colors(), Colors::JpegYCbCr | Colors::Vp8Yuv)
}

/// The most that [`pixels`] holds at any time, the small planes included.
pub(crate) fn memory_bytes(plan: &Plan, output: &OutputGeometry, last: bool) -> u64 {
    let size = output.stored_size;
    let pixels = pixel_bytes(plan, output);
    let mut live = plan
        .planes()
        .iter()
        .fold(0u64, |bytes, plane| bytes.saturating_add(plane.shrink.small_bytes()));
    let mut peak = live;
    let mut planes = 0u64;
    if luma_waits(plan) {
        live = live.saturating_add(pixels);
    }
    for (index, plane) in plan.planes().iter().enumerate() {
        let waits = luma_waits(plan) && index == 0;
        if last && plane.is_identity(output) && !waits {
            planes = planes.saturating_add(size.pixels());
            continue;
        }
        let temporary = resize::memory_bytes(part(plane, output), size);
        if !waits {
            planes = planes.saturating_add(size.pixels());
            live = live.saturating_add(size.pixels());
        }
        peak = peak.max(live.saturating_add(temporary));
        if last {
            live -= plane.shrink.small_bytes();
        }
    }
    if !luma_waits(plan) {
        live = live.saturating_add(pixels);
    }
    peak = peak.max(live);
    live = live.saturating_sub(planes);
    let convert = plan.header().icc_cost_bytes;
    let turn =
        orient::memory_bytes(size, layout(plan).bytes_per_pixel(), plan.header().orientation);
    peak.max(live.saturating_add(convert.max(turn)))
}

/// The part of a small plane that `output` shows.
fn part(plan: &PlanePlan, output: &OutputGeometry) -> Part {
    Part {
        plane_size: plan.shrink.small_size(),
        rect: plan.source_rect(output.crop),
        averaged: plan.averaged(),
    }
}

fn resized_plane<'b>(
    plan: &PlanePlan,
    output: &OutputGeometry,
    small: &mut Option<Buffer<'b, u8>>,
    last: bool,
    budget: &'b Budget,
) -> Result<Buffer<'b, u8>, Error> {
    let missing = Error::Bug("a plane was used up before the last output");
    if last && plan.is_identity(output) {
        return small.take().ok_or(missing);
    }
    let plane = small.as_ref().ok_or(missing)?;
    let resized = resize::plane(plane, part(plan, output), output.stored_size, budget)?;
    if last {
        *small = None;
    }
    Ok(resized)
}

/// Resizes luma into the pixels, where it waits for its chroma.
fn resize_luma<'b, const CHANNELS: usize>(
    plan: &Plan,
    output: &OutputGeometry,
    small: &mut Option<Buffer<'b, u8>>,
    last: bool,
    samples: &mut [u8],
    budget: &'b Budget,
) -> Result<(), Error> {
    const MISSING: Error = Error::Bug("no plane of luma");
    let plane = plan.planes().first().ok_or(MISSING)?;
    let luma = small.as_deref().ok_or(MISSING)?;
    let (pixels, _) = samples.as_chunks_mut::<CHANNELS>();
    resize::into(pixels, luma, part(plane, output), output.stored_size, budget)?;
    if last {
        *small = None;
    }
    Ok(())
}

/// Small planes → pixels, with the colours of the format made RGB; inks stay four samples a pixel.
fn resized_pixels<'b>(
    plan: &Plan,
    output: &OutputGeometry,
    small: &mut [Option<Buffer<'b, u8>>; 4],
    last: bool,
    budget: &'b Budget,
) -> Result<Buffer<'b, u8>, Error> {
    let channels = plan.planes().len();
    let len = usize::try_from(output.stored_size.pixels())
        .ok()
        .and_then(|pixels| pixels.checked_mul(channels))
        .ok_or(Error::Bug("a picture larger than the address space"))?;
    let mut waiting = None;
    if luma_waits(plan) {
        let mut samples = budget.buffer(len, 0u8)?;
        let [luma, ..] = small;
        let resize_luma = if plan.has_alpha() { resize_luma::<4> } else { resize_luma::<3> };
        resize_luma(plan, output, luma, last, &mut samples, budget)?;
        waiting = Some(samples);
    }
    let mut planes: [Option<Buffer<'b, u8>>; 4] = Default::default();
    for (index, ((slot, small), plane)) in
        planes.iter_mut().zip(small).zip(plan.planes()).enumerate()
    {
        if index > 0 || waiting.is_none() {
            *slot = Some(resized_plane(plane, output, small, last, budget)?);
        }
    }
    let mut samples = match waiting {
        Some(samples) => samples,
        None => budget.buffer(len, 0u8)?,
    };
    let all = planes.each_ref().map(|plane| plane.as_deref().unwrap_or_default());
    let [_, second, third, fourth] = all;
    match (plan.colors(), plan.has_alpha()) {
        (Colors::JpegYCbCr, _) => color::complete_jpeg_ycbcr([second, third], &mut samples)?,
        (Colors::Vp8Yuv, false) => color::complete_webp_yuv([second, third], &mut samples)?,
        (Colors::Vp8Yuv, true) => {
            color::complete_webp_yuva([second, third, fourth], &mut samples)?;
        }
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
