//! The walk as it is committed: the same on every run. Ids and instants of a demo are the same by themselves. What is
//! random (secrets, tokens, cursors, digests of the ledger) gets a value of the same form by its place in the walk; real
//! time, by which tokens and secrets live, becomes business time.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::player::Played;

/// A longer list is cut: a policy has a thousand rows.
const MOST_ITEMS: usize = 12;

pub fn written(walk: &[Played], first: u64) -> String {
    let stable = Stable::of(walk, first);
    let steps: Vec<Value> = walk.iter().map(|played| stable.step(played)).collect();
    serde_json::to_string_pretty(&Value::Array(steps)).unwrap() + "\n"
}

/// What follows the time in an id of a demo, before the count.
const COUNTED: &str = "-7000-8000-0000";
/// Members whose values differ from run to run.
const RANDOM: &[&str] = &[
    "client_secret",
    "next_cursor",
    "signature",
    "salt",
    "nonce",
    "kid",
    "x",
    "hmac_sha256",
    "root",
    "from_root",
    "to_root",
    "leaf_hash",
    "inclusion_proof",
    "proof",
    "checkpoint",
    "keys",
    "digest",
    "content_sha256",
    "instance",
];
/// Members with real time in whole seconds.
const REAL_TIME: &[&str] = &["expires_at"];
const TOKEN: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJyb2xlIjoiY29tbXVuaXR5In0.c2lnbmF0dXJl";

/// What is random, with the value that stands for it.
#[derive(Default)]
struct Stable {
    known: BTreeMap<String, String>,
    /// Sent by a story, and so the same on every run.
    sent: BTreeSet<String>,
    ids: u64,
}

impl Stable {
    fn of(walk: &[Played], first: u64) -> Stable {
        let mut stable = Stable::default();
        for played in walk {
            if let Some(body) = &played.body {
                strings(body, &mut |_, text| {
                    if !text.contains(SECRET) {
                        stable.sent.insert(text.to_owned());
                    }
                });
            }
        }
        for played in walk {
            let is_document = played.operation.contains("document");
            let (mut found, mut ids) = (Vec::new(), Vec::new());
            if let Some(body) = &played.body {
                strings(body, &mut |_, text| {
                    if text.contains(SECRET) {
                        found.push(text.rsplit(':').next().unwrap_or_default().to_owned());
                    }
                });
            }
            strings(&cut(&played.operation, &played.answer), &mut |name, text| {
                let is_code = is_document && name == "code";
                if RANDOM.contains(&name) || text.starts_with(SECRET) || is_code || is_random_id(text) {
                    found.push(text.to_owned());
                } else if text.contains(COUNTED) {
                    ids.push(text.to_owned());
                }
            });
            ids.iter().for_each(|id| stable.learn_id(id, first));
            // An ETag is a version and a digest of the view.
            let etag = played.etag.as_ref().map(|etag| etag.trim_matches('"'));
            found.extend(etag.map(|etag| etag.split_once('.').map_or(etag, |(_, digest)| digest).to_owned()));
            for text in found {
                stable.learn(&text);
            }
        }
        stable
    }

    fn learn(&mut self, text: &str) {
        for part in text.split(is_gap) {
            let part = part.strip_prefix(SECRET).unwrap_or(part);
            // Short parts are words of a checkpoint.
            let is_random = part.len() >= 8 && (!part.contains('/') || part.contains('=') || part.len() > 40);
            if is_random && !self.sent.contains(part) && !self.known.contains_key(part) {
                let made = like(part, self.known.len());
                self.known.insert(part.to_owned(), made);
            }
        }
    }

    /// Ids of what the walk made are counted in the order in which they are answered: a write that the database repeats
    /// takes another number.
    fn learn_id(&mut self, id: &str, first: u64) {
        let Some((start, count)) = id.split_once(COUNTED) else { return };
        let is_new = u64::from_str_radix(count, 16).is_ok_and(|count| count >= first);
        if is_new && id.len() == 36 && !self.known.contains_key(id) {
            self.ids += 1;
            self.known.insert(id.to_owned(), format!("{start}{COUNTED}{:08x}", first + self.ids));
        }
    }

