//! From a model to the bytes of an answer.

use std::sync::LazyLock;

use actix_web::HttpRequest;
use actix_web::http::header::{CACHE_CONTROL, ETAG, VARY};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use aws_lc_rs::digest::{SHA256, digest};
use chrono::NaiveDate;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};
use serde::Serialize;

use super::Cache;
use super::cache::Key;
use super::chart;
use crate::db::{Conn, Work};
use crate::documents::chinese_day;
use crate::http::Answer;
use crate::http::conditions::{Conditions, Verdict};
use crate::identity;
use crate::price::yuan;
use crate::problem::{Code, Problem};
use crate::ratings::model::Star;
use crate::service::Service;

pub const HTML: &str = "text/html; charset=utf-8";
pub const JSON: &str = "application/json";
pub const SVG: &str = "image/svg+xml";
/// A minute in the reader's own browser, and in any cache on the way.
const FRESH: &str = "public, max-age=60";

macro_rules! templates {
    ($($name:literal)*) => { &[$(($name, include_str!(concat!("templates/", $name, ".html")))),*] };
}

const TEMPLATES: &[(&str, &str)] = templates! {
    "base" "complaint_report" "complex" "complex_cases" "complex_disclosures" "complex_fees" "complex_phones" "complex_rating"
    "complex_revenue" "complex_service" "disclosure" "document" "error" "fee_table" "home" "notice" "notice_fees" "plaque"
    "plaque_print" "price_note" "report" "stars" "verification"
};

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("day", day);
    environment
        .add_filter("period", |from: String, to: String| Ok::<_, Error>(chart::period(date(&from)?, date(&to)?)));
    environment.add_filter("yuan", |fen: i64| format!("{}元", yuan(fen)));
    environment.add_filter("zh", zh);
    environment.add_filter("rank", rank);
    for (name, text) in TEMPLATES {
        environment.add_template(name, text).expect("the templates are part of the program, and a test renders each");
    }
    environment
});

fn date(text: &str) -> Result<NaiveDate, Error> {
    text.parse().map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("{text} is no day")))
}

/// `2026-03-02` as people write it.
fn day(text: String) -> Result<String, Error> {
    Ok(chinese_day(date(&text)?))
}

/// The official term of a code.
fn zh(code: String, vocabulary: String) -> Result<&'static str, Error> {
    let term = identity::zh(&vocabulary, &code);
    term.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("{vocabulary} has no {code}")))
}

/// How many stars a star is.
fn rank(code: String) -> Result<i64, Error> {
    let star = Star::from_code(&code).map(Star::rank);
    star.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("{code} is no star")))
}

/// An answer that everyone gets alike.
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
            // What the whole answer would have said (RFC 9110, 15.4.5): it may be compressed.
            Verdict::NotModified => {
                with_headers(HttpResponse::NotModified()).insert_header((VARY, "Accept-Encoding")).finish()
            }
            // As an error, so that the edge makes a page of it where a person asked.
            Verdict::Failed => HttpResponse::from_error(Problem::new(Code::PreconditionFailed)),
        }
    }
}

/// A page made from a template and what it shows.
pub fn html(template: &str, context: impl Serialize) -> Work<Rendered> {
    Ok(Rendered::new(HTML, page(template, context)?.into_bytes()))
}

/// The text of a page.
pub fn page(template: &str, context: impl Serialize) -> Result<String, Problem> {
    let render = || ENVIRONMENT.get_template(template)?.render(Value::from(Serde(context)));
    render().map_err(|error| Problem::broken_by("a page cannot be made", format_args!("{template}: {error:#}")))
}

/// The same as JSON.
pub fn json(what: &impl Serialize) -> Work<Rendered> {
    let body =
        serde_json::to_vec(what).map_err(|error| Problem::broken_by("a value cannot be written as JSON", error))?;
    Ok(Rendered::new(JSON, body))
}

/// Answers from the cache, or makes the page and keeps it.
pub async fn show<F>(state: &Service, request: &HttpRequest, key: Key, make: F) -> Answer
where
    F: FnMut(&mut Conn) -> Work<Rendered> + Send + 'static,
{
    let page = match state.parts.get::<Cache>().get(&key) {
        Some(kept) => kept,
        None => state.parts.get::<Cache>().keep(key, state.db.read(make).await?),
    };
    Ok(page.response(request))
}
