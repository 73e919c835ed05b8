//! Operations that issue official documents.

use super::actions;
use crate::documents::model::{DocumentIn, OfficialDocument};
use crate::http::Response;
use crate::service::{Body, Ctx};

/// Issue an official document
///
/// Issues an official document (文书) about a case, in the state of the case that its kind requires. For the office in
/// charge, which must have a document prefix (机关代字) in the office directory. The next number of this prefix and the
/// template of the policy in force today are used. Each kind is issued once for a case; a second interview or hearing
/// notice replaces the first, which is withdrawn.
#[utoipa::path(post, path = "/v1/documents",
    tag = "documents", request_body = DocumentIn, responses((status = 201, description = "Issued", body = OfficialDocument)))]
pub async fn issue_document(ctx: Ctx, body: Body<DocumentIn>) -> Response {
    ctx.act(body, actions::issue_document).await
}
