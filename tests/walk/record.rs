//! The walk as it is committed: the same on every run. Ids and instants of a demo are the same by themselves; what is
//! random (secrets, tokens, cursors, proofs of the ledger) gets a value of the same form, by its place in the walk.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use super::player::Played;

pub fn written(walk: &[Played]) -> String {
    let mut stable = Stable::default();
    let mut steps = Vec::new();
    for played in walk {
        let mut step = Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() && value != json!({}) {
                step.insert(name.to_owned(), value);
            }
        };
        put("story", json!(played.story));
        put("title", json!(played.title));
        put("operation", json!(played.operation));
        put("as", json!(played.caller.as_deref().map(|caller| stable.text("", caller))));
        put("at", json!(played.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)));
        put("method", json!(played.method));
        put("path", json!(stable.text("", &played.path)));
        put("query", stable.value("", &Value::Object(played.query.clone())));
        put("headers", stable.value("", &Value::Object(played.headers.clone())));
        put("body", played.body.as_ref().map_or(Value::Null, |body| stable.value("", body)));
        put("status", json!(played.status));
        put("media_type", json!(played.media_type));
        put("etag", json!(played.etag));
        put("location", json!(played.location.as_ref().map(|at| path_of(&stable.text("", at)))));
        put("answer", stable.value("", &played.answer));
        if played.example {
            put("example", json!(true));
        }
        steps.push(Value::Object(step));
    }
    serde_json::to_string_pretty(&Value::Array(steps)).unwrap() + "\n"
}

fn path_of(address: &str) -> String {
    address
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))
        .unwrap_or_else(|| address.to_owned())
}

/// What is random, with the value that stands for it: the same one wherever it comes again.
#[derive(Default)]
struct Stable(BTreeMap<String, String>);

/// Members whose values differ from run to run, whatever their form.
const RANDOM: &[&str] = &["next_cursor", "cursor", "signature", "root_hash", "hash", "proof", "salt", "kid", "x", "y"];
/// Members with real time in them: tokens live in it.
const REAL_TIME: &[&str] = &["expires_at"];
const TOKEN: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJyb2xlIjoiY29tbXVuaXR5In0.c2lnbmF0dXJl";

impl Stable {
    fn value(&mut self, name: &str, value: &Value) -> Value {
        match value {
            Value::String(text) => json!(self.text(name, text)),
            Value::Array(items) => items.iter().map(|item| self.value(name, item)).collect(),
            Value::Object(all) => {
                Value::Object(all.iter().map(|(name, value)| (name.clone(), self.value(name, value))).collect())
            }
            other => other.clone(),
        }
    }

    fn text(&mut self, name: &str, text: &str) -> String {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let made = if text.starts_with("eyJ") && text.matches('.').count() == 2 {
            TOKEN.to_owned()
        } else if let Some(secret) = text.strip_prefix("xqs_") {
            format!("xqs_{}", self.like(secret))
        } else if REAL_TIME.contains(&name) {
            "2026-06-15T13:00:00Z".to_owned()
        } else if RANDOM.contains(&name) {
            self.like(text)
        } else {
            return text.to_owned();
        };
        self.0.insert(text.to_owned(), made.clone());
        made
    }

    /// A text of the same length and letters: hex stays hex.
    fn like(&self, text: &str) -> String {
        let letters: &[u8] = match text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            true => b"0123456789abcdef",
            false => b"0123456789abcdefghijklmnopqrstuvABCDEFGHIJKLMNOPQRSTUVWXYZwxyz-_",
        };
        let mut made = String::new();
        for block in 0_u32.. {
            if made.len() >= text.len() {
                break;
            }
            let bytes = digest(&SHA256, format!("{} {block}", self.0.len()).as_bytes());
            made.extend(bytes.as_ref().iter().map(|byte| char::from(letters[usize::from(*byte) % letters.len()])));
        }
        made.truncate(text.len());
        made
    }
}
