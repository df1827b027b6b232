//! Chooses where each avatar is written. No output overwrites another output or an input.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

/// The output path of each input in `out_dir`: `photo.jpg`, and for further inputs with the same
/// stem `photo-2.jpg`, `photo-3.jpg`, in the order of `inputs`.
pub(crate) fn output_paths(inputs: &[PathBuf], out_dir: &Path, extension: &str) -> Vec<PathBuf> {
    let inputs_on_disk: HashSet<PathBuf> =
        inputs.iter().filter_map(|input| fs::canonicalize(input).ok()).collect();
    let is_input = |output: &Path| {
        fs::canonicalize(output).is_ok_and(|output| inputs_on_disk.contains(&output))
    };
    let mut uses: HashMap<String, u32> = HashMap::new();
    let mut used_names: HashSet<String> = HashSet::new();
    let mut unused_output = |input: &PathBuf| {
        let stem = input.file_stem().unwrap_or(OsStr::new("avatar"));
        let number = uses.entry(without_case(stem)).or_default();
        loop {
            *number += 1;
            let name = numbered(stem, *number, extension);
            let output = out_dir.join(&name);
            if !is_input(&output) && used_names.insert(without_case(&name)) {
                return output;
            }
        }
    };
    inputs.iter().map(&mut unused_output).collect()
}

/// True when writing `output` would overwrite `input`.
pub(crate) fn is_same_file(input: &Path, output: &Path) -> bool {
    match (fs::canonicalize(input), fs::canonicalize(output)) {
        (Ok(input), Ok(output)) => input == output,
        _ => false,
    }
}

fn numbered(stem: &OsStr, number: u32, extension: &str) -> OsString {
    let mut name = stem.to_owned();
    if number > 1 {
        name.push(format!("-{number}"));
    }
    name.push(".");
    name.push(extension);
    name
}

/// Some file systems ignore case: there, `A` and `a` are the same name.
fn without_case(name: &OsStr) -> String {
    name.to_string_lossy().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_names(inputs: &[&str], extension: &str) -> Vec<String> {
        let inputs: Vec<PathBuf> = inputs.iter().map(PathBuf::from).collect();
        let outputs = output_paths(&inputs, Path::new("no-such-folder"), extension);
        outputs.iter().map(|output| output.file_name().unwrap().to_str().unwrap().into()).collect()
    }

    #[test]
    fn an_output_keeps_the_stem_and_gets_the_extension_of_the_format() {
        assert_eq!(
            file_names(&["a.png", "x/b.c.jpg", "d"], "webp"),
            ["a.webp", "b.c.webp", "d.webp"]
        );
    }

    #[test]
    fn inputs_with_the_same_stem_are_numbered() {
        assert_eq!(
            file_names(&["a.jpg", "a.png", "x/a.jpg", "A.jpg"], "jpg"),
            ["a.jpg", "a-2.jpg", "a-3.jpg", "A-4.jpg"]
        );
    }

    #[test]
    fn a_numbered_name_does_not_collide_with_a_stem_that_ends_in_a_number() {
        assert_eq!(
            file_names(&["a-2.jpg", "a.jpg", "a.png", "x/a-2.jpg"], "jpg"),
            ["a-2.jpg", "a.jpg", "a-3.jpg", "a-2-2.jpg"]
        );
    }

    #[test]
    fn an_input_without_a_stem_becomes_avatar() {
        assert_eq!(file_names(&[".."], "jpg"), ["avatar.jpg"]);
    }

    #[test]
    fn an_input_in_the_folder_of_the_outputs_is_not_overwritten() {
        let folder = std::env::temp_dir().join(format!("avatar-names-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let inputs = [folder.join("a.jpg"), folder.join("a.png")];
        for input in &inputs {
            fs::write(input, "an input").unwrap();
        }
        assert_eq!(
            output_paths(&inputs, &folder, "jpg"),
            [folder.join("a-2.jpg"), folder.join("a-3.jpg")]
        );
        assert!(is_same_file(&inputs[0], &folder.join(".").join("a.jpg")));
        assert!(!is_same_file(&inputs[0], &inputs[1]));
        fs::remove_dir_all(&folder).unwrap();
    }
}
