//! The OpenAPI document: made from the routes, then completed from the tables (security, roles, problems, headers,
//! examples), so that no handler repeats what a table says.

use actix_web::App;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{ContactBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Tag};
use utoipa_actix_web::AppExt;

use super::contents::{CONFLICTS, TAGS, given_example};
use crate::access::permissions::{self, Access};
use crate::http::schema::{LINE, NOT_BLANK, NOT_BLANK_LINE};
use crate::problem::{CODES, Code, ProblemBody};

const DESCRIPTION: &str = "Supervision of property management of residential complexes (住宅小区物业监管).\n\n\
Instants are RFC 3339 in UTC; dates are in the deployment's time zone (default Asia/Shanghai); money is integer fen. \
Lists page by `cursor`. Errors are RFC 9457 problems with a stable `code` and, for bad input, every fault at once with \
its pointer. POSTs take an `Idempotency-Key`; PATCH and PUT need `If-Match`. A row outside your territory is 404.";

fn base() -> OpenApi {
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("xiaoqu 小区")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
                .contact(Some(ContactBuilder::new().name(Some("xiaoqu")).build()))
                .build(),
        )
        .servers(Some([utoipa::openapi::Server::new("/")]))
        .tags(Some(TAGS.iter().map(|(name, text)| {
            let mut tag = Tag::new(*name);
            tag.description = Some((*text).to_owned());
            tag
        })))
        .build()
}

/// The finished document.
pub fn document(sandbox: bool) -> anyhow::Result<Value> {
    let (_, api) = App::new()
        .into_utoipa_app()
        .openapi(base())
        .configure(super::features)
        .configure(|config| {
            if sandbox {
                crate::system::sandbox_routes(config);
            }
        })
        .split_for_parts();
    let mut document = serde_json::to_value(api)?;
    complete(&mut document)?;
    Ok(document)
}

fn complete(document: &mut Value) -> anyhow::Result<()> {
    let mut schemas = Vec::new();
    ProblemBody::schemas(&mut schemas);
    let components = document["components"].as_object_mut().ok_or_else(|| anyhow::anyhow!("no components"))?;
    let known = components.entry("schemas").or_insert_with(|| json!({}));
    known["Problem"] = serde_json::to_value(<ProblemBody as utoipa::PartialSchema>::schema())?;
    for (name, schema) in schemas {
        known[name] = serde_json::to_value(schema)?;
    }
    components.insert(
        "securitySchemes".into(),
        json!({ "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token with claims `role` and `division`, `company` or `complex` (RFC 9068). 访问令牌"
        } }),
    );
    components.insert("responses".into(), problem_responses());
    components.insert("headers".into(), answer_headers());

    for schema in document["components"]["schemas"].as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
        finish_fields(schema);
    }
    let snapshot = document.clone();
    let paths = document["paths"].as_object_mut().ok_or_else(|| anyhow::anyhow!("no paths"))?;
    for (path, item) in paths.iter_mut() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            let permission =
                permissions::of(&id).ok_or_else(|| anyhow::anyhow!("operation {id} has no row of permissions"))?;
            complete_operation(&snapshot, path, method, operation, permission);
        }
    }
    Ok(())
}

/// A name, a title, an address: one line. What is longer may have paragraphs.
const MOST_OF_A_LINE: u64 = 300;

