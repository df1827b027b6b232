//! Every test starts the real binary.

mod support;

mod front_door;
mod concurrency;
mod failure;
mod crash;
mod page;
mod readme;
mod regenerate;
mod s3;
mod storm;
