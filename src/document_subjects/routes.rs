use super::actions;
use crate::documents::model::{DocumentIn, OfficialDocument};
use crate::http::Response;
use crate::service::{Body, Ctx};

/// Issue a document
///
/// By the office in charge of the case, under the next number of its word (机关代字) in the directory of offices. The text
/// is the one of the policy in force today; the page is made once, and what is kept is what is served. A kind stands once
/// for each case; another notice of an interview or a hearing takes the place of the one before.
#[utoipa::path(post, path = "/v1/documents",
    tag = "documents", request_body = DocumentIn, responses((status = 201, description = "Issued", body = OfficialDocument)))]
pub async fn issue_document(ctx: Ctx, body: Body<DocumentIn>) -> Response {
    ctx.act(body, actions::issue_document).await
}
