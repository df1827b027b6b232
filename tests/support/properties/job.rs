//! Whole jobs: P2, P4, P5, P6 and P7.

use bombproof::instrument::measure_work;
use bombproof::{Error, Interrupt, Limits, Orientation, Picture, Plan, Request, Size, Thumbnail};

use super::plan::{probe_allocates_nothing, refusal_is_explained};
use super::work::work_is_bounded;
use crate::counting_allocator::measure;

/// P1, P2, P4 and P5: planning allocates nothing, the job stays within its quote, which is within
/// the limit, its work is bounded by bytes and pixels, and no promise of ours breaks on the way. What
/// comes out is an upright picture of the promised size that carries nothing else.
pub fn job_keeps_the_promise(
    bytes: &[u8],
    request: &Request,
    limits: &Limits,
) -> Option<Vec<Thumbnail>> {
    let header = probe_allocates_nothing(bytes)?;
    let (plan, measured) = measure(|| Plan::new(&header, request, limits));
    assert_eq!(measured.allocations, 0, "Plan::new allocated");
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) => {
            refusal_is_explained(&error);
            return None;
        }
    };
    assert!(plan.memory_bytes() <= limits.max_memory_bytes, "a quote over the limit");
    let ((result, work), measured) =
        measure(|| measure_work(|| plan.run_all(bytes, &Interrupt::never())));
    assert!(
        measured.peak_bytes <= plan.memory_bytes(),
        "{} bytes used, {} quoted: {plan}",
        measured.peak_bytes,
        plan.memory_bytes(),
    );
    work_is_bounded(&work, &plan, limits);
    match result {
        Ok(thumbnails) => {
            assert_eq!(thumbnails.len(), plan.output_sizes().len());
            for (thumbnail, size) in thumbnails.iter().zip(plan.output_sizes()) {
                thumbnail_is_clean(thumbnail, size);
            }
            Some(thumbnails)
        }
        Err(error) => {
            refusal_is_explained(&error);
            let ours = matches!(
                error,
                Error::OverLimit { .. } | Error::BadRequest(_) | Error::NotCredible { .. }
            );
            assert!(!ours, "refused by {error} after the plan: {plan}");
            None
        }
    }
}

/// P6 on the way out: a thumbnail is an upright picture without profile, metadata or animation.
fn thumbnail_is_clean(thumbnail: &Thumbnail, size: Size) {
    assert_eq!(thumbnail.size(), size);
    assert!(!size.is_empty());
    if let Some(picture) = thumbnail.picture() {
        let bytes = size.pixels() * picture.layout().bytes_per_pixel() as u64;
        assert_eq!((picture.size(), picture.pixels().len() as u64), (size, bytes));
        return;
    }
    let header = bombproof::probe(thumbnail.bytes()).expect("what was written is a picture");
    assert_eq!(thumbnail.media_type(), format!("image/{}", header.format.name()));
    assert_eq!((header.size, header.orientation), (size, Orientation::Upright));
    assert_eq!((header.icc, header.animated), (None, false));
}

/// P2, P5 and P7 of `bombproof::decode`: inside the limit of memory it gives the upright picture in
/// its full size, and the same one as the walk step by step.
pub fn decode_keeps_the_promise(bytes: &[u8], limits: &Limits) -> Option<Picture> {
    let request = Request::full_size().pixels();
    let stepwise = job_keeps_the_promise(bytes, &request, limits);
    let (decoded, measured) = measure(|| bombproof::decode(bytes, limits));
    assert!(measured.peak_bytes <= limits.max_memory_bytes, "over the limit of memory");
    match (decoded, stepwise.as_deref()) {
        (Ok(picture), Some([thumbnail])) => {
            let header = bombproof::probe(bytes).expect("it was decoded");
            assert_eq!(picture.size(), header.upright_size());
            assert!(thumbnail.picture() == Some(&picture), "decoded twice, to two pictures");
            Some(picture)
        }
        (Err(error), None) => {
            refusal_is_explained(&error);
            None
        }
        (decoded, _) => panic!("decode says {decoded:?}, the walk does not"),
    }
}

/// P6: a file that is cut, at one of `cuts`, is refused, or it is whole in all that matters: what
/// comes out is the picture of the whole file. A file that is refused as a whole may be cut into one
/// that is not, when what was wrong is cut off. Who takes what is there gets a picture that says so.
pub fn no_prefix_is_another_picture(
    bytes: &[u8],
    request: &Request,
    limits: &Limits,
    cuts: &[usize],
) {
    let Ok(whole) = bombproof::thumbnails(bytes, request, limits) else { return };
    for &cut in cuts {
        let prefix = bytes.get(..cut).unwrap_or(bytes);
        let strict = bombproof::thumbnails(prefix, request, limits);
        match &strict {
            Ok(made) => assert!(*made == whole, "another picture when cut at {cut}"),
            Err(error) => refusal_is_explained(error),
        }
        let lenient = bombproof::thumbnails(prefix, &request.accept_truncated(1), limits);
        match (lenient, strict) {
            (Ok(made), Err(Error::Truncated(at))) => {
                assert!(made.iter().all(|thumbnail| thumbnail.truncated() == Some(at)));
            }
            (Ok(made), Ok(strict)) => assert!(made == strict, "two pictures when cut at {cut}"),
            (Err(lenient), Err(strict)) => assert_eq!(lenient.kind(), strict.kind()),
            (lenient, strict) => panic!("cut at {cut}: {lenient:?}, but {strict:?}"),
        }
    }
}
