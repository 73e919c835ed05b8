//! The public pages of complexes and documents, and the same data as JSON.

use std::sync::LazyLock;

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::html::{self, Rendered, html, show};
use super::model::{ListPublicComplexes, PublicComplex, PublicComplexRow, PublicDocument, SearchPage, Verification};
use super::{chart, store};
use crate::db::Id;
use crate::documents;
use crate::http::{PageOf, Response, form};
use crate::problem::{Problem, ProblemBody};
use crate::render::qr;
use crate::service::Service;

/// Items on a search page.
const FOUND: i64 = 20;
static STYLE: LazyLock<Rendered> =
    LazyLock::new(|| Rendered::new("text/css; charset=utf-8", include_bytes!("style.css").to_vec()));
static ICON: LazyLock<Rendered> = LazyLock::new(|| Rendered::new(html::SVG, include_bytes!("icon.svg").to_vec()));

pub(super) fn path<'a>(request: &'a HttpRequest, name: &str) -> &'a str {
    request.match_info().get(name).unwrap_or_default()
}

/// On a page, an invalid id is treated as an unknown one.
fn page_id(request: &HttpRequest) -> Result<Id, Problem> {
    path(request, "id").parse().map_err(|_| Problem::not_found())
}

fn data_id(request: &HttpRequest) -> Result<Id, Problem> {
    path(request, "id")
        .parse()
        .map_err(|_| Problem::input_error("path/id", "invalid_format", "不是有效的 UUID", "not a UUID"))
}

fn query<Q: serde::de::DeserializeOwned>(state: &Service, operation: &str, text: &str) -> Result<Q, Problem> {
    let query = state.contract.check_query(operation, text).map_err(Problem::collected)?;
    serde_json::from_value(query)
        .map_err(|error| Problem::input_error("query", "invalid_format", "参数格式错误", error.to_string()))
}

/// Ignores form fields that were left empty, and parameters that apps add to an address.
fn of_form(text: &str, fields: &[&str]) -> Result<String, Problem> {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    let ours = |name: &str| fields.contains(&name);
    let mut faults = Vec::new();
    for (name, value) in form::pairs(text.as_bytes()).filter(|(name, _)| ours(name)) {
        match value {
            Some(value) if value.trim().is_empty() => {}
            Some(value) => {
                kept.append_pair(&name, &value);
            }
            None => faults.push(form::not_utf8(format!("query/{name}"))),
        }
    }
    if faults.is_empty() { Ok(kept.finish()) } else { Err(Problem::input_errors(faults)) }
}

/// Open the search page
///
/// Finds complexes by part of their name and by township or community.
#[utoipa::path(get, path = "/public", tag = "public", params(SearchPage), responses(
    (status = 200, description = "The page", body = String, content_type = "text/html"),
    (status = 400, description = "Bad input, as a page", body = String, content_type = "text/html"),
    (status = 503, description = "The database is unavailable, as a page", body = String, content_type = "text/html")
))]
pub async fn get_public_home(state: web::Data<Service>, request: HttpRequest) -> Response {
    let asked = of_form(request.query_string(), &["q", "division", "cursor"])?;
    let SearchPage { q, division, cursor } = query(&state, "get_public_home", &asked)?;
    let today = state.clock.today();
    show(&state, &request, ("home", asked), move |conn| {
        let search = ListPublicComplexes {
            limit: Some(FOUND),
            cursor: cursor.clone(),
            q: q.clone(),
            division: division.clone(),
        };
        let found = store::search(conn, &search, today)?;
        let next = found.next_cursor.as_ref().map(|cursor| {
            let mut next = form_urlencoded::Serializer::new(String::new());
            for (name, value) in [("q", &q), ("division", &division), ("cursor", &Some(cursor.clone()))] {
                if let Some(value) = value {
                    next.append_pair(name, value);
                }
            }
            next.finish()
        });
        html(
            "home",
            json!({
                "title": "查询小区", "q": q, "division": division, "areas": store::areas(conn)?,
                "found": found.items, "next": next, "first": cursor.is_none(),
            }),
        )
    })
    .await
}

/// Get the style sheet of the pages
///
/// Returns the style sheet that all public pages use.
#[utoipa::path(get, path = "/public/style.css",
    tag = "public", responses((status = 200, description = "CSS", body = String, content_type = "text/css")))]
pub async fn get_public_style(request: HttpRequest) -> HttpResponse {
    STYLE.response(&request)
}

/// Get the icon of the pages
///
/// Returns the icon for browser tabs.
#[utoipa::path(get, path = "/public/icon.svg",
    tag = "public", responses((status = 200, description = "SVG", body = String, content_type = "image/svg+xml")))]
pub async fn get_public_icon(request: HttpRequest) -> HttpResponse {
    ICON.response(&request)
}

/// Open the page of a complex
///
/// Shows the current company and its service period, the filed contract, the six disclosures with fees and public
/// revenue, typical cases, the star rating with its derivation, and the offices that take complaints.
#[utoipa::path(get, path = "/public/complexes/{id}",
    tag = "public", params(("id" = crate::db::Id, Path, description = "Id of the complex")), responses(
    (status = 200, description = "The page", body = String, content_type = "text/html"),
    (status = 404, description = "Unknown, as a page", body = String, content_type = "text/html"),
    (status = 503, description = "The database is unavailable, as a page", body = String, content_type = "text/html")
))]
pub async fn get_public_complex(state: web::Data<Service>, request: HttpRequest) -> Response {
    let id = page_id(&request)?;
    let read = state.clone();
    show(&state, &request, ("complex", id.to_string()), move |conn| {
        let complex = store::complex(conn, &read, id)?;
        let periods = chart::periods(&complex.disclosures);
        let chart = chart::revenue(&periods);
        html("complex", json!({ "title": complex.name, "complex": complex, "periods": periods, "chart": chart }))
    })
    .await
}

