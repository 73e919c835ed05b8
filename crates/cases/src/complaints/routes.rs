//! The operations on complaints: submitting, reading, handling, and following them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};

use super::following::{EmptyIn, Following};
use super::input::*;
use super::persons::{ConsentIn, PointReleaseIn};
use super::timeline::{self, TimelineStep};
use super::view::{self, Complaint};
use super::{following, handling, intake, linking, list_store, outcome, parties, person_rules, persons, store};
use crate::db::{Conn, WorkResult};
use crate::files;
use crate::http::{PageOf, PathId, Response};
use crate::proceedings::model::ReasonsIn;
use crate::security;
use crate::service::{Body, Ctx};
use crate::violations::view::Violation;

/// List complaints
///
/// Lists complaints of your territory. A police station, utility operator, `fire_rescue`, `market_supervision` or
/// `discipline_office` sees those it handles, a company also those it handled, a committee those of its complex, a
/// resident their own and followed ones. Urgent first with `open=true`, `overdue=true` or `due_within`, else newest.
#[utoipa::path(get, path = "/v1/complaints",
    tag = "complaints", params(ListComplaints), responses((status = 200, description = "A page", body = PageOf<Complaint>)))]
pub async fn list_complaints(ctx: Ctx) -> Response {
    let query: ListComplaints = ctx.query()?;
    ctx.list(move |conn, ctx| list(conn, ctx, &query)).await
}

fn list(conn: &mut Conn, ctx: &Ctx, query: &ListComplaints) -> WorkResult<PageOf<Complaint>> {
    if query.hotline_number.is_some() {
        person_rules::may_search_hotline_number(ctx.caller.role)?;
    }
    list_store::list(conn, ctx, query)?.map(|rows| view::views(conn, ctx, rows))
}

/// Submit a complaint
///
/// Residents submit their own complaints; offices submit on behalf of a person who called, visited or was met on
/// patrol. The complaint goes to the first handler of its category, with its deadlines set. Description and contact are
/// encrypted at rest. Before you submit, check `GET /v1/similar-complaints` for an open complaint to follow instead.
#[utoipa::path(post, path = "/v1/complaints",
    tag = "complaints", request_body = ComplaintIn, responses((status = 201, description = "Submitted", body = Complaint)))]
pub async fn create_complaint(ctx: Ctx, body: Body<ComplaintIn>) -> Response {
    ctx.act(body, intake::create_complaint).await
}

/// Get a complaint
///
/// The complainant gets the contact in full, offices masked, and everyone else gets null. With `unmask`, the handler
/// gets it in full: an office always, a company or utility operator while the complainant consents. A machine token
/// cannot unmask; each unmasking is recorded. If the deployment requires step-up authentication, a stale log-in gets
/// 401 `insufficient_user_authentication` (RFC 9470). If `confidentiality` is not `open`, each reading by an office is
/// recorded in the ledger.
#[utoipa::path(get, path = "/v1/complaints/{id}",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint"), GetComplaint),
    responses((status = 200, description = "The complaint", body = Complaint)))]
pub async fn get_complaint(ctx: Ctx, id: PathId) -> Response {
    let query: GetComplaint = ctx.query()?;
    let answer = match query.unmask {
        None => {
            let find = move |conn: &mut Conn, ctx: &Ctx| {
                let row = store::find(conn, &parties::viewer(ctx), id.0)?;
                if person_rules::is_recorded(ctx.caller.role, row.confidentiality) {
                    Ok(None)
                } else {
                    view::entity(conn, ctx, row).map(Some)
                }
            };
            ctx.get_or_open(find, move |tx| persons::read_restricted(tx, id.0)).await
        }
        Some(reason) => {
            let read = move |tx: &mut crate::service::Tx| persons::read_contact(tx, id.0, &reason);
            let shown = ctx.get_or_open(|_, _| Ok(None), read).await;
            if shown.as_ref().is_ok_and(|answer| answer.status() == StatusCode::OK) {
                ctx.security_event(security::Kind::DataUnmasked);
            }
            shown
        }
    };
    Ok(unkept(answer?))
}

