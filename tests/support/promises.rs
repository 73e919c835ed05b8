//! Compares every response in the tests with the OpenAPI document: status, media type, problem code and schema.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Map, Value, json};
use xiaoqu::app::document::document;

use super::client::Response;

/// Statuses that any request can have. The document lists them once, in its description.
const OF_ANY: &[u16] = &[405, 406, 408, 414, 431, 500];

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document(true).expect("the document"));
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Default::default);

/// Does a path match a template, segment by segment?
fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(path).all(|(part, given)| match part.split_once('{') {
            None => *part == given,
            // Such as `requests.{format}` and `{id}`.
            Some((before, rest)) => {
                let after = rest.split_once('}').map_or("", |(_, after)| after.split('{').next().unwrap_or_default());
                !given.is_empty() && given.starts_with(before) && given.contains(after)
            }
        })
}

fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let method = method.as_str().to_ascii_lowercase();
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    // A literal path takes precedence over a template with a parameter.
    let mut found: Vec<(&String, &Value)> = paths.iter().filter(|(template, _)| fits(template, path)).collect();
    found.sort_by_key(|(template, _)| template.matches('{').count());
    found.first().and_then(|(_, item)| item.get(&method))
}

fn resolved(part: &'static Value) -> &'static Value {
    match part["$ref"].as_str().and_then(|target| target.strip_prefix('#')) {
        Some(pointer) => DOCUMENT.pointer(pointer).expect("what is referred to"),
        None => part,
    }
}

/// The schemas that a schema refers to, directly and indirectly. A validator with all schemas would be slow to build.
fn referred(part: &Value, found: &mut Map<String, Value>) {
    match part {
        Value::Object(fields) => {
            let target = fields.get("$ref").and_then(Value::as_str);
            if let Some(name) = target.and_then(|target| target.strip_prefix("#/components/schemas/"))
                && !found.contains_key(name)
            {
                let schema = &DOCUMENT["components"]["schemas"][name];
                found.insert(name.to_owned(), schema.clone());
                referred(schema, found);
            }
            fields.values().for_each(|value| referred(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| referred(value, found)),
        _ => {}
    }
}

fn validator(key: String, schema: &Value) -> Arc<Validator> {
    let mut all = VALIDATORS.lock().expect("the validators");
    let make = || {
        let mut schemas = Map::new();
        referred(schema, &mut schemas);
        let root = json!({ "allOf": [schema], "components": { "schemas": schemas } });
        Arc::new(jsonschema::options().should_validate_formats(true).build(&root).expect("a schema"))
    };
    all.entry(key).or_insert_with(make).clone()
}

/// What the document does not say about a response; empty if it says everything.
fn broken(method: &Method, path: &str, answer: &Response) -> Option<String> {
    let operation = operation(method, path)?;
    let id = operation["operationId"].as_str().unwrap_or_default();
    let status = answer.status;
    if OF_ANY.contains(&status) {
        return None;
    }
    let Some(response) = operation["responses"].get(status.to_string()).map(resolved) else {
        return Some(format!("{id}: no {status} in the document (code {:?})", answer.code()));
    };
    let essence = answer.header("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/problem+json" {
        let codes = operation["x-problem-codes"].as_array().expect("codes");
        if !codes.iter().any(|code| code == answer.code()) {
            return Some(format!("{id}: {status} {} is none of its codes", answer.code()));
        }
    }
    if answer.bytes.is_empty() {
        return None;
    }
    let Some(content) = response["content"].as_object() else {
        return Some(format!("{id}: a {status} with a body of {essence}, and none in the document"));
    };
    let group = essence.split('/').next().unwrap_or_default();
    let Some((_, media)) = content.iter().find(|(kind, _)| **kind == essence || **kind == format!("{group}/*")) else {
        return Some(format!("{id}: {status} as {essence}"));
    };
    let schema = &media["schema"];
    if !essence.ends_with("json") || !schema.is_object() {
        return None;
    }
    let validator = validator(format!("{id} {status} {essence}"), schema);
    let faults: Vec<String> = validator
        .iter_errors(&answer.json)
        .take(3)
        .map(|error| format!("{}: {}", error.instance_path(), error.to_string().chars().take(300).collect::<String>()))
        .collect();
    (!faults.is_empty()).then(|| format!("{id}: {status} {}", faults.join("; ")))
}

/// `XIAOQU_TEST_PROMISES=all` makes a test fail if the document does not describe a response. A path as the value
/// collects the findings there.
pub fn keep(method: &Method, path: &str, answer: &Response) {
    use std::io::Write;
    let Some(how) = std::env::var_os("XIAOQU_TEST_PROMISES") else { return };
    let Some(broken) = broken(method, path, answer) else { return };
    assert_ne!(how, "all", "the document does not say this: {broken}");
    let file = std::fs::File::options().create(true).append(true).open(how);
    writeln!(file.expect("the file"), "{broken}").expect("a line");
}
