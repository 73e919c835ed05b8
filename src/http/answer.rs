//! What an action answers with, and how it becomes a response.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderValue, LOCATION, VARY};
use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;

use super::idempotency::StoredAnswer;
use crate::db::Id;
use crate::problem::Problem;

/// Bytes that most resources fit into, so that what is written is not copied as it grows.
const USUAL_BODY: usize = 2048;

/// JSON of one resource, or of as many.
pub fn written<T: Serialize>(what: &T, resources: usize) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::with_capacity(USUAL_BODY * (resources + 1));
    serde_json::to_writer(&mut text, what)?;
    Ok(text)
}

/// What a handler returns.
pub type Answer = Result<HttpResponse, Problem>;

/// One resource as this caller sees it, at a version.
pub struct Entity<T> {
    pub id: Option<Id>,
    pub version: i64,
    pub status: StatusCode,
    pub location: Option<String>,
    /// There is a secret in it: it is stored nowhere.
    pub shown_once: bool,
    pub body: T,
}

impl<T> Entity<T> {
    pub fn new(id: Id, version: i64, body: T) -> Self {
        Entity { id: Some(id), version, status: StatusCode::OK, location: None, shown_once: false, body }
    }

    pub fn created(id: Id, version: i64, body: T, path: &str) -> Self {
        let location = Some(format!("{path}/{id}"));
        Entity { id: Some(id), version, status: StatusCode::CREATED, location, shown_once: false, body }
    }

    pub fn shown_once(mut self) -> Self {
        self.shown_once = true;
        self
    }
}

impl<T: Serialize> Entity<T> {
    /// The ETag is `"version.viewhash"`: If-Match compares the version, If-None-Match all of it.
    pub fn stored(&self) -> Result<StoredAnswer, serde_json::Error> {
        let body = written(&self.body, 1)?;
        let etag = format!("\"{}.{}\"", self.version, &hex::encode(digest(&SHA256, &body))[..12]);
        Ok(StoredAnswer { status: self.status.as_u16(), etag: Some(etag), location: self.location.clone(), body })
    }
}

/// Does If-None-Match name this tag (RFC 9110, 13.1.2)?
pub fn names_tag(if_none_match: Option<&str>, tag: &str) -> bool {
    if_none_match
        .is_some_and(|list| list.split(',').map(|t| t.trim().trim_start_matches("W/")).any(|t| t == "*" || t == tag))
}

impl StoredAnswer {
    /// An answer with a secret in it: nobody keeps it on the way.
    pub fn secret_response(self) -> HttpResponse {
        let mut response = self.response(None, false);
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    pub fn response(self, if_none_match: Option<&str>, replayed: bool) -> HttpResponse {
        let unchanged = self.etag.as_deref().is_some_and(|tag| names_tag(if_none_match, tag));
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut builder = HttpResponse::build(if unchanged { StatusCode::NOT_MODIFIED } else { status });
        builder.insert_header((VARY, "Authorization, Accept-Language"));
        builder.insert_header((CACHE_CONTROL, "private, no-cache"));
        if let Some(etag) = self.etag {
            builder.insert_header((ETAG, etag));
        }
        if let Some(location) = self.location {
            builder.insert_header((LOCATION, location));
        }
        if replayed {
            builder.insert_header(("Idempotent-Replayed", "true"));
        }
        if unchanged { builder.finish() } else { builder.content_type("application/json").body(self.body) }
    }
}