/// Forbids caching: the response contains personal data.
fn unkept(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Get the timeline of a complaint
///
/// Lists the steps that are visible to you, oldest first. A resident gets those with `audience` `complainant`. A
/// company, committee or utility operator also gets `parties`, an office all of them.
#[utoipa::path(get, path = "/v1/complaints/{id}/timeline",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    responses((status = 200, description = "All steps", body = PageOf<TimelineStep>)))]
pub async fn list_complaint_timeline(ctx: Ctx, id: PathId) -> Response {
    persons::record_timeline(&ctx, id.0).await?;
    ctx.list(move |conn, ctx| timeline::list(conn, ctx, id.0)).await
}

/// List possible duplicates
///
/// Lists complaints of the same category at the same complex (without a complex, near its point), submitted at most the
/// policy's `duplicate_days` before or after, and visible to you. Use it to find the target of a merge.
#[utoipa::path(get, path = "/v1/complaints/{id}/duplicates",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    responses((status = 200, description = "Up to 50; without a complex, up to 200", body = PageOf<Complaint>)))]
pub async fn list_complaint_duplicates(ctx: Ctx, id: PathId) -> Response {
    ctx.list(move |conn, ctx| following::duplicates(conn, ctx, id.0)).await
}

/// Accept a complaint
///
/// The handler accepts (受理) a submitted, assigned or reopened complaint, within the time limit of its category. The
/// complainant can see the step.
#[utoipa::path(post, path = "/v1/complaints/{id}/acceptance",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = AcceptanceIn, responses((status = 200, description = "Accepted", body = Complaint)))]
pub async fn accept_complaint(ctx: Ctx, id: PathId, body: Body<AcceptanceIn>) -> Response {
    ctx.act(body, move |tx, body| handling::accept_complaint(tx, id.0, body)).await
}

/// Reject a complaint
///
/// The handler or the supervising office rejects (不予受理) a submitted, assigned or reopened complaint. The complainant
/// reads the reasons, and may reopen the complaint once.
#[utoipa::path(post, path = "/v1/complaints/{id}/rejection",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ReasonsIn, responses((status = 200, description = "Rejected", body = Complaint)))]
pub async fn reject_complaint(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| handling::reject_complaint(tx, id.0, body)).await
}

/// Transfer a complaint
///
/// The handler or the supervising office transfers the complaint (转办) to another office for its location, or to the
/// company that serves the complex; after a return only the supervising office. It becomes `assigned`. The deadlines
/// stay. The office complained of cannot become the handler.
#[utoipa::path(post, path = "/v1/complaints/{id}/transfer",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = TransferIn, responses((status = 200, description = "Transferred", body = Complaint)))]
pub async fn transfer_complaint(ctx: Ctx, id: PathId, body: Body<TransferIn>) -> Response {
    ctx.act(body, move |tx, body| handling::transfer_complaint(tx, id.0, body)).await
}

/// Return a complaint
///
/// The handler returns (退回) a submitted, accepted or assigned complaint to its supervising office: once, within the
/// policy's `return_within_working_days` after getting it. The supervising office must then transfer it. The new
/// handler cannot return it.
#[utoipa::path(post, path = "/v1/complaints/{id}/return",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ReasonsIn, responses((status = 200, description = "Returned", body = Complaint)))]
pub async fn return_complaint(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| handling::return_complaint(tx, id.0, body)).await
}

/// Request an extension
///
/// Until the resolution deadline, the handler requests more time for a complaint that is accepted, assigned, reopened
/// or in mediation. The supervising office decides. After a refusal a new request is possible.
#[utoipa::path(post, path = "/v1/complaints/{id}/extension",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ExtensionIn, responses((status = 200, description = "Requested", body = Complaint)))]
pub async fn request_complaint_extension(ctx: Ctx, id: PathId, body: Body<ExtensionIn>) -> Response {
    ctx.act(body, move |tx, body| handling::request_complaint_extension(tx, id.0, body)).await
}

/// Decide an extension request
///
/// The supervising office grants or refuses the pending request. Granting is possible until the resolution deadline and
/// during a pause: once, and once more after a reopening.
#[utoipa::path(post, path = "/v1/complaints/{id}/extension-decision",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ExtensionDecisionIn, responses((status = 200, description = "Decided", body = Complaint)))]
pub async fn decide_complaint_extension(ctx: Ctx, id: PathId, body: Body<ExtensionDecisionIn>) -> Response {
    ctx.act(body, move |tx, body| handling::decide_complaint_extension(tx, id.0, body)).await
}

/// Request information from the complainant
///
/// Until `resolve_due`, the handler of an accepted, assigned or reopened complaint requests information. This accepts
/// it, and pauses it until the information is given.
#[utoipa::path(post, path = "/v1/complaints/{id}/information-request",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = TextIn, responses((status = 200, description = "Requested; deadlines paused", body = Complaint)))]
pub async fn request_complaint_information(ctx: Ctx, id: PathId, body: Body<TextIn>) -> Response {
    ctx.act(body, move |tx, body| handling::request_complaint_information(tx, id.0, body)).await
}

