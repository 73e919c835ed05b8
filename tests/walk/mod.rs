//! The recorded walk: stories that call every operation of a fresh demo, in one order. What was sent and answered is
//! `openapi/walk.json`, from which the OpenAPI document takes its examples.
//!
//! A story is a file of `stories/`, played in the order of their names. `XIAOQU_WRITE_DOCS=1` writes the record anew;
//! `XIAOQU_WALK_STORIES` and `XIAOQU_WALK_RECORD` name another folder of stories and another file, to try a new story.
//! docs/adding-a-feature.md says how.

mod player;
mod record;
mod story;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::conventions::committed;

const RECORD: &str = "openapi/walk.json";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn setting(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

#[test]
fn every_recorded_request_succeeds_on_a_fresh_demo_and_is_answered_as_recorded() {
    let stories = setting("XIAOQU_WALK_STORIES").unwrap_or_else(|| root().join("tests/walk/stories"));
    let (walk, first) = player::play(&story::read_all(&stories));
    let walked = record::written(&walk, first);
    let elsewhere = setting("XIAOQU_WALK_RECORD");
    let file = elsewhere.clone().unwrap_or_else(|| root().join(RECORD));
    if elsewhere.is_some() || std::env::var_os("XIAOQU_WRITE_DOCS").is_some() {
        std::fs::write(&file, walked).unwrap();
        return;
    }
    let recorded = std::fs::read_to_string(&file).unwrap();
    let differs = walked.lines().zip(recorded.lines()).enumerate().find(|(_, (now, then))| now != then);
    if let Some((line, (now, then))) = differs {
        panic!("{RECORD}:{}: recorded {then}\nplayed {now}\nXIAOQU_WRITE_DOCS=1 writes it anew", line + 1);
    }
    assert_eq!(walked.lines().count(), recorded.lines().count(), "{RECORD} has other steps than the stories");
}

#[test]
fn every_operation_of_the_document_is_in_the_walk() {
    let recorded: Value = serde_json::from_str(&std::fs::read_to_string(root().join(RECORD)).unwrap()).unwrap();
    let walked: BTreeSet<&str> =
        recorded.as_array().unwrap().iter().map(|step| step["operation"].as_str().unwrap()).collect();
    let known: BTreeMap<String, String> = story::operations(&committed());
    let missing: Vec<&String> = known.keys().filter(|name| !walked.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "no story of tests/walk/stories calls {missing:#?}");
}
