//! The words of `png`, put in ours.

use core::fmt::{self, Write};
use std::io;

use crate::error::{Error, Interrupted};
use crate::interrupt::Interrupt;
use crate::probe::Format;
use crate::probe::png::Image;

/// What `error` means for the picture, after `rows_done` rows.
pub(super) fn explain(
    error: ::png::DecodingError,
    image: &Image,
    rows_done: u32,
    interrupt: &Interrupt,
) -> Error {
    if let Err(interrupted) = interrupt.check() {
        return interrupted;
    }
    let truncated = || Error::truncated_at(Format::Png, rows_done, image.size.height);
    match error {
        ::png::DecodingError::IoError(error) => match error.kind() {
            io::ErrorKind::UnexpectedEof => truncated(),
            // The view says so when it is interrupted. A deadline would still have passed; this was
            // a flag that is set no more.
            io::ErrorKind::TimedOut => Error::Interrupted(Interrupted::Cancelled),
            _ => Error::Io(error),
        },
        ::png::DecodingError::LimitsExceeded => Error::Bug("png wants more than it was given"),
        ::png::DecodingError::Parameter(_) => Error::Bug("png was called in the wrong order"),
        ::png::DecodingError::Format(ref what) => {
            // The two ways in which `png` says that the image data ends before the rows do.
            let words = Words::of(what);
            if words.contain(b"InsufficientInput") || words.contain(b"enough data") {
                truncated()
            } else {
                Error::malformed_by(Format::Png, "the image data is damaged", error)
            }
        }
    }
}

/// The first words of a message, on the stack: a `String` would be an allocation that cannot fail.
struct Words {
    text: [u8; LONGEST],
    length: usize,
}

impl Words {
    fn of(message: &impl fmt::Display) -> Self {
        let mut words = Self { text: [0; LONGEST], length: 0 };
        // Words that do not fit are left out, so this cannot fail; a message may.
        let _ = write!(words, "{message}");
        words
    }

    fn contain(&self, word: &[u8]) -> bool {
        let text = self.text.get(..self.length).unwrap_or(&self.text);
        text.windows(word.len()).any(|window| window == word)
    }
}

impl Write for Words {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let room = self.text.get_mut(self.length..).unwrap_or_default();
        for (to, &from) in room.iter_mut().zip(more.as_bytes()) {
            *to = from;
            self.length += 1;
        }
        Ok(())
    }
}

/// The two that are looked for have at most 55 characters.
const LONGEST: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_up_to_the_longest_message() {
        let long = format!("{}enough data", ".".repeat(LONGEST - 11));
        assert!(Words::of(&long).contain(b"enough data"));
        let longer = format!(".{long}");
        let words = Words::of(&longer);
        assert!(words.contain(b"enough dat") && !words.contain(b"enough data"));
        assert!(!Words::of(&"").contain(b"enough data"));
    }

    /// A flag may be set and taken back while `png` gives up: the job was cancelled, and no reader
    /// has failed.
    #[test]
    fn a_flag_that_is_taken_back_has_still_cancelled_the_job() {
        let file = crate::Picture::new(crate::Size::new(2, 2), crate::Layout::Gray, vec![7; 4])
            .and_then(|picture| picture.to_png())
            .unwrap();
        let header = crate::probe(&file).unwrap();
        let crate::probe::Detail::Png(image) = header.detail else { panic!("not a PNG") };
        let gave_up = ::png::DecodingError::IoError(io::ErrorKind::TimedOut.into());
        let error = explain(gave_up, &image, 0, &Interrupt::never());
        assert!(matches!(error, Error::Interrupted(Interrupted::Cancelled)), "{error:?}");
    }
}
