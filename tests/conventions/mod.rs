//! The conventions of this project, checked in the source tree and in the document.

mod deadlines;
mod document;
mod features;
mod glossary;
mod guides;
mod layers;
mod links;
mod new_feature;
mod package;
mod plans;
mod schema;
mod shared_rows;
mod source;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Every file with this extension under `src` and the `src` of each crate, by its path from the root of the repository.
fn sources(ending: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    let crates = std::fs::read_dir(root.join("crates")).expect("the crates");
    let mut folders: Vec<PathBuf> = crates.map(|one| one.expect("a crate").path().join("src")).collect();
    folders.push(root.join("src"));
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.to_string_lossy().ends_with(ending) {
                let name = entry.strip_prefix(root).expect("under the root").display().to_string();
                all.push((name, std::fs::read_to_string(&entry).expect("a source file")));
            }
        }
    }
    all.sort();
    assert!(!all.is_empty(), "no {ending}");
    all
}

/// The code of a file, without comments and tests.
fn code(text: &str) -> String {
    let product = text.split("#[cfg(test)]").next().unwrap_or_default();
    product.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The committed document, with its examples. A test compares it with the code.
pub fn committed() -> Value {
    serde_json::from_str(xiaoqu::app::COMMITTED).expect("the committed document")
}

/// Path, method and operation.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            all.push((path.as_str(), method.as_str(), operation));
        }
    }
    all
}

/// All values in a part of the document, with their pointers.
fn walk<'a>(part: &'a Value, at: String, found: &mut Vec<(String, &'a Value)>) {
    match part {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| walk(value, format!("{at}/{}", name.replace('/', "~1")), found))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| walk(value, format!("{at}/{index}"), found))
        }
        _ => {}
    }
    found.push((at, part));
}
