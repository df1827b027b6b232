//! Steps over AC coefficients that the scale does not need: several codes with their extra bits in
//! one look-up.

use super::bit_reader::{BitReader, Fault};
use super::huffman::{Coded, END_OF_BLOCK, HuffmanLookup, ZERO_RUN, extend};
use crate::probe::jpeg::HuffmanTable;

/// What a look-up passes: bits 0–5 the bits to take, bits 6–12 the coefficients that they code,
/// bit 13 whether the block ends with them; or [`NO_STEP`].
type Step = u16;

const STEP_ENDS: Step = 0x2000;
/// No code is whole.
const NO_STEP: Step = 0x4000;

/// Steps inside a block, by the next [`SKIP_BITS`] bits.
#[derive(Clone, Debug)]
pub(super) struct SkipTable {
    steps: [Step; 1 << SKIP_BITS],
}

impl SkipTable {
    pub(super) const EMPTY: Self = Self { steps: [NO_STEP; 1 << SKIP_BITS] };

    pub(super) fn set(&mut self, ac: &HuffmanTable<'_>) {
        fill(ac, &mut self.steps, 0);
    }

    /// Takes the AC coefficients from `k` to the end of the block. Of the bits that a refill leaves,
    /// there are enough for `steps` more look-ups.
    #[inline(always)]
    pub(super) fn skip(
        &self,
        mut k: u32,
        mut steps: u32,
        codes: &HuffmanLookup,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        'refill: while k < 64 {
            for _ in 0..core::mem::replace(&mut steps, STEPS_PER_REFILL) {
                let step =
                    u32::from(self.steps.get(bits.peek(SKIP_BITS)).copied().unwrap_or(NO_STEP));
                // With either flag this is past the block, so that one comparison tells all.
                let next = k + (step >> 6);
                if next < 64 {
                    bits.take(step & 63);
                    k = next;
                    continue;
                }
                if step & u32::from(STEP_ENDS) != 0 && k + ((step >> 6) & 0x7F) < 64 {
                    bits.take(step & 63);
                    return Ok(());
                }
                // Past the last coefficient the bits are those of the next block: one code at a time.
                (k, *bits) = skip_one(k, codes, *bits)?;
                bits.refill();
                continue 'refill;
            }
            bits.refill();
        }
        Ok(())
    }
}

/// First steps into a block, by the next [`START_BITS`] bits: the DC code, and the AC codes that follow
/// it. BitReader 16–31 of an entry are the value of the DC code.
#[derive(Clone, Debug)]
pub(super) struct StartTable {
    steps: [u32; 1 << START_BITS],
}

impl StartTable {
    pub(super) const EMPTY: Self = Self { steps: [NO_STEP as u32; 1 << START_BITS] };

    pub(super) fn set(&mut self, dc: &HuffmanTable<'_>, ac: &HuffmanTable<'_>) {
        self.steps.fill(u32::from(NO_STEP));
        for (symbol, code, length) in dc.codes() {
            let size = u32::from(symbol & 15);
            let Some(left) = START_BITS.checked_sub(length + size) else { continue };
            let first = (code << (START_BITS - length)) as usize;
            let steps = self.steps.get_mut(first..first + (1 << (left + size)));
            let steps = steps.unwrap_or_default();
            let Some((first, _)) = steps.split_at_mut_checked(1 << left) else { continue };
            fill(ac, first, step(length + size, 1));
            // What follows is the same for all values; the first is done last, since the others are
            // made of it.
            for extra in (0..1 << size).rev() {
                let value = extend(extra, size).cast_unsigned() << 16;
                for next in 0..1 << left {
                    let step = steps.get(next).copied().unwrap_or_default() | value;
                    if let Some(place) = steps.get_mut(((extra as usize) << left) + next) {
                        *place = step;
                    }
                }
            }
        }
    }

    /// Takes the DC code of a block with its extra bits, and whole AC codes behind it, from bits that
    /// were refilled: the value of the first, and the next coefficient, over 63 when there is none.
    /// Nothing when the DC code alone takes more than [`START_BITS`].
    #[inline(always)]
    pub(super) fn take(&self, bits: &mut BitReader<'_>) -> Option<(i32, u32)> {
        let step = self.steps.get(bits.peek(START_BITS)).copied().unwrap_or_default();
        if step & u32::from(NO_STEP) != 0 {
            return None;
        }
        bits.take(step & 63);
        Some((step.cast_signed() >> 16, (step >> 6) & 0xFF))
    }
}

