//! Rendering of pages and JSON, and their responses.

use std::sync::LazyLock;

use actix_web::HttpRequest;
use actix_web::http::header::{CACHE_CONTROL, ETAG, VARY};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;

use super::Cache;
use super::cache::Key;
use crate::db::{Conn, WorkResult};
use crate::http::Response;
use crate::http::conditions::{Conditions, Verdict};
use crate::problem::{Code, Problem};
use crate::render::Templates;
use crate::service::Service;
use crate::service::feature::Feature;

pub const HTML: &str = "text/html; charset=utf-8";
pub const JSON: &str = "application/json";
pub const SVG: &str = "image/svg+xml";
/// Browsers and shared caches may keep a page for a minute.
const FRESH: &str = "public, max-age=60";

macro_rules! templates {
    ($($name:literal)*) => { &[$(($name, include_str!(concat!("templates/", $name, ".html")))),*] };
}

const TEMPLATES: &[(&str, &str)] = templates! {
    "base" "complex" "complex_cases" "complex_disclosures" "complex_fees" "complex_phones" "complex_rating"
    "complex_revenue" "complex_service" "disclosure" "document" "error" "fee_table" "home" "notice" "notice_fees" "plaque"
    "plaque_print" "price_note" "stars" "verification"
};

/// Features whose enumerations appear on the pages.
const SPOKEN_OF: &[&Feature] =
    &[&crate::contracts::FEATURE, &crate::disclosures::FEATURE, &crate::policy::FEATURE, &crate::ratings::FEATURE];

static PAGES: LazyLock<Templates> = LazyLock::new(|| Templates::new(TEMPLATES).with_terms(SPOKEN_OF));

/// A response that is the same for everyone.
pub struct Rendered {
    pub media_type: &'static str,
    pub body: Bytes,
    etag: String,
}

impl Rendered {
    pub fn new(media_type: &'static str, body: Vec<u8>) -> Rendered {
        let etag = format!("\"{}\"", &hex::encode(digest(&SHA256, &body))[..32]);
        Rendered { media_type, body: Bytes::from(body), etag }
    }

    pub fn response(&self, request: &HttpRequest) -> HttpResponse {
        let verdict = Conditions::of(request.headers()).on_read(Some(&self.etag));
        let with_headers = |mut builder: HttpResponseBuilder| {
            builder.insert_header((ETAG, self.etag.as_str())).insert_header((CACHE_CONTROL, FRESH));
            builder
        };
        match verdict {
            Verdict::Answer => with_headers(HttpResponse::Ok()).content_type(self.media_type).body(self.body.clone()),
            // A 304 must have the `Vary` of the full response, which may be compressed (RFC 9110, section 15.4.5).
            Verdict::NotModified => {
                with_headers(HttpResponse::NotModified()).insert_header((VARY, "Accept-Encoding")).finish()
            }
            // Returned as an error, so that a person gets an error page.
            Verdict::Failed => HttpResponse::from_error(Problem::new(Code::PreconditionFailed)),
        }
    }
}

/// Renders a template with its data.
pub fn html(template: &str, context: impl Serialize) -> WorkResult<Rendered> {
    Ok(Rendered::new(HTML, page(template, context)?.into_bytes()))
}

/// The text of a page.
pub fn page(template: &str, context: impl Serialize) -> Result<String, Problem> {
    PAGES.page(template, context)
}

/// The same data as JSON.
pub fn json(what: &impl Serialize) -> WorkResult<Rendered> {
    let body =
        serde_json::to_vec(what).map_err(|error| Problem::broken_by("a value cannot be written as JSON", error))?;
    Ok(Rendered::new(JSON, body))
}

/// Answers from the cache, or renders the page and keeps it.
pub async fn show<F>(state: &Service, request: &HttpRequest, key: Key, make: F) -> Response
where
    F: FnMut(&mut Conn) -> WorkResult<Rendered> + Send + 'static,
{
    let page = match state.parts.get::<Cache>().get(&key) {
        Some(kept) => kept,
        None => state.parts.get::<Cache>().keep(key, state.db.read(make).await?),
    };
    Ok(page.response(request))
}
