//! The public pages of a plaque: its verification, which the QR code opens, and the plaque for print.

use actix_web::{HttpRequest, web};
use serde_json::json;

use super::html::{self, Rendered, html, show};
use super::plaque;
use super::routes::path;
use crate::http::Response;
use crate::ratings::model::PlaqueState;
use crate::ratings::plaques::find;
use crate::service::Service;

/// Open the page of a plaque
///
/// Verifies a plaque (铭牌核验); its QR code opens this page. Shows whether it is valid, superseded or withdrawn, with
/// star, complex, company, cycle and issuer, and the valid plaque of the complex if it is a different one. As JSON:
/// `GET /v1/plaques/{number}`.
#[utoipa::path(get, path = "/public/plaques/{number}", tag = "public",
    params(("number" = String, Path, description = "Number of the plaque", max_length = 40, example = "640121-2026-0001")),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html"),
        (status = 404, description = "Unknown, as a page", body = String, content_type = "text/html"),
        (status = 503, description = "The database is unavailable, as a page", body = String, content_type = "text/html")
    ))]
pub async fn get_public_plaque(state: web::Data<Service>, request: HttpRequest) -> Response {
    let number = path(&request, "number").to_owned();
    let read = state.clone();
    show(&state, &request, ("plaque", number.clone()), move |conn| {
        html("plaque", json!({ "title": "铭牌核验", "plaque": find(conn, &read, &number)? }))
    })
    .await
}

/// Get the picture of a plaque
///
/// Returns an SVG of 400 × 250 mm for the manufacturer of the plaque, self-contained and with the QR code. A plaque
/// that is not valid is marked as such.
#[utoipa::path(get, path = "/public/plaques/{number}/plaque.svg", tag = "public",
    params(("number" = String, Path, description = "Number of the plaque", max_length = 40, example = "640121-2026-0001")),
    responses(
        (status = 200, description = "SVG", body = String, content_type = "image/svg+xml"),
        (status = 404, description = "Unknown, as a page", body = String, content_type = "text/html"),
        (status = 503, description = "The database is unavailable, as a page", body = String, content_type = "text/html")
    ))]
pub async fn get_public_plaque_image(state: web::Data<Service>, request: HttpRequest) -> Response {
    let number = path(&request, "number").to_owned();
    let read = state.clone();
    show(&state, &request, ("plaque image", number.clone()), move |conn| {
        Ok(Rendered::new(html::SVG, plaque::svg(&find(conn, &read, &number)?)?.into_bytes()))
    })
    .await
}

/// Get the print page of a plaque
///
/// Returns one A4 sheet in landscape with the picture as large as possible. A plaque that is not valid is marked as
/// such.
#[utoipa::path(get, path = "/public/plaques/{number}/print", tag = "public",
    params(("number" = String, Path, description = "Number of the plaque", max_length = 40, example = "640121-2026-0001")),
    responses(
        (status = 200, description = "The sheet", body = String, content_type = "text/html"),
        (status = 404, description = "Unknown, as a page", body = String, content_type = "text/html"),
        (status = 503, description = "The database is unavailable, as a page", body = String, content_type = "text/html")
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
