//! Event types that the features declare: the type filter, the schemas of the OpenAPI document, and the table in
//! `docs/ledger.md`.

use serde_json::{Map, Value, json};

use crate::input_error::InputError;
use crate::service::events::{Fact, Subject, subjects, types};
use crate::service::feature::Feature;

/// Most types in one filter.
const MOST_ASKED: usize = 20;

/// The types that a filter names: one, several separated by commas, or all types of a subject, such as `violation.*`.
pub fn parse_type_filter(features: &[&'static Feature], filter: &str) -> Result<Vec<&'static str>, Vec<InputError>> {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    if filter.split(',').count() > MOST_ASKED {
        let (zh, en) = (
            format!("不得超过{MOST_ASKED}项；查询全部类型时不填写此参数"),
            format!("must have at most {MOST_ASKED} types; to get all types, leave the parameter out"),
        );
        return Err(vec![InputError::new("query/type", "too_many", zh, en)]);
    }
    for one in filter.split(',').map(str::trim) {
        let before = found.len();
        match one.strip_suffix('*') {
            Some(start) if start.ends_with('.') => {
                found.extend(types(features).map(|kind| kind.code).filter(|code| code.starts_with(start)));
            }
            _ => found.extend(types(features).map(|kind| kind.code).filter(|code| *code == one)),
        }
        if found.len() == before {
            let nearest = nearest(features, one);
            faults.push(InputError::new(
                "query/type",
                "unknown_value",
                format!("没有事件类型“{one}”；最接近的是 {nearest}；全部类型见 /v1/vocabulary 的 event_type"),
                format!(
                    "there is no event type {one:?}; the nearest is {nearest}; /v1/vocabulary lists all as event_type"
                ),
            ));
        }
    }
    found.dedup();
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// The type with the smallest edit distance.
fn nearest(features: &[&'static Feature], wrong: &str) -> &'static str {
    // Longer than any type, so the rest does not matter.
    let wrong: Vec<char> = wrong.chars().take(80).collect();
    types(features).map(|kind| kind.code).min_by_key(|code| distance(&wrong, code)).unwrap_or_default()
}

/// Levenshtein distance: letters to change, insert or delete.
fn distance(wrong: &[char], right: &str) -> usize {
    let mut row: Vec<usize> = (0..=wrong.len()).collect();
    for (line, letter) in right.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for column in 1..=wrong.len() {
            let same = diagonal + usize::from(wrong[column - 1] != letter);
            diagonal = row[column];
            row[column] = same.min(diagonal + 1).min(row[column - 1] + 1);
        }
    }
    row[wrong.len()]
}

const DIGEST: &str = "EventTextDigest";

/// The schemas of `EventType`, the digest and each subject's `data`.
pub fn schemas(features: &[&'static Feature]) -> Map<String, Value> {
    let mut all = Map::new();
    let codes: Vec<&str> = types(features).map(|kind| kind.code).collect();
    all.insert(
        "EventType".to_owned(),
        json!({
            "type": "string", "enum": codes, "example": "violation.confirmed",
            "description": "Event type (事件类型). New types can be added."
        }),
    );
    all.insert(
        DIGEST.to_owned(),
        json!({
            "type": "object",
            "description": "Salted digest of a text that is not in the ledger (加盐摘要): HMAC-SHA256 of its UTF-8 bytes \
                with a random salt, in hex. The salt is stored outside the ledger and deleted on erasure.",
            "properties": { "hmac_sha256": {
                "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "The HMAC, in hex.",
                "example": "5b1f0d9c4e8a7b6c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c"
            } },
            "required": ["hmac_sha256"]
        }),
    );
    for subject in subjects(features) {
        all.insert(subject.schema.to_owned(), subject.data());
    }
    all
}

/// The schema of `data`: one of the schemas of the subjects.
pub fn any_data(features: &[&'static Feature]) -> Value {
    let all = subjects(features).map(|subject| json!({ "$ref": format!("#/components/schemas/{}", subject.schema) }));
    json!({
        "anyOf": all.collect::<Vec<_>>(),
        "description": "The facts after the event. The schema depends on the subject: `violation.confirmed` has \
            EventDataViolation. Texts and personal fields are digests. Companies and committees do not get `step`: \
            reasons are delivered with the notice or decision.",
        "example": {
            "act": "nine.staff_not_in_uniform", "clause": 3, "state": "confirmed", "found_on": "2026-03-02", "version": 4,
            "reasons": { "hmac_sha256": "5b1f0d9c4e8a7b6c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c" }
        }
    })
}

impl Subject {
    fn data(&self) -> Value {
        let facts = self.facts.iter().map(|(name, fact, about)| ((*name).to_owned(), fact.schema(about)));
        let digests = self.digests.iter().map(|name| {
            let reference = json!({ "$ref": format!("#/components/schemas/{DIGEST}") });
            ((*name).to_owned(), reference)
        });
        let codes: Vec<String> = self.types.iter().map(|kind| format!("`{}`", kind.code)).collect();
        json!({
            "type": "object",
            "description": format!("`data` of {}. {}", codes.join(", "), self.about),
            "properties": facts.chain(digests).collect::<Map<_, _>>()
        })
    }
}

impl Fact {
    fn schema(self, about: &str) -> Value {
        use Fact::{Code, Count, Day, Flag, Id, Instant, Json, Number, Step, Text};
        let mut schema = match self {
            Id => json!({ "type": ["string", "null"], "maxLength": 36 }),
            Code => json!({ "type": ["string", "null"], "maxLength": 200 }),
            Text => json!({ "type": ["string", "null"], "maxLength": 1_000_000 }),
            Day => json!({ "type": ["string", "null"], "format": "date" }),
            Instant => json!({ "type": ["string", "null"], "format": "date-time" }),
            Count => json!({ "type": ["integer", "null"], "format": "int64" }),
            Number => json!({ "type": ["number", "null"] }),
            Flag => json!({ "type": ["boolean", "null"] }),
            Json => json!({}),
            Step => json!({ "type": "object", "additionalProperties": true }),
        };
        schema["description"] = json!(about);
        schema
    }
}

/// The table in `docs/ledger.md`.
pub fn table(features: &[&'static Feature]) -> String {
    let mut text = String::from("| subject | `data` | digests | types |\n|---|---|---|---|\n");
    for subject in subjects(features) {
        let facts: Vec<&str> = subject.facts.iter().map(|(name, ..)| *name).collect();
        let types: Vec<String> = subject.types.iter().map(|kind| format!("`{}`", kind.code)).collect();
        text += &format!(
            "| {} (`{}`) | {} | {} | {} |\n",
            subject.about,
            subject.kind,
            facts.join(" "),
            subject.digests.join(" "),
            types.join(" ")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::events::Type;

    const fn kind(code: &'static str) -> Type {
        Type { code, zh: "事件", en: "It happened" }
    }

    const fn subject(kind: &'static str, types: &'static [Type]) -> Subject {
        Subject { kind, schema: "EventData", about: "A subject", facts: &[], digests: &[], types }
    }

    const FEATURES: &[&Feature] = &[&Feature {
        events: &[
            subject("violation", &[kind("violation.reported"), kind("violation.confirmed")]),
            subject("plaque", &[kind("plaque.issued"), kind("plaque.ended"), kind("plaque.restored")]),
        ],
        ..Feature::EMPTY
    }];

    #[test]
    fn a_filter_names_types_or_all_of_a_subject_and_nothing_else() {
        let asked = |filter: &str| parse_type_filter(FEATURES, filter);
        assert_eq!(asked("violation.confirmed").unwrap(), ["violation.confirmed"]);
        assert_eq!(asked("plaque.issued, plaque.ended").unwrap(), ["plaque.issued", "plaque.ended"]);
        assert_eq!(asked("plaque.*").unwrap(), ["plaque.issued", "plaque.ended", "plaque.restored"]);
        for wrong in ["nope", "*", "violation", "viol*", "nope.*", "", "violation.confirmed,", "violation.Confirmed"] {
            let faults = asked(wrong).unwrap_err();
            assert_eq!((faults[0].pointer.as_str(), faults[0].code), ("query/type", "unknown_value"), "{wrong}");
        }
        assert!(asked("violation.confirmd").unwrap_err()[0].detail_en.contains("nearest is violation.confirmed"));
        assert_eq!(asked(&"plaque.*,".repeat(20)).unwrap_err()[0].code, "too_many");
        assert_eq!(asked("nope,nada").unwrap_err().len(), 2, "every fault at once");
    }
}
