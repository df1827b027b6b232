//! The interface for a host that reads the files: it writes text and bytes into this memory, calls
//! `describe_file`, and reads the answer.
#![allow(unsafe_code, reason = "exported functions take addresses in the memory of the module")]

use std::slice;

/// A block of `len` bytes for the host to write to. It is never freed.
#[unsafe(no_mangle)]
extern "C" fn block(len: usize) -> *mut u8 {
    Box::leak(vec![0; len].into_boxed_slice()).as_mut_ptr()
}

/// Describes a file: the head of the record, the path, and the bytes, each as an address and a
/// length. Returns the address of the length and the text of the answer.
///
/// # Safety
/// Each address is that of a [`block`] of that length.
#[unsafe(no_mangle)]
unsafe extern "C" fn describe_file(
    head: *const u8,
    head_len: usize,
    path: *const u8,
    path_len: usize,
    bytes: *const u8,
    bytes_len: usize,
) -> *const u8 {
    // SAFETY: the caller promises it.
    let [head, path, bytes] = unsafe {
        [
            slice::from_raw_parts(head, head_len),
            slice::from_raw_parts(path, path_len),
            slice::from_raw_parts(bytes, bytes_len),
        ]
    };
    let [head, path] = [head, path].map(|text| str::from_utf8(text).expect("text"));
    let answer = crate::describe(head, path, bytes);
    let length = u32::try_from(answer.len()).expect("a short answer").to_le_bytes();
    Box::leak([&length, answer.as_bytes()].concat().into_boxed_slice()).as_ptr()
}
