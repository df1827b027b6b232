//! Makes one avatar of one input, and measures the time and the memory.

use std::fs::{self, File};
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use bombproof::{
    Error, Interrupt, Limits, MemoryPool, Permit, Placeholder, Plan, Rect, Request, Size, Thumbnail,
};

use crate::heap_usage::measure_peak;

/// An input and its output. Without an output, only the plan is made.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) input: PathBuf,
    pub(crate) output: Option<PathBuf>,
}

/// What all jobs share.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) request: Request,
    pub(crate) limits: Limits,
    pub(crate) timeout: Duration,
    pub(crate) pool: MemoryPool,
}

/// The result of one job.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) input: PathBuf,
    pub(crate) result: Result<Completed, Failure>,
    pub(crate) usage: Usage,
}

#[derive(Debug)]
pub(crate) struct Completed {
    pub(crate) plan: Plan,
    pub(crate) avatar: Option<Avatar>,
}

#[derive(Debug)]
pub(crate) struct Avatar {
    pub(crate) output: PathBuf,
    pub(crate) size: Size,
    pub(crate) bytes: u64,
    /// The part of the upright input that it shows.
    pub(crate) source_rect: Rect,
    pub(crate) color: String,
    /// Where the data of the input ends, if that is too early.
    pub(crate) truncated: Option<String>,
    /// Only when the request asks for one.
    pub(crate) placeholder: Option<Placeholder>,
}

#[derive(Debug)]
pub(crate) enum Failure {
    /// The library refused the input.
    Refused(Error),
    /// The input could not be read.
    Read(io::Error),
    /// The output could not be written.
    Write(PathBuf, io::Error),
}

/// The cost of a job, from the input bytes in memory to the output bytes in memory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) time: Duration,
    /// The measured peak of live heap on the thread of the job, without the input bytes.
    pub(crate) peak_bytes: u64,
}

/// Runs the jobs on `threads` threads, and calls `on_outcome` for each job as it ends.
pub(crate) fn run_all(
    jobs: Vec<Job>,
    settings: &Settings,
    threads: NonZeroUsize,
    mut on_outcome: impl FnMut(Outcome) -> io::Result<()>,
) -> io::Result<()> {
    let threads = threads.get().min(jobs.len());
    let queue = Mutex::new(jobs.into_iter());
    let next_job = || queue.lock().ok()?.next();
    thread::scope(|scope| {
        let (sender, outcomes): (_, Receiver<Outcome>) = mpsc::channel();
        for _ in 0..threads {
            let sender = sender.clone();
            scope.spawn(move || {
                while let Some(job) = next_job() {
                    // The receiver is gone because printing failed: stop.
                    if sender.send(run(job, settings)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        outcomes.into_iter().try_for_each(&mut on_outcome)
    })
}

fn run(job: Job, settings: &Settings) -> Outcome {
    let mut usage = Usage::default();
    let result = read(&job.input, &settings.limits).and_then(|upload| match job.output {
        None => probe(&upload, settings, &mut usage),
        Some(output) => make_avatar(&upload, output, settings, &mut usage),
    });
    Outcome { input: job.input, result, usage }
}

fn read(input: &Path, limits: &Limits) -> Result<Vec<u8>, Failure> {
    let file = File::open(input).map_err(Failure::Read)?;
    bombproof::read_upload(file, limits).map_err(|error| match error {
        Error::Io(error) => Failure::Read(error),
        error => Failure::Refused(error),
    })
}

fn probe(upload: &[u8], settings: &Settings, usage: &mut Usage) -> Result<Completed, Failure> {
    let start = Instant::now();
    let plan = usage.measure(|| plan(upload, settings));
    usage.time = start.elapsed();
    Ok(Completed { plan: plan.map_err(Failure::Refused)?, avatar: None })
}

fn make_avatar(
    upload: &[u8],
    output: PathBuf,
    settings: &Settings,
    usage: &mut Usage,
) -> Result<Completed, Failure> {
    let start = Instant::now();
    let result = decode_within_pool(upload, settings, start, usage);
    usage.time = start.elapsed();
    let (plan, permit, thumbnail) = result.map_err(Failure::Refused)?;
    if let Err(error) = fs::write(&output, thumbnail.bytes()) {
        return Err(Failure::Write(output, error));
    }
    let avatar = Avatar {
        output,
        size: thumbnail.size(),
        bytes: thumbnail.bytes().len() as u64,
        source_rect: thumbnail.source_rect(),
        color: thumbnail.color().to_string(),
        truncated: thumbnail.truncated().map(|truncated| truncated.to_string()),
        placeholder: thumbnail.placeholder(),
    };
    // The quote covers the output bytes, so the permit is released together with them.
    drop((thumbnail, permit));
    Ok(Completed { plan, avatar: Some(avatar) })
}

/// The order a service should use: refuse first, then wait for memory, then decode.
fn decode_within_pool(
    upload: &[u8],
    settings: &Settings,
    start: Instant,
    usage: &mut Usage,
) -> Result<(Plan, Permit, Thumbnail), Error> {
    let plan = usage.measure(|| plan(upload, settings))?;
    let time_left = settings.timeout.saturating_sub(start.elapsed());
    let permit = settings.pool.reserve(&plan, time_left)?;
    let interrupt = match start.checked_add(settings.timeout) {
        Some(deadline) => Interrupt::at(deadline),
        None => Interrupt::never(),
    };
    let thumbnail = usage.measure(|| plan.run(upload, &interrupt))?;
    Ok((plan, permit, thumbnail))
}

fn plan(upload: &[u8], settings: &Settings) -> Result<Plan, Error> {
    let header = bombproof::probe(upload)?;
    Plan::new(&header, &settings.request, &settings.limits)
}

impl Usage {
    /// A plan uses no heap, so the peak of the job is the larger peak of its two steps.
    fn measure<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (result, peak_bytes) = measure_peak(work);
        self.peak_bytes = self.peak_bytes.max(peak_bytes);
        result
    }
}
