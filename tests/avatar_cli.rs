//! Runs the `avatar` example as a process: files, exit status, JSON.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_macros,
    reason = "a test"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bombproof::{Error, Layout, Limit, Limits, Picture, Size};
use serde_json::Value;

#[path = "support/avatar_program.rs"]
mod avatar_program;
#[path = "support/temp_folder.rs"]
mod temp_folder;

use avatar_program::avatar_program;
use temp_folder::TempFolder;

#[test]
fn a_picture_becomes_a_jpeg_of_256_pixels() {
    let folder = TempFolder::new();
    let photo = photo(&folder, "photo.png", 600, 400);
    let avatar = folder.path("avatar.jpg");
    let output = run(&[&photo, &avatar]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(text(&output.stdout).contains("quoted") && text(&output.stdout).contains("measured"));
    let header = bombproof::probe(&fs::read(&avatar).unwrap()).unwrap();
    assert_eq!(header.format().name(), "jpeg");
    assert_eq!(header.size(), Size::new(256, 256));
}

#[test]
fn the_json_of_a_success_has_every_field() {
    let folder = TempFolder::new();
    let photo = photo(&folder, "photo.png", 600, 400);
    let avatar = folder.path("avatar.webp");
    let options = ["--json", "--fit", "contain", "--size", "90x90"];
    let output = run_with(&options, &[&photo, &avatar]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(text(&output.stderr), "");
    let [object] = json_lines(&output).try_into().unwrap();
    let mut fields: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, SUCCESS_FIELDS);
    assert_eq!(object["input"], photo.to_str().unwrap());
    assert_eq!(object["format"], "png");
    assert_eq!((&object["width"], &object["height"]), (&600.into(), &400.into()));
    assert_eq!(object["orientation"], 1);
    assert_eq!(object["progressive"], false);
    assert_eq!(object["animated"], false);
    assert_eq!(object["scale"], "1/1");
    assert_eq!(object["output"], avatar.to_str().unwrap());
    assert_eq!((&object["output_width"], &object["output_height"]), (&90.into(), &60.into()));
    assert_eq!(object["source_rect"], serde_json::json!([0, 0, 600, 400]));
    assert!(object["color"].is_string());
    assert!(object["elapsed_ms"].as_f64().unwrap() > 0.0);
    let bytes = fs::read(&avatar).unwrap();
    assert_eq!(object["output_bytes"], bytes.len());
    assert_eq!(bombproof::probe(&bytes).unwrap().format().name(), "webp");
    let peak = object["memory_peak"].as_u64().unwrap();
    assert!(peak >= bytes.len() as u64, "{peak} bytes");
    assert!(peak <= object["memory_quoted"].as_u64().unwrap(), "{object}");
}

/// The options that choose the part: each gives another avatar than the middle of the picture.
#[test]
fn the_part_of_the_picture_can_be_chosen() {
    let folder = TempFolder::new();
    let photo = photo(&folder, "photo.png", 600, 200);
    let avatar_of = |options: &[&str]| {
        let avatar = folder.path("avatar.png");
        let output = run_with(options, &[&photo, &avatar]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        fs::read(avatar).unwrap()
    };
    let middle = avatar_of(&[]);
    assert_eq!(avatar_of(&["--focus", "0.5,0.1"]), middle);
    let left = avatar_of(&["--focus", "0.25,0.5"]);
    assert_ne!(left, middle);
    assert_eq!(left, avatar_of(&["--crop", "50,0,200,200"]));
    assert_ne!(avatar_of(&["--attention"]), middle);
    let part_of = |options: &[&str]| {
        let output = run_with(options, &[&photo, &folder.path("avatar.png")]);
        json_lines(&output)[0]["source_rect"].clone()
    };
    let part = |x: u64| serde_json::json!([x, 0, 200, 200]);
    assert_eq!(part_of(&["--json"]), part(200));
    assert_eq!(part_of(&["--json", "--focus", "0.25,0.5"]), part(50));
    let found = part_of(&["--json", "--attention"]);
    assert!((0..=400).filter(|&x| x != 200).any(|x| found == part(x)), "{found}");
}

/// The options that shape the file.
#[test]
fn the_file_can_be_shaped() {
    let folder = TempFolder::new();
    let photo = photo(&folder, "photo.png", 600, 400);
    let run = |options: &[&str]| {
        let avatar = folder.path("avatar.jpg");
        let output = run_with(options, &[&photo, &avatar]);
        (output.status.code(), json_lines(&output).remove(0), fs::read(avatar).unwrap_or_default())
    };
    let plain = run(&["--json"]).2;
    let pixels = |file: &[u8]| bombproof::decode(file, &bombproof::Limits::default()).unwrap();

    let (_, _, progressive) = run(&["--json", "--progressive"]);
    assert!(bombproof::probe(&progressive).unwrap().progressive());
    assert!(!bombproof::probe(&plain).unwrap().progressive());
    assert_eq!(pixels(&progressive), pixels(&plain));

    let (_, _, full_chroma) = run(&["--json", "--full-chroma"]);
    // The sampling factors of luma in the frame header: half chroma, and full.
    assert_eq!((luma_sampling(&plain), luma_sampling(&full_chroma)), (0x22, 0x11));

    let (_, _, smallest) = run(&["--json", "--smallest"]);
    assert!(smallest.len() < plain.len(), "{} of {}", smallest.len(), plain.len());

    let most = plain.len() / 2;
    let (status, object, short) = run(&["--json", "--max-bytes", &most.to_string()]);
    assert_eq!(status, Some(0), "{object}");
    assert!(!short.is_empty() && short.len() <= most, "{} of {most} bytes", short.len());
    let (status, object, _) = run(&["--json", "--max-bytes", "100"]);
    assert_eq!((status, &object["error"]["limit"]), (Some(2), &"max_bytes".into()), "{object}");
}

/// The sampling factors of the first component of a baseline JPEG (T.81, B.2.2).
fn luma_sampling(file: &[u8]) -> u8 {
    let frame = file.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    file[frame + 11]
}

#[test]
fn a_picture_can_be_padded() {
    let folder = TempFolder::new();
    let photo = photo(&folder, "photo.png", 600, 200);
    for (options, corner) in [
        (&["--fit", "pad"][..], [0; 4]),
        (&["--fit", "pad", "--canvas", "0980ff"], [9, 128, 255, 255]),
        (&["--fit", "pad", "--canvas", "0980ff80"], [9, 128, 255, 128]),
    ] {
        let avatar = folder.path("avatar.png");
        let output = run_with(&[options, &["--size", "90x60"]].concat(), &[&photo, &avatar]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let made = bombproof::decode(&fs::read(avatar).unwrap(), &Limits::default()).unwrap();
        assert_eq!(made.size(), Size::new(90, 60));
        let shown = &made.pixels()[..made.layout().bytes_per_pixel()];
        assert_eq!(shown, &corner[..shown.len()]);
        assert_eq!(made.layout().has_alpha(), corner[3] < 255);
    }
}

#[test]
fn a_picture_can_be_cut_round() {
    let folder = TempFolder::new();
    let photo = photo(&folder, "photo.png", 600, 200);
    for (name, options) in
        [("a.png", &["--round"][..]), ("a.jpg", &["--round", "--background", "0980ff"])]
    {
        let avatar = folder.path(name);
        let output = run_with(options, &[&photo, &avatar]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let made = bombproof::decode(&fs::read(avatar).unwrap(), &Limits::default()).unwrap();
        let corner = &made.pixels()[..made.layout().bytes_per_pixel()];
        let expected = if name == "a.png" { &[0; 4][..] } else { &[9, 128, 255] };
        let near = |(a, b): (&u8, &u8)| a.abs_diff(*b) < 3;
        assert!(corner.len() == expected.len() && corner.iter().zip(expected).all(near));
    }
}

#[test]
fn wide_colours_can_be_kept() {
    let folder = TempFolder::new();
    let avatar = folder.path("avatar.jpg");
    let photo = Path::new("corpus/valid/icc-display-p3.jpg");
    for (options, color) in [
        (&["--json"][..], "converted to sRGB"),
        (&["--json", "--keep-wide-gamut"], "converted to Display P3"),
    ] {
        let output = run_with(options, &[photo, &avatar]);
        let [object] = json_lines(&output).try_into().unwrap();
        assert_eq!(object["color"], color);
        let header = bombproof::probe(&fs::read(&avatar).unwrap()).unwrap();
        assert_eq!(header.icc().is_some(), options.len() > 1);
    }
}

#[test]
fn a_placeholder_is_printed_on_request() {
    let folder = TempFolder::new();
    let pixels = [9, 128, 255].repeat(60 * 40);
    let blue = Picture::new(Size::new(60, 40), Layout::Rgb, pixels).unwrap();
    let blue = folder.write("blue.png", &blue.to_png().unwrap());
    let avatar = folder.path("avatar.png");
    let output = run_with(&["--json", "--placeholder"], &[&blue, &avatar]);
    let [object] = json_lines(&output).try_into().unwrap();
    assert_eq!(object["dominant_color"], "#0980ff");
    // 32, 8 and 17 of 63 for the mean, no contrast, and seven frequencies each way.
    assert_eq!(object["thumb_hash"], "IBIBBwAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let output = run_with(&["--placeholder"], &[&blue, &avatar]);
    let line = text(&output.stdout);
    assert!(line.contains("dominant colour #0980ff") && line.contains("ThumbHash IBIB"), "{line}");
}

#[test]
fn a_truncated_file_is_accepted_only_on_request() {
    let folder = TempFolder::new();
    let photo = fs::read("corpus/valid/photo.jpg").unwrap();
    let truncated = folder.write("truncated.jpg", &photo[..photo.len() / 2]);
    let avatar = folder.path("avatar.jpg");
    let refused = run_with(&["--json"], &[&truncated, &avatar]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(!avatar.exists());
    let accepted = run_with(&["--json", "--accept-truncated", "20"], &[&truncated, &avatar]);
    assert_eq!(accepted.status.code(), Some(0), "{accepted:?}");
    let [object] = json_lines(&accepted).try_into().unwrap();
    let place = object["truncated"].as_str().unwrap();
    assert!(place.contains("the data ends at row"), "{place}");
    assert!(avatar.exists());
}

#[test]
fn the_json_of_a_refusal_names_the_limit() {
    let folder = TempFolder::new();
    let photo = photo(&folder, "photo.png", 600, 400);
    let avatar = folder.path("avatar.jpg");
    let output = run_with(&["--json", "--max-pixels", "239999"], &[&photo, &avatar]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let [object] = json_lines(&output).try_into().unwrap();
    assert_eq!(object["input"], photo.to_str().unwrap());
    let error = Error::over_limit(Limit::Pixels, 240_000, 239_999);
    assert_eq!(
        object["error"],
        serde_json::json!({
            "kind": "over_limit",
            "limit": "max_pixels",
            "found": 240_000,
            "allowed": 239_999,
            "message": error.to_string(),
            "user_message": error.user_message(),
            "http_status": 413,
            "retryable": false,
        })
    );
    assert_eq!(object["memory_peak"], 0, "a header is refused without an allocation");
    assert!(object["elapsed_ms"].as_f64().unwrap() > 0.0);
    assert!(!avatar.exists());
}

#[test]
fn what_is_no_picture_is_refused_and_the_rest_is_processed() {
    let folder = TempFolder::new();
    let photo = photo(&folder, "photo.png", 60, 40);
    let page = folder.write("page.jpg", b"<html><script>");
    let output = run_with(&["--json", "--out-dir", &text_path(&folder, "out")], &[&page, &photo]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let [refusal, success] = json_lines(&output).try_into().unwrap();
    assert_eq!(refusal["error"]["kind"], "unsupported");
    assert_eq!(refusal["error"]["http_status"], 415);
    assert_eq!(refusal["error"]["limit"], Value::Null);
    assert_eq!(success["output"], folder.path("out").join("photo.jpg").to_str().unwrap());
}

#[test]
fn probe_makes_a_plan_without_an_allocation_and_writes_nothing() {
    let folder = TempFolder::new();
    let photo = photo(&folder, "photo.png", 600, 400);
    let output =
        run_with(&["--probe", "--json", "--out-dir", &text_path(&folder, "out")], &[&photo]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let [object] = json_lines(&output).try_into().unwrap();
    assert!(object["plan"].as_str().unwrap().starts_with("PNG 600x400, crop 400x400"), "{object}");
    assert!(object["memory_quoted"].as_u64().unwrap() > 0);
    assert_eq!(object["memory_peak"], 0);
    assert_eq!(object["output_width"], 256);
    assert_eq!(object.get("output"), None);
    assert_eq!(object.get("output_bytes"), None);
    assert!(!folder.path("out").exists());
}

#[test]
fn files_with_the_same_stem_overwrite_neither_each_other_nor_an_input() {
    let folder = TempFolder::new();
    let inputs = [
        photo(&folder, "a.png", 60, 40),
        photo(&folder, "a.jpg", 61, 40),
        photo(&folder, "x/a.jpg", 62, 40),
        photo(&folder, "y/A.jpg", 63, 40),
    ];
    let before: Vec<Vec<u8>> = inputs.iter().map(|input| fs::read(input).unwrap()).collect();
    let options =
        ["--json", "--jobs", "3", "--fit", "contain", "--out-dir", &text_path(&folder, "")];
    let output = run_with(&options, &inputs.each_ref().map(PathBuf::as_path));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for (input, before) in inputs.iter().zip(before) {
        assert!(fs::read(input).unwrap() == before, "{} was overwritten", input.display());
    }
    // a.jpg is an input. The order of the inputs decides the numbers, not the order in which jobs
    // end.
    for (name, width) in [("a-2.jpg", 60), ("a-3.jpg", 61), ("a-4.jpg", 62), ("A-5.jpg", 63)] {
        let header = bombproof::probe(&fs::read(folder.path(name)).unwrap()).unwrap();
        assert_eq!(header.size().width, width, "{name}");
    }
}

#[test]
fn a_folder_is_walked_and_four_jobs_share_a_pool() {
    let folder = TempFolder::new();
    for number in 0..24 {
        photo(&folder, &format!("in/{}/photo{number}.png", number % 3), 300 + number, 200);
    }
    let (input, out) = (folder.path("in"), folder.path("out"));
    let options = ["--json", "--jobs", "4", "--pool", "4MiB", "--out-dir", out.to_str().unwrap()];
    let output = run_with(&options, &[&input]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let objects = json_lines(&output);
    assert_eq!(objects.len(), 24);
    for object in &objects {
        let peak = object["memory_peak"].as_u64().unwrap();
        assert!(0 < peak && peak <= object["memory_quoted"].as_u64().unwrap(), "{object}");
        assert!(Path::new(object["input"].as_str().unwrap()).starts_with(&input));
    }
    assert_eq!(fs::read_dir(&out).unwrap().count(), 24);
}

#[test]
fn each_peak_is_that_of_its_own_job() {
    let folder = TempFolder::new();
    for number in 0..6 {
        photo(&folder, &format!("in/small{number}.png"), 20, 20);
        photo(&folder, &format!("in/large{number}.png"), 800, 200);
    }
    let measure = |jobs: &str| {
        let options = ["--json", "--jobs", jobs, "--out-dir", &text_path(&folder, "out")];
        let mut peaks: Vec<(String, u64)> = json_lines(&run_with(&options, &[&folder.path("in")]))
            .iter()
            .map(|object| (object["input"].to_string(), object["memory_peak"].as_u64().unwrap()))
            .collect();
        peaks.sort();
        peaks
    };
    assert_eq!(measure("1"), measure("4"));
}

#[test]
fn an_unreadable_input_is_status_1_and_the_rest_is_processed() {
    let folder = TempFolder::new();
    let (missing, photo) = (folder.path("missing.jpg"), photo(&folder, "photo.png", 60, 40));
    let page = folder.write("page.jpg", b"no picture");
    let options = ["--json", "--out-dir", &text_path(&folder, "out")];
    let output = run_with(&options, &[&missing, &page, &photo]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let [failure, refusal, success] = json_lines(&output).try_into().unwrap();
    assert_eq!(failure["error"]["kind"], "io");
    assert_eq!(failure["error"]["retryable"], false);
    assert_eq!(refusal["error"]["kind"], "unsupported");
    assert_eq!(success["output_width"], 40);
}

#[test]
fn wrong_usage_is_status_1_and_leaves_stdout_empty() {
    let folder = TempFolder::new();
    let photo = photo(&folder, "photo.png", 60, 40);
    let photo = photo.to_str().unwrap();
    let avatar = text_path(&folder, "avatar.jpg");
    for line in [
        &[][..],
        &[photo],
        &[photo, photo],
        &[photo, &avatar, "--size", "0"],
        &[photo, &avatar, "--quality", "0"],
        &[photo, &avatar, "--focus", "0.5"],
        &[photo, &avatar, "--focus", "0.5,1.5"],
        &[photo, &avatar, "--focus", "0.5,0.5", "--attention"],
        &[photo, &avatar, "--quality", "101"],
        &[photo, &avatar, "--fit", "pad", "--canvas", "0980f"],
        &[photo, &avatar, "--memory", "64MB"],
        &[photo, &avatar, "--timeout", "5"],
        &[photo, &avatar, "--jobs", "0"],
        &[photo, &avatar, "--format", "gif"],
        &[photo, &avatar, "--no-such-option"],
        &[&text_path(&folder, ""), &avatar],
    ] {
        for json in [&[][..], &["--json"]] {
            let output = Command::new(avatar_program()).args(json).args(line).output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{line:?} {output:?}");
            assert!(output.stdout.is_empty(), "{line:?}");
            assert!(!output.stderr.is_empty(), "{line:?}");
        }
    }
    assert!(!Path::new(&avatar).exists());
}

#[test]
fn a_timeout_is_a_refusal_that_may_be_retried() {
    let folder = TempFolder::new();
    let photo = photo(&folder, "photo.png", 600, 400);
    let options = ["--json", "--timeout", "0ms"];
    let output = run_with(&options, &[&photo, &folder.path("avatar.jpg")]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let [object] = json_lines(&output).try_into().unwrap();
    assert_eq!(object["error"]["kind"], "interrupted");
    assert_eq!(object["error"]["http_status"], 503);
    assert_eq!(object["error"]["retryable"], true);
}

const SUCCESS_FIELDS: [&str; 18] = [
    "animated",
    "color",
    "elapsed_ms",
    "format",
    "height",
    "input",
    "memory_peak",
    "memory_quoted",
    "orientation",
    "output",
    "output_bytes",
    "output_height",
    "output_width",
    "progressive",
    "scale",
    "source_rect",
    "width",
    "work_quoted_ms",
];

/// Writes a picture: a JPEG when the name says so, else a PNG.
fn photo(folder: &TempFolder, name: &str, width: u32, height: u32) -> PathBuf {
    let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| [x + y, x * 3, y * 2]));
    let pixels = pixels.map(|sample| sample.to_le_bytes()[0]).collect();
    let picture = Picture::new(Size::new(width, height), Layout::Rgb, pixels).unwrap();
    let is_jpeg = Path::new(name).extension().is_some_and(|extension| extension == "jpg");
    let bytes = if is_jpeg { picture.to_jpeg(80) } else { picture.to_png() };
    folder.write(name, &bytes.unwrap())
}

fn text_path(folder: &TempFolder, name: &str) -> String {
    folder.path(name).to_str().unwrap().to_owned()
}

fn run(paths: &[&Path]) -> Output {
    run_with(&[], paths)
}

fn run_with(options: &[&str], paths: &[&Path]) -> Output {
    Command::new(avatar_program()).args(options).args(paths).output().unwrap()
}

fn json_lines(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
