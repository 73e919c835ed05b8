//! Shared parts of the document: problems by status, headers of answers, parameters of many operations.

use serde_json::{Map, Value, json};

use crate::problem::{CODES, CodeRow};

/// A problem of each status that an operation names.
pub fn responses() -> Value {
    let mut statuses: Vec<u16> = CODES.iter().map(|row| row.status).collect();
    statuses.dedup();
    let problem = |status: u16| {
        let rows: Vec<&CodeRow> = CODES.iter().filter(|row| row.status == status).collect();
        (format!("Problem{status}"), problem_response(status, &rows))
    };
    statuses.into_iter().map(problem).collect::<Map<_, _>>().into()
}

/// A problem with this status and one of these codes.
pub fn problem_response(status: u16, rows: &[&CodeRow]) -> Value {
    let said: Vec<String> = rows.iter().map(|row| format!("`{}`: {} {}", row.name, row.en, row.zh)).collect();
    let mut headers = references(&["X-Request-Id", "Content-Language"]);
    match status {
        401 | 403 => headers.extend(references(&["WWW-Authenticate"])),
        429 => headers.extend(references(&["Retry-After"]).into_iter().chain(references_to_limits())),
        503 => headers.extend(references(&["Retry-After"])),
        _ => {}
    }
    let example = rows.first().map(|row| {
        json!({
            "type": format!("urn:xiaoqu:problem:{}", row.name), "title": row.zh, "status": status,
            "instance": format!("urn:uuid:019c51d0-a2f6-7c1a-9b34-0f2d1f0a{status:04}"), "code": row.name
        })
    });
    json!({
        "description": said.join("; "),
        "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" }, "example": example
        } },
        "headers": headers
    })
}

/// Headers of answers, beside those of limits.
const ANSWER_HEADERS: &[(&str, &str)] = &[
    ("X-Request-Id", "The id of this request: yours, or one that was made for it."),
    ("ETag", "`\"version.viewhash\"`."),
    ("Location", "Where the new resource is."),
    ("Idempotent-Replayed", "`true` where this key was answered before and this is that answer."),
    ("Content-Language", "Language of `title` and `detail`."),
    ("WWW-Authenticate", "What is wrong with the token (RFC 6750, 3)."),
];

/// What the limit of the caller (of the address, where no token is needed) still lets through. Absent where it is off.
const LIMIT_HEADERS: &[(&str, &str)] = &[
    ("RateLimit-Limit", "Requests that may come at once."),
    ("RateLimit-Remaining", "How many of them are left."),
    ("RateLimit-Reset", "Seconds until all of them are there again."),
];

pub fn headers() -> Value {
    let number = |about: &str| json!({ "description": about, "schema": { "type": "integer", "minimum": 0 } });
    let text = |about: &str| json!({ "description": about, "schema": { "type": "string", "maxLength": 1000 } });
    let limits = LIMIT_HEADERS.iter().map(|(name, about)| (name.to_string(), number(about)));
    let others = ANSWER_HEADERS.iter().map(|(name, about)| (name.to_string(), text(about)));
    let wait = ("Retry-After".to_owned(), number("Seconds to wait before the next try."));
    limits.chain(others).chain([wait]).collect()
}

pub fn references(names: &[&str]) -> Map<String, Value> {
    let reference = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    names.iter().map(|name| (name.to_string(), reference(name))).collect()
}

pub fn references_to_limits() -> Map<String, Value> {
    references(&LIMIT_HEADERS.iter().map(|(name, _)| *name).collect::<Vec<_>>())
}

/// Headers of requests that operations name by reference: key, header, required, what it is.
const PARAMETERS: &[(&str, &str, bool, &str)] = &[
    ("IdempotencyKey", "Idempotency-Key", false, "One effect per key for 24 h (1 to 255 characters)."),
    ("IfMatch", "If-Match", false, "Act only on this version."),
    ("IfMatchRequired", "If-Match", true, "The ETag of the version that you change."),
    ("IfNoneMatch", "If-None-Match", false, "Answer 304 if the view is still this one."),
];

pub fn parameters() -> Value {
    let parameter = |(key, name, required, about): &(&str, &str, bool, &str)| {
        let (most, example) = match *name {
            "Idempotency-Key" => (255, "5b1c7a52-6c0e-4b43-9b6d-0d5d4f3f9a01"),
            _ => (1000, "\"3.1f0a4b11c2d3\""),
        };
        let parameter = json!({
            "name": name, "in": "header", "required": required, "description": about,
            "schema": { "type": "string", "minLength": 1, "maxLength": most }, "example": example
        });
        ((*key).to_owned(), parameter)
    };
    PARAMETERS.iter().map(parameter).collect::<Map<_, _>>().into()
}

/// Adds a shared parameter to an operation.
pub fn takes(operation: &mut Value, key: &str) {
    let reference = json!({ "$ref": format!("#/components/parameters/{key}") });
    match operation["parameters"].as_array_mut() {
        Some(all) => all.push(reference),
        None => operation["parameters"] = json!([reference]),
    }
}

/// Takes out the shared responses, headers and parameters that nothing refers to.
pub fn drop_unused(document: &mut Value) {
    for kind in ["responses", "parameters", "headers"] {
        let text = document.to_string();
        let Some(all) = document["components"][kind].as_object_mut() else { continue };
        all.retain(|name, _| text.contains(&format!("\"#/components/{kind}/{name}\"")));
    }
}
