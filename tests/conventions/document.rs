use std::path::Path;

use serde_json::{Value, json};
use xiaoqu::app::COMMITTED;
use xiaoqu::app::document::{document, with_examples};
use xiaoqu::http::schema::Contract;

use super::{committed, operations, walk};
use crate::support::rows::text;

fn resolved<'a>(document: &'a Value, part: &'a Value) -> &'a Value {
    match part["$ref"].as_str().and_then(|target| target.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).expect("what is referred to"),
        None => part,
    }
}

fn everything(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    walk(document, String::new(), &mut found);
    found
}

fn walk_record() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/walk.json")).expect("the recorded walk")
}

/// Examples of bodies and responses, by operation.
fn examples(document: &Value) -> Vec<(&str, &Value)> {
    let mut all = Vec::new();
    for (_, _, operation) in operations(document) {
        let body = operation.pointer("/requestBody/content/application~1json/example");
        let answers = ["200", "201"]
            .iter()
            .filter_map(|status| operation.pointer(&format!("/responses/{status}/content/application~1json/example")));
        all.extend(body.into_iter().chain(answers).map(|example| (text(&operation["operationId"]), example)));
    }
    all
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document(true).expect("the document");
    let lost: Vec<String> = everything(&document)
        .into_iter()
        .filter_map(|(at, value)| {
            let target = value.as_object()?.get("$ref")?.as_str()?;
            let found = target.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).is_some();
            (!found).then(|| format!("{at}: {target}"))
        })
        .collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn a_row_of_a_page_is_the_type_that_a_single_read_gives() {
    let document = document(true).expect("the document");
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        let Some(row) = name.strip_prefix("PageOf_") else { continue };
        let items = &schema["properties"]["items"]["items"];
        assert_eq!(items, &json!({ "$ref": format!("#/components/schemas/{row}") }), "{name}");
    }
}

#[test]
fn members_that_are_always_there_are_required_also_where_they_may_be_null() {
    let document = document(false).expect("the document");
    let required = |schema: &str, field: &str| {
        let schema = &document["components"]["schemas"][schema];
        assert!(schema["properties"][field].is_object(), "{field}");
        schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == field))
    };
    for (schema, field) in [
        ("Violation", "appeal"),
        ("Violation", "company_id"),
        ("Measure", "approval"),
        ("Complaint", "contact"),
        ("Contract", "termination"),
        ("PageOf_Violation", "next_cursor"),
        ("CompanyRecord", "standing"),
    ] {
        if document["components"]["schemas"][schema].is_object() {
            assert!(required(schema, field), "{schema}.{field}");
        }
    }
    assert!(!required("PageOf_Violation", "total"), "there only where it is asked for");
    assert!(!required("ViolationIn", "complex_id"), "a body may leave out what may be null");
}

#[test]
fn a_file_is_uploaded_as_a_form() {
    let document = document(false).expect("the document");
    let content = document.pointer("/paths/~1v1~1attachments/post/requestBody/content").expect("the body");
    let kinds: Vec<&String> = content.as_object().expect("content").keys().collect();
    assert_eq!(kinds, ["multipart/form-data"]);
}

#[test]
fn no_schema_has_the_name_of_what_generators_make() {
    let document = document(true).expect("the document");
    for name in ["Client", "AuthenticatedClient", "Configuration", "ApiClient", "Response", "Error", "Request", "Date"]
    {
        assert!(document["components"]["schemas"].get(name).is_none(), "{name}");
    }
}

#[test]
fn preconditions_and_conflicts_stand_only_where_they_can_happen() {
    let document = document(true).expect("the document");
    for (path, method, operation) in operations(&document) {
        let all = operation["parameters"].as_array().into_iter().flatten();
        let names: Vec<&str> = all.map(|one| text(&resolved(&document, one)["name"])).collect();
        let has = |status: &str| operation["responses"].get(status).is_some();
        assert_eq!(has("412"), names.contains(&"If-Match"), "412 of {method} {path}");
        for shared in ["Accept-Language", "X-Request-Id"] {
            assert!(!names.contains(&shared), "{method} {path} repeats {shared}");
        }
        let Some(conflict) = operation["responses"].get("409") else { continue };
        let about = text(&conflict["description"]);
        for row in xiaoqu::problem::CODES.iter().filter(|row| row.status == 409) {
            let own = operation["x-problem-codes"].as_array().expect("codes").iter().any(|code| code == row.name);
            assert_eq!(about.contains(&format!("`{}`", row.name)), own, "{method} {path}: {}", row.name);
        }
    }
}

