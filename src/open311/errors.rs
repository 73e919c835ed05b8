//! Errors in the format of the standard, including those of other layers: rate limits, an unknown path, an unreachable
//! database.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};

use serde_json::{Value, json};

use super::format::Format;
use super::model::Open311Error;
use crate::http::language::Language;
use crate::problem::Problem;

/// GeoReport v2, "Errors": 404 for what does not exist, 403 for the api_key, "and basically 400 for any other error
/// where the request can not be fulfilled". Statuses that ask to retry or to send the request differently are kept, so
/// that a client can tell them from a form to correct.
fn status_of(status: StatusCode) -> StatusCode {
    match status.as_u16() {
        401 => StatusCode::FORBIDDEN,
        403 | 404 | 405 | 408 | 413 | 415 | 429 | 500.. => status,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The name of a parameter from a pointer, without `query/`, `path/` or `header/`.
fn parameter(pointer: &str) -> &str {
    let bare = pointer.trim_start_matches('/');
    ["query/", "path/", "header/"].iter().find_map(|kind| bare.strip_prefix(kind)).unwrap_or(bare)
}

/// One error for each input error; without any, one for the problem itself.
fn errors(problem: &Problem, language: Language, status: u16) -> Vec<Open311Error> {
    let body = problem.body(language, None);
    let one = |description: String| Open311Error { code: status, description };
    let mut all: Vec<Open311Error> = body
        .errors
        .iter()
        .map(|fault| match parameter(&fault.pointer) {
            "" => one(fault.detail.clone()),
            name => one(format!("{name}: {}", fault.detail)),
        })
        .collect();
    if all.is_empty() {
        all.push(one(body.detail.unwrap_or(body.title)));
    }
    all
}

/// The error response, as described in the OpenAPI document.
pub fn error_response(about: &str) -> Value {
    json!({
        "description": about,
        "content": {
            "application/json": {
                "schema": { "type": "array", "maxItems": 1000, "items": { "$ref": "#/components/schemas/Open311Error" } }
            },
            "text/xml": { "schema": { "type": "string" } }
        }
    })
}

pub fn as_json(response: HttpResponse, problem: &Problem, language: Language, _request_id: &str) -> HttpResponse {
    as_errors(response, problem, language, Format::Json)
}

pub fn as_xml(response: HttpResponse, problem: &Problem, language: Language, _request_id: &str) -> HttpResponse {
    as_errors(response, problem, language, Format::Xml)
}

/// Replaces the problem in a response with errors of the standard.
fn as_errors(response: HttpResponse, problem: &Problem, language: Language, format: Format) -> HttpResponse {
    let status = status_of(response.status());
    let Ok(text) = format.written("errors", &errors(problem, language, status.as_u16())) else { return response };
    let mut response = response.set_body(BoxBody::new(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, format.content_type());
    // Access tokens do not work for this interface, so do not offer them.
    headers.remove(WWW_AUTHENTICATE);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input_error::InputError;
    use crate::problem::Code;

    #[test]
    fn each_fault_is_an_error_under_the_name_of_its_parameter() {
        let faults =
            ["/lat", "query/page", "path/service_code"].map(|at| InputError::new(at, "invalid", "有误", "is wrong"));
        let all = errors(&Problem::input_errors(faults.to_vec()), Language::En, 400);
        let told: Vec<&str> = all.iter().map(|one| one.description.as_str()).collect();
        assert_eq!(told, ["lat: is wrong", "page: is wrong", "service_code: is wrong"]);
    }

    #[test]
    fn statuses_are_those_of_the_standard_and_those_that_say_later() {
        for (code, status) in [
            (Code::NotFound, 404),
            (Code::Forbidden, 403),
            (Code::InvalidToken, 403),
            (Code::UnsupportedMediaType, 415),
            (Code::IdempotencyKeyReused, 400),
            (Code::IdempotencyInProgress, 400),
            (Code::MethodNotAllowed, 405),
            (Code::PayloadTooLarge, 413),
            (Code::TooManyRequests, 429),
            (Code::DatabaseUnavailable, 503),
        ] {
            let problem = Problem::new(code);
            let answer = as_errors(problem.response(Language::Zh, None), &problem, Language::Zh, Format::Json);
            assert_eq!(answer.status().as_u16(), status, "{}", code.name());
            assert!(answer.headers().get(WWW_AUTHENTICATE).is_none());
        }
    }
}
