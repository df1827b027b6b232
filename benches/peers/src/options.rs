//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use crate::cells::Filter;

/// What to do, and how much of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) command: Command,
    /// Files and folders of photographs, in addition to the generated ones.
    pub(crate) photos: Vec<PathBuf>,
    /// Hostile files, and folders of them, in addition to corpus/bombs.
    pub(crate) bombs: Vec<PathBuf>,
    pub(crate) rounds: u32,
    /// How long the measuring may take, roughly: rounds are left out, files are not.
    pub(crate) cap: Option<Duration>,
    /// The size of the generated photographs that all peers are measured with; 0 for none.
    pub(crate) megapixels: u32,
    /// The largest size of the growth suite.
    pub(crate) max_megapixels: u32,
    /// The suites to run, of [`SUITES`], separated by commas.
    pub(crate) suites: String,
    /// The cells of the suite `sizes` to run.
    pub(crate) only: Filter,
    /// The name of the record below benches/record, without its extension.
    pub(crate) name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Run,
    Outputs,
    Draw,
}

impl Options {
    pub(crate) fn of(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            command: Command::Draw,
            photos: Vec::new(),
            bombs: Vec::new(),
            rounds: 15,
            cap: None,
            megapixels: 12,
            max_megapixels: 100,
            suites: SUITES.join(","),
            only: Filter::default(),
            name: None,
        };
        let mut arguments = arguments.iter().map(String::as_str);
        options.command = match arguments.next() {
            Some("run") => Command::Run,
            Some("outputs") => Command::Outputs,
            Some("draw") => Command::Draw,
            _ => return Err(USAGE.to_owned()),
        };
        while let Some(option) = arguments.next() {
            let value = arguments.next().ok_or(USAGE)?;
            let number =
                || value.parse::<u32>().map_err(|_| format!("{option} {value}: not a number"));
            match option {
                "--photos" => options.photos.push(value.into()),
                "--bombs" => options.bombs.push(value.into()),
                "--rounds" => options.rounds = number()?.max(1),
                "--minutes" => options.cap = Some(Duration::from_secs(60 * u64::from(number()?))),
                "--megapixels" => options.megapixels = number()?.min(200),
                "--max-megapixels" => options.max_megapixels = number()?,
                "--suites" => options.suites = known_suites(value)?,
                "--only" => options.only = Filter::parse(value)?,
                "--name" => options.name = Some(value.to_owned()),
                _ => return Err(USAGE.to_owned()),
            }
        }
        Ok(options)
    }

    pub(crate) fn runs(&self, suite: &str) -> bool {
        self.suites.split(',').any(|wanted| wanted == suite)
    }
}

fn known_suites(suites: &str) -> Result<String, String> {
    match suites.split(',').find(|suite| !SUITES.contains(suite)) {
        Some(unknown) => Err(format!("--suites: {unknown} is none of {}", SUITES.join(" "))),
        None => Ok(suites.to_owned()),
    }
}

/// All suites.
const SUITES: [&str; 5] = ["photos", "growth", "bombs", "sizes", "full"];

const USAGE: &str = "\
peers run [--photos PATH]... [--bombs PATH]... [--minutes N] [--rounds N]
          [--megapixels N] [--max-megapixels N] [--name RECORD]
          [--suites photos,growth,bombs,sizes,full] [--only 'png 12mp cover 256,lossy']
peers outputs --photos PATH... [--name RECORD]
peers draw";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_may_come_in_any_order() {
        let of = |line: &str| {
            Options::of(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        };
        let options = of("run --minutes 5 --photos a --photos b --rounds 0").unwrap();
        assert_eq!(options.cap, Some(Duration::from_secs(300)));
        assert_eq!((options.photos.len(), options.rounds), (2, 1));
        assert_eq!(of("draw").unwrap().command, Command::Draw);
        assert_eq!(of("outputs --photos a").unwrap().command, Command::Outputs);
        let options = of("run --suites photos,bombs").unwrap();
        assert!(options.runs("photos") && options.runs("bombs") && !options.runs("growth"));
        for wrong in
            ["", "walk", "run --rounds", "run --rounds x", "run --what 1", "run --suites size"]
        {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
