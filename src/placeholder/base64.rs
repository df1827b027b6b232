//! Base64 (RFC 4648, 4).

use core::fmt;

/// Writes `bytes` in Base64 with padding.
pub(super) fn write(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    for group in bytes.chunks(3) {
        let mut bits = [0; 4];
        for (byte, from) in bits.iter_mut().skip(1).zip(group) {
            *byte = *from;
        }
        let bits = u32::from_be_bytes(bits);
        for index in 0..4 {
            let sextet = (bits >> (18 - 6 * index)) & 63;
            let letter = ALPHABET.as_bytes().get(sextet as usize).copied().map_or('=', char::from);
            fmt::Write::write_char(f, if index > group.len() { '=' } else { letter })?;
        }
    }
    Ok(())
}

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[cfg(test)]
mod tests {
    use super::*;

    struct Base64(&'static [u8]);

    impl fmt::Display for Base64 {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write(f, self.0)
        }
    }

    /// RFC 4648, 10.
    #[test]
    fn the_test_vectors_are_written() {
        for (bytes, expected) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg=="),
            (b"fooba", "Zm9vYmE="),
            (b"foobar", "Zm9vYmFy"),
            (b"\xFB\xEF\xFF", "++//"),
        ] {
            assert_eq!(Base64(bytes).to_string(), expected);
        }
    }
}
