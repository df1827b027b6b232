//! The modules of a crate, what each imports, and the cycles among them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::source::Source;

/// The modules of one crate by their path: `""` is the root, `"decode::jpeg"` a module below.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) modules: BTreeMap<String, Module>,
}

/// A module with a file of its own.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    /// The modules that it imports, its children among them.
    pub(crate) imports: BTreeSet<String>,
}

impl Graph {
    /// Reads the crate whose root is `root`, from file to file.
    pub(crate) fn read(root: &Path) -> Self {
        let mut sources = BTreeMap::new();
        let mut files = BTreeMap::new();
        let mut open = vec![(Vec::new(), root.to_owned())];
        while let Some((path, file)) = open.pop() {
            let text = fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let source = Source::parse(&text);
            let folder = folder_of(&file, path.is_empty());
            for child in &source.children {
                let inner: PathBuf = child.iter().collect();
                let beside = folder.join(&inner).with_extension("rs");
                let below = folder.join(&inner).join("mod.rs");
                let file = if beside.exists() { beside } else { below };
                // A module with `#[path]` is somebody else's file.
                if file.exists() {
                    open.push(([path.as_slice(), child.as_slice()].concat(), file));
                }
            }
            files.insert(path.join("::"), file);
            sources.insert(path.join("::"), source);
        }
        let mut graph = Self::of_sources(sources);
        for (name, module) in &mut graph.modules {
            module.file = files.remove(name).unwrap_or_default();
        }
        graph
    }

    /// A crate of modules and their texts.
    pub(crate) fn of<'a>(modules: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let parse = |(name, text): (&str, &str)| (name.to_owned(), Source::parse(text));
        Self::of_sources(modules.into_iter().map(parse).collect())
    }

    fn of_sources(sources: BTreeMap<String, Source>) -> Self {
        let names: BTreeSet<&str> = sources.keys().map(String::as_str).collect();
        let mut modules = BTreeMap::new();
        for (name, source) in &sources {
            let here: Vec<&str> = name.split("::").filter(|part| !part.is_empty()).collect();
            let mut imports = BTreeSet::new();
            for child in &source.children {
                let child: Vec<&str> =
                    here.iter().copied().chain(child.iter().map(String::as_str)).collect();
                imports.insert(child.join("::"));
            }
            for (inline, path) in &source.paths {
                let mut target: Vec<&str> =
                    here.iter().copied().chain(inline.iter().map(String::as_str)).collect();
                for part in path {
                    match part.as_str() {
                        "crate" => target.clear(),
                        "super" => drop(target.pop()),
                        "self" => {}
                        part => target.push(part),
                    }
                }
                // Behind the module stand its items.
                while !names.contains(target.join("::").as_str()) {
                    target.pop();
                }
                imports.insert(target.join("::"));
            }
            imports.remove(name);
            imports.retain(|import| names.contains(import.as_str()));
            modules.insert(name.clone(), Module { file: PathBuf::new(), imports });
        }
        Self { modules }
    }

    /// One cycle for each group of modules, and of files and folders beside each other, that import
    /// each other.
    pub(crate) fn cycles(&self) -> Vec<String> {
        let mut cycles = BTreeSet::new();
        let files =
            self.modules.iter().map(|(name, module)| (name.clone(), module.imports.clone()));
        cycles.extend(cycle(&files.collect()));
        let folders: BTreeSet<&str> =
            self.modules.keys().map(|name| name.rsplit_once("::").map_or("", |it| it.0)).collect();
        for folder in folders {
            // What lies in the folder: its own file, and each file or folder as one thing.
            let place = |module: &str| -> Option<String> {
                let inner = if folder.is_empty() {
                    module
                } else if module == folder {
                    ""
                } else {
                    module.strip_prefix(folder)?.strip_prefix("::")?
                };
                let first = inner.split("::").next().unwrap_or_default();
                Some(if first.is_empty() || folder.is_empty() {
                    if first.is_empty() { folder.to_owned() } else { first.to_owned() }
                } else {
                    format!("{folder}::{first}")
                })
            };
            let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (from, module) in &self.modules {
                let Some(from) = place(from) else { continue };
                let imports = module.imports.iter().filter_map(|to| place(to));
                graph.entry(from.clone()).or_default().extend(imports.filter(|to| *to != from));
            }
            cycles.extend(cycle(&graph));
        }
        cycles.into_iter().collect()
    }
}

/// The folder in which the children of a module lie.
fn folder_of(file: &Path, is_root: bool) -> PathBuf {
    let is_folder = is_root || file.file_name().is_some_and(|name| name == "mod.rs");
    let folder = file.parent().map(Path::to_owned).unwrap_or_default();
    if is_folder { folder } else { folder.join(file.file_stem().unwrap_or_default()) }
}

/// A shortest way from a module back to itself, for the first module that has one.
fn cycle(graph: &BTreeMap<String, BTreeSet<String>>) -> Option<String> {
    let mut shortest: Option<Vec<&str>> = None;
    for start in graph.keys() {
        let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
        let mut open = std::collections::VecDeque::from([start.as_str()]);
        while let Some(at) = open.pop_front() {
            for next in graph.get(at).into_iter().flatten() {
                if came_from.contains_key(next.as_str()) {
                    continue;
                }
                came_from.insert(next, at);
                open.push_back(next);
            }
        }
        if !came_from.contains_key(start.as_str()) {
            continue;
        }
        let mut way = vec![start.as_str()];
        let mut at = came_from[start.as_str()];
        while at != start {
            way.push(at);
            at = came_from[at];
        }
        way.push(start);
        way.reverse();
        if shortest.as_ref().is_none_or(|shortest| way.len() < shortest.len()) {
            shortest = Some(way);
        }
    }
    let show =
        |name: &&str| if name.is_empty() { "the root".to_owned() } else { (*name).to_owned() };
    shortest.map(|way| way.iter().map(show).collect::<Vec<_>>().join(" -> "))
}
