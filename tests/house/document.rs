use serde_json::{Value, json};
use xiaoqu::app::document::document;

use crate::support::rows::text;

fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            all.push((path.as_str(), method.as_str(), operation));
        }
    }
    all
}

#[test]
fn the_committed_document_is_what_the_code_says() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/xiaoqu.json");
    let mend = "mend it with: cargo run -- openapi --write openapi/xiaoqu.json";
    let committed = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}; {mend}"));
    assert!(
        committed == xiaoqu::cli::openapi::text().expect("the document"),
        "{file} is not what the code says; {mend}"
    );
}

#[test]
fn every_operation_says_what_it_is() {
    let document = document(true).expect("the document");
    let tags: Vec<&str> = document["tags"].as_array().expect("tags").iter().map(|tag| text(&tag["name"])).collect();
    let mut missing = Vec::new();
    for (path, method, operation) in operations(&document) {
        let mut want = |ok: bool, what: &str| {
            if !ok {
                missing.push(format!("{method} {path}: {what}"));
            }
        };
        let given = |name: &str| operation[name].as_str().is_some_and(|text| !text.trim().is_empty());
        want(given("summary"), "no summary");
        want(given("description"), "no description");
        let own = operation["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
        want(own.len() == 1 && tags.contains(&own[0].as_str().unwrap_or_default()), "not exactly one known tag");
        let id = operation["operationId"].as_str().unwrap_or_default();
        let parts: Vec<&str> = id.split('_').collect();
        let form = parts.len() >= 2
            && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        want(form, "operationId is not verb_noun");
        let fits = match parts[0] {
            "get" | "list" => method == "get",
            "create" => method == "post",
            "update" => method == "patch",
            "replace" => method == "put",
            "delete" => method == "delete",
            _ => method == "post",
        };
        want(fits, &format!("the verb {} does not fit", parts[0]));
        want(operation.get("security").is_some(), "no security");
        if operation["security"] != serde_json::json!([]) {
            want(operation["x-roles"].as_array().is_some_and(|roles| !roles.is_empty()), "no roles");
            want(operation["x-problem-codes"].as_array().is_some_and(|codes| !codes.is_empty()), "no problem codes");
        }
        for status in operation["responses"].as_object().expect("responses").keys() {
            let response = &operation["responses"][status];
            want(
                response.get("$ref").is_some() || response["description"].is_string(),
                "a response without description",
            );
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = text(&parameter["name"]);
            let described = parameter["description"].as_str().is_some_and(|text| !text.trim().is_empty());
            want(
                described || parameter["schema"].get("$ref").is_some(),
                &format!("parameter {name} has no description"),
            );
        }
        if let Some(content) = operation.pointer("/requestBody/content/application~1json") {
            want(content.get("example").is_some(), "no example of its body");
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn operation_ids_stand_once() {
    let document = document(true).expect("the document");
    let mut ids: Vec<&str> = operations(&document).iter().map(|(_, _, op)| text(&op["operationId"])).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn every_field_says_what_it_is() {
    let document = document(true).expect("the document");
    let mut missing = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        if schema["description"].as_str().is_none_or(|text| text.trim().is_empty()) && schema["properties"].is_object()
        {
            missing.push(format!("{name} has no description"));
        }
        for (field, value) in schema["properties"].as_object().into_iter().flatten() {
            let refers = |value: &Value| value.get("$ref").is_some();
            let branch = |kind: &str| value[kind].as_array().is_some_and(|all| all.iter().any(refers));
            let described = value["description"].as_str().is_some_and(|text| !text.trim().is_empty());
            if !described
                && !refers(value)
                && !branch("oneOf")
                && !branch("allOf")
                && !SELF_EXPLAINING.contains(&field.as_str())
            {
                missing.push(format!("{name}.{field} has no description"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Fields whose name says all there is to say.
const SELF_EXPLAINING: &[&str] = &[];

#[test]
fn every_text_and_list_is_bounded() {
    let document = document(true).expect("the document");
    let mut missing = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        for (field, value) in schema["properties"].as_object().into_iter().flatten() {
            let is = |kind: &str| {
                value["type"] == kind || value["type"].as_array().is_some_and(|all| all.iter().any(|k| k == kind))
            };
            let has = |names: &[&str]| names.iter().any(|name| value.get(*name).is_some());
            if is("string") && !has(&["maxLength", "pattern", "format", "enum"]) {
                missing.push(format!("{name}.{field}: a text without maxLength, pattern, format or enum"));
            }
            if is("array") && !has(&["maxItems"]) {
                missing.push(format!("{name}.{field}: a list without maxItems"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn no_path_is_shadowed_by_one_with_a_parameter() {
    let document = document(true).expect("the document");
    let paths: Vec<Vec<&str>> =
        document["paths"].as_object().expect("paths").keys().map(|path| path.split('/').collect()).collect();
    for (index, fixed) in paths.iter().enumerate() {
        for open in &paths[..index] {
            let same = open.len() == fixed.len() && open.iter().zip(fixed).all(|(o, f)| o == f || o.starts_with('{'));
            assert!(!same, "{} is never reached: {} stands before it", fixed.join("/"), open.join("/"));
        }
    }
}

#[test]
fn paths_are_kebab_case_and_fields_snake_case() {
    let document = document(true).expect("the document");
    for path in document["paths"].as_object().expect("paths").keys() {
        for part in path.split('/').filter(|part| !part.starts_with('{') && !part.starts_with('.')) {
            // Open311 has the form of an answer as the ending of its path.
            let part = part.strip_suffix(".{format}").unwrap_or(part);
            let good = part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b));
            assert!(good, "{path}");
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        for field in schema["properties"].as_object().into_iter().flatten().map(|(field, _)| field) {
            let good = field.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            assert!(good, "{name}.{field}");
        }
    }
}

#[test]
fn every_body_refuses_fields_that_it_does_not_know() {
    let document = document(true).expect("the document");
    for (path, method, operation) in operations(&document) {
        let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") else { continue };
        let target = text(&schema["$ref"]).trim_start_matches('#');
        let schema = document.pointer(target).expect("the schema");
        assert_eq!(schema["additionalProperties"], false, "{method} {path}: {target}");
    }
}

#[test]
fn every_example_is_what_its_schema_asks_for() {
    let document = document(false).expect("the document");
    let mut wrong = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let body = operation.pointer("/requestBody/content/application~1json");
            let answers = operation["responses"].as_object().expect("responses").values();
            let answers = answers.filter_map(|answer| answer.pointer("/content/application~1json"));
            for content in body.into_iter().chain(answers).filter(|content| content.get("example").is_some()) {
                let root = json!({ "allOf": [content["schema"]], "components": document["components"] });
                let validator = jsonschema::options().should_validate_formats(true).build(&root).expect("a schema");
                for error in validator.iter_errors(&content["example"]) {
                    wrong.push(format!("{method} {path} {}: {error}", error.instance_path()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
