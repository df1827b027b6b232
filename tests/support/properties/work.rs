//! P4: the work of a job is linear in the bytes and pixels of its input. It is counted, not timed.

use bombproof::instrument::Work;
use bombproof::{Format, Limits, Plan};

/// The work of `plan.run_all` is bounded by its header and the limits.
pub fn work_is_bounded(work: &Work, plan: &Plan, limits: &Limits) {
    let header = plan.header();
    let outputs = plan.output_sizes().len() as u64;

    let reads = READS_OF_A_JOB + READS_OF_AN_OUTPUT * outputs;
    let profile = READ_IN_A_PROFILE + limits.max_icc_bytes.max(limits.max_icc_bytes_cmyk);
    let parsed = reads * header.input_bytes() + profile * (1 + outputs);
    assert!(
        work.parsed_bytes <= parsed,
        "{} bytes parsed, not {parsed}: {plan}",
        work.parsed_bytes
    );

    // The scans may visit each sample `max_scan_work` times, in blocks of 64. Each scan also visits
    // the padding of a row and a column of MCUs, which are at most 4 blocks wide and high.
    let (width, height) = (u64::from(header.size().width), u64::from(header.size().height));
    let samples = COMPONENTS * u64::from(limits.max_scan_work) * width * height;
    let padding = COMPONENTS * u64::from(limits.max_scans) * (width / 2 + height / 2 + 16);
    let blocks = samples / 64 + padding;
    assert!(work.blocks <= blocks, "{} blocks visited, not {blocks}: {plan}", work.blocks);
    assert!(work.blocks == 0 || header.format() == Format::Jpeg);

    // A frame, and its alpha, which a lossy WebP stores as a separate picture.
    let pixels = 2 * header.size().pixels();
    assert!(work.pixels <= pixels, "{} pixels decoded, not {pixels}: {plan}", work.pixels);

    let inflated = outputs * limits.max_icc_bytes.max(limits.max_icc_bytes_cmyk)
        + (1 + outputs) * HEAD_OF_A_PROFILE;
    assert!(work.inflated_bytes <= inflated, "{} bytes inflated: {plan}", work.inflated_bytes);
}

/// `run_all` reads the header and looks for the profile, as `probe` did. The decoder then reads
/// the file once more, some decoders twice: for a palette before the rows, for the codec after
/// the header.
const READS_OF_A_JOB: u64 = 5;
/// Each output looks for the profile and copies its tables.
const READS_OF_AN_OUTPUT: u64 = 2;
/// A check reads 256 tags and single points of their curves. A copy reads three curves of 65,536
/// points, which may overlap, or a table, which is not longer than the profile. In a PNG they are in
/// the inflated profile and not in the file.
const READ_IN_A_PROFILE: u64 = 1 << 19;
/// `probe`, and the conversion of each output, inflate the head of a profile to price it.
const HEAD_OF_A_PROFILE: u64 = 1 << 14;
const COMPONENTS: u64 = 4;
