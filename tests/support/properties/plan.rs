//! What is decided before any pixel is decoded: P1, and the geometry of every plan.

use bombproof::{Error, Format, Header, Limits, Plan, Size, probe};

use super::request::{Fit, RequestParts};
use crate::counting_allocator::measure;

/// P1: reading the header allocates nothing, whatever the bytes, and a refusal is explained (P8).
pub fn probe_allocates_nothing(bytes: &[u8]) -> Option<Header> {
    let (header, measured) = measure(|| probe(bytes));
    assert_eq!(measured.allocations, 0, "probe allocated");
    match header {
        Ok(header) => {
            assert!(!header.size().is_empty(), "a header without pixels");
            assert_eq!(header.input_bytes(), bytes.len() as u64);
            Some(header)
        }
        Err(error) => {
            refusal_is_explained(&error);
            None
        }
    }
}

/// P1 and P2 of planning: it allocates nothing, decides the same twice, and quotes no more than the
/// limit. Whatever the header and the request, every output has pixels, shows a crop that lies
/// inside the picture, and is no larger than its target. It is larger than the crop only when the
/// request allows that.
pub fn plan_keeps_the_promise(header: &Header, parts: &RequestParts, limits: &Limits) {
    let request = parts.request();
    let (plan, measured) = measure(|| Plan::new(header, &request, limits));
    assert_eq!(measured.allocations, 0, "Plan::new allocated");
    let again = Plan::new(header, &request, limits);
    let plan = match (plan, again) {
        (Ok(plan), Ok(again)) => {
            assert!(plan == again, "one header gave two plans");
            plan
        }
        (Err(error), Err(again)) => {
            assert_eq!(error.to_string(), again.to_string());
            return refusal_is_explained(&error);
        }
        _ => panic!("planned once and refused once"),
    };
    assert!(plan.memory_bytes() <= limits.max_memory_bytes, "a quote over the limit: {plan}");
    assert!(plan.memory_bytes() > 0, "a job that needs no memory: {plan}");
    assert!(plan.to_string().starts_with(&header.format().to_string()));

    let window = plan.crop();
    let (right, bottom) = (end(window.x, window.width), end(window.y, window.height));
    assert!(!window.size().is_empty(), "nothing is shown: {plan}");
    assert!(right <= u64::from(header.size().width), "the crop is outside: {plan}");
    assert!(bottom <= u64::from(header.size().height), "the crop is outside: {plan}");
    let (divisor, cell) = (plan.scale_divisor(), plan.box_size());
    assert!([1, 2, 4, 8].contains(&divisor) && !cell.is_empty(), "{plan}");
    assert!(divisor == 1 || header.format() == Format::Jpeg, "{plan}");

    let outputs = if parts.fit == Fit::Full { 1 } else { parts.sizes.len().max(1) };
    assert_eq!(plan.output_sizes().len(), outputs);
    let shown = parts.crop.map_or(header.upright_size(), |crop| crop.size());
    for (size, &target) in plan.output_sizes().zip(&parts.sizes) {
        output_fits(size, shown, target, parts);
    }
}

/// The size of one output, which shows `shown` upright pixels, or their middle.
fn output_fits(size: Size, shown: Size, target: Size, parts: &RequestParts) {
    assert!(!size.is_empty());
    if parts.fit == Fit::Full {
        return assert!(size == shown, "{size} is not the full size, {shown}");
    }
    if let Fit::Pad(_) = parts.fit {
        return assert!(size == target, "{size} is not the size of the canvas, {target}");
    }
    assert!(
        size.width <= target.width && size.height <= target.height,
        "{size} exceeds {target}: {parts:?}"
    );
    assert!(
        parts.enlarge || (size.width <= shown.width && size.height <= shown.height),
        "{size} is larger than {shown}: {parts:?}"
    );
    let touches = size.width == target.width || size.height == target.height;
    if parts.fit == Fit::Cover {
        assert!(!parts.enlarge || size == target, "{size} does not fill {target}");
    } else if touches {
        let keeps_its_shape = near_ratio(size.width, shown.width, size.height, shown.height)
            || near_ratio(size.height, shown.height, size.width, shown.width);
        assert!(keeps_its_shape, "{shown} is distorted to {size}: {parts:?}");
    } else {
        assert!(size == shown && !parts.enlarge, "{shown} became {size} inside {target}");
    }
}

/// Whether `a` of `full_a` is the same share as `b` of `full_b`, up to the rounding of `b` to a
/// whole number of at least 1.
fn near_ratio(a: u32, full_a: u32, b: u32, full_b: u32) -> bool {
    let exact = f64::from(full_b) * f64::from(a) / f64::from(full_a);
    (f64::from(b) - exact).abs() <= 0.5 + exact * 1e-9 || (b == 1 && exact < 1.0)
}

fn end(start: u32, length: u32) -> u64 {
    u64::from(start) + u64::from(length)
}

/// P8: a refusal names a limit that is exceeded, has a sentence for people and a status, and is
/// never a bug.
pub fn refusal_is_explained(error: &Error) {
    if let Error::Bug(what) = error {
        panic!("Error::Bug: {what}");
    }
    if let Error::OverLimit { limit, found, allowed, .. } = error {
        assert!(found > allowed, "{} is not exceeded", limit.name());
        assert_eq!(error.limit(), Some(*limit));
    }
    assert!((400..=503).contains(&error.http_status()));
    assert!(!error.user_message().is_empty() && !error.to_string().is_empty());
}
