//! The memory that the jobs of a service share.

use std::time::Duration;

use bombproof::{Error, MemoryPool, Permit};
use napi::bindgen_prelude::{Either, Object};
use napi_derive::napi;

use crate::failure::{Failure, Refusal, number, reply};
use crate::job::Job;
use crate::options::Options;

/// A [`MemoryPool`]. Jobs wait for it in JavaScript (`lib/pool.js`): in the core, waiting blocks a
/// thread.
#[derive(Debug)]
#[napi]
pub struct Pool {
    pool: MemoryPool,
}

/// Makes a pool of `call.pool.capacityBytes` bytes.
///
/// # Errors
/// Only what a script threw.
#[napi]
pub fn create_pool(call: Object<'_>) -> napi::Result<Either<Pool, Failure>> {
    reply(|| {
        let no_pool = || Refusal::Argument("the options of a pool must be an object".to_owned());
        let mut options = Options::in_call(&call, "pool")?.ok_or_else(no_pool)?;
        let capacity = options.integer("capacityBytes", u64::MAX)?;
        let capacity = options.required("capacityBytes", "an integer", capacity)?;
        options.finish()?;
        Ok(Pool { pool: MemoryPool::new(capacity) })
    })
}

#[napi]
impl Pool {
    /// [`MemoryPool::capacity`].
    #[napi(getter)]
    pub fn capacity_bytes(&self) -> f64 {
        number(self.pool.capacity())
    }

    /// [`MemoryPool::in_use`].
    #[napi(getter)]
    pub fn in_use_bytes(&self) -> f64 {
        number(self.pool.in_use())
    }

    /// Reserves the memory of `job`, if that much is free now. The job returns it when it ends.
    ///
    /// # Errors
    /// Only what a script threw.
    #[napi]
    pub fn try_reserve(&self, job: &Job) -> napi::Result<Either<bool, Failure>> {
        reply(|| match self.permit(job) {
            Ok(permit) => {
                job.hold(permit);
                Ok(true)
            }
            Err(Error::Busy { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        })
    }

    /// The failure of `job` that has waited in vain. What is free now belongs to the jobs that
    /// waited longer, and is not free for this one.
    ///
    /// # Errors
    /// Only what a script threw.
    #[napi]
    pub fn busy(&self, job: &Job) -> napi::Result<Either<bool, Failure>> {
        reply(|| {
            let free = self.pool.capacity() - self.pool.in_use();
            drop(self.permit(job)?);
            let _rest = self.pool.reserve_bytes(free, Duration::ZERO)?;
            drop(self.permit(job)?);
            Err(Refusal::Core(Error::Bug("a full pool had memory")))
        })
    }

    fn permit(&self, job: &Job) -> Result<Permit, Error> {
        self.pool.try_reserve(job.plan())
    }
}
