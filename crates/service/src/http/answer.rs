//! Results of actions, and the HTTP responses made from them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderValue, LOCATION, VARY};
use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;

use super::conditions::{Conditions, Verdict};
use super::paging::PageOf;
use crate::db::{Id, StoredResponse, WorkResult};
use crate::problem::{Code, Problem};

/// The `Vary` header of API responses.
pub const VARIES: &str = "Authorization, Accept-Language, Accept-Encoding";

/// Serialises a page of a list.
pub fn page<T: Serialize>(page: &PageOf<T>) -> WorkResult<Vec<u8>> {
    Ok(written(page, page.items.len()).map_err(unserialisable)?)
}

pub fn unserialisable(error: serde_json::Error) -> Problem {
    Problem::broken_by("a response could not be written as JSON", error)
}

/// Initial buffer size in bytes. Most resources fit, so that the buffer is not copied as it grows.
const USUAL_BODY: usize = 2048;

/// Serialises one resource, or `resources` of them, to JSON.
pub fn written<T: Serialize>(what: &T, resources: usize) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::with_capacity(USUAL_BODY * (resources + 1));
    serde_json::to_writer(&mut text, what)?;
    Ok(text)
}

/// What a handler returns.
pub type Response = Result<HttpResponse, Problem>;

/// One resource, as this caller may see it, at a version.
pub struct Entity<T> {
    pub id: Option<Id>,
    pub version: i64,
    pub status: StatusCode,
    pub location: Option<String>,
    /// Contains a secret, so the response is not stored.
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
    /// The ETag is `"version.hash"`, with a hash of the body. If-Match compares the version only, If-None-Match the whole
    /// tag.
    pub fn stored(&self) -> Result<StoredResponse, serde_json::Error> {
        let body = written(&self.body, 1)?;
        let etag = format!("\"{}.{}\"", self.version, &hex::encode(digest(&SHA256, &body))[..12]);
        Ok(StoredResponse { status: self.status.as_u16(), etag: Some(etag), location: self.location.clone(), body })
    }
}

impl StoredResponse {
    /// A response with a secret, which no cache may store.
    pub fn secret_response(self) -> HttpResponse {
        let mut response = self.response(false);
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// The response to a read, after checking its conditions.
    pub fn conditional(self, conditions: &Conditions) -> Response {
        match conditions.on_read(self.etag.as_deref()) {
            Verdict::Answer => Ok(self.made(false, false)),
            Verdict::NotModified => Ok(self.made(true, false)),
            Verdict::Failed => Err(Problem::new(Code::PreconditionFailed)),
        }
    }

    pub fn response(self, replayed: bool) -> HttpResponse {
        self.made(false, replayed)
    }

    fn made(self, unchanged: bool, replayed: bool) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut builder = HttpResponse::build(if unchanged { StatusCode::NOT_MODIFIED } else { status });
        builder.insert_header((VARY, VARIES));
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
