//! What all stages of a running job share.

use crate::budget::Budget;
use crate::interrupt::Interrupt;

/// The budget that a job allocates from, and the interrupt that it polls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'j> {
    pub(crate) budget: &'j Budget,
    pub(crate) interrupt: &'j Interrupt,
}
