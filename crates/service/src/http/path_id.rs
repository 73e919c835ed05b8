//! Parses the `{id}` of a path.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::db::Id;
use crate::problem::Problem;

pub struct PathId(pub Id);

impl FromRequest for PathId {
    type Error = Problem;
    type Future = Ready<Result<PathId, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").and_then(|text| text.parse().ok());
        ready(id.map(PathId).ok_or_else(|| {
            Problem::input_error("path/id", "invalid_format", "须为有效的 UUID", "must be a valid UUID")
        }))
    }
}
