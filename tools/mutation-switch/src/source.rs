//! The files of the library that are compiled into its tests and are no tests themselves.

use std::path::{Path, PathBuf};

use syn::{Attribute, Item, Meta, MetaList, Token, punctuated::Punctuated};

use crate::Result;

/// One file of `src`.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the crate, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Follows the modules of `src/lib.rs` in the crate at `root`.
pub(crate) fn files(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    follow(root, Path::new("src/lib.rs"), Path::new("src"), &mut sources)?;
    Ok(sources)
}

/// Whether an item is in the build that the tests use: with all features, but not under `cfg(test)`.
pub(crate) fn is_built(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .all(|attribute| attribute.parse_args::<Meta>().is_ok_and(|condition| holds(&condition)))
}

/// Reads a file whose child modules lie in `folder`, and those.
fn follow(root: &Path, path: &Path, folder: &Path, sources: &mut Vec<Source>) -> Result<()> {
    let text = std::fs::read_to_string(root.join(path))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let file = syn::parse_file(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    sources.push(Source { path: path.to_string_lossy().replace('\\', "/"), text });
    for (name, folder) in children(&file.items, folder) {
        let flat = folder.join(format!("{name}.rs"));
        let inner = folder.join(&name);
        let path = if root.join(&flat).is_file() { flat } else { inner.join("mod.rs") };
        follow(root, &path, &inner, sources)?;
    }
    Ok(())
}

/// The names of the modules with a file of their own, and the folders of these files.
fn children(items: &[Item], folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for item in items {
        if let Item::Mod(module) = item
            && is_built(&module.attrs)
        {
            let name = module.ident.to_string();
            match &module.content {
                None => found.push((name, folder.to_path_buf())),
                Some((_, items)) => found.extend(children(items, &folder.join(name))),
            }
        }
    }
    found
}

fn holds(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => !path.is_ident("test") && !path.is_ident("doctest"),
        Meta::NameValue(pair) if pair.path.is_ident("target_arch") => {
            matches!(&pair.value, syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. })
                if name.value() == std::env::consts::ARCH)
        }
        Meta::NameValue(_) => true,
        Meta::List(list) if list.path.is_ident("not") => !inner(list).iter().any(holds),
        Meta::List(list) if list.path.is_ident("any") => inner(list).iter().any(holds),
        Meta::List(list) => inner(list).iter().all(holds),
    }
}

fn inner(list: &MetaList) -> Vec<Meta> {
    let parsed = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    parsed.into_iter().flatten().collect()
}
