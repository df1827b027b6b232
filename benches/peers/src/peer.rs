//! The libraries that are compared, and how each is started.

use std::path::PathBuf;
use std::sync::OnceLock;

/// A library.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    run_by: RunBy,
}

#[derive(Debug)]
enum RunBy {
    /// The worker of this crate, with these arguments.
    Rust(&'static [&'static str]),
    Node(&'static str),
    Python(&'static str),
}

/// All peers, bombproof first.
pub(crate) const ALL: [Peer; 5] = [
    Peer { name: OURS, run_by: RunBy::Rust(&["bombproof"]) },
    Peer { name: "sharp", run_by: RunBy::Node("sharp_worker.mjs") },
    Peer { name: "pyvips", run_by: RunBy::Python("pyvips_worker.py") },
    Peer { name: "Pillow", run_by: RunBy::Python("pillow_worker.py") },
    Peer { name: "image", run_by: RunBy::Rust(&["image"]) },
];

/// The peers of the growth suite, up to 100 megapixels. bombproof runs with wider
/// limits here, so that the cost of files is seen that the defaults refuse.
pub(crate) const GROWTH: [Peer; 2] = [
    Peer { name: OURS, run_by: RunBy::Rust(&["bombproof", "wide"]) },
    Peer { name: "sharp", run_by: RunBy::Node("sharp_worker.mjs") },
];

/// The peers of the suite `sizes`, with the same limits.
pub(crate) const SIZES: [Peer; 2] = GROWTH;

/// The peers of the suite `full`: bombproof, and the crate of each format.
pub(crate) const FULL: [Peer; 4] = [
    Peer { name: OURS, run_by: RunBy::Rust(&["bombproof", "wide"]) },
    Peer { name: "zune-jpeg", run_by: RunBy::Rust(&["zune-jpeg"]) },
    Peer { name: "png", run_by: RunBy::Rust(&["png"]) },
    Peer { name: "image-webp", run_by: RunBy::Rust(&["image-webp"]) },
];

pub(crate) const OURS: &str = "bombproof";

/// The peer of the suite `full` that decodes a format.
pub(crate) fn crate_of(format: &str) -> &'static str {
    match format.split(' ').next() {
        Some("JPEG") => "zune-jpeg",
        Some("PNG") => "png",
        _ => "image-webp",
    }
}

impl Peer {
    /// The program and its arguments. If `taskset` is installed, all peers run on the same core.
    pub(crate) fn command(&self) -> (String, Vec<String>) {
        let worker = |file: &str| folder().join("workers").join(file).display().to_string();
        let mut words = on_one_core();
        match self.run_by {
            RunBy::Rust(arguments) => {
                let program = std::env::current_exe().unwrap_or_default();
                words.push(program.with_file_name("rust_worker").display().to_string());
                words.extend(arguments.iter().map(|&argument| argument.to_owned()));
            }
            RunBy::Node(file) => words.extend(["node".to_owned(), worker(file)]),
            RunBy::Python(file) => {
                let python = folder().join("venv/bin/python").display().to_string();
                words.extend([python, worker(file)]);
            }
        }
        let program = words.remove(0);
        (program, words)
    }
}

/// The folder of this crate.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What comes before a program so that it runs on the core that all peers share. Nothing without
/// `taskset`.
pub(crate) fn on_one_core() -> Vec<String> {
    core()
        .map_or_else(Vec::new, |core| vec!["taskset".to_owned(), "-c".to_owned(), core.to_string()])
}

/// The core that all workers share: the last one that this process
/// may use. `None` without `taskset`.
pub(crate) fn core() -> Option<u32> {
    static CORE: OnceLock<Option<u32>> = OnceLock::new();
    *CORE.get_or_init(|| {
        let has_taskset = std::process::Command::new("taskset").arg("--version").output().is_ok();
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
        let last = list.rsplit([',', '-', '\t', ' ']).next()?.trim().parse().ok()?;
        has_taskset.then_some(last)
    })
}
