//! Why a file is judged differently, by the words of both decoders.

use super::compare::{REFUSED_HERE, REFUSED_THERE, WARNED_THERE};

/// `None` if nothing explains the difference.
pub(crate) fn reason(kind: &str, details: &str) -> Option<&'static str> {
    let known = REASONS.iter().find(|(kinds, words, _)| {
        kinds.contains(&kind) && words.iter().any(|words| details.contains(words))
    });
    known.map(|(.., why)| *why)
}

/// The kinds of the difference, any of these words of one of the decoders, and why.
type Reason = (&'static [&'static str], &'static [&'static str], &'static str);

const REASONS: &[Reason] = &[
    (
        &[REFUSED_HERE, WARNED_THERE],
        &["JPEG with arithmetic coding", "PNG with PQ or HLG"],
        "deliberate: not decoded",
    ),
    (&[REFUSED_HERE], &["over_limit:"], "deliberate: a limit of the caller"),
    (
        &[WARNED_THERE],
        &["truncated:", "not_credible:"],
        "the data ends early, and the rest is a guess",
    ),
    (
        &[WARNED_THERE],
        &[
            "a Huffman code that is not in its table",
            "a Huffman symbol that is invalid in this scan",
            "a run of coefficients past the end of its band",
            "data after the last block of a scan",
        ],
        "damaged data, and what follows it is a guess",
    ),
    (
        &[WARNED_THERE],
        &["a refinement of coefficients that were not sent", "before the first of DC"],
        "a scan is missing or damaged (T.81, G.1.1.1)",
    ),
    (
        &[WARNED_THERE],
        &["a second sequential scan of a component"],
        "damaged: a sequential frame has one scan of each component",
    ),
    (
        &[REFUSED_THERE],
        &["Premature end of JPEG file; "],
        "every block of the only scan is decoded; nothing after it is read",
    ),
    (
        &[REFUSED_THERE],
        &["IDAT: CRC error"],
        "all rows are there, and the Adler-32 of the same data is right",
    ),
    (
        &[REFUSED_THERE],
        &["Read Error"],
        "all rows are there, and their Adler-32 is right; the end of the file is not needed",
    ),
];
