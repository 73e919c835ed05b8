//! Stories: who calls what with which body, as JSON.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    pub title: String,
    pub steps: Vec<Step>,
}

/// One request. `$name` stands for a value that an earlier step kept, alone or as `${name}` within a text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The id of the operation.
    #[serde(default, rename = "do")]
    pub operation: String,
    /// Who calls: a role of the demo, `role#note` for another person of that office, `role@territory` elsewhere
    /// (a division, a USCC, a complex, a kind of utility); nothing for nobody.
    #[serde(default, rename = "as")]
    pub caller: Option<String>,
    #[serde(default)]
    pub path: Map<String, Value>,
    #[serde(default)]
    pub query: Map<String, Value>,
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// JSON.
    #[serde(default)]
    pub body: Option<Value>,
    /// `application/x-www-form-urlencoded`.
    #[serde(default)]
    pub form: Option<Map<String, Value>>,
    /// `multipart/form-data`: a text, or `{"file": path in the repository, "type": media type}`.
    #[serde(default)]
    pub parts: Option<Map<String, Value>>,
    /// Sends `If-Match` with the version that was last answered at this path.
    #[serde(default)]
    pub if_match: bool,
    /// The status that is expected; any of 2xx without it.
    #[serde(default)]
    pub status: Option<u16>,
    /// Name → pointer into the answer.
    #[serde(default)]
    pub keep: Map<String, Value>,
    /// Moves the clock before the request: an instant (RFC 3339).
    #[serde(default)]
    pub at: Option<String>,
    /// Runs the work that goes on beside the requests, once.
    #[serde(default)]
    pub jobs: bool,
    /// This request and this answer are the example of the operation, and not the first recorded ones.
    #[serde(default)]
    pub example: bool,
}

pub fn read_all(folder: &Path) -> Vec<(String, Story)> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    assert!(!files.is_empty(), "no stories in {}", folder.display());
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let story = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.file_stem().unwrap().to_string_lossy().into_owned(), story)
    };
    files.into_iter().map(read).collect()
}

/// Every operation of a document: id → `METHOD path`.
pub fn operations(document: &Value) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(id) = operation["operationId"].as_str() else { continue };
            all.insert(id.to_owned(), format!("{} {path}", method.to_uppercase()));
        }
    }
    all
}