/// Takes one AC code and returns the next coefficient, 64 for none.
#[inline(never)]
fn skip_one<'w>(
    k: u32,
    codes: &HuffmanLookup,
    mut bits: BitReader<'w>,
) -> Result<(u32, BitReader<'w>), Fault> {
    let Coded { symbol, value: _ } = codes.value(&mut bits)?;
    match symbol {
        END_OF_BLOCK => return Ok((64, bits)),
        ZERO_RUN => {}
        _ if symbol & 15 == 0 => return Err(Fault::Symbol),
        _ => {}
    }
    let next = k + u32::from(symbol >> 4) + 1;
    if next > 64 { Err(Fault::Run) } else { Ok((next, bits)) }
}

/// Fills `steps`, one for each value of the bits in sight behind those of `passed`: with `passed`, and
/// the codes in these bits. Of the last code the extra bits need not be in sight, since nobody looks at
/// them.
fn fill<T: Copy + From<Step>>(ac: &HuffmanTable<'_>, steps: &mut [T], passed: Step) {
    steps.fill(T::from(if passed == 0 { NO_STEP } else { passed }));
    let left = steps.len().ilog2();
    for (symbol, code, length) in ac.codes() {
        let Some(behind) = left.checked_sub(length) else { return };
        let size = u32::from(symbol & 15);
        let coefficients = match symbol {
            END_OF_BLOCK => 0,
            _ if size == 0 && symbol != ZERO_RUN => continue,
            _ => Step::from(symbol >> 4) + 1,
        };
        let passed = passed + step(length + size, coefficients);
        // No block has more coefficients, and there are no more bits for them.
        if passed >> 6 > 63 || passed & 63 > MOST_BITS {
            continue;
        }
        let first = (code << behind) as usize;
        let steps = steps.get_mut(first..first + (1 << behind)).unwrap_or_default();
        if symbol == END_OF_BLOCK {
            steps.fill(T::from(passed | STEP_ENDS));
        } else if let Some(behind) = behind.checked_sub(size)
            && let Some((first, others)) = steps.split_at_mut_checked(1 << behind)
        {
            fill(ac, first, passed);
            others.chunks_exact_mut(1 << behind).for_each(|other| other.copy_from_slice(first));
        } else {
            steps.fill(T::from(passed));
        }
    }
}

/// A step over `taken` bits that code `coefficients`.
#[allow(clippy::cast_possible_truncation, reason = "under 64")]
const fn step(taken: u32, coefficients: Step) -> Step {
    coefficients << 6 | taken as Step
}

