//! The page of the OpenAPI document: Scalar's API reference (MIT), included in the program, so that it works without
//! the internet. Scripts have their digest in the name and browsers keep them for a year; a new version has a new name.

use std::io::Read;
use std::sync::LazyLock;

use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, HeaderValue, VARY};
use actix_web::{HttpRequest, HttpResponse, get, web};
use aws_lc_rs::digest::{SHA256, digest};

use crate::http::Response;
use crate::problem::{Code, Problem};

/// `dist/browser/standalone.js` of npm's `@scalar/api-reference` 1.46.4, unchanged, in gzip.
static SCALAR: &[u8] = include_bytes!("docs/scalar.js.gz");
static START: &str = include_str!("docs/start.js");
static PAGE: &str = include_str!("docs/index.html");

struct Named {
    scalar: String,
    start: String,
    page: String,
}

static NAMED: LazyLock<Named> = LazyLock::new(|| {
    let name = |what: &str, bytes: &[u8]| format!("{what}.{}.js", &hex::encode(digest(&SHA256, bytes))[..16]);
    let (scalar, start) = (name("scalar", SCALAR), name("start", START.as_bytes()));
    let page = PAGE.replace("{scalar}", &scalar).replace("{start}", &start);
    Named { scalar, start, page }
});

const FOR_GOOD: &str = "public, max-age=31536000, immutable";

#[get("/docs/{_:.*}")]
pub async fn show(request: HttpRequest, file: web::Path<String>) -> Response {
    match file.as_str() {
        "" | "index.html" => {
            let mut response = HttpResponse::Ok();
            response.insert_header((CACHE_CONTROL, "no-cache")).content_type("text/html; charset=utf-8");
            Ok(response.body(NAMED.page.as_str()))
        }
        name if name == NAMED.scalar => scalar(&request),
        name if name == NAMED.start => Ok(script().body(START)),
        _ => Err(Problem::new(Code::NotFound)),
    }
}

fn script() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, FOR_GOOD)).content_type("text/javascript; charset=utf-8");
    response
}

fn scalar(request: &HttpRequest) -> Response {
    let takes_gzip = request.headers().get_all(ACCEPT_ENCODING).filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').map(str::trim).any(|one| one.eq_ignore_ascii_case("gzip") || one.starts_with("gzip;q=1"))
    });
    let mut response = script();
    response.insert_header((VARY, HeaderValue::from_static("Accept-Encoding")));
    if takes_gzip {
        return Ok(response.insert_header((CONTENT_ENCODING, "gzip")).body(SCALAR));
    }
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(SCALAR)
        .read_to_end(&mut text)
        .map_err(|error| Problem::broken_by("the page of the document cannot be unpacked", error))?;
    Ok(response.body(text))
}
