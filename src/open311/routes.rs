use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{HttpRequest, web};

use super::actions::{self, Question, question};
use super::format::Format;
use super::model::*;
use super::{key, receive};
use crate::http::Response;
use crate::http::language::Language;
use crate::problem::Problem;
use crate::service::Service;

/// The form asked for by the ending of the path; another ending is no resource.
fn format(request: &HttpRequest) -> Result<Format, Problem> {
    let ending = request.match_info().get("format").unwrap_or_default();
    Format::of_name(ending).ok_or_else(|| Problem::not_found_at("path/format"))
}

fn language(request: &HttpRequest) -> Language {
    Language::from_header(request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// What every question goes through.
fn parse_request(state: &web::Data<Service>, request: &HttpRequest) -> Result<(Format, Question), Problem> {
    let format = format(request)?;
    key::refuse_in_address(state, request)?;
    Ok((format, question(state, language(request), request.query_string())?))
}

fn path(request: &HttpRequest, name: &str) -> String {
    request.match_info().get(name).unwrap_or_default().to_owned()
}

/// Where the interface is
///
/// Open311 Service Discovery: the endpoint, its standard, its forms, and when its services last changed.
#[utoipa::path(get, path = "/open311/v2/discovery.{format}",
    tag = "open311", params(("format" = Format, Path, description = "`xml` or `json`")), responses(
    (status = 200, description = "The discovery document", content((Discovery = "application/json"), (String = "text/xml")))
))]
pub async fn get_open311_discovery(state: web::Data<Service>, request: HttpRequest) -> Response {
    let (format, question) = parse_request(&state, &request)?;
    format.answer(StatusCode::OK, "discovery", &actions::discovery(question).await?)
}

/// List services
///
/// GET Service List: the categories of complaints that are public, by the policy in force.
#[utoipa::path(get, path = "/open311/v2/services.{format}",
    tag = "open311", params(("format" = Format, Path, description = "`xml` or `json`"), Jurisdiction),
    responses((status = 200, description = "The services",
        content((Vec<Open311Service> = "application/json"), (String = "text/xml")))))]
pub async fn list_open311_services(state: web::Data<Service>, request: HttpRequest) -> Response {
    let (format, question) = parse_request(&state, &request)?;
    format.answer(StatusCode::OK, "services", &actions::services(question).await?)
}

/// Get a service definition
///
/// GET Service Definition: the attributes of a service. A category that is not public is 404 like an unknown one.
#[utoipa::path(get, path = "/open311/v2/services/{service_code}.{format}", tag = "open311", params(
    ("service_code" = String, Path, description = "Code of the category", example = "service.lift"),
    ("format" = Format, Path, description = "`xml` or `json`"), Jurisdiction,
), responses((status = 200, description = "The definition",
    content((Open311ServiceDefinition = "application/json"), (String = "text/xml")))))]
pub async fn get_open311_service(state: web::Data<Service>, request: HttpRequest) -> Response {
    let (format, question) = parse_request(&state, &request)?;
    let code = path(&request, "service_code");
    format.answer(StatusCode::OK, "service_definition", &actions::service(question, code).await?)
}

/// Create a request
///
/// POST Service Request: a form, with photographs as `multipart/form-data`. `api_key` is `client_id:client_secret` of a
/// client that the county approved, in the form and never in the address; the place must lie in its territory. The place is
/// `lat` and `long`, or the complex as `address_id`. The answer holds the id at once. The same form again within an hour of
/// the first is answered with the same id.
#[utoipa::path(post, path = "/open311/v2/requests.{format}",
    tag = "open311", params(("format" = Format, Path, description = "`xml` or `json`")),
    request_body(content((Open311RequestIn = "application/x-www-form-urlencoded"), (Open311UploadIn = "multipart/form-data"))),
    responses(
        (status = 201, description = "Taken: a list of one",
            content((Vec<Open311Created> = "application/json"), (String = "text/xml"))),
        (status = 400, description = "The form has faults", body = Vec<Open311Error>),
    ))]
pub async fn create_open311_request(
    state: web::Data<Service>,
    request: HttpRequest,
    payload: web::Payload,
) -> Response {
    let format = format(&request)?;
    key::refuse_in_address(&state, &request)?;
    actions::create(receive::receive(&state, &request, payload).await?, format).await
}

/// Get the id of a request by its token
///
/// GET service_request_id from a token. Requests get their id at once here, and the id is its own token.
#[utoipa::path(get, path = "/open311/v2/tokens/{token}.{format}", tag = "open311", params(
    ("token" = String, Path, description = "The token"),
    ("format" = Format, Path, description = "`xml` or `json`"), Jurisdiction,
), responses((status = 200, description = "The id: a list of one",
    content((Vec<Open311Token> = "application/json"), (String = "text/xml")))))]
pub async fn get_open311_token(state: web::Data<Service>, request: HttpRequest) -> Response {
    let (format, question) = parse_request(&state, &request)?;
    let token = path(&request, "token");
    format.answer(StatusCode::OK, "service_requests", &actions::token(question, token).await?)
}

/// List requests
///
/// GET Service Requests: what is public of tickets, newest first; of 90 days at most, in pages of 1000 at most. Tickets of
/// categories that are not public do not appear. Any other parameter is ignored, but an `api_key` is refused.
#[utoipa::path(get, path = "/open311/v2/requests.{format}",
    tag = "open311", params(("format" = Format, Path, description = "`xml` or `json`"), ListOpen311Requests),
    responses((status = 200, description = "The requests; an empty list past the end",
        content((Vec<Open311Request> = "application/json"), (String = "text/xml")))))]
pub async fn list_open311_requests(state: web::Data<Service>, request: HttpRequest) -> Response {
    let (format, question) = parse_request(&state, &request)?;
    format.answer(StatusCode::OK, "service_requests", &actions::requests(question).await?)
}

/// Get a request
///
/// GET Service Request: what is public of one ticket, as a list of one. One that is not public is 404 like an unknown one.
#[utoipa::path(get, path = "/open311/v2/requests/{service_request_id}.{format}", tag = "open311", params(
    ("service_request_id" = String, Path, description = "Id of the complaint"),
    ("format" = Format, Path, description = "`xml` or `json`"), Jurisdiction,
), responses((status = 200, description = "The request: a list of one",
    content((Vec<Open311Request> = "application/json"), (String = "text/xml")))))]
pub async fn get_open311_request(state: web::Data<Service>, request: HttpRequest) -> Response {
    let (format, question) = parse_request(&state, &request)?;
    let id = path(&request, "service_request_id");
    format.answer(StatusCode::OK, "service_requests", &actions::request(question, id).await?)
}
