//! Mutations of files as sequences of parts: of the sequence, and of the bytes of one part.

use bombproof::Request;

use crate::fuzzed_data_provider::FuzzedDataProvider;
use crate::generated_file::save_generated_file;
use crate::test_support::properties::{
    job_keeps_the_promise, no_prefix_is_another_picture, sanitised_view_is_self_contained,
};

/// A container format as a sequence of parts: the segments of a JPEG, the chunks of a PNG or WebP.
pub struct Container<P: 'static> {
    /// The parts of a file, or None if it has another format.
    pub parse: fn(&[u8]) -> Option<Vec<P>>,
    /// Files to start from where the input has another format.
    pub seeds: fn() -> &'static [Vec<P>],
    /// Applies one mutation.
    pub mutate: fn(&mut Vec<P>, &mut FuzzedDataProvider<'_>),
    /// Writes the parts with correct lengths and checksums, except for one in a few files.
    pub write: fn(&[P], &mut FuzzedDataProvider<'_>) -> Vec<u8>,
}

/// Checks the properties of a file with up to four mutations. An input of the format is mutated
/// itself, and its end decides how. Any other input decides about a seed.
pub fn mutated_file_keeps_the_promise<P: Clone>(input: &[u8], container: &Container<P>) {
    let mut provider = FuzzedDataProvider::from_end(input, 160);
    let parsed = (container.parse)(input);
    let mut parts = parsed.unwrap_or_else(|| provider.pick_ref((container.seeds)()).clone());
    for _ in 0..provider.below(5) {
        (container.mutate)(&mut parts, &mut provider);
    }
    let file = (container.write)(&parts, &mut provider);
    file_keeps_the_promise(&file, &mut provider);
}

/// Inserts a part of a seed at `index`, or at the end if there are fewer parts.
pub fn insert_from_seeds<P: Clone>(
    parts: &mut Vec<P>,
    index: usize,
    seeds: &[Vec<P>],
    provider: &mut FuzzedDataProvider<'_>,
) {
    let donor = provider.pick_ref(seeds);
    let part = provider.pick_ref(donor).clone();
    parts.insert(index.min(parts.len()), part);
}

/// Removes, duplicates, swaps or moves a part.
pub fn mutate_order<P: Clone>(parts: &mut Vec<P>, provider: &mut FuzzedDataProvider<'_>) {
    if parts.is_empty() {
        return;
    }
    let (at, other) = (provider.below(parts.len()), provider.below(parts.len()));
    match provider.below(4) {
        0 => {
            parts.remove(at);
        }
        1 => parts.insert(other, parts[at].clone()),
        2 => parts.swap(at, other),
        _ => {
            let part = parts.remove(at);
            parts.insert(other.min(parts.len()), part);
        }
    }
}

/// Changes a few bytes: flips a bit, writes a boundary value, truncates, inserts or copies.
pub fn mutate_bytes(bytes: &mut Vec<u8>, provider: &mut FuzzedDataProvider<'_>) {
    for _ in 0..=provider.below(4) {
        if bytes.is_empty() {
            bytes.push(provider.byte());
            continue;
        }
        // The fields that matter are mostly at the start of a part.
        let reach = if provider.one_in(2) { bytes.len().min(24) } else { bytes.len() };
        let at = provider.below(reach);
        match provider.below(6) {
            0 => bytes[at] ^= 1 << (provider.byte() % 8),
            1 => bytes[at] = provider.byte(),
            2 => bytes[at] = provider.pick(&[0, 1, 0x7F, 0x80, 0xFE, 0xFF]),
            3 => bytes.truncate(at),
            4 => bytes.insert(at, provider.byte()),
            _ => {
                let from = provider.below(bytes.len());
                let length = provider.below(16).min(bytes.len() - from.max(at));
                bytes.copy_within(from..from + length, at);
            }
        }
    }
}

fn file_keeps_the_promise(file: &[u8], provider: &mut FuzzedDataProvider<'_>) {
    save_generated_file(file);
    let limits = provider.limits();
    let request = provider.request_parts(300).request();
    let thumbnail = job_keeps_the_promise(file, &request, &limits);
    if thumbnail.is_some() && provider.one_in(4) {
        let lengths =
            [provider.below(file.len()), file.len() - 1 - provider.below(16.min(file.len()))];
        no_prefix_is_another_picture(file, &Request::cover(16, 16).pixels(), &limits, &lengths);
    }
    if provider.one_in(4) {
        sanitised_view_is_self_contained(file, &limits);
    }
}
