//! Compares bombproof with sharp, pyvips, Pillow and the crate `image`. `scripts/peers`
//! builds and starts it; `BENCHMARKING.md` says how to read the results.

mod charts;
mod generated_files;
mod input_files;
mod machine;
mod measure;
mod options;
mod peer;
mod record;
mod reference;
mod statistics;
mod tables;
mod worker;

use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::measure::{Effort, Run};
use crate::options::{Command, Options};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = Options::of(&arguments).and_then(|options| match options.command {
        Command::Run => measure(&options, &arguments[1..]),
        Command::Draw => generated_files::write(),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options, arguments: &[String]) -> Result<(), String> {
    let start = Instant::now();
    let load = machine::load();
    let mut photos = input_files::generated(options.megapixels)?;
    for folder in &options.photos {
        photos.extend(input_files::pictures_in(folder)?);
    }
    let mut growing = Vec::new();
    let sizes = GROWTH_MEGAPIXELS.into_iter().filter(|&size| size <= options.max_megapixels);
    for megapixels in sizes.filter(|_| options.runs("growth")) {
        growing.extend(input_files::generated(megapixels)?);
    }
    let mut bombs = input_files::all_in(&peer::folder().join("../../corpus/bombs"))?;
    for folder in &options.bombs {
        bombs.extend(input_files::all_in(folder)?);
    }

    // Only the measuring is capped, not the writing of the files. The
    // bombs have no rounds to leave out.
    let measuring = Instant::now();
    let share = |part: f64| options.cap.map(|cap| measuring + cap.mul_f64(part));
    let mut run = Run::new();
    if options.runs("bombs") {
        run.bombs(&bombs, &peer::ALL)?;
    }
    if options.runs("photos") {
        let effort = Effort { rounds: options.rounds, until: share(0.5), quality: true };
        run.photos("photos", &photos, &peer::ALL, effort)?;
    }
    if options.runs("growth") {
        let rounds = options.rounds.div_ceil(3);
        let effort = Effort { rounds, until: share(0.8), quality: false };
        run.photos("growth", &growing, &peer::GROWTH, effort)?;
    }

    let folder = generated_files::folder();
    let name = options.name.clone().unwrap_or_else(machine::record_name);
    let path = folder.join(&name);
    fs::create_dir_all(path.parent().unwrap_or(&folder)).map_err(|error| error.to_string())?;
    let minutes = |time: Duration| format!("{:.1} min", time.as_secs_f64() / 60.0);
    let (measured, all) = (minutes(measuring.elapsed()), minutes(start.elapsed()));
    let rounds = ["photos", "growth"].map(|suite| run.record.rounds(suite));
    let notes = [
        ("load before", load),
        ("rounds", format!("{} of photos, {} of growth", rounds[0], rounds[1])),
        ("took", format!("{all}, {measured} of it measuring")),
    ];
    let text = machine::description(arguments, &run.versions, &notes);
    for (extension, content) in [("csv", run.record.to_csv()), ("txt", text)] {
        let path = folder.join(format!("{name}.{extension}"));
        fs::write(&path, content).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(())
}

/// From a small upload to the largest phone photographs.
const GROWTH_MEGAPIXELS: [u32; 5] = [1, 3, 10, 30, 100];