/// Give requested information
///
/// The complainant gives the information. The handler or the supervising office may record it for them, and any office
/// if the complainant has no account. The resolution deadline moves by the working days or hours of the pause.
#[utoipa::path(post, path = "/v1/complaints/{id}/information",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = TextIn, responses((status = 200, description = "Given; deadlines resumed", body = Complaint)))]
pub async fn give_complaint_information(ctx: Ctx, id: PathId, body: Body<TextIn>) -> Response {
    ctx.act(body, move |tx, body| handling::give_complaint_information(tx, id.0, body)).await
}

/// Start a mediation
///
/// The handling office starts a mediation (调解) of an accepted, assigned or reopened complaint, and accepts it.
/// `resolve_due` is unchanged.
#[utoipa::path(post, path = "/v1/complaints/{id}/mediation",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = TextIn, responses((status = 200, description = "In mediation", body = Complaint)))]
pub async fn begin_complaint_mediation(ctx: Ctx, id: PathId, body: Body<TextIn>) -> Response {
    ctx.act(body, move |tx, body| handling::begin_complaint_mediation(tx, id.0, body)).await
}

/// End a mediation
///
/// The handler records the outcome. `agreed` needs the signed agreement as evidence and is the reply. After `failed`
/// the state is as before, or `accepted`.
#[utoipa::path(post, path = "/v1/complaints/{id}/mediation-result",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = MediationResultIn, responses((status = 200, description = "Ended", body = Complaint)))]
pub async fn end_complaint_mediation(ctx: Ctx, id: PathId, body: Body<MediationResultIn>) -> Response {
    ctx.act(body, move |tx, body| handling::end_complaint_mediation(tx, id.0, body)).await
}

/// Reply to a complaint
///
/// The handler states what was found and done. This also accepts the complaint. The complainant and followers can read
/// it. Not while paused or returned.
#[utoipa::path(post, path = "/v1/complaints/{id}/reply",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ComplaintReplyIn, responses((status = 200, description = "Replied", body = Complaint)))]
pub async fn reply_to_complaint(ctx: Ctx, id: PathId, body: Body<ComplaintReplyIn>) -> Response {
    ctx.act(body, move |tx, body| handling::reply_to_complaint(tx, id.0, body)).await
}

/// Rate the reply
///
/// Records the satisfaction rating (满意度评价), 1 to 5, once for each reply. The complainant rates; for one without an
/// account, an office other than the handler does. From the policy's `satisfied_from` on it closes the complaint.
#[utoipa::path(post, path = "/v1/complaints/{id}/satisfaction",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = SatisfactionIn, responses((status = 200, description = "Rated", body = Complaint)))]
pub async fn rate_complaint(ctx: Ctx, id: PathId, body: Body<SatisfactionIn>) -> Response {
    ctx.act(body, move |tx, body| outcome::rate_complaint(tx, id.0, body)).await
}

/// Reopen a complaint
///
/// The complainant may reopen the complaint once, within the policy's working days after the reply or the rejection,
/// unless rated as satisfied. For one without an account, an office other than the handler may do so. The time limits
/// restart.
#[utoipa::path(post, path = "/v1/complaints/{id}/reopening",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ReasonsIn, responses((status = 200, description = "Reopened", body = Complaint)))]
pub async fn reopen_complaint(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| outcome::reopen_complaint(tx, id.0, body)).await
}

/// Close a complaint
///
/// The handler or the supervising office closes a replied complaint. If it is not reopened in time, it is closed
/// automatically.
#[utoipa::path(post, path = "/v1/complaints/{id}/closure",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ReasonsIn, responses((status = 200, description = "Closed", body = Complaint)))]
pub async fn close_complaint(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| outcome::close_complaint(tx, id.0, body)).await
}

/// Merge a complaint into another
///
/// The handler or the supervising office merges the complaint into a target about the same matter, which must be open,
/// with the same county, confidentiality and office complained of. Complainant and followers then follow the target.
#[utoipa::path(post, path = "/v1/complaints/{id}/merge",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = MergeIn, responses((status = 200, description = "Merged", body = Complaint)))]
pub async fn merge_complaint(ctx: Ctx, id: PathId, body: Body<MergeIn>) -> Response {
    ctx.act(body, move |tx, body| handling::merge_complaint(tx, id.0, body)).await
}

/// Link a complaint
///
/// The handler or the supervising office links the complaint to a related violation, inspection or hazard visible to
/// you.
#[utoipa::path(post, path = "/v1/complaints/{id}/links",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = LinkIn, responses((status = 200, description = "Linked", body = Complaint)))]
pub async fn link_complaint(ctx: Ctx, id: PathId, body: Body<LinkIn>) -> Response {
    ctx.act(body, move |tx, body| linking::link_complaint(tx, id.0, body)).await
}