/// A text with a least length and no other form is not blank either. What is said of a nullable reference stands beside
/// its branches, where readers look for it.
fn finish_fields(schema: &mut Value) {
    // Nothing is allowed in it: said this way, whoever sends something is told what.
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

fn problem_responses() -> Value {
    let mut all = Map::new();
    for row in CODES {
        let entry = all.entry(format!("Problem{}", row.status)).or_insert_with(|| {
            json!({
                "description": "",
                "content": { "application/problem+json": {
                    "schema": { "$ref": "#/components/schemas/Problem" },
                    "example": {
                        "type": format!("urn:xiaoqu:problem:{}", row.name), "title": row.en, "status": row.status,
                        "instance": "urn:uuid:019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11", "code": row.name
                    }
                } }
            })
        });
        let before = entry["description"].as_str().unwrap_or_default();
        let separator = if before.is_empty() { "" } else { "; " };
        entry["description"] = json!(format!("{before}{separator}`{}`: {} {}", row.name, row.en, row.zh));
    }
    for (status, response) in &mut all {
        let mut headers = references(&["X-Request-Id", "Content-Language"]);
        match status.as_str() {
            "Problem401" | "Problem403" => headers.extend(references(&["WWW-Authenticate"])),
            "Problem429" => headers.extend(references(&["Retry-After"]).into_iter().chain(references_to_limits())),
            "Problem503" => headers.extend(references(&["Retry-After"])),
            _ => {}
        }
        response["headers"] = Value::Object(headers);
    }
    Value::Object(all)
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

fn answer_headers() -> Value {
    let number = |about: &str| json!({ "description": about, "schema": { "type": "integer", "minimum": 0 } });
    let text = |about: &str| json!({ "description": about, "schema": { "type": "string", "maxLength": 1000 } });
    let limits = LIMIT_HEADERS.iter().map(|(name, about)| (name.to_string(), number(about)));
    let others = ANSWER_HEADERS.iter().map(|(name, about)| (name.to_string(), text(about)));
    let wait = ("Retry-After".to_owned(), number("Seconds to wait before the next try."));
    limits.chain(others).chain([wait]).collect()
}

fn references(names: &[&str]) -> Map<String, Value> {
    let reference = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    names.iter().map(|name| (name.to_string(), reference(name))).collect()
}

fn references_to_limits() -> Map<String, Value> {
    references(&LIMIT_HEADERS.iter().map(|(name, _)| *name).collect::<Vec<_>>())
}

fn complete_operation(
    document: &Value,
    path: &str,
    method: &str,
    operation: &mut Value,
    permission: &permissions::Permission,
) {
    let on_row = path.contains("/{");
    let has_body = operation.get("requestBody").is_some();
    let mut statuses = Vec::new();
    statuses.push(429);
    match permission.access {
        Access::Public => operation["security"] = json!([]),
        // A key in a form is nothing that OpenAPI knows as security; the field is described where it stands.
        Access::Key(roles) => {
            operation["security"] = json!([]);
            operation["x-client-roles"] = json!(roles.iter().map(|r| r.code()).collect::<Vec<_>>());
            header(operation, "Idempotency-Key", false, "One effect per key for 24 h (1 to 255 characters).");
        }
        Access::Roles(roles) => {
            operation["security"] = json!([{ "bearer": [] }]);
            operation["x-roles"] = json!(roles.iter().map(|r| r.code()).collect::<Vec<_>>());
            operation["x-person-only"] = json!(permission.person_only);
            statuses.extend([400, 401, 403, 503]);
            if on_row {
                statuses.push(404);
            }
            header(
                operation,
                "Accept-Language",
                false,
                "Language of titles, details and reasons: zh-CN (default) or en.",
            );
            header(
                operation,
                "X-Request-Id",
                false,
                "Your id of this request; it comes back and stands in the log and the ledger.",
            );
        }
    }
    let is_open311 = crate::open311::format_of(path).is_some();
    if is_open311 {
        // A form that cannot be read is 400 there, an unknown ending of the path is 404, a key in the address 403.
        statuses.extend([400, 403, 404, 503]);
        statuses.extend(has_body.then_some(413));
        header(operation, "Accept-Language", false, "Language of names, states and errors: zh-CN (default) or en.");
    } else if has_body {
        statuses.extend([413, 415]);
    }
    match method {
        "post" if matches!(permission.access, Access::Roles(_)) => {
            statuses.extend([409, 412, 422]);
            header(operation, "Idempotency-Key", false, "One effect per key for 24 h (1 to 255 characters).");
            if on_row {
                header(operation, "If-Match", false, "Act only on this version.");
            }
        }
        "patch" | "put" => {
            statuses.extend([412, 428]);
            header(operation, "If-Match", true, "The ETag of the version that you change.");
        }
        "get" if shows_version(path, permission) => {
            header(operation, "If-None-Match", false, "Answer 304 if the view is still this one.");
            operation["responses"]["304"] = json!({ "description": "Not modified: the view is still the one named" });
        }
        _ => {}
    }
    let mut conflicts: Vec<&str> = Vec::new();
    if let Some((_, codes)) = CONFLICTS.iter().find(|(id, _)| *id == permission.operation) {
        conflicts.extend(codes.iter().map(|c| c.name()));
        if !statuses.contains(&409) {
            statuses.push(409);
        }
    }
    // What has parts may be asked for one that it has not.
    let has_parts = operation["responses"].get("206").is_some();
    if has_parts {
        statuses.push(416);
    }
    statuses.sort_unstable();
    let uploads = permission.operation == "create_attachment";
    // Whoever reads a contact in full is a person.
    let opens_a_contact = permission.operation == "get_complaint";
    let codes: Vec<&str> = CODES
        .iter()
        .filter(|row| statuses.contains(&row.status))
        .filter(|row| row.status != 409 || conflicts.contains(&row.name) || row.code == Code::IdempotencyInProgress)
        .filter(|row| row.code != Code::PersonRequired || permission.person_only || opens_a_contact)
        .filter(|row| row.code != Code::FilesUnavailable || has_parts || uploads)
        .map(|row| row.name)
        .collect();
    operation["x-problem-codes"] = json!(codes);
    for status in statuses {
        let problem = format!("#/components/responses/Problem{status}");
        operation["responses"][status.to_string()] = if is_open311 {
            let status = document.pointer(&format!("{}/description", problem.trim_start_matches('#')));
            crate::open311::error_response(status.and_then(Value::as_str).unwrap_or_default())
        } else if crate::pages::is_page(path) {
            // A person is answered: the problem is a page, too.
            let about = document.pointer(&format!("{}/description", problem.trim_start_matches('#')));
            json!({ "description": about, "content": { "text/html": { "schema": { "type": "string" } } } })
        } else {
            json!({ "$ref": problem })
        };
    }
    for status in ["200", "201"] {
        let Some(response) = operation["responses"].get_mut(status) else { continue };
        let mut headers = references(&["X-Request-Id"]);
        headers.extend(references_to_limits());
        if status == "201" {
            headers.extend(references(&["Location"]));
        }
        if method == "post" && permission.access != Access::Public {
            headers.extend(references(&["Idempotent-Replayed"]));
        }
        if (status == "201" && !is_open311) || (shows_version(path, permission) && method != "delete") {
            headers.extend(references(&["ETag"]));
        }
        response["headers"] = Value::Object(headers);
    }
    if let Some(content) = operation.pointer_mut("/requestBody/content/application~1json") {
        if content.get("example").is_none() {
            content["example"] = given_example(permission.operation)
                .unwrap_or_else(|| example(document, &content["schema"].clone(), Whose::Request, 0));
        }
        if method == "patch" {
            let patch = content.clone();
            operation["requestBody"]["content"]["application/merge-patch+json"] = patch;
        }
    }
    for status in ["200", "201"] {
        let pointer = format!("/responses/{status}/content/application~1json");
        if let Some(content) = operation.pointer_mut(&pointer) {
            content["example"] = example(document, &content["schema"].clone(), Whose::Answer, 0);
        }
    }
}

/// Is what it answers a resource at a version? A proof is not: it is of the tree, which grows.
fn shows_version(path: &str, permission: &permissions::Permission) -> bool {
    let one = path.contains("/{")
        || path.ends_with("/current")
        || path.starts_with("/public")
        || matches!(
            permission.operation,
            "get_disclosure_survey" | "get_inspection_statistics" | "get_complaint_statistics"
        );
    one && crate::open311::format_of(path).is_none() && permission.operation != "get_ledger_entry"
}

fn header(operation: &mut Value, name: &str, required: bool, description: &str) {
    let parameter = json!({
        "name": name, "in": "header", "required": required, "description": description,
        "schema": if name == "Idempotency-Key" {
            json!({ "type": "string", "minLength": 1, "maxLength": 255 })
        } else {
            json!({ "type": "string" })
        }
    });
    match operation["parameters"].as_array_mut() {
        Some(all) => all.push(parameter),
        None => operation["parameters"] = json!([parameter]),
    }
}

/// Deeper than any schema of ours nests; a schema that holds itself ends here.
const MOST_NESTED: usize = 32;

#[derive(Clone, Copy, PartialEq)]
enum Whose {
    /// It leaves out what need not be said.
    Request,
    Answer,
}

/// An example made from the examples of the fields.
fn example(document: &Value, schema: &Value, whose: Whose, depth: usize) -> Value {
    if depth > MOST_NESTED {
        return Value::Null;
    }
    if let Some(target) = schema["$ref"].as_str().and_then(|r| r.strip_prefix('#')) {
        return document.pointer(target).map_or(Value::Null, |s| example(document, s, whose, depth + 1));
    }
    if let Some(given) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return given.clone();
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    for branch in ["oneOf", "anyOf", "allOf"] {
        if let Some(sub) = schema[branch].as_array().and_then(|all| all.iter().find(|s| s["type"] != "null")) {
            let nullable = schema[branch].as_array().is_some_and(|all| all.iter().any(|s| s["type"] == "null"));
            return match whose {
                Whose::Request if nullable => Value::Null,
                _ => example(document, sub, whose, depth + 1),
            };
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|k| *k != "null").and_then(Value::as_str).unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    };
    match kind {
        "object" => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(fields.map(|(name, sub)| (name.clone(), example(document, sub, whose, depth + 1))).collect())
        }
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(1).max(1);
            (0..count).map(|_| example(document, &schema["items"], whose, depth + 1)).collect()
        }
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(false),
        "string" => match schema["format"].as_str() {
            Some("uuid") => json!("019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11"),
            Some("date-time") => json!("2026-03-02T08:00:00Z"),
            Some("date") => json!("2026-03-02"),
            Some("uri") => json!("https://example.invalid/"),
            _ => json!("text"),
        },
        _ => Value::Null,
    }
}
