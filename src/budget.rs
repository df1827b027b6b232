//! The memory budget of one job: every buffer is charged before it is allocated, until it is
//! dropped. A quote constructs the same on a budget that only counts.

use core::cell::Cell;
use core::fmt;
use core::ops::{Deref, DerefMut};

use crate::charges;
use crate::error::Error;
use crate::work;

/// The memory that one job may allocate, in bytes.
///
/// The limit is the plan's quote. A job that exceeds it reveals a bug in the cost model, not in the
/// file, so it fails with [`Error::Bug`] before anything is allocated.
#[derive(Debug)]
pub(crate) struct Budget {
    limit_bytes: u64,
    used_bytes: Cell<u64>,
    peak_bytes: Cell<u64>,
    allocates: bool,
}

impl Budget {
    pub(crate) const fn new(limit_bytes: u64) -> Self {
        let (used_bytes, peak_bytes) = (Cell::new(0), Cell::new(0));
        Self { limit_bytes, used_bytes, peak_bytes, allocates: true }
    }

    /// A budget for quotes: without a limit, and without memory. Whatever is constructed with it
    /// counts as if it were allocated, but its buffers are empty.
    pub(crate) const fn counting() -> Self {
        Self { allocates: false, ..Self::new(u64::MAX) }
    }

    /// The bytes that are charged now.
    pub(crate) const fn used_bytes(&self) -> u64 {
        self.used_bytes.get()
    }

    /// The most bytes that were charged at a time. Counted bytes that 64 bits do not hold are
    /// [`u64::MAX`].
    pub(crate) const fn peak_bytes(&self) -> u64 {
        self.peak_bytes.get()
    }

    /// Charges memory that a dependency allocates, until the reservation is dropped.
    pub(crate) fn reserve(&self, bytes: u64) -> Result<Reservation<'_>, Error> {
        let used = self.used_bytes.get().saturating_add(bytes);
        if used > self.limit_bytes {
            return Err(Error::Bug("the job needs more memory than its plan quoted"));
        }
        self.used_bytes.set(used);
        self.peak_bytes.set(self.peak_bytes.get().max(used));
        if self.allocates {
            charges::charged(bytes);
        }
        Ok(Reservation { budget: self, bytes })
    }

    /// A buffer of `len` copies of `value`, charged before it is allocated.
    pub(crate) fn buffer<T: Clone>(&self, len: u64, value: T) -> Result<Buffer<'_, T>, Error> {
        let mut buffer = self.empty_buffer(len)?;
        buffer.items.resize(self.allocated_items::<T>(len)?, value);
        Ok(buffer)
    }

    /// An empty buffer with a capacity of `capacity` items, charged before it is allocated.
    pub(crate) fn empty_buffer<T>(&self, capacity: u64) -> Result<Buffer<'_, T>, Error> {
        let bytes = bytes_of::<T>(capacity);
        let reservation = self.reserve(bytes)?;
        let capacity = self.allocated_items::<T>(capacity)?;
        let mut items = Vec::new();
        work::own_allocation(|| items.try_reserve_exact(capacity))
            .map_err(|_| Error::OutOfMemory { bytes })?;
        Ok(Buffer { items, reservation })
    }

    /// How many items of a buffer of `len` are allocated: all, or none by a budget that only counts.
    fn allocated_items<T>(&self, len: u64) -> Result<usize, Error> {
        if self.allocates {
            usize::try_from(len).map_err(|_| Error::OutOfMemory { bytes: bytes_of::<T>(len) })
        } else {
            Ok(0)
        }
    }

    /// The bytes that are not charged.
    #[cfg(test)]
    pub(crate) fn left_bytes(&self) -> u64 {
        self.limit_bytes - self.used_bytes.get()
    }
}

/// The most bytes that `count` charges at a time.
pub(crate) fn quote<R>(count: impl FnOnce(&Budget) -> Result<R, Error>) -> Result<u64, Error> {
    let budget = Budget::counting();
    count(&budget)?;
    Ok(budget.peak_bytes())
}

const fn bytes_of<T>(len: u64) -> u64 {
    len.saturating_mul(size_of::<T>() as u64)
}

/// Charged memory. Dropping it returns the bytes to the budget.
#[derive(Debug)]
pub(crate) struct Reservation<'b> {
    budget: &'b Budget,
    bytes: u64,
}

impl Reservation<'_> {
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let Self { budget, bytes } = *self;
        // A sum that only counts may have reached the largest number.
        budget.used_bytes.set(budget.used_bytes.get().saturating_sub(bytes));
        if budget.allocates {
            charges::returned(bytes);
        }
    }
}

