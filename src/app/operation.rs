//! Completes an operation of the OpenAPI document: security, roles, headers, problems and examples.

use serde_json::{Value, json};

use super::components::{problem_response, references, references_to_limits, takes};
use crate::access::permissions::{Access, Permission};
use crate::problem::{CODES, Code, CodeRow};
use crate::service::feature::Operation;

/// In a route, this stands for all media types of attachments.
const ANY_FILE: &str = "application/octet-stream";

/// An operation that is being completed.
struct Made<'a> {
    document: &'a Value,
    path: &'a str,
    method: &'a str,
    declared: &'a Operation,
    permission: &'a Permission,
    operation: &'a mut Value,
    statuses: Vec<u16>,
    /// Accepts an Idempotency-Key.
    keyed: bool,
}

pub fn complete(document: &Value, path: &str, method: &str, operation: &mut Value, declared: &Operation) {
    let permission = &declared.permission;
    let (statuses, keyed) = (Vec::new(), false);
    let mut made = Made { document, path, method, declared, permission, operation, statuses, keyed };
    made.add_access();
    made.add_forms();
    made.add_conditions();
    made.add_problems();
    made.add_headers();
    made.add_merge_patch();
}

impl Made<'_> {
    fn has_body(&self) -> bool {
        self.operation.get("requestBody").is_some()
    }

    fn is_open311(&self) -> bool {
        crate::open311::format_of(self.path).is_some()
    }

    fn is_on_row(&self) -> bool {
        self.path.contains("/{")
    }

    /// Ranges can be requested, so one may be out of bounds.
    fn has_parts(&self) -> bool {
        self.operation["responses"].get("206").is_some()
    }

    fn names_parameter(&self, name: &str) -> bool {
        self.operation["parameters"].as_array().into_iter().flatten().any(|one| one["name"] == name)
    }

    fn add_access(&mut self) {
        self.statuses.push(429);
        match self.permission.access {
            Access::Public => self.operation["security"] = json!([]),
            // OpenAPI has no security scheme for a secret in a form. The member of the form describes it.
            Access::Key(roles) => {
                self.operation["security"] = json!([]);
                self.operation["x-client-roles"] = json!(roles.iter().map(|r| r.code()).collect::<Vec<_>>());
                takes(self.operation, "IdempotencyKey");
            }
            Access::Roles(roles) => {
                self.operation["security"] = json!([{ "bearer": [] }]);
                self.operation["x-roles"] = json!(roles.iter().map(|r| r.code()).collect::<Vec<_>>());
                self.operation["x-person-only"] = json!(self.permission.person_only);
                self.statuses.extend([400, 401, 403, 503]);
                // A division outside the caller's territory is 404, like a resource outside it.
                if self.is_on_row() || (self.method == "get" && self.names_parameter("division")) {
                    self.statuses.push(404);
                }
            }
        }
    }

    fn add_forms(&mut self) {
        if self.is_open311() {
            // In Open311, an unreadable form is 400, an unknown suffix of the path 404, and a key in the address 403.
            self.statuses.extend([400, 403, 404, 503]);
            if self.has_body() {
                self.statuses.extend([413, 415]);
            }
        } else if self.has_body() {
            self.statuses.extend([413, 415]);
        }
        if self.has_parts() {
            self.statuses.push(416);
        }
        // An attachment is returned with its own media type.
        for status in ["200", "206"] {
            let content = self.operation.pointer_mut(&format!("/responses/{status}/content"));
            let Some(content) = content.and_then(Value::as_object_mut) else { continue };
            if let Some(bytes) = content.get(ANY_FILE).cloned() {
                content.extend(crate::files::media_types().map(|kind| (kind.to_owned(), bytes.clone())));
            }
        }
    }

    fn add_conditions(&mut self) {
        match self.method {
            "post" if matches!(self.permission.access, Access::Roles(_)) => {
                self.keyed = true;
                self.statuses.extend([409, 422]);
                takes(self.operation, "IdempotencyKey");
                if self.is_on_row() {
                    self.statuses.push(412);
                    takes(self.operation, "IfMatch");
                }
            }
            "patch" | "put" => {
                self.statuses.extend([412, 428]);
                takes(self.operation, "IfMatchRequired");
            }
            "get" if self.shows_version() => {
                self.statuses.push(412);
                takes(self.operation, "IfMatch");
                takes(self.operation, "IfNoneMatch");
                self.operation["responses"]["304"] =
                    json!({ "description": "Not modified: the ETag still matches `If-None-Match`" });
            }
            _ => {}
        }
    }

    /// Does it return a resource with a version? A proof has none, because the tree grows.
    fn shows_version(&self) -> bool {
        let one = self.path.contains("/{") || self.path.ends_with("/current") || self.path.starts_with("/public");
        self.declared.versioned.unwrap_or(one) && !self.is_open311()
    }

    /// The problem codes that it can return.
    fn codes(&self) -> Vec<&'static CodeRow> {
        // Only a person may unmask a contact.
        let Operation { conflicts, uploads, unmasks: opens_a_contact, .. } = *self.declared;
        let writes = self.method != "get";
        let may = |row: &&CodeRow| match row.code {
            Code::IdempotencyInProgress => self.keyed,
            Code::PersonRequired => self.permission.person_only || opens_a_contact,
            Code::InsufficientUserAuthentication => opens_a_contact,
            Code::AttachmentsUnavailable => self.has_parts() || uploads,
            Code::SamePerson | Code::OutcomeUnknown => writes,
            Code::MalformedJson => self.has_body(),
            code => row.status != 409 || conflicts.contains(&code),
        };
        CODES.iter().filter(|row| self.statuses.contains(&row.status)).filter(may).collect()
    }

    fn add_problems(&mut self) {
        if !self.declared.conflicts.is_empty() && !self.statuses.contains(&409) {
            self.statuses.push(409);
        }
        self.statuses.sort_unstable();
        self.statuses.dedup();
        let codes = self.codes();
        self.operation["x-problem-codes"] = json!(codes.iter().map(|row| row.name).collect::<Vec<_>>());
        for status in self.statuses.clone() {
            let shared = format!("#/components/responses/Problem{status}");
            let about = self.document.pointer(&format!("{}/description", shared.trim_start_matches('#')));
            self.operation["responses"][status.to_string()] = if self.is_open311() {
                crate::open311::error_response(about.and_then(Value::as_str).unwrap_or_default())
            } else if crate::pages::is_page(self.path) {
                // Pages are for people, so their problems are pages, too.
                json!({ "description": about, "content": { "text/html": { "schema": { "type": "string" } } } })
            } else if status == 409 {
                // Conflicts differ from operation to operation.
                let own: Vec<&CodeRow> = codes.iter().copied().filter(|row| row.status == 409).collect();
                problem_response(status, &own)
            } else {
                json!({ "$ref": shared })
            };
        }
    }

    fn add_headers(&mut self) {
        for status in ["200", "201"] {
            let mut headers = references(&["X-Request-Id"]);
            headers.extend(references_to_limits());
            if status == "201" {
                headers.extend(references(&["Location"]));
            }
            if self.method == "post" && self.permission.access != Access::Public {
                headers.extend(references(&["Idempotent-Replayed"]));
            }
            if (status == "201" && !self.is_open311()) || (self.shows_version() && self.method != "delete") {
                headers.extend(references(&["ETag"]));
            }
            if let Some(response) = self.operation["responses"].get_mut(status) {
                response["headers"] = Value::Object(headers);
            }
        }
    }

    /// A change is sent as JSON under the media type of RFC 7396, too.
    fn add_merge_patch(&mut self) {
        let content = self.operation.pointer_mut("/requestBody/content").filter(|_| self.method == "patch");
        if let Some(content) = content
            && let Some(json) = content.get("application/json").cloned()
        {
            content["application/merge-patch+json"] = json;
        }
    }
}
