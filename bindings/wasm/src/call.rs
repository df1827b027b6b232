//! The one call that an instance makes.

use std::cell::RefCell;
use std::time::Duration;

use bombproof::{Error, Interrupt, Limit, Plan, Thumbnail};

use crate::answer::{Answer, Header, Output, Planned, Refusal, to_json};
use crate::arguments::Arguments;

/// What the host has written, and the answer.
#[derive(Default)]
pub(crate) struct Call {
    json: Vec<u8>,
    arguments: Arguments,
    upload: Vec<u8>,
    outputs: Vec<Thumbnail>,
    answer: Vec<u8>,
}

/// Gives access to the call of this instance.
pub(crate) fn with<T>(access: impl FnOnce(&mut Call) -> T) -> T {
    CALL.with_borrow_mut(access)
}

thread_local! {
    static CALL: RefCell<Call> = RefCell::default();
}

impl Call {
    pub(crate) fn write_arguments(&mut self, len: usize) -> *mut u8 {
        match zeros(len) {
            Ok(json) => self.json = json,
            Err(_) => return std::ptr::null_mut(),
        }
        self.json.as_mut_ptr()
    }

    pub(crate) fn write_upload(&mut self, len: usize) -> *mut u8 {
        match self.reserve_upload(len) {
            Ok(upload) => self.upload = upload,
            Err(refusal) => {
                self.answer = to_json(&Err(refusal));
                return std::ptr::null_mut();
            }
        }
        self.upload.as_mut_ptr()
    }

    /// Parses the arguments, because they tell how long the upload may be.
    fn reserve_upload(&mut self, len: usize) -> Result<Vec<u8>, Refusal> {
        let parsed = serde_json::from_slice(&self.json);
        self.arguments = parsed.map_err(|error| Refusal::WrongArguments(error.to_string()))?;
        let (found, allowed) = (len as u64, self.arguments.limits.max_input_bytes);
        if found > allowed {
            return Err(Error::over_limit(Limit::InputBytes, found, allowed).into());
        }
        Ok(zeros(len)?)
    }

    pub(crate) fn probe(&mut self) {
        let header = bombproof::probe(&self.upload).map_err(Refusal::from);
        self.answer = to_json(&header.map(|header| Answer::Header(Box::new(Header::of(&header)))));
    }

    pub(crate) fn plan(&mut self) {
        let planned = self.planned().map(|plan| Answer::Plan(Box::new(Planned::of(&plan))));
        self.answer = to_json(&planned);
    }

    pub(crate) fn thumbnails(&mut self) {
        let described = self.run().map(|(plan, outputs)| {
            self.outputs = outputs;
            Answer::Outputs(self.outputs.iter().map(|output| Output::of(output, &plan)).collect())
        });
        self.answer = to_json(&described);
    }

    fn run(&self) -> Result<(Plan, Vec<Thumbnail>), Refusal> {
        let plan = self.planned()?;
        let outputs = plan.run_all(&self.upload, &self.interrupt())?;
        Ok((plan, outputs))
    }

    fn planned(&self) -> Result<Plan, Refusal> {
        let request = self.arguments.request()?;
        let header = bombproof::probe(&self.upload)?;
        Ok(Plan::new(&header, &request, &self.arguments.limits)?)
    }

    fn interrupt(&self) -> Interrupt {
        match self.arguments.timeout() {
            Some(timeout) => Interrupt::after_by_clock(timeout, time),
            None => Interrupt::never(),
        }
    }

    pub(crate) fn answer(&self) -> &[u8] {
        &self.answer
    }

    pub(crate) fn output(&self, index: usize) -> Option<&[u8]> {
        self.outputs.get(index).map(Thumbnail::bytes)
    }
}

/// A block for the host to write to.
fn zeros(len: usize) -> Result<Vec<u8>, Error> {
    let mut block = Vec::new();
    block.try_reserve_exact(len).map_err(|_| Error::out_of_memory(len as u64))?;
    block.resize(len, 0);
    Ok(block)
}

/// The time since any moment, by the clock of the host. If that tells none, it is late.
fn time() -> Duration {
    Duration::try_from_secs_f64(now_ms() / 1_000.0).unwrap_or(Duration::MAX)
}

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    /// Milliseconds since any moment that stays the same.
    safe fn now_ms() -> f64;
}
