//! The highest quality whose file is not too long.

use crate::error::Error;
use crate::limits::Limit;

/// The most calls of `file_bytes` in [`highest`].
pub(crate) const MAX_TRIES: u64 = 9;

/// Finds a quality from 1 to `quality` for a file of at most `max_bytes`, by bisection.
/// `file_bytes` returns the length of the file at a quality.
///
/// The result is `quality`, if that file fits. Otherwise the file of the result fits, and that of
/// the next higher quality does not. As long as a higher quality never makes a shorter file, that is
/// the highest quality that fits.
///
/// # Errors
/// [`Error::OverLimit`] when the file of quality 1 does not fit, with the length of that file.
pub(crate) fn highest(
    quality: u8,
    max_bytes: u64,
    mut file_bytes: impl FnMut(u8) -> Result<u64, Error>,
) -> Result<u8, Error> {
    if file_bytes(quality)? <= max_bytes {
        return Ok(quality);
    }
    Limit::OutputBytes.check(file_bytes(1)?, max_bytes)?;
    let (mut fits, mut too_long) = (1, quality);
    while too_long - fits > 1 {
        let middle = fits.midpoint(too_long);
        if file_bytes(middle)? <= max_bytes { fits = middle } else { too_long = middle }
    }
    Ok(fits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The result, and how many lengths were asked for.
    fn search(lengths: &[u64], max_bytes: u64) -> (Result<u8, Error>, u64) {
        let mut tries = 0;
        let quality = u8::try_from(lengths.len()).unwrap();
        let found = highest(quality, max_bytes, |quality| {
            tries += 1;
            Ok(lengths[usize::from(quality) - 1])
        });
        (found, tries)
    }

    proptest! {
        #[test]
        fn it_is_the_highest_where_lengths_grow(
            mut lengths in prop::collection::vec(0_u64..500, 1..=100),
            max_bytes in 0_u64..500,
        ) {
            lengths.sort_unstable();
            let (found, tries) = search(&lengths, max_bytes);
            prop_assert!(tries <= MAX_TRIES);
            match lengths.iter().rposition(|&len| len <= max_bytes) {
                Some(index) => prop_assert_eq!(usize::from(found.unwrap()), index + 1),
                None => {
                    let refused = matches!(
                        found,
                        Err(Error::OverLimit { limit: Limit::OutputBytes, found, allowed })
                            if found == lengths[0] && allowed == max_bytes
                    );
                    prop_assert!(refused);
                }
            }
        }

        #[test]
        fn its_file_fits_and_the_next_does_not(
            lengths in prop::collection::vec(0_u64..500, 1..=100),
            max_bytes in 0_u64..500,
        ) {
            let (found, _) = search(&lengths, max_bytes);
            match found {
                Ok(quality) => {
                    let quality = usize::from(quality);
                    prop_assert!(lengths[quality - 1] <= max_bytes);
                    prop_assert!(lengths.get(quality).is_none_or(|&len| len > max_bytes));
                }
                Err(_) => prop_assert!(lengths[0] > max_bytes),
            }
        }
    }

    #[test]
    fn the_longest_search_takes_all_tries() {
        let lengths: Vec<u64> = (1..=100).collect();
        let most = (1..100).map(|max_bytes| search(&lengths, max_bytes).1).max();
        assert_eq!(most, Some(MAX_TRIES));
    }
}
