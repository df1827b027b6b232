//! P6 on lossy WebPs of which one partition ends early, while all sizes fit: an error, or the samples
//! of the complete file. `scripts/check-references` compares the same files with libwebp.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use bombproof::Error;
use bombproof::instrument::planes;
use bombproof_testkit::pictures::{landscape, noise};
use bombproof_testkit::vp8::{Options, cuts, encode};
use bombproof_testkit::webp::{chunk, file};

#[test]
fn a_partition_that_is_cut_at_any_byte_is_refused_or_loses_no_sample() {
    for log2_partitions in 0..4 {
        for (picture, subblocks) in [(landscape(70, 150), true), (noise(33, 140, 7), false)] {
            let options = Options { log2_partitions, subblocks, ..Options::default() };
            let payload = encode(&picture, &options);
            let complete = planes(&file(&[chunk(b"VP8 ", &payload)])).unwrap();
            let mut refused = 0;
            for cut in cuts(&payload, log2_partitions, 11) {
                let name = format!(
                    "{} partitions, number {} without {} bytes",
                    1 << log2_partitions,
                    cut.partition,
                    cut.missing_bytes
                );
                match planes(&file(&[chunk(b"VP8 ", &cut.payload)])) {
                    Ok(planes) => assert!(planes == complete, "{name}: other samples"),
                    Err(Error::Truncated(_) | Error::Malformed(_)) => refused += 1,
                    Err(error) => panic!("{name}: {error}"),
                }
            }
            assert!(refused > 100, "{refused} refused");
        }
    }
}
