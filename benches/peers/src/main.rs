//! Compares bombproof with sharp, pyvips, Pillow and the crate `image`. `scripts/peers`
//! builds and starts it; `BENCHMARKING.md` says how to read the results.

mod cell_times;
mod cells;
mod charts;
mod floor;
mod generated_files;
mod input_files;
mod machine;
mod measure;
mod options;
mod outputs;
mod peer;
mod record;
mod reference;
mod statistics;
mod tables;
mod worker;

use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::cells::Filter;
use crate::input_files::InputFile;
use crate::measure::run::{Effort, Run};
use crate::options::{Command, Options};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = Options::of(&arguments).and_then(|options| match options.command {
        Command::Run => measure(&options, &arguments),
        Command::Outputs => compare_outputs(&options, &arguments),
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
    let generated = input_files::generated(options.megapixels)?;
    let mut photos = photos(options)?;
    let mut growing = Vec::new();
    let sizes = GROWTH_MEGAPIXELS.into_iter().filter(|&size| size <= options.max_megapixels);
    for megapixels in sizes.filter(|_| options.runs("growth")) {
        growing.extend(input_files::generated(megapixels)?);
    }
    let sized =
        if options.runs("sizes") { sized(&photos, &generated, &options.only)? } else { Vec::new() };
    photos.splice(0..0, generated);
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
        let effort = Effort { rounds: options.rounds, until: share(0.4), quality: true };
        run.photos("photos", &photos, &peer::ALL, effort)?;
    }
    if options.runs("growth") {
        let rounds = options.rounds.div_ceil(3);
        let effort = Effort { rounds, until: share(0.6), quality: false };
        run.photos("growth", &growing, &peer::GROWTH, effort)?;
    }
    if options.runs("full") {
        let rounds = options.rounds.div_ceil(3);
        run.full(&photos, Effort { rounds, until: share(0.7), quality: false })?;
    }
    if options.runs("sizes") {
        let effort = Effort { rounds: options.rounds, until: share(1.0), quality: false };
        run.sizes(&sized, &options.only, effort)?;
    }

    let minutes = |time: Duration| format!("{:.1} min", time.as_secs_f64() / 60.0);
    let (measured, all) = (minutes(measuring.elapsed()), minutes(start.elapsed()));
    let rounds = ["photos", "growth", "full", "sizes"].map(|suite| {
        let rounds = run.record.rounds(suite);
        (rounds > 0).then(|| format!("{rounds} of {suite}"))
    });
    let notes = [
        ("load before", load),
        ("rounds", rounds.into_iter().flatten().collect::<Vec<_>>().join(", ")),
        ("took", format!("{all}, {measured} of it measuring")),
    ];
    let text = machine::description(arguments, &run.versions, &notes);
    write_record("", options, &run.record.to_csv(), &text)
}

/// Compares the files of encoders.
fn compare_outputs(options: &Options, arguments: &[String]) -> Result<(), String> {
    let photos = photos(options)?;
    if photos.is_empty() {
        return Err("which photographs? --photos PATH".to_owned());
    }
    let (points, versions) = outputs::measure::measure(&photos)?;
    let text = machine::description(arguments, &versions, &[]);
    write_record("outputs", options, &points.to_csv(), &text)
}

fn photos(options: &Options) -> Result<Vec<InputFile>, String> {
    let mut photos = Vec::new();
    for folder in &options.photos {
        photos.extend(input_files::pictures_in(folder)?);
    }
    Ok(photos)
}

/// Writes the values and the text beside them to a folder below benches/record.
fn write_record(folder: &str, options: &Options, csv: &str, text: &str) -> Result<(), String> {
    let name = options.name.clone().unwrap_or_else(machine::record_name);
    let stem = generated_files::folder().join(folder).join(name);
    let folder = stem.parent().ok_or("a record without a folder")?;
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for (extension, content) in [("csv", csv), ("txt", text)] {
        let path = stem.with_extension(extension);
        fs::write(&path, content).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(())
}

/// The first photograph that is as large as those of a camera, or the
/// generated one, in many sizes.
fn sized(
    photos: &[InputFile],
    generated: &[InputFile],
    only: &Filter,
) -> Result<Vec<InputFile>, String> {
    let from_camera = photos.iter().find(|photo| photo.megapixels() >= CAMERA_MEGAPIXELS);
    let photo = from_camera.or_else(|| generated.first()).ok_or(
        "the suite `sizes` needs a photograph of 8 megapixels or more, or the generated one",
    )?;
    input_files::in_all_sizes(&photo.path, only)
}

const CAMERA_MEGAPIXELS: f64 = 8.0;

/// From a small upload to the largest phone photographs.
const GROWTH_MEGAPIXELS: [u32; 5] = [1, 3, 10, 30, 100];
