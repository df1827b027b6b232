//! Files of the test kit: every kind of PNG against libpng, and lossy WebPs with a partition that is
//! cut against libwebp.

use bombproof::Error;
use bombproof::instrument::planes;
use bombproof_testkit::pictures::{landscape, noise};
use bombproof_testkit::webp::{chunk, file};
use bombproof_testkit::{png_matrix, vp8};

use crate::decoders::{self, libwebp};

pub(crate) fn check() -> Result<(), String> {
    let pngs = pngs()?;
    println!("{pngs} PNGs of every colour type, depth, tRNS and interlacing: the pixels of libpng");
    let (shown, refused) = cut_partitions()?;
    println!(
        "{refused} lossy WebPs with a cut partition are refused; {shown} have the samples of libwebp"
    );
    Ok(())
}

fn pngs() -> Result<usize, String> {
    let cases = png_matrix::cases();
    for case in &cases {
        let name = &case.name;
        let theirs =
            decoders::decode("png", &case.bytes).map_err(|error| format!("{name}: {error}"))?;
        let ours = planes(&case.bytes).map_err(|error| format!("{name}: {error}"))?;
        let plane = theirs.planes().next();
        let Some((_, _, samples)) = plane
            .filter(|plane| (plane.0, plane.1) == (4 * case.width as usize, case.height as usize))
        else {
            return Err(format!("{name}: another size"));
        };
        let (pixels, _) = samples.as_chunks::<4>();
        if let Some(at) = (0..pixels.len()).find(|&at| super::suites::rgba(&ours, at) != pixels[at])
        {
            let ours = super::suites::rgba(&ours, at);
            let (expected, theirs) = (case.rgba[at], pixels[at]);
            return Err(format!(
                "{name}, pixel {at}: libpng has {theirs:?}, we have {ours:?}, defined is {expected:?}"
            ));
        }
    }
    if cases.len() < 1_000 { Err(format!("only {} PNGs", cases.len())) } else { Ok(cases.len()) }
}

/// The number of files that both decode, and of those that we refuse.
fn cut_partitions() -> Result<(usize, usize), String> {
    let (mut shown, mut refused) = (0, 0);
    for log2_partitions in 0..4 {
        for (picture, subblocks) in [(landscape(70, 150), true), (noise(33, 140, 7), false)] {
            let options = vp8::Options { log2_partitions, subblocks, ..vp8::Options::default() };
            let mut payload = vp8::encode(&picture, &options);
            // Something that no decoder needs, so that some cuts lose nothing.
            payload.extend([0; 8]);
            for cut in vp8::cuts(&payload, log2_partitions, 7) {
                let name = format!(
                    "{} partitions, number {} without {} bytes",
                    1 << log2_partitions,
                    cut.partition,
                    cut.missing_bytes
                );
                let webp = file(&[chunk(b"VP8 ", &cut.payload)]);
                match (planes(&webp), libwebp::planes(&webp)) {
                    (Ok(ours), Ok(theirs)) => {
                        if let Some(difference) = libwebp::difference(&ours, &theirs) {
                            return Err(format!("{name}: {difference}"));
                        }
                        shown += 1;
                    }
                    (Ok(_), Err(status)) => {
                        return Err(format!("{name}: we decode it, libwebp says {status:?}"));
                    }
                    // libwebp may decode it: it reads on in the padding of the chunk.
                    (Err(Error::Truncated(_) | Error::Malformed(_)), _) => refused += 1,
                    (Err(error), _) => return Err(format!("{name}: {error}")),
                }
            }
        }
    }
    if shown < 8 || refused < 1_000 {
        return Err(format!("only {shown} cut files shown and {refused} refused"));
    }
    Ok((shown, refused))
}