#[test]
fn no_example_is_a_filler() {
    let document = committed();
    let mut fillers = Vec::new();
    for (operation, example) in examples(&document) {
        let mut found = Vec::new();
        walk(example, String::new(), &mut found);
        for (at, value) in found {
            // A nullable member may be null, but a text must not be a placeholder.
            // Open311 calls a type so.
            if !at.ends_with("/datatype")
                && matches!(value.as_str(), Some("text" | "string" | "str" | "lorem ipsum" | "foo" | "bar"))
            {
                fillers.push(format!("{operation}: {at}"));
            }
        }
    }
    assert!(fillers.is_empty(), "fix them in tests/walk/stories: {fillers:#?}");
}

/// What the walk cannot reach would be made up.
#[test]
fn every_body_and_every_json_answer_has_a_recorded_example() {
    let document = committed();
    let mut missing = Vec::new();
    for (path, method, operation) in operations(&document) {
        let body = operation.pointer("/requestBody/content").and_then(Value::as_object);
        if body.is_some_and(|content| content.values().all(|one| one.get("example").is_none())) {
            missing.push(format!("body of {method} {path}"));
        }
        let answers: Vec<&Value> = ["200", "201"]
            .iter()
            .filter_map(|status| operation.pointer(&format!("/responses/{status}/content/application~1json")))
            .collect();
        if !answers.is_empty() && answers.iter().all(|one| one.get("example").is_none()) {
            missing.push(format!("answer of {method} {path}"));
        }
    }
    assert!(missing.is_empty(), "add them to tests/walk/stories: {missing:#?}");
}

#[test]
fn the_committed_document_is_what_the_code_says() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/xiaoqu.json");
    let fix = "update it with: cargo run -- openapi --write openapi/xiaoqu.json";
    let committed = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}; {fix}"));
    let made = xiaoqu::cli::openapi::text(Path::new(file)).expect("the document");
    assert!(committed == made, "{file} differs from the code; {fix}");
    assert!(committed == COMMITTED, "the program was built with another {file}");
}

/// The service compiles schemas when they are first needed, and could not handle an invalid one then.
#[test]
fn every_schema_of_the_document_can_be_checked_against() {
    for sandbox in [false, true] {
        let document = document(sandbox).expect("the document");
        assert_eq!(Contract::new(&document).read_all(), Vec::<String>::new());
    }
}

#[test]
fn every_operation_says_what_it_is() {
    let document = with_examples(true, &walk_record()).expect("the document");
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
            let parameter = resolved(&document, parameter);
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

/// Members whose name needs no description.
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
            // Open311 has the format of a response as the suffix of its path.
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
    let document = committed();
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

/// An input error describes the expected format in words. Callers never see a regular expression.
#[test]
fn every_pattern_of_the_document_has_words() {
    use xiaoqu::http::schema::{LINE, NOT_BLANK, NOT_BLANK_LINE};
    let document = document(true).expect("the document");
    let mut asked = Vec::new();
    for (_, _, operation) in operations(&document) {
        walk(&operation["requestBody"], String::new(), &mut asked);
        walk(&operation["parameters"], String::new(), &mut asked);
    }
    let mut names: Vec<&str> = Vec::new();
    let mut wordless = std::collections::BTreeSet::new();
    while let Some((_, part)) = asked.pop() {
        if let Some(pattern) = part["pattern"].as_str()
            && ![LINE, NOT_BLANK, NOT_BLANK_LINE].contains(&pattern)
            && !xiaoqu::http::wording::knows(pattern)
        {
            wordless.insert(pattern);
        }
        if let Some(target) = part["$ref"].as_str().filter(|target| !names.contains(target)) {
            names.push(target);
            walk(resolved(&document, part), String::new(), &mut asked);
        }
    }
    assert!(wordless.is_empty(), "add them to crates/service/src/http/wording.rs: {wordless:#?}");
}

/// Enumerations whose codes need no label.
const WITHOUT_LABELS: &[&str] = &["Open311Format"];

#[test]
fn every_enumeration_explains_its_codes() {
    let document = document(true).expect("the document");
    let mut missing = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        let about = schema["description"].as_str().unwrap_or_default();
        for code in schema["enum"].as_array().into_iter().flatten().map(text) {
            if !WITHOUT_LABELS.contains(&name.as_str()) && !about.contains(&format!("- `{code}`: ")) {
                missing.push(format!("{name}: {code}"));
            }
        }
    }
    assert!(missing.is_empty(), "add the enumeration to `words` of its feature: {missing:#?}");
}
