//! Converts a problem to an HTTP response.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};

use super::{Code, Problem};
use crate::language::Language;

impl Problem {
    pub fn response(&self, language: Language, instance: Option<&str>) -> HttpResponse {
        let mut builder = HttpResponse::build(self.status());
        builder.insert_header((CONTENT_TYPE, "application/problem+json"));
        builder.insert_header(("content-language", language.tag()));
        for (name, value) in &self.headers {
            builder.insert_header((name.clone(), value.as_str()));
        }
        match self.status().as_u16() {
            // The layer that knows the required authentication adds this challenge.
            401 if self.code == Code::InsufficientUserAuthentication => {}
            401 if self.code == Code::Unauthorized => {
                builder.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"xiaoqu\""));
            }
            401 => {
                builder.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"xiaoqu\", error=\"invalid_token\""));
            }
            403 => {
                builder.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"xiaoqu\", error=\"insufficient_scope\""));
            }
            503 => {
                builder.insert_header((RETRY_AFTER, HeaderValue::from_static("2")));
            }
            _ => {}
        }
        let mut response = builder.json(self.body(language, instance));
        // `json` sets a content type only if there is none, so set it explicitly.
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Uses the default language; a later layer translates it to the language of the caller.
    fn error_response(&self) -> HttpResponse {
        self.response(Language::Zh, None)
    }
}
