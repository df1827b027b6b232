//! Complete jobs: P2, P4, P5, P6 and P7.

use bombproof::instrument::measure_work;
use bombproof::{
    Error, Format, Gamut, Interrupt, Limit, Limits, Orientation, Picture, Plan, Request, Size,
    Thumbnail, probe,
};

use super::plan::{probe_allocates_nothing, refusal_is_explained};
use super::work::work_is_bounded;
use crate::counting_allocator::measure;

/// P1, P2, P4 and P5: planning allocates nothing. The job stays within its quote, and the quote
/// within the limit. The work is bounded by bytes and pixels, and the job ends in no error that
/// planning excludes. The output is an upright picture of the planned size and nothing else.
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
                placeholder_is_of_the_shape(thumbnail);
            }
            Some(thumbnails)
        }
        Err(error) => {
            refusal_is_explained(&error);
            // Only the encoder knows how long a file is.
            let decided_by_the_plan = match error {
                Error::OverLimit { limit, .. } => limit != Limit::OutputBytes,
                Error::BadRequest(_) | Error::NotCredible { .. } => true,
                _ => false,
            };
            assert!(!decided_by_the_plan, "refused by {error} after the plan: {plan}");
            None
        }
    }
}

/// P6 of the output: a thumbnail is an upright picture without metadata or animation, and with a
/// profile only if it is not in sRGB.
fn thumbnail_is_clean(thumbnail: &Thumbnail, size: Size) {
    assert_eq!(thumbnail.size(), size);
    assert!(!size.is_empty());
    if let Some(picture) = thumbnail.picture() {
        let bytes = size.pixels() * picture.layout().bytes_per_pixel() as u64;
        assert_eq!((picture.size(), picture.pixels().len() as u64), (size, bytes));
        assert_eq!(picture.gamut(), thumbnail.gamut());
        return;
    }
    let header = bombproof::probe(thumbnail.bytes()).expect("the output is a picture");
    assert_eq!(thumbnail.media_type(), format!("image/{}", header.format().name()));
    assert_eq!((header.size(), header.orientation()), (size, Orientation::Upright));
    let is_wide = thumbnail.gamut() != Gamut::Srgb;
    assert_eq!((header.icc().is_some(), header.animated()), (is_wide, false));
}

/// A placeholder, if any, has the orientation and the length that the shape and alpha give it.
fn placeholder_is_of_the_shape(thumbnail: &Thumbnail) {
    let Some(placeholder) = thumbnail.placeholder() else { return };
    let hash = placeholder.thumb_hash();
    let bytes = hash.as_bytes();
    let Size { width, height } = thumbnail.size();
    assert_eq!(bytes[4] & 0x80 != 0, width > height, "{hash}");
    let has_alpha = bytes[2] & 0x80 != 0;
    assert!((if has_alpha { 18..=25 } else { 15..=24 }).contains(&bytes.len()), "{hash}");
    assert_eq!(hash.to_string().len(), bytes.len().div_ceil(3) * 4);
}

/// P2, P5 and P7 of `bombproof::decode`: within the memory limit it gives the upright picture in
/// full size, and the same one as probing, planning and running step by step.
pub fn decode_keeps_the_promise(bytes: &[u8], limits: &Limits) -> Option<Picture> {
    let request = Request::full_size().pixels();
    let stepwise = job_keeps_the_promise(bytes, &request, limits);
    let (decoded, measured) = measure(|| bombproof::decode(bytes, limits));
    assert!(measured.peak_bytes <= limits.max_memory_bytes, "over the memory limit");
    match (decoded, stepwise.as_deref()) {
        (Ok(picture), Some([thumbnail])) => {
            let header = bombproof::probe(bytes).expect("a file that was decoded");
            assert_eq!(picture.size(), header.upright_size());
            assert!(
                thumbnail.picture() == Some(&picture),
                "decode and the plan give different pictures"
            );
            Some(picture)
        }
        (Err(error), None) => {
            refusal_is_explained(&error);
            None
        }
        (decoded, _) => panic!("decode gives {decoded:?}, the plan does not"),
    }
}

/// P6: a file truncated to one of `lengths` is refused, unless it still has everything the picture
/// needs: then the result is the picture of the complete file. When the complete file is refused, a
/// prefix may not be, since it can lack the faulty part. A caller that accepts truncated data gets
/// a picture that says so.
pub fn no_prefix_is_another_picture(
    bytes: &[u8],
    request: &Request,
    limits: &Limits,
    lengths: &[usize],
) {
    let Ok(complete) = bombproof::thumbnails(bytes, request, limits) else { return };
    for &length in lengths {
        let prefix = bytes.get(..length).unwrap_or(bytes);
        let strict = bombproof::thumbnails(prefix, request, limits);
        match &strict {
            Ok(_) if lacks_late_orientation(prefix, bytes) => {}
            Ok(made) => assert!(*made == complete, "another picture from {length} bytes"),
            Err(error) => refusal_is_explained(error),
        }
        let lenient = bombproof::thumbnails(prefix, &request.accept_truncated(1), limits);
        match (lenient, strict) {
            (Ok(made), Err(Error::Truncated(at))) => {
                assert!(made.iter().all(|thumbnail| thumbnail.truncated() == Some(at)));
            }
            (Ok(made), Ok(strict)) => assert!(made == strict, "two pictures from {length} bytes"),
            (Err(lenient), Err(strict)) => assert_eq!(lenient.kind(), strict.kind()),
            (lenient, strict) => panic!("{length} bytes: {lenient:?}, but {strict:?}"),
        }
    }
}

/// The eXIf chunk of a PNG may come after the image data. The pixels of a file that ends before it
/// are complete, so such a file is shown as it is stored.
fn lacks_late_orientation(prefix: &[u8], bytes: &[u8]) -> bool {
    match (probe(prefix), probe(bytes)) {
        (Ok(before), Ok(after)) => {
            after.format() == Format::Png && before.orientation() != after.orientation()
        }
        _ => false,
    }
}
