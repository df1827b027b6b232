//! bombproof for a host that has JavaScript, as exported functions of plain numbers. `bombproof.js` calls them;
//! nothing else should.
//!
//! An instance of the module makes one call and is thrown away: the host writes the arguments as JSON, then the
//! upload, calls one of [`probe`], [`plan`] and [`thumbnails`], and reads the answer, which is JSON too. So no memory
//! outlives a call, and a trap, which would be a bug, leaves nothing behind.
#![allow(
    unsafe_code,
    reason = "exporting and importing by name is unsafe by its attribute; no block here is"
)]

mod answer;
mod arguments;
mod call;

use call::Call;

/// The place of `len` bytes for the arguments: see `arguments.rs`. 0 when there is no memory for them.
#[unsafe(no_mangle)]
pub extern "C" fn write_arguments(len: usize) -> *mut u8 {
    call::with(|call| call.write_arguments(len))
}

/// The place of `len` bytes for the upload. 0 when the arguments are wrong, or do not allow it, or there is no memory
/// for it: then there is an answer.
#[unsafe(no_mangle)]
pub extern "C" fn write_upload(len: usize) -> *mut u8 {
    call::with(|call| call.write_upload(len))
}

/// Answers with the header.
#[unsafe(no_mangle)]
pub extern "C" fn probe() {
    call::with(Call::probe);
}

/// Answers with the plan.
#[unsafe(no_mangle)]
pub extern "C" fn plan() {
    call::with(Call::plan);
}

/// Runs the plan, and answers with the outputs without their bytes.
#[unsafe(no_mangle)]
pub extern "C" fn thumbnails() {
    call::with(Call::thumbnails);
}

/// The address of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> *const u8 {
    call::with(|call| call.answer().as_ptr())
}

/// The length of the answer in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn answer_len() -> usize {
    call::with(|call| call.answer().len())
}

/// The address of the bytes of an output, whose length is in the answer. 0 when there is none.
#[unsafe(no_mangle)]
pub extern "C" fn output(index: usize) -> *const u8 {
    call::with(|call| call.output(index).map_or(std::ptr::null(), <[u8]>::as_ptr))
}
