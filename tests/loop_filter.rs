//! Without its loop filter, a lossy WebP has the samples that its blocks are predicted from.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use bombproof::instrument::{planes, webp_planes_before_loop_filter};
use bombproof_testkit::pictures::landscape;
use bombproof_testkit::vp8::{Options, encode_with_planes};
use bombproof_testkit::webp::{chunk, file};

/// The encoder of the test kit returns the planes from which it predicts, which are those before
/// the loop filter.
#[test]
fn skipping_the_loop_filter_delivers_the_planes_that_prediction_uses() {
    let picture = landscape(77, 53);
    for subblocks in [false, true] {
        let (quantizer, filter_level) = (60, 40);
        let options = Options { quantizer, filter_level, subblocks, ..Options::default() };
        let (payload, expected) = encode_with_planes(&picture, &options);
        let webp = file(&[chunk(b"VP8 ", &payload)]);
        let decoded = webp_planes_before_loop_filter(&webp).unwrap();
        assert!(decoded != planes(&webp).unwrap());
        let widths = [77, 39, 39];
        for ((plane, expected), width) in decoded.iter().zip(expected).zip(widths) {
            assert_eq!(plane.width, width);
            for (y, row) in plane.samples.chunks_exact(width).enumerate() {
                let start = expected.index(0, y);
                assert_eq!(row, &expected.samples[start..start + width], "row {y}");
            }
        }
    }
}
