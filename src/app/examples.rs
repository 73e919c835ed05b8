//! Examples of bodies, parameters and answers: what the recorded walk sent and got (`openapi/walk.json`, written by the
//! tests that play the stories of `tests/walk`).

use std::collections::HashMap;

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Map, Value};

/// An answer of the document is an answer that came, but for lists: a reader of one needs to see one row and its
/// neighbour.
const ITEMS_SHOWN: usize = 2;
/// A longer answer shows one item of each list.
const LONG: usize = 4_000;
/// Lists that are shown whole: `days` of a deadline, because `days_left_out` beside it says how many are missing.
const WHOLE: &[&str] = &["days"];

/// One request of the walk and its answer.
#[derive(Deserialize)]
struct Recorded {
    operation: String,
    #[serde(default)]
    path_parameters: Map<String, Value>,
    #[serde(default)]
    query: Map<String, Value>,
    /// Media type of the body.
    content_type: Option<String>,
    body: Option<Value>,
    status: u16,
    #[serde(default)]
    media_type: String,
    answer: Option<Value>,
    #[serde(default)]
    example: bool,
}

/// Adds the examples of a walk to a finished document: of each operation the recorded step that says it is the example, or
/// the first one that succeeded.
pub fn add(document: &mut Value, walk: &str) -> anyhow::Result<()> {
    let walk: Vec<Recorded> = serde_json::from_str(walk).context("the recorded walk")?;
    let mut all: HashMap<&str, &Recorded> = HashMap::new();
    for step in walk.iter().filter(|step| step.status < 300) {
        let known = all.entry(&step.operation).or_insert(step);
        if step.example && !known.example {
            *known = step;
        }
    }
    let schemas = document.clone();
    let items = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    for operation in items.filter_map(Value::as_object_mut).flat_map(|item| item.values_mut()) {
        let recorded = operation["operationId"].as_str().and_then(|id| all.get(id));
        recorded.into_iter().for_each(|recorded| recorded.add_to(operation, &schemas));
    }
    Ok(())
}

fn is_json(media_type: &str) -> bool {
    media_type.ends_with("json")
}

impl Recorded {
    fn add_to(&self, operation: &mut Value, document: &Value) {
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            let sent = if parameter["in"] == "path" { &self.path_parameters } else { &self.query };
            let value = parameter["name"].as_str().and_then(|name| sent.get(name));
            value.into_iter().for_each(|value| parameter["example"] = value.clone());
        }
        let sent = self.content_type.as_deref().unwrap_or_default();
        let content = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut);
        for (media_type, body) in content.into_iter().flatten() {
            if let Some(example) = &self.body
                && (media_type == sent || is_json(media_type) && is_json(sent))
            {
                body["example"] = example.clone();
            }
        }
        let content = operation.pointer_mut(&format!("/responses/{}/content", self.status));
        if let Some(body) = content.and_then(|content| content.get_mut(&self.media_type))
            && let Some(answer) = self.shown(document, &body["schema"])
        {
            body["example"] = answer;
        }
    }

    /// The answer as the document shows it: JSON, or text as it came.
    fn shown(&self, document: &Value, schema: &Value) -> Option<Value> {
        let answer = self.answer.as_ref()?;
        let cut = shortened(document, schema, answer, ITEMS_SHOWN);
        Some(if cut.to_string().len() <= LONG || answer.is_string() {
            cut
        } else {
            shortened(document, schema, answer, 1)
        })
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

    fn answered(answer: Value) -> Recorded {
        serde_json::from_value(json!({ "operation": "x", "status": 200, "answer": answer })).unwrap()
    }

    #[test]
    fn a_list_shows_a_row_and_its_neighbour_and_a_long_one_only_a_row() {
        let short = answered(json!({ "items": [1, 2, 3] }));
        let document = json!({ "page": { "properties": { "items": { "minItems": 3 } } } });
        assert_eq!(short.shown(&document, &json!({})), Some(json!({ "items": [1, 2] })));
        let least = json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/page" }] });
        assert_eq!(short.shown(&document, &least), short.answer);
        let whole = answered(json!({ "days": [1, 2, 3], "days_left_out": 0 }));
        assert_eq!(whole.shown(&document, &json!({})), whole.answer);
        let long = "物".repeat(LONG / 3);
        assert_eq!(answered(json!([long, long])).shown(&document, &json!({})), Some(json!([long])));
    }

    #[test]
    fn an_example_is_the_marked_step_or_the_first_success_at_its_media_type() {
        let empty = || json!({ "schema": {} });
        let mut document = json!({ "paths": { "/v1/a/{id}": { "post": {
            "operationId": "x", "parameters": [{ "name": "id", "in": "path" }],
            "requestBody": { "content": { "application/json": empty(), "multipart/form-data": empty() } },
            "responses": { "200": { "content": { "application/json": empty() } } },
        } } } });
        let walk = json!([
            { "operation": "x", "status": 409, "path_parameters": { "id": 1 } },
            { "operation": "x", "status": 200, "path_parameters": { "id": 2 } },
            { "operation": "x", "status": 200, "path_parameters": { "id": 3 }, "example": true, "body": {},
              "content_type": "application/json", "media_type": "application/json", "answer": { "id": 3 } },
        ]);
        add(&mut document, &walk.to_string()).unwrap();
        let operation = &document["paths"]["/v1/a/{id}"]["post"];
        assert_eq!(operation["parameters"][0]["example"], 3);
        assert_eq!(operation["requestBody"]["content"]["application/json"]["example"], json!({}));
        assert!(operation["requestBody"]["content"]["multipart/form-data"].get("example").is_none());
        assert_eq!(operation["responses"]["200"]["content"]["application/json"]["example"], json!({ "id": 3 }));
    }
}
