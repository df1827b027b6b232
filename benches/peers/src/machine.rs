//! The machine and the versions that a record was made with.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crate::peer;

/// The name of a record: the date and the processor.
pub(crate) fn record_name() -> String {
    let date = output_of("date", &["-u", "+%F"]);
    let cpu: String = cpu()
        .to_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    format!("{date}-{cpu}")
}

/// The text beside a record.
pub(crate) fn description(
    arguments: &[String],
    versions: &[String],
    notes: &[(&str, String)],
) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<11} {value}");
    };
    line("date", &output_of("date", &["-u", "+%F %H:%M UTC"]));
    line("command", &format!("scripts/peers {}", arguments.join(" ")));
    let changed = if output_of("git", &["status", "--porcelain", "--", "src"]).is_empty() {
        ""
    } else {
        ", with changes"
    };
    line("commit", &format!("{}{changed}", output_of("git", &["rev-parse", "--short=12", "HEAD"])));
    line("processor", &cpu());
    line("cores", &format!("{}; the workers share one", cores()));
    line("system", &output_of("uname", &["-sr"]));
    line("rust", &output_of("rustc", &["-V"]));
    line("node", &output_of("node", &["--version"]));
    let python = peer::folder().join("venv/bin/python").display().to_string();
    line("python", &output_of(&python, &["--version"]));
    for version in versions {
        line("peer", version);
    }
    for (name, value) in notes {
        line(name, value);
    }
    text
}

/// The load averages, as the system prints them.
pub(crate) fn load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().trim().to_owned()
}

fn cpu() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map(|line| line.trim_start_matches(['\t', ' ', ':']).trim());
    model.unwrap_or(std::env::consts::ARCH).to_owned()
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What a command prints. Nothing if it cannot be started.
fn output_of(program: &str, arguments: &[&str]) -> String {
    let root = peer::folder().join("../..");
    match Command::new(program).args(arguments).current_dir(root).output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Err(_) => String::new(),
    }
}