    fn step(&self, played: &Played) -> Value {
        let mut step = Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() && (name == "body" || value != json!({})) {
                step.insert(name.to_owned(), value);
            }
        };
        let value = |value: &Value| self.value("", value, played.at);
        put("story", json!(played.story));
        put("title", json!(played.title));
        put("operation", json!(played.operation));
        put("as", json!(played.caller.as_ref().map(|caller| self.replaced(caller))));
        put("at", json!(played.at.to_rfc3339_opts(SecondsFormat::Secs, true)));
        put("method", json!(played.method));
        put("path", json!(self.replaced(&played.path)));
        put("path_parameters", value(&Value::Object(played.path_parameters.clone())));
        put("query", value(&Value::Object(played.query.clone())));
        put("headers", value(&Value::Object(played.headers.clone())));
        put("content_type", json!(played.content_type));
        put("body", played.body.as_ref().map_or(Value::Null, value));
        put("status", json!(played.status));
        put("media_type", json!(played.media_type));
        put("etag", json!(played.etag.as_ref().map(|etag| self.replaced(etag))));
        put("location", json!(played.location.as_ref().map(|at| path_of(&self.replaced(at)))));
        put("answer", value(&cut(&played.operation, &played.answer)));
        if played.example {
            put("example", json!(true));
        }
        Value::Object(step)
    }

    fn value(&self, name: &str, value: &Value, at: DateTime<Utc>) -> Value {
        match value {
            Value::String(text) if name == "leaf" => {
                let leaf: Value = serde_json::from_str(text).unwrap();
                json!(self.value("", &leaf, at).to_string())
            }
            Value::String(text) => json!(self.text(name, text, at)),
            Value::Array(items) => items.iter().map(|item| self.value(name, item, at)).collect(),
            Value::Object(all) => {
                Value::Object(all.iter().map(|(name, value)| (name.clone(), self.value(name, value, at))).collect())
            }
            other => other.clone(),
        }
    }

    fn text(&self, name: &str, text: &str, at: DateTime<Utc>) -> String {
        if text.starts_with("eyJ") && text.matches('.').count() == 2 {
            return TOKEN.to_owned();
        }
        let instant = text.ends_with('Z').then(|| text.parse::<DateTime<Utc>>().ok()).flatten();
        if instant.is_some_and(|instant| instant.timestamp_subsec_micros() > 0 || REAL_TIME.contains(&name)) {
            return at.to_rfc3339_opts(SecondsFormat::Secs, true);
        }
        self.replaced(text)
    }

    /// A text with everything random in it replaced.
    fn replaced(&self, text: &str) -> String {
        let known = |part: &str| self.known.get(part).cloned();
        known(text).unwrap_or_else(|| {
            map_parts(text, is_gap, &|part| {
                let (prefix, bare) = part.strip_prefix(SECRET).map_or(("", part), |bare| (SECRET, bare));
                match known(bare) {
                    Some(stable) => format!("{prefix}{stable}"),
                    // A path, or a query.
                    None => map_parts(part, |c| !c.is_ascii_alphanumeric() && c != '-' && c != '_', &|inner| {
                        known(inner).unwrap_or_else(|| inner.to_owned())
                    }),
                }
            })
        })
    }
}

const SECRET: &str = "xqs_";

/// Between the parts of a checkpoint, an ETag, an API key or a URN.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | ':' | '—')
}

fn map_parts(text: &str, is_gap: impl Fn(char) -> bool, map: &dyn Fn(&str) -> String) -> String {
    let mut made = String::new();
    for part in text.split_inclusive(&is_gap) {
        let bare = part.trim_end_matches(&is_gap);
        made.push_str(&map(bare));
        made.push_str(&part[bare.len()..]);
    }
    made
}

/// Every text of a value, with the member that holds it.
fn strings(value: &Value, found: &mut impl FnMut(&str, &str)) {
    fn inside(name: &str, value: &Value, found: &mut impl FnMut(&str, &str)) {
        match value {
            Value::String(text) if name == "leaf" => inside("", &serde_json::from_str(text).unwrap(), found),
            Value::String(text) => found(name, text),
            Value::Array(items) => items.iter().for_each(|item| inside(name, item, found)),
            Value::Object(all) => all.iter().for_each(|(name, value)| inside(name, value, found)),
            _ => {}
        }
    }
    inside("", value, found);
}

/// The ids of a demo are made of business time and a counter.
fn is_random_id(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok() && !text.contains(COUNTED)
}

/// The OpenAPI document would hold the examples that are made of this record, so its head stands for it.
fn cut(operation: &str, answer: &Value) -> Value {
    if operation == "get_openapi" {
        return json!({ "openapi": answer["openapi"], "info": { "title": answer["info"]["title"] } });
    }
    match answer {
        Value::Array(items) => items.iter().take(MOST_ITEMS).map(|item| cut("", item)).collect(),
        Value::Object(all) => all.iter().map(|(name, value)| (name.clone(), cut("", value))).collect(),
        other => other.clone(),
    }
}

fn path_of(address: &str) -> String {
    let after = address.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    after.unwrap_or(address).to_owned()
}

const UUID_START: &[u8] = b"019e3898-d280-7";

/// A text of the same length and kind of letters: hex stays hex, and a UUID a UUID.
fn like(text: &str, number: usize) -> String {
    let is_hex = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || b == b'-');
    let is_upper = text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || b == b'-');
    let letters: &[u8] = match (is_hex, is_upper) {
        (true, _) => b"0123456789abcdef",
        (_, true) => b"23456789ABCDEFGHJKMNPQRSTUVWXYZ",
        _ => b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    };
    let mut random = (0_u32..).flat_map(|block| {
        let bytes = digest(&SHA256, format!("{number} {block}").as_bytes());
        bytes.as_ref().to_vec()
    });
    let is_uuid = uuid::Uuid::try_parse(text).is_ok();
    text.chars()
        .enumerate()
        .map(|(at, c)| match c {
            '=' | '.' => c,
            '-' if is_hex || is_upper => c,
            // A version 7 of the demo's first day.
            _ if is_uuid && at < UUID_START.len() => char::from(UUID_START[at]),
            _ if is_uuid && at == 19 => '8',
            _ => char::from(letters[usize::from(random.next().unwrap_or_default()) % letters.len()]),
        })
        .collect()
}