const SKIP_BITS: u32 = 13;
/// A table of 16 KiB as well: more would push the others out of the first cache.
const START_BITS: u32 = 12;
/// What a look-up takes at the most: a refill leaves 56 bits at the least, enough for three.
const MOST_BITS: Step = 18;
const STEPS_PER_REFILL: u32 = 56 / MOST_BITS as u32;
/// How often [`SkipTable`] can be looked up after [`StartTable`] before a refill.
pub(super) const STEPS_AFTER_START: u32 = STEPS_PER_REFILL - 1;
/// The same after a code with its extra bits, which takes 31 at the most.
pub(super) const STEPS_AFTER_CODE: u32 = (56 - 31) / MOST_BITS as u32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::jpeg::huffman::tests::with_bits;
    use crate::probe::jpeg::{STANDARD_AC, STANDARD_DC};

    /// SkipTable as if a code of no bits had been taken before.
    fn skipped(
        k: u32,
        skips: &SkipTable,
        codes: &HuffmanLookup,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        bits.refill();
        skips.skip(k, STEPS_PER_REFILL, codes, bits)
    }

    fn skipped_one_by_one(
        mut k: u32,
        codes: &HuffmanLookup,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        while k < 64 {
            (k, *bits) = skip_one(k, codes, *bits)?;
        }
        Ok(())
    }

    /// BitReader that are mostly 1 make long codes; 0 follows, which is a short one.
    fn some_bits() -> impl Iterator<Item = u64> {
        let mut seed = 1_u64;
        core::iter::repeat_with(move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            seed ^ (seed << 7) | if seed & 8 == 0 { 0 } else { 0x7000 << 40 }
        })
    }

    fn ready(table: &HuffmanTable<'_>) -> HuffmanLookup {
        let mut codes = HuffmanLookup::EMPTY;
        codes.set(table);
        codes
    }

    #[test]
    fn steps_end_where_single_codes_end() {
        for table in &STANDARD_AC {
            let codes = ready(table);
            let mut skips = SkipTable::EMPTY;
            skips.set(table);
            for bits in some_bits().take(1_000) {
                for start in [1, 5, 25, 60, 63] {
                    let fast = with_bits(bits, |bits| skipped(start, &skips, &codes, bits));
                    let slow = with_bits(bits, |bits| skipped_one_by_one(start, &codes, bits));
                    assert_eq!(fast.0, slow.0);
                    if fast.0.is_ok() {
                        assert_eq!(fast.1, slow.1);
                    }
                }
            }
        }
    }

    #[test]
    fn a_start_is_a_dc_code_and_whole_codes_behind_it() {
        let [mut alone, mut with_more, mut whole] = [0; 3];
        for (dc, ac) in STANDARD_DC.iter().zip(&STANDARD_AC) {
            let (dc_codes, ac_codes) = (ready(dc), ready(ac));
            let mut starts = StartTable::EMPTY;
            starts.set(dc, ac);
            for bits in some_bits().take(20_000) {
                let ((slow, dc_bits), slow_bits) = with_bits(bits, |bits| {
                    let coded = dc_codes.value(bits);
                    let dc_bits = bits.taken_bits();
                    let outcome = coded
                        .and_then(|dc| skipped_one_by_one(1, &ac_codes, bits).map(|()| dc.value));
                    (outcome, dc_bits)
                });
                let (fast, fast_bits) = with_bits(bits, |bits| {
                    bits.refill();
                    let (value, next) = starts.take(bits)?;
                    *(if next > 63 { &mut whole } else { &mut with_more }) += 1;
                    Some(skipped_one_by_one(next, &ac_codes, bits).map(|()| value))
                });
                match fast {
                    None => {
                        assert!(dc_bits == 0 || dc_bits > START_BITS as usize);
                        alone += 1;
                    }
                    Some(fast) => {
                        assert_eq!(fast, slow);
                        assert!(fast.is_err() || fast_bits == slow_bits);
                    }
                }
            }
        }
        assert!(alone > 100 && with_more > 100 && whole > 100, "{alone} {with_more} {whole}");
    }

    #[test]
    fn a_table_that_is_set_again_forgets_the_old_one() {
        let mut counts = [0; 16];
        counts[0] = 1;
        let one = |symbols| HuffmanTable { counts: &counts, symbols };
        let (mut skips, mut starts) = (SkipTable::EMPTY, StartTable::EMPTY);
        skips.set(&STANDARD_AC[0]);
        skips.set(&one(&[END_OF_BLOCK]));
        starts.set(&STANDARD_DC[0], &STANDARD_AC[0]);
        starts.set(&one(&[0]), &one(&[END_OF_BLOCK]));
        assert!(skips.steps[1 << 12..].iter().all(|&step| step == NO_STEP));
        assert!(
            starts.steps[1 << 10..]
                .iter()
                .all(|&step| step & 0x7FF == 0x41 || step & u32::from(NO_STEP) != 0)
        );
    }

    #[test]
    fn a_step_over_many_long_runs_keeps_its_count() {
        // One code, of one bit, for 16 coefficients of 0: 13 of them are in sight.
        let mut counts = [0; 16];
        counts[0] = 1;
        let table = HuffmanTable { counts: &counts, symbols: &[ZERO_RUN] };
        let codes = ready(&table);
        let mut skips = SkipTable::EMPTY;
        skips.set(&table);
        assert_eq!(with_bits(0, |bits| skipped(0, &skips, &codes, bits)), (Ok(()), 4));
        assert_eq!(with_bits(0, |bits| skipped(1, &skips, &codes, bits)).0, Err(Fault::Run));
    }
}