/// Get the notice sheet of a complex
///
/// Returns one A4 sheet for the notice board (公示栏), with a QR code of the page of the complex.
#[utoipa::path(get, path = "/public/complexes/{id}/notice",
    tag = "public", params(("id" = crate::db::Id, Path, description = "Id of the complex")), responses(
    (status = 200, description = "The sheet", body = String, content_type = "text/html"),
    (status = 404, description = "Unknown, as a page", body = String, content_type = "text/html"),
    (status = 503, description = "The database is unavailable, as a page", body = String, content_type = "text/html")
))]
pub async fn get_public_notice(state: web::Data<Service>, request: HttpRequest) -> Response {
    let id = page_id(&request)?;
    let read = state.clone();
    show(&state, &request, ("notice", id.to_string()), move |conn| {
        let complex = store::complex(conn, &read, id)?;
        let qr = qr::svg(&complex.page_url, "本小区公示页面的二维码")?;
        let fees = complex.fees();
        html(
            "notice",
            json!({ "title": complex.name, "complex": complex, "fees": fees, "qr": qr, "today": read.clock.today() }),
        )
    })
    .await
}

/// Open the document verification form
///
/// For people who have a document on paper and no camera: they type its verification code, and the page leads to the
/// result.
#[utoipa::path(get, path = "/public/documents", tag = "public", params(Verification), responses(
    (status = 200, description = "The page", body = String, content_type = "text/html"),
    (status = 303, description = "To the page that verifies the document"),
    (status = 400, description = "Bad input, as a page", body = String, content_type = "text/html")
))]
pub async fn get_public_verification(state: web::Data<Service>, request: HttpRequest) -> Response {
    let asked = of_form(request.query_string(), &["code"])?;
    let Verification { code } = query(&state, "get_public_verification", &asked)?;
    if let Some(code) = code.as_deref().and_then(documents::normalised_code) {
        let to = format!("/public/documents/{code}");
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, to)).finish());
    }
    Ok(html("verification", json!({ "title": "文书核验", "code": code }))?.response(&request))
}

/// Open a document's verification page
///
/// Shows whether a document is genuine and valid (文书核验), never its text. Case and hyphens of the code do not matter.
#[utoipa::path(get, path = "/public/documents/{code}", tag = "public",
    params(("code" = String, Path, description = "The code on the document", max_length = 100, example = "7K3M-9Q2T-XV5B-0R8N-HD6W-4CJP-A1EF")),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html"),
        (status = 404, description = "Unknown, as a page", body = String, content_type = "text/html"),
        (status = 503, description = "The database is unavailable, as a page", body = String, content_type = "text/html")
    ))]
pub async fn get_public_document(state: web::Data<Service>, request: HttpRequest) -> Response {
    let code = path(&request, "code").to_owned();
    show(&state, &request, ("document", code.clone()), move |conn| {
        let document = store::document(conn, &code)?;
        html("document", json!({ "title": "文书核验", "document": document }))
    })
    .await
}

/// List public complexes
///
/// Lists complexes by part of their name and by division, newest first. No token needed.
#[utoipa::path(get, path = "/public/data/complexes", tag = "public", params(ListPublicComplexes), responses(
    (status = 200, description = "A page", body = PageOf<PublicComplexRow>),
    (status = 400, description = "Bad input", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "The database is unavailable", body = ProblemBody, content_type = "application/problem+json")
))]
pub async fn list_public_complexes(state: web::Data<Service>, request: HttpRequest) -> Response {
    let asked: ListPublicComplexes = query(&state, "list_public_complexes", request.query_string())?;
    let today = state.clock.today();
    let key = ("complexes", request.query_string().to_owned());
    show(&state, &request, key, move |conn| html::json(&store::search(conn, &asked, today)?)).await
}

/// Get the public data of a complex
///
/// Returns the same data as the page of the complex.
#[utoipa::path(get, path = "/public/data/complexes/{id}",
    tag = "public", params(("id" = crate::db::Id, Path, description = "Id of the complex")), responses(
    (status = 200, description = "The complex", body = PublicComplex),
    (status = 400, description = "Bad input", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "Unknown", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "The database is unavailable", body = ProblemBody, content_type = "application/problem+json")
))]
pub async fn get_public_complex_data(state: web::Data<Service>, request: HttpRequest) -> Response {
    let id = data_id(&request)?;
    let read = state.clone();
    show(&state, &request, ("complex data", id.to_string()), move |conn| html::json(&store::complex(conn, &read, id)?))
        .await
}

/// Verify a document
///
/// Returns the same data as the verification page.
#[utoipa::path(get, path = "/public/data/documents/{code}", tag = "public",
    params(("code" = String, Path, description = "The code on the document", max_length = 100, example = "7K3M-9Q2T-XV5B-0R8N-HD6W-4CJP-A1EF")),
    responses(
        (status = 200, description = "The document", body = PublicDocument),
        (status = 404, description = "Unknown", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The database is unavailable", body = ProblemBody, content_type = "application/problem+json")
    ))]
pub async fn get_public_document_data(state: web::Data<Service>, request: HttpRequest) -> Response {
    let code = path(&request, "code").to_owned();
    show(&state, &request, ("document data", code.clone()), move |conn| html::json(&store::document(conn, &code)?))
        .await
}
