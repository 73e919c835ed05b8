//! The OpenAPI document, generated from the routes and completed from tables (security, roles, problems, headers,
//! examples), so that handlers need not repeat them.

use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{ContactBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Tag};

use super::{FEATURES, components, examples, fields, labels, operation};
use crate::open311;
use crate::problem::ProblemBody;
use crate::service::document::EXAMPLE_SERVER;
use crate::service::feature;
use crate::service::routes::Description;

const DESCRIPTION: &str = "Supervision of property management of residential complexes (住宅小区物业监管).\n\n\
Instants are RFC 3339, in responses in UTC. Dates are in the deployment's time zone (default Asia/Shanghai). Money is \
integer fen; a unit price is a decimal string in yuan with its unit. Measured percentages are strings with one decimal. \
Lists page with `cursor`. Errors are RFC 9457 problems with a stable `code`. For bad input they list the input errors \
with pointers. POST accepts an `Idempotency-Key`. PATCH and PUT need `If-Match`. Resources outside your territory get 404.\n\n\
Every request may have `Accept-Language` (`zh-CN`, the default, or `en`: the language of titles, details and reasons) and \
`X-Request-Id` (your request id, which is returned and written to the log). Set them once in your client. The operations \
below do not repeat them.\n\n\
`x-problem-codes` lists the problem codes of each operation; the shared responses of a status may describe more. In \
addition, any request can fail with `method_not_allowed` (405), \
`not_acceptable` (406: no media type in `Accept` is available), `request_timeout` (408), `uri_too_long` (414), \
`header_fields_too_large` (431) and `internal` (500). If the request line or the headers exceed 64 KiB, the response is 400 \
or 431 without a body, and the connection is closed.\n\n\
Residents find the pages of their complex at [/public](/public).";

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
        .servers(Some([utoipa::openapi::Server::new(EXAMPLE_SERVER)]))
        .tags(Some(chapters().into_iter().map(|chapter| {
            let mut tag = Tag::new(chapter.name);
            tag.description = Some(chapter.about.to_owned());
            tag
        })))
        .build()
}

fn chapters() -> Vec<feature::Tag> {
    let mut all: Vec<feature::Tag> = FEATURES.iter().flat_map(|feature| feature.tags).copied().collect();
    all.sort_by_key(|chapter| chapter.place);
    all
}

/// The complete OpenAPI document.
pub fn document(sandbox: bool) -> anyhow::Result<Value> {
    let mut description = Description::default();
    super::operations(sandbox).for_each(|operation| (operation.handler.describe)(&mut description));
    let mut document = serde_json::to_value(description.complete(base()))?;
    complete(&mut document)?;
    Ok(document)
}

/// The document with the examples of a recorded walk, as it is committed.
pub fn with_examples(sandbox: bool, walk: &str) -> anyhow::Result<Value> {
    let mut document = document(sandbox)?;
    examples::add(&mut document, walk)?;
    Ok(document)
}

fn complete(document: &mut Value) -> anyhow::Result<()> {
    let mut schemas = Vec::new();
    ProblemBody::schemas(&mut schemas);
    // Only used as the type of a path parameter, so utoipa does not collect it.
    schemas.push(("Open311Format".to_owned(), <open311::Format as utoipa::PartialSchema>::schema()));
    let components = document["components"].as_object_mut().ok_or_else(|| anyhow::anyhow!("no components"))?;
    let known = components.entry("schemas").or_insert_with(|| json!({}));
    known["Problem"] = serde_json::to_value(<ProblemBody as utoipa::PartialSchema>::schema())?;
    for (name, schema) in schemas {
        known[name] = serde_json::to_value(schema)?;
    }
    for (name, schema) in crate::ledger::types::schemas(super::FEATURES) {
        known[name] = schema;
    }
    if let Some(event) = known.pointer_mut("/CloudEvent/properties") {
        event["type"] = json!({ "$ref": "#/components/schemas/EventType" });
        event["data"] = crate::ledger::types::any_data(super::FEATURES);
    }
    components.insert(
        "securitySchemes".into(),
        json!({ "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token (访问令牌, RFC 9068) with `role` and, by role, `division`, `company` or `complex`."
        } }),
    );
    components.insert("responses".into(), components::responses());
    components.insert("headers".into(), components::headers());
    components.insert("parameters".into(), components::parameters());

    fields::finish(document);
    labels::add(document);
    let snapshot = document.clone();
    let paths = document["paths"].as_object_mut().ok_or_else(|| anyhow::anyhow!("no paths"))?;
    for (path, item) in paths.iter_mut() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            let declared = super::operations(true).find(|one| one.name() == id);
            let declared = declared.ok_or_else(|| anyhow::anyhow!("no feature declares {id}"))?;
            operation::complete(&snapshot, path, method, operation, declared);
        }
    }
    components::drop_unused(document);
    let dangling = fields::dangling(document);
    anyhow::ensure!(dangling.is_empty(), "references of the document lead nowhere: {dangling:?}");
    Ok(())
}
