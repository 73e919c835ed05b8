//! Completes the derived schemas of the OpenAPI document.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::http::schema::{LINE, NOT_BLANK, NOT_BLANK_LINE};

const SCHEMAS: &str = "#/components/schemas/";

/// Completes the schemas of a document whose paths are complete.
pub fn finish(document: &mut Value) {
    let answered = only_answered(document);
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let names: BTreeSet<String> = schemas.keys().cloned().collect();
    for (name, schema) in schemas {
        finish_fields(schema);
        refer_to_rows(name, schema, &names);
        if answered.contains(name) {
            require_what_is_always_there(name, schema);
        }
    }
}

/// Longest text, in characters, that must be on one line, such as a name or an address. Longer texts may have
/// paragraphs.
const MOST_OF_A_LINE: u64 = 300;

/// A text with a minimum length and no other format must not be blank. The description of a nullable reference is moved
/// next to its branches, where readers look for it.
fn finish_fields(schema: &mut Value) {
    // With `properties`, the validator names an unexpected member of an empty object.
    if let Some(empty) = schema.as_object_mut().filter(|one| one.get("additionalProperties") == Some(&json!(false))) {
        empty.entry("properties").or_insert_with(|| json!({}));
    }
    let fields = schema.get_mut("properties").and_then(Value::as_object_mut);
    for field in fields.into_iter().flat_map(|all| all.values_mut()) {
        finish_fields(field);
        let free = ["pattern", "format", "enum"].iter().all(|form| field.get(form).is_none());
        let needed = field["minLength"].as_u64().is_some_and(|least| least > 0);
        let line = field["maxLength"].as_u64().is_some_and(|most| most <= MOST_OF_A_LINE);
        match (free, needed, line) {
            (true, true, true) => field["pattern"] = json!(NOT_BLANK_LINE),
            (true, true, false) => field["pattern"] = json!(NOT_BLANK),
            (true, false, true) => field["pattern"] = json!(LINE),
            _ => {}
        }
        let branches = field.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten();
        let said = branches.filter_map(|branch| branch.as_object_mut()?.remove("description")).next();
        if let (Some(said), Some(field)) = (said, field.as_object_mut()) {
            field.entry("description").or_insert(said);
        }
    }
}

/// The items of a page refer to the schema of a single resource instead of an unnamed copy.
fn refer_to_rows(name: &str, schema: &mut Value, names: &BTreeSet<String>) {
    let Some(row) = name.strip_prefix("PageOf_").filter(|row| names.contains(*row)) else { return };
    if let Some(items) = schema.pointer_mut("/properties/items/items") {
        *items = json!({ "$ref": format!("{SCHEMAS}{row}") });
    }
}

/// Members that a response may omit. All others are always present, and null if there is no value.
const LEFT_OUT: &[(&str, &[&str])] = &[
    (
        "DisclosureContent",
        &["service_contract", "service_content", "service_phone", "service_method", "fee_standard", "public_revenue"],
    ),
    // Only what the proposal names.
    ("CompanyChangeContent", &["name", "legal_representative", "service_hotline", "parent_id"]),
    ("Open311Attribute", &["values"]),
    ("Open311Request", &["extended_attributes"]),
    ("ClockOut", &["warning"]),
    ("Problem", &["detail", "instance", "related", "errors", "more"]),
    ("TokenOut", &["scope"]),
];

/// May a response omit this member?
pub fn may_lack(schema: &str, field: &str) -> bool {
    let page = schema.starts_with("PageOf_") && field == "total";
    page || LEFT_OUT.iter().any(|(name, fields)| *name == schema && fields.contains(&field))
}

/// The derived schemas treat nullable members as optional. Responses include them always.
fn require_what_is_always_there(name: &str, schema: &mut Value) {
    let Some(fields) = schema.get("properties").and_then(Value::as_object) else { return };
    let always: Vec<&String> = fields.keys().filter(|field| !may_lack(name, field)).collect();
    if !always.is_empty() {
        schema["required"] = json!(always);
    }
}

/// Schemas that only responses use.
fn only_answered(document: &Value) -> BTreeSet<String> {
    let (mut asked, mut answered) = (BTreeSet::new(), BTreeSet::new());
    let operations = document["paths"].as_object().into_iter().flat_map(|paths| paths.values());
    for operation in operations.filter_map(Value::as_object).flat_map(Map::values) {
        for part in ["requestBody", "parameters"] {
            collect(&document["components"]["schemas"], &operation[part], &mut asked);
        }
        collect(&document["components"]["schemas"], &operation["responses"], &mut answered);
    }
    // Problems are responses of every operation, but only the shared responses refer to them.
    answered.extend(["Problem", "InputError", "RelatedResource"].map(str::to_owned));
    answered.difference(&asked).cloned().collect()
}

/// Collects the schemas that a part of the document refers to, directly and indirectly.
fn collect(schemas: &Value, part: &Value, found: &mut BTreeSet<String>) {
    match part {
        Value::Object(fields) => {
            if let Some(name) = fields.get("$ref").and_then(Value::as_str).and_then(|at| at.strip_prefix(SCHEMAS))
                && found.insert(name.to_owned())
            {
                collect(schemas, &schemas[name], found);
            }
            fields.values().for_each(|value| collect(schemas, value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(schemas, value, found)),
        _ => {}
    }
}

/// References without a target. Code generators cannot process a document with one.
pub fn dangling(document: &Value) -> BTreeSet<String> {
    fn walk(document: &Value, part: &Value, found: &mut BTreeSet<String>) {
        match part {
            Value::Object(fields) => {
                let target = fields.get("$ref").and_then(Value::as_str);
                if let Some(target) = target
                    && target.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).is_none()
                {
                    found.insert(target.to_owned());
                }
                fields.values().for_each(|value| walk(document, value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(document, value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    walk(document, document, &mut found);
    found
}