/// A vector with a charged capacity, which does not grow.
pub(crate) struct Buffer<'b, T> {
    items: Vec<T>,
    reservation: Reservation<'b>,
}

impl<'b, T> Buffer<'b, T> {
    /// Appends `items`.
    ///
    /// # Errors
    /// [`Error::Bug`] when the charged capacity is too small.
    pub(crate) fn extend_from_slice(&mut self, items: &[T]) -> Result<(), Error>
    where
        T: Clone,
    {
        if items.len() > self.items.capacity() - self.items.len() {
            return Err(Error::Bug("a buffer was filled past its charged capacity"));
        }
        self.items.extend_from_slice(items);
        Ok(())
    }

    /// Appends `item`.
    ///
    /// # Errors
    /// [`Error::Bug`] when the charged capacity is too small.
    pub(crate) fn push(&mut self, item: T) -> Result<(), Error> {
        if self.items.len() == self.items.capacity() {
            return Err(Error::Bug("a buffer was filled past its charged capacity"));
        }
        self.items.push(item);
        Ok(())
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.items.truncate(len);
    }

    /// The vector, which can leave the job, and its reservation. The vector stays charged until the
    /// reservation is dropped.
    pub(crate) fn into_parts(self) -> (Vec<T>, Reservation<'b>) {
        (self.items, self.reservation)
    }
}

impl<T> Deref for Buffer<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> DerefMut for Buffer<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.items
    }
}

impl<T> fmt::Debug for Buffer<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Buffer({} of {} bytes)", self.items.len(), self.reservation.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_byte_can_be_charged_and_the_next_cannot() {
        let budget = Budget::new(100);
        let held = budget.reserve(60).unwrap();
        let buffer = budget.buffer(10, 0u32).unwrap();
        assert_eq!(budget.left_bytes(), 0);
        assert!(matches!(budget.reserve(1), Err(Error::Bug(_))));
        drop(held);
        assert_eq!(budget.left_bytes(), 60);
        drop(buffer);
        assert_eq!(budget.left_bytes(), 100);
    }

    #[test]
    fn a_refused_buffer_charges_nothing() {
        let budget = Budget::new(8);
        assert!(budget.buffer(u64::MAX, 0u64).is_err());
        assert!(budget.buffer(9, 0u8).is_err());
        assert_eq!(budget.left_bytes(), 8);
    }

    #[test]
    fn a_budget_that_only_counts_holds_nothing() {
        let budget = Budget::counting();
        let small = budget.buffer(100, 7u32).unwrap();
        let huge = budget.empty_buffer::<u64>(1 << 60).unwrap();
        assert_eq!((small.len(), huge.len()), (0, 0));
        assert_eq!(budget.used_bytes(), 400 + (1 << 63));
        drop(huge);
        assert_eq!((budget.used_bytes(), budget.peak_bytes()), (400, 400 + (1 << 63)));
        drop(small);
        let most = [budget.buffer(u64::MAX, 0u16).unwrap(), budget.buffer(5, 0u16).unwrap()];
        assert_eq!((budget.used_bytes(), budget.peak_bytes()), (u64::MAX, u64::MAX));
        drop(most);
        assert_eq!(budget.used_bytes(), 0);
    }

    #[test]
    fn a_buffer_never_grows_past_its_charged_capacity() {
        let budget = Budget::new(4);
        let mut buffer = budget.empty_buffer::<u8>(4).unwrap();
        buffer.extend_from_slice(&[1, 2, 3]).unwrap();
        assert!(matches!(buffer.extend_from_slice(&[4, 5]), Err(Error::Bug(_))));
        assert_eq!(&buffer[..], [1, 2, 3]);
        buffer.push(4).unwrap();
        assert!(matches!(buffer.push(5), Err(Error::Bug(_))));
        assert_eq!(&buffer[..], [1, 2, 3, 4]);
    }

    #[test]
    fn a_shortened_buffer_keeps_its_charge_and_shows_it() {
        let budget = Budget::new(8);
        let mut buffer = budget.buffer(4, 7u16).unwrap();
        buffer.truncate(1);
        assert_eq!((&buffer[..], budget.left_bytes()), (&[7][..], 0));
        assert_eq!(format!("{buffer:?}"), "Buffer(1 of 8 bytes)");
        buffer.extend_from_slice(&[8, 9, 10]).unwrap();
        assert_eq!(&buffer[..], [7, 8, 9, 10]);
    }
}
