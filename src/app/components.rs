//! Shared components of the OpenAPI document: problem responses, response headers, and parameters.

use serde_json::{Map, Value, json};

use crate::problem::{CODES, Code, CodeRow};

/// One problem response for each status.
pub fn responses() -> Value {
    let mut statuses: Vec<u16> = CODES.iter().map(|row| row.status).collect();
    statuses.dedup();
    let problem = |status: u16| {
        let rows: Vec<&CodeRow> = CODES.iter().filter(|row| row.status == status).collect();
        (format!("Problem{status}"), problem_response(status, &rows))
    };
    statuses.into_iter().map(problem).collect::<Map<_, _>>().into()
}

/// A problem response with this status and one of these codes.
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
        let mut example = json!({
            "type": format!("urn:xiaoqu:problem:{}", row.name), "title": row.zh, "status": status,
            "instance": format!("urn:uuid:019c51d0-a2f6-7c1a-9b34-0f2d1f0a{status:04}"), "code": row.name
        });
        if row.code == Code::InvalidInput {
            example["errors"] = json!([{
                "pointer": "/found_on", "code": "in_the_future", "detail": "不得晚于今日"
            }]);
        }
        example
    });
    json!({
        "description": said.join("; "),
        "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" }, "example": example
        } },
        "headers": headers
    })
}

/// Response headers, except those of rate limits.
const ANSWER_HEADERS: &[(&str, &str)] = &[
    ("X-Request-Id", "Id of this request: yours, or a generated one."),
    ("ETag", "Version of the resource and hash of this response: `\"version.hash\"`."),
    ("Location", "URL of the new resource."),
    ("Idempotent-Replayed", "`true` if this is the stored response of an earlier request with this key."),
    ("Content-Language", "Language of `title` and `detail`."),
    ("WWW-Authenticate", "Why the token is refused (RFC 6750, 3)."),
];

/// Headers with the state of the caller's rate limit (without a token: of the address). Absent if the limit is off.
const LIMIT_HEADERS: &[(&str, &str)] = &[
    ("RateLimit-Limit", "Requests allowed in a burst."),
    ("RateLimit-Remaining", "Requests left of the burst."),
    ("RateLimit-Reset", "Seconds until the full burst is available again."),
];

pub fn headers() -> Value {
    let number = |about: &str| json!({ "description": about, "schema": { "type": "integer", "minimum": 0 } });
    let text = |about: &str| json!({ "description": about, "schema": { "type": "string", "maxLength": 1000 } });
    let limits = LIMIT_HEADERS.iter().map(|(name, about)| (name.to_string(), number(about)));
    let others = ANSWER_HEADERS.iter().map(|(name, about)| (name.to_string(), text(about)));
    let wait = ("Retry-After".to_owned(), number("Seconds to wait before the next attempt."));
    limits.chain(others).chain([wait]).collect()
}

pub fn references(names: &[&str]) -> Map<String, Value> {
    let reference = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    names.iter().map(|name| (name.to_string(), reference(name))).collect()
}

pub fn references_to_limits() -> Map<String, Value> {
    references(&LIMIT_HEADERS.iter().map(|(name, _)| *name).collect::<Vec<_>>())
}

/// Request headers that operations refer to: key, header, required, description.
const PARAMETERS: &[(&str, &str, bool, &str)] = &[
    (
        "IdempotencyKey",
        "Idempotency-Key",
        false,
        "Key of 1 to 255 characters. Repeating the request with it within 24 h has no second effect.",
    ),
    (
        "IfMatch",
        "If-Match",
        false,
        "ETag of the version that you have seen. The request fails with 412 if there is a newer one.",
    ),
    ("IfMatchRequired", "If-Match", true, "ETag of the version that you change."),
    ("IfNoneMatch", "If-None-Match", false, "ETag of the response you have. The response is 304 if it is unchanged."),
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

/// Removes unused shared responses, headers and parameters.
pub fn drop_unused(document: &mut Value) {
    for kind in ["responses", "parameters", "headers"] {
        let text = document.to_string();
        let Some(all) = document["components"][kind].as_object_mut() else { continue };
        all.retain(|name, _| text.contains(&format!("\"#/components/{kind}/{name}\"")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::INPUT_ERROR_CODES;

    #[test]
    fn the_example_of_invalid_input_lists_an_input_error() {
        let all = responses();
        let example = &all["Problem400"]["content"]["application/problem+json"]["example"];
        assert_eq!(example["code"], "invalid_input");
        let code = &example["errors"][0]["code"];
        assert!(INPUT_ERROR_CODES.iter().any(|(known, ..)| code == known), "{example}");
        let other = &all["Problem404"]["content"]["application/problem+json"]["example"];
        assert!(other.is_object() && other.get("errors").is_none(), "{other}");
    }
}
