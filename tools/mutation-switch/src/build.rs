//! Builds the tests with all mutants in them, and leaves out those that do not compile.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use proc_macro2::LineColumn;
use serde_json::Value;

use crate::Result;
use crate::arms::Arms;
use crate::copy::{Copy, fingerprint};
use crate::rewrite::{LeftOut, Mutant, rewrite};
use crate::source::Source;

/// A test binary.
#[derive(Clone, Debug)]
pub(crate) struct Binary {
    /// `lib`, or the name of the integration test.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// Builds the unit tests and these integration tests.
pub(crate) fn build(
    copy: &Copy,
    sources: &[Source],
    tests: &[String],
) -> Result<(Vec<Mutant>, Vec<Binary>)> {
    let remembered = Remembered::of(copy, sources);
    let mut left_out = remembered.load();
    for round in 1.. {
        let (texts, mutants) = rewrite(sources, &left_out);
        write(copy, sources, &texts)?;
        let messages = cargo(copy, tests)?;
        let errors: Vec<&Value> = messages.iter().filter(|message| is_error(message)).collect();
        if errors.is_empty() {
            let binaries = messages.iter().filter_map(binary).collect();
            return Ok((mutants, binaries));
        }
        let known = left_out.mutants.len() + left_out.constant.len();
        let arms: HashMap<&str, Arms> = sources
            .iter()
            .zip(&texts)
            .map(|(source, text)| (source.path.as_str(), Arms::of(text)))
            .collect();
        for error in &errors {
            blame(error, &arms, &mut left_out);
        }
        remembered.store(&left_out)?;
        let LeftOut { mutants: without, constant } = &left_out;
        eprintln!(
            "build {round}: {} errors; left out: {} mutants, and {} constant functions",
            errors.len(),
            without.len(),
            constant.len()
        );
        if without.len() + constant.len() == known {
            let rendered = errors.first().and_then(|error| error["message"]["rendered"].as_str());
            return Err(format!("no mutant is to blame for {}", rendered.unwrap_or("it")).into());
        }
    }
    unreachable!("rounds have no end")
}

fn write(copy: &Copy, sources: &[Source], texts: &[String]) -> Result<()> {
    for (source, text) in sources.iter().zip(texts) {
        let declaration = if source.path == "src/lib.rs" { "mod mutant;\n" } else { "" };
        copy.write(&source.path, format!("{text}{declaration}").as_bytes())?;
    }
    copy.write("src/mutant.rs", include_bytes!("../template/mutant.rs"))
}

/// What cargo says while it builds the tests.
fn cargo(copy: &Copy, tests: &[String]) -> Result<Vec<Value>> {
    let output = Command::new("cargo")
        .args(["test", "--no-run", "--locked", "--offline", "--message-format=json", "--lib"])
        .args(tests.iter().flat_map(|test| ["--test", test]))
        .current_dir(&copy.root)
        .env("CARGO_TARGET_DIR", copy.folder.join("build"))
        .env("RUSTFLAGS", "--cap-lints allow")
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "2")
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .stderr(Stdio::piped())
        .output()?;
    let lines = String::from_utf8(output.stdout)?;
    let messages: Vec<Value> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    if !output.status.success() && !messages.iter().any(is_error) {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(messages)
}

fn is_error(message: &Value) -> bool {
    // The last error has no place; it counts the others.
    message["reason"] == "compiler-message"
        && message["message"]["level"] == "error"
        && message["message"]["spans"].as_array().is_some_and(|spans| !spans.is_empty())
}

fn binary(message: &Value) -> Option<Binary> {
    let path = PathBuf::from(message["executable"].as_str()?);
    let is_library = message["target"]["kind"].as_array()?.iter().any(|kind| kind == "lib");
    let name = if is_library { "lib" } else { message["target"]["name"].as_str()? };
    Some(Binary { name: name.to_owned(), path })
}

/// Leaves out what this error is about.
fn blame(error: &Value, arms: &HashMap<&str, Arms>, left_out: &mut LeftOut) {
    let message = &error["message"];
    if message["code"]["code"] == "E0015"
        && let Some(called) = message["message"].as_str().and_then(|text| text.split('`').nth(1))
    {
        left_out.constant.insert(last_two(&without_generics(called)));
        return;
    }
    let spans = message["spans"].as_array().map_or(&[][..], Vec::as_slice);
    let primary = spans.iter().filter(|span| span["is_primary"] == true);
    for span in primary {
        let place = |line: &str, column: &str| LineColumn {
            line: span[line].as_u64().unwrap_or(0) as usize,
            column: (span[column].as_u64().unwrap_or(1) as usize).saturating_sub(1),
        };
        if let Some(arms) = span["file_name"].as_str().and_then(|file| arms.get(file)) {
            let (start, end) =
                (place("line_start", "column_start"), place("line_end", "column_end"));
            left_out.mutants.extend(arms.blamed(start, end));
        }
    }
}

/// `a::B::<C>::d` → `a::B::::d`.
fn without_generics(path: &str) -> String {
    let mut depth = 0;
    let mut kept = String::new();
    for character in path.chars() {
        match character {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ if depth == 0 => kept.push(character),
            _ => {}
        }
    }
    kept
}

/// The name of a method with its type, or that of a function alone.
fn last_two(path: &str) -> String {
    let segments: Vec<&str> = path.split("::").filter(|segment| !segment.is_empty()).collect();
    match segments[..] {
        [.., owner, name] if owner.starts_with(char::is_uppercase) => format!("{owner}::{name}"),
        [.., name] => name.to_owned(),
        [] => String::new(),
    }
}

/// What was left out the last time, which holds until the source changes.
struct Remembered(PathBuf);

impl Remembered {
    fn of(copy: &Copy, sources: &[Source]) -> Self {
        let texts: Vec<&str> = sources.iter().map(|source| source.text.as_str()).collect();
        Self(copy.folder.join(format!("left-out-{}", fingerprint(&texts))))
    }

    fn load(&self) -> LeftOut {
        let mut left_out = LeftOut::default();
        for line in fs::read_to_string(&self.0).unwrap_or_default().lines() {
            match line.parse() {
                Ok(number) => left_out.mutants.insert(number),
                Err(_) => left_out.constant.insert(line.to_owned()),
            };
        }
        left_out
    }

    fn store(&self, left_out: &LeftOut) -> Result<()> {
        let numbers = left_out.mutants.iter().map(u32::to_string);
        let lines: Vec<String> = numbers.chain(left_out.constant.iter().cloned()).collect();
        Ok(fs::write(&self.0, lines.join("\n"))?)
    }
}
