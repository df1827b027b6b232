//! Mutations that every container knows: of its parts as a whole, and of the bytes in one of them.

use bombproof::Request;

use crate::choices::Choices;
use crate::properties::{
    job_keeps_the_promise, no_prefix_is_another_picture, sanitised_view_is_self_contained,
};

/// Drops, doubles, swaps or moves a part.
pub fn change_order<P: Clone>(parts: &mut Vec<P>, choices: &mut Choices<'_>) {
    if parts.is_empty() {
        return;
    }
    let (at, other) = (choices.below(parts.len()), choices.below(parts.len()));
    match choices.below(4) {
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

/// Changes a few bytes: flips a bit, writes a number that is often wrong, moves, cuts or adds some.
pub fn change_bytes(bytes: &mut Vec<u8>, choices: &mut Choices<'_>) {
    for _ in 0..=choices.below(4) {
        if bytes.is_empty() {
            bytes.push(choices.byte());
            continue;
        }
        // Numbers that matter stand at the start of a part more often than anywhere.
        let reach = if choices.once_in(2) { bytes.len().min(24) } else { bytes.len() };
        let at = choices.below(reach);
        match choices.below(6) {
            0 => bytes[at] ^= 1 << (choices.byte() % 8),
            1 => bytes[at] = choices.byte(),
            2 => bytes[at] = choices.one_of(&[0, 1, 0x7F, 0x80, 0xFE, 0xFF]),
            3 => bytes.truncate(at),
            4 => bytes.insert(at, choices.byte()),
            _ => {
                let from = choices.below(bytes.len());
                let length = choices.below(16).min(bytes.len() - from.max(at));
                bytes.copy_within(from..from + length, at);
            }
        }
    }
}

/// The properties of a whole file, on one that was made.
pub fn made_file_keeps_the_promise(file: &[u8], choices: &mut Choices<'_>) {
    crate::keep_what_was_made(file);
    let limits = choices.limits();
    let wish = choices.wish(300);
    let made = job_keeps_the_promise(file, &wish.request(), &limits);
    if made.is_some() && choices.once_in(4) {
        let cuts = [choices.below(file.len()), file.len() - 1 - choices.below(16.min(file.len()))];
        no_prefix_is_another_picture(file, &Request::cover(16, 16).pixels(), &limits, &cuts);
    }
    if choices.once_in(4) {
        sanitised_view_is_self_contained(file, &limits);
    }
}
