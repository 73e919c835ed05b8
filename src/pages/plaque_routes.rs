//! The pages of a plaque: what its QR code opens, and the plaque itself to print.

use actix_web::{HttpRequest, web};
use serde_json::json;

use super::html::{self, Rendered, html, show};
use super::plaque;
use super::routes::path;
use crate::http::Response;
use crate::ratings::model::PlaqueState;
use crate::ratings::plaques::find;
use crate::service::Service;

/// The page that checks a plaque
///
/// What the QR code on it opens: whether it is valid, superseded or withdrawn, with its star, complex, company, cycle and
/// issuer, and the plaque that may hang instead. The same as JSON is `GET /v1/plaques/{number}`.
#[utoipa::path(get, path = "/public/plaques/{number}", tag = "public",
    params(("number" = String, Path, description = "Number of the plaque", max_length = 40, example = "640121-2026-0001")),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html"),
        (status = 404, description = "Unknown, as a page", body = String, content_type = "text/html"),
        (status = 503, description = "The store is away, as a page", body = String, content_type = "text/html")
    ))]
pub async fn get_public_plaque(state: web::Data<Service>, request: HttpRequest) -> Response {
    let number = path(&request, "number").to_owned();
    let read = state.clone();
    show(&state, &request, ("plaque", number.clone()), move |conn| {
        html("plaque", json!({ "title": "铭牌核验", "plaque": find(conn, &read, &number)? }))
    })
    .await
}

/// The plaque as a picture
///
/// SVG of 400 × 250 mm for whoever makes the plaque, complete in itself, with the QR code that opens its page. One that is not
/// valid says so across it.
#[utoipa::path(get, path = "/public/plaques/{number}/plaque.svg", tag = "public",
    params(("number" = String, Path, description = "Number of the plaque", max_length = 40, example = "640121-2026-0001")),
    responses(
        (status = 200, description = "SVG", body = String, content_type = "image/svg+xml"),
        (status = 404, description = "Unknown, as a page", body = String, content_type = "text/html"),
        (status = 503, description = "The store is away, as a page", body = String, content_type = "text/html")
    ))]
pub async fn get_public_plaque_image(state: web::Data<Service>, request: HttpRequest) -> Response {
    let number = path(&request, "number").to_owned();
    let read = state.clone();
    show(&state, &request, ("plaque image", number.clone()), move |conn| {
        Ok(Rendered::new(html::SVG, plaque::svg(&find(conn, &read, &number)?)?.into_bytes()))
    })
    .await
}

/// The plaque to print
///
/// One sheet of A4 across, with the picture as large as it goes. One that is not valid says so across it.
#[utoipa::path(get, path = "/public/plaques/{number}/print", tag = "public",
    params(("number" = String, Path, description = "Number of the plaque", max_length = 40, example = "640121-2026-0001")),
    responses(
        (status = 200, description = "The sheet", body = String, content_type = "text/html"),
        (status = 404, description = "Unknown, as a page", body = String, content_type = "text/html"),
        (status = 503, description = "The store is away, as a page", body = String, content_type = "text/html")
    ))]
pub async fn get_public_plaque_print(state: web::Data<Service>, request: HttpRequest) -> Response {
    let number = path(&request, "number").to_owned();
    let read = state.clone();
    show(&state, &request, ("plaque print", number.clone()), move |conn| {
        let plaque = find(conn, &read, &number)?;
        let picture = plaque::svg(&plaque)?;
        let valid = plaque.state == PlaqueState::Valid;
        html("plaque_print", json!({ "plaque": plaque, "picture": picture, "valid": valid }))
    })
    .await
}