/// Give or withdraw contact consent
///
/// Decides whether the handling company or utility operator may see the contact, for example for a repair in the home.
/// A complainant with an account must consent with it. For one without an account, an office may record the consent,
/// with a `note` on how it was given, but not after a withdrawal. The handling office may always record a withdrawal.
#[utoipa::path(post, path = "/v1/complaints/{id}/contact-consent",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ConsentIn, responses((status = 200, description = "Recorded", body = Complaint)))]
pub async fn set_complaint_consent(ctx: Ctx, id: PathId, body: Body<ConsentIn>) -> Response {
    ctx.act(body, move |tx, body| persons::set_complaint_consent(tx, id.0, body)).await
}

/// Erase personal data of a complaint
///
/// Erases the contact, the reference to the account, the complainant's attachments and web links, the exact point,
/// personal data in texts (PIPL 47), and responses stored for idempotency keys. The complaint, timeline and ledger
/// proof remain, and photographs copied to a violation. For the complainant, the handling office and the county
/// authority. After the retention period the erasure is automatic.
#[utoipa::path(post, path = "/v1/complaints/{id}/erasure",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ReasonsIn, responses((status = 200, description = "Erased", body = Complaint)))]
pub async fn erase_complaint_persons(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    let state = ctx.state.clone();
    let answer = ctx.act(body, move |tx, body| persons::erase_complaint_persons(tx, id.0, body)).await;
    if answer.is_ok() {
        // The attachments are no longer accessible. If their bytes cannot be deleted now, the housekeeping job deletes
        // them.
        let _ = files::erase_bytes(&state).await;
    }
    answer
}

/// Release or withhold the exact point
///
/// Companies, committees, utility operators and followers get only the point of the complex, or one rounded to about
/// 100 m. If they need the exact point, the handling or the supervising office may release it. Followers and the public
/// never get the exact point of an anonymous complaint.
#[utoipa::path(post, path = "/v1/complaints/{id}/point-release",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = PointReleaseIn, responses((status = 200, description = "Recorded", body = Complaint)))]
pub async fn release_complaint_point(ctx: Ctx, id: PathId, body: Body<PointReleaseIn>) -> Response {
    ctx.act(body, move |tx, body| persons::release_complaint_point(tx, id.0, body)).await
}

/// Comment on a complaint
///
/// Adds a comment (备注) for an `audience`. The complaint and its version do not change. Followers cannot comment, and a
/// merged complaint takes no comments.
#[utoipa::path(post, path = "/v1/complaints/{id}/comments",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = CommentIn, responses((status = 201, description = "The comment", body = TimelineStep)))]
pub async fn comment_on_complaint(ctx: Ctx, id: PathId, body: Body<CommentIn>) -> Response {
    ctx.act(body, move |tx, body| timeline::comment_on_complaint(tx, id.0, body)).await
}

/// Report a complaint as a violation
///
/// The handling or the supervising office reports a violation, with its own description. `links` of the complaint then
/// contains the violation and its state. `with_evidence` adds copies of the complaint's photographs, without metadata
/// and names; `facts` of the step has the number of other attachments.
#[utoipa::path(post, path = "/v1/complaints/{id}/violation",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ComplaintViolationIn, responses((status = 201, description = "Reported", body = Violation)))]
pub async fn report_complaint_violation(ctx: Ctx, id: PathId, body: Body<ComplaintViolationIn>) -> Response {
    if body.peek().is_some_and(|input| input.with_evidence) {
        let ids = ctx.read(move |conn, ctx| linking::files_to_hand_on(conn, ctx, id.0)).await?;
        files::make_stripped(&ctx.state, ids).await?;
    }
    ctx.act(body, move |tx, body| linking::report_complaint_violation(tx, id.0, body)).await
}

/// Follow a complaint
///
/// A resident follows an open complaint of a public category. Followers get the steps for the complainant, but not the
/// complainant's identity.
#[utoipa::path(post, path = "/v1/complaints/{id}/following",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = EmptyIn, responses((status = 200, description = "Followed", body = Following)))]
pub async fn follow_complaint(ctx: Ctx, id: PathId, body: Body<EmptyIn>) -> Response {
    ctx.act(body, move |tx, body| following::follow_complaint(tx, id.0, body)).await
}

/// Unfollow a complaint
///
/// A resident stops following a complaint. You cannot unfollow your own complaint.
#[utoipa::path(post, path = "/v1/complaints/{id}/following-end",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = EmptyIn, responses((status = 200, description = "No longer followed", body = Following)))]
pub async fn unfollow_complaint(ctx: Ctx, id: PathId, body: Body<EmptyIn>) -> Response {
    ctx.act(body, move |tx, body| following::unfollow_complaint(tx, id.0, body)).await
}
