//! Examples of bodies, parameters and answers: what the recorded walk sent and got (`openapi/walk.json`).

use std::collections::HashMap;

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Written by the tests that play the stories (`tests/walk`).
const WALK: &str = include_str!("../../openapi/walk.json");

/// An answer of the document is an answer that came, but for lists: a reader of one needs to see one row and its
/// neighbour.
const ITEMS_SHOWN: usize = 2;
/// A longer answer shows one item of each list.
const LONG: usize = 4_000;
/// Lists that are shown whole: `days` of a deadline, because `days_left_out` beside it says how many are missing.
const WHOLE: &[&str] = &["days"];

/// One request of the walk and its answer.
#[derive(Deserialize)]
pub struct Recorded {
    operation: String,
    path: String,
    #[serde(default)]
    pub query: Map<String, Value>,
    pub body: Option<Value>,
    pub status: u16,
    #[serde(default)]
    media_type: String,
    answer: Option<Value>,
    #[serde(default)]
    example: bool,
}

/// The example of each operation: the recorded step that says it is one, or the first that succeeded.
pub struct Examples(HashMap<String, Recorded>);

impl Examples {
    pub fn read() -> anyhow::Result<Examples> {
        let walk: Vec<Recorded> = serde_json::from_str(WALK).context("openapi/walk.json")?;
        let mut all: HashMap<String, Recorded> = HashMap::new();
        for step in walk.into_iter().filter(|step| step.status < 300) {
            match all.get(&step.operation) {
                Some(known) if known.example || !step.example => {}
                _ => drop(all.insert(step.operation.clone(), step)),
            }
        }
        Ok(Examples(all))
    }

    pub fn of(&self, operation: &str) -> Option<&Recorded> {
        self.0.get(operation)
    }
}

impl Recorded {
    /// The answer as the document shows it; none where it is not JSON.
    pub fn shown(&self, document: &Value, schema: &Value) -> Option<Value> {
        let answer = self.answer.as_ref().filter(|_| self.media_type.ends_with("json"))?;
        let cut = shortened(document, schema, answer, ITEMS_SHOWN);
        if cut.to_string().len() <= LONG { Some(cut) } else { Some(shortened(document, schema, answer, 1)) }
    }

    /// The answer where it is text of another media type.
    pub fn text(&self) -> Option<(&str, &Value)> {
        let answer = self.answer.as_ref().filter(|answer| answer.is_string())?;
        Some((&self.media_type, answer))
    }

    /// The value of a parameter of `template`, such as `/v1/violations/{id}`.
    pub fn parameter(&self, template: &str, name: &str) -> Option<&str> {
        let hole = format!("{{{name}}}");
        let at = template.split('/').position(|part| part.contains(&hole))?;
        let (before, after) = template.split('/').nth(at)?.split_once(&hole)?;
        self.path.split('/').nth(at)?.strip_prefix(before)?.strip_suffix(after)
    }
}

/// A list has as many items as its schema asks for.
fn shortened(document: &Value, schema: &Value, value: &Value, most: usize) -> Value {
    let schema = resolved(document, schema);
    match value {
        Value::Array(items) => {
            let least = schema["minItems"].as_u64().and_then(|least| usize::try_from(least).ok()).unwrap_or_default();
            let cut = |item| shortened(document, &schema["items"], item, most);
            items.iter().take(most.max(least)).map(cut).collect()
        }
        Value::Object(all) => all
            .iter()
            .map(|(name, value)| {
                let most = if WHOLE.contains(&name.as_str()) { usize::MAX } else { most };
                (name.clone(), shortened(document, &schema["properties"][name], value, most))
            })
            .collect(),
        other => other.clone(),
    }
}

/// The schema that a reference, or the first branch that is not null, leads to.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    loop {
        let target = schema["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
        let branch = ["oneOf", "anyOf", "allOf"]
            .iter()
            .find_map(|kind| schema[*kind].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null")));
        schema = match (target.and_then(|pointer| document.pointer(pointer)), branch) {
            (Some(target), _) => target,
            (None, Some(branch)) => branch,
            (None, None) => return schema,
        };
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn recorded(path: &str, answer: Value) -> Recorded {
        let media_type = "application/json".to_owned();
        let (operation, query) = ("x".to_owned(), Map::new());
        let path = path.to_owned();
        Recorded { operation, path, query, body: None, status: 200, media_type, answer: Some(answer), example: false }
    }

    #[test]
    fn a_list_shows_a_row_and_its_neighbour_and_a_long_one_only_a_row() {
        let short = recorded("/v1/x", json!({ "items": [1, 2, 3] }));
        let document = json!({ "page": { "properties": { "items": { "minItems": 3 } } } });
        assert_eq!(short.shown(&document, &json!({})), Some(json!({ "items": [1, 2] })));
        let least = json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/page" }] });
        assert_eq!(short.shown(&document, &least), short.answer);
        let whole = recorded("/v1/x", json!({ "days": [1, 2, 3], "days_left_out": 0 }));
        assert_eq!(whole.shown(&document, &json!({})), whole.answer);
        let long = "物".repeat(LONG / 3);
        assert_eq!(recorded("/v1/x", json!([long, long])).shown(&document, &json!({})), Some(json!([long])));
    }

    #[test]
    fn a_parameter_is_read_from_the_path_also_before_an_ending() {
        let step = recorded("/open311/v2/services/service.cleaning.json", json!({}));
        let template = "/open311/v2/services/{service_code}.json";
        assert_eq!(step.parameter(template, "service_code"), Some("service.cleaning"));
        assert_eq!(recorded("/v1/a/7", json!({})).parameter("/v1/a/{id}", "id"), Some("7"));
        assert_eq!(recorded("/v1/a", json!({})).parameter("/v1/a", "id"), None);
    }
}
