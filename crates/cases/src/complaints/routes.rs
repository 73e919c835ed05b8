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
/// Of your territory; a police station, partner or utility those that it handles, a company those that it handles or handled,
/// a committee those of its complex, a resident those that it submitted or follows. What is asked for as open (`open`,
/// `overdue`, `due_within`) comes most urgent first, everything else newest first.
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
/// By a resident, or by an office for whoever called, came or was met. It goes to the office that its category names for the
/// place, with its deadlines set. What was told and by whom is encrypted at rest; see `GET /v1/similar-complaints` before,
/// for what is on file already.
#[utoipa::path(post, path = "/v1/complaints",
    tag = "complaints", request_body = ComplaintIn, responses((status = 201, description = "Submitted", body = Complaint)))]
pub async fn create_complaint(ctx: Ctx, body: Body<ComplaintIn>) -> Response {
    ctx.act(body, intake::create_complaint).await
}

/// Get a complaint
///
/// Reading one whose `confidentiality` is not `open`, or its timeline, is recorded in the ledger.
/// The contact is masked for offices, in full for the complainant, and not there for anybody else. With `unmask` it is shown in
/// full to the government office that handles the ticket, and to the company that does while the complainant consents; a person
/// must ask, and each such reading is recorded. Where the deployment asks for a fresh log-in, an old one is answered with 401
/// `insufficient_user_authentication` (RFC 9470).
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

/// There is a person in it: nobody keeps it on the way.
fn unkept(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// List what happened to a complaint
///
/// In order, as far as it is for you: a resident reads what is for the complainant, a company and a committee what is for the
/// parties, too, offices everything.
#[utoipa::path(get, path = "/v1/complaints/{id}/timeline",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    responses((status = 200, description = "All steps", body = PageOf<TimelineStep>)))]
pub async fn list_complaint_timeline(ctx: Ctx, id: PathId) -> Response {
    persons::record_timeline(&ctx, id.0).await?;
    ctx.list(move |conn, ctx| timeline::list(conn, ctx, id.0)).await
}

/// List what may be the same matter
///
/// Tickets of its category at its complex (without one, near its point) within the days of the policy, that you see: to merge.
#[utoipa::path(get, path = "/v1/complaints/{id}/duplicates",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    responses((status = 200, description = "Up to 50 or 200", body = PageOf<Complaint>)))]
pub async fn list_complaint_duplicates(ctx: Ctx, id: PathId) -> Response {
    ctx.list(move |conn, ctx| following::duplicates(conn, ctx, id.0)).await
}

/// Accept a complaint
///
/// By its handler, within the limit of its category. The complainant is told.
#[utoipa::path(post, path = "/v1/complaints/{id}/acceptance",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = AcceptanceIn, responses((status = 200, description = "Accepted", body = Complaint)))]
pub async fn accept_complaint(ctx: Ctx, id: PathId, body: Body<AcceptanceIn>) -> Response {
    ctx.act(body, move |tx, body| handling::accept_complaint(tx, id.0, body)).await
}

/// Reject a complaint
///
/// With reasons, told to the complainant, who may have it reopened once.
#[utoipa::path(post, path = "/v1/complaints/{id}/rejection",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ReasonsIn, responses((status = 200, description = "Not taken on", body = Complaint)))]
pub async fn reject_complaint(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| handling::reject_complaint(tx, id.0, body)).await
}

/// Transfer a complaint
///
/// To another office that answers for its place, or to the company that serves; by its supervisor, or by its handler until it was
/// returned once. The deadlines stay. The office complained of never gets it.
#[utoipa::path(post, path = "/v1/complaints/{id}/transfer",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = TransferIn, responses((status = 200, description = "Handed on", body = Complaint)))]
pub async fn transfer_complaint(ctx: Ctx, id: PathId, body: Body<TransferIn>) -> Response {
    ctx.act(body, move |tx, body| handling::transfer_complaint(tx, id.0, body)).await
}

/// Return a complaint
///
/// To its supervisor, with a reason, once and within the working days of the policy; the supervisor's assignment is final then.
#[utoipa::path(post, path = "/v1/complaints/{id}/return",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ReasonsIn, responses((status = 200, description = "Returned", body = Complaint)))]
pub async fn return_complaint(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| handling::return_complaint(tx, id.0, body)).await
}

/// Ask for more time
///
/// By its handler before the time is over; its supervisor decides.
#[utoipa::path(post, path = "/v1/complaints/{id}/extension",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ExtensionIn, responses((status = 200, description = "Asked for", body = Complaint)))]
pub async fn request_complaint_extension(ctx: Ctx, id: PathId, body: Body<ExtensionIn>) -> Response {
    ctx.act(body, move |tx, body| handling::request_complaint_extension(tx, id.0, body)).await
}

/// Decide on more time
///
/// By its supervisor, before the old time is over. A ticket is extended once.
#[utoipa::path(post, path = "/v1/complaints/{id}/extension-decision",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ExtensionDecisionIn, responses((status = 200, description = "Decided", body = Complaint)))]
pub async fn decide_complaint_extension(ctx: Ctx, id: PathId, body: Body<ExtensionDecisionIn>) -> Response {
    ctx.act(body, move |tx, body| handling::decide_complaint_extension(tx, id.0, body)).await
}

/// Ask the complainant
///
/// The deadlines stand still until the answer. Not once the time is over.
#[utoipa::path(post, path = "/v1/complaints/{id}/information-request",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = TextIn, responses((status = 200, description = "Asked", body = Complaint)))]
pub async fn request_complaint_information(ctx: Ctx, id: PathId, body: Body<TextIn>) -> Response {
    ctx.act(body, move |tx, body| handling::request_complaint_information(tx, id.0, body)).await
}

/// Answer what was asked
///
/// By the complainant, or by an office that writes down what was said. The time to reply moves by what the pause took.
#[utoipa::path(post, path = "/v1/complaints/{id}/information",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = TextIn, responses((status = 200, description = "Goes on", body = Complaint)))]
pub async fn give_complaint_information(ctx: Ctx, id: PathId, body: Body<TextIn>) -> Response {
    ctx.act(body, move |tx, body| handling::give_complaint_information(tx, id.0, body)).await
}

/// Begin a mediation
///
/// A stage of handling the ticket; its deadlines go on.
#[utoipa::path(post, path = "/v1/complaints/{id}/mediation",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = TextIn, responses((status = 200, description = "In mediation", body = Complaint)))]
pub async fn begin_complaint_mediation(ctx: Ctx, id: PathId, body: Body<TextIn>) -> Response {
    ctx.act(body, move |tx, body| handling::begin_complaint_mediation(tx, id.0, body)).await
}

/// End a mediation
///
/// Agreed: the agreement is the reply. Failed: the ticket is handled on.
#[utoipa::path(post, path = "/v1/complaints/{id}/mediation-result",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = MediationResultIn, responses((status = 200, description = "Ended", body = Complaint)))]
pub async fn end_complaint_mediation(ctx: Ctx, id: PathId, body: Body<MediationResultIn>) -> Response {
    ctx.act(body, move |tx, body| handling::end_complaint_mediation(tx, id.0, body)).await
}

/// Reply to a complaint
///
/// What was found and done, told to the complainant and whoever follows.
#[utoipa::path(post, path = "/v1/complaints/{id}/reply",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ComplaintReplyIn, responses((status = 200, description = "Replied", body = Complaint)))]
pub async fn reply_to_complaint(ctx: Ctx, id: PathId, body: Body<ComplaintReplyIn>) -> Response {
    ctx.act(body, move |tx, body| handling::reply_to_complaint(tx, id.0, body)).await
}

/// Say how satisfied the complainant is
///
/// 1 to 5, once for each reply: by the complainant, or by an office other than the handler that writes down what a complainant
/// without an account said. Whoever is satisfied closes the ticket.
#[utoipa::path(post, path = "/v1/complaints/{id}/satisfaction",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = SatisfactionIn, responses((status = 200, description = "Rated", body = Complaint)))]
pub async fn rate_complaint(ctx: Ctx, id: PathId, body: Body<SatisfactionIn>) -> Response {
    ctx.act(body, move |tx, body| outcome::rate_complaint(tx, id.0, body)).await
}

/// Reopen a complaint
///
/// Once, within the working days of the policy after the reply, by a complainant who is not satisfied. Its limits begin anew.
#[utoipa::path(post, path = "/v1/complaints/{id}/reopening",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ReasonsIn, responses((status = 200, description = "Reopened", body = Complaint)))]
pub async fn reopen_complaint(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| outcome::reopen_complaint(tx, id.0, body)).await
}

/// Close a complaint
///
/// After the reply. One that nobody rates or reopens closes by itself.
#[utoipa::path(post, path = "/v1/complaints/{id}/closure",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ReasonsIn, responses((status = 200, description = "Closed", body = Complaint)))]
pub async fn close_complaint(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| outcome::close_complaint(tx, id.0, body)).await
}

/// Merge a complaint into another
///
/// Both are one matter. Whoever follows the one follows the other from now on, and is told once.
#[utoipa::path(post, path = "/v1/complaints/{id}/merge",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = MergeIn, responses((status = 200, description = "Merged", body = Complaint)))]
pub async fn merge_complaint(ctx: Ctx, id: PathId, body: Body<MergeIn>) -> Response {
    ctx.act(body, move |tx, body| handling::merge_complaint(tx, id.0, body)).await
}

/// Link a complaint
///
/// To a violation, an inspection or a hazard that belongs with it.
#[utoipa::path(post, path = "/v1/complaints/{id}/links",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = LinkIn, responses((status = 200, description = "Linked", body = Complaint)))]
pub async fn link_complaint(ctx: Ctx, id: PathId, body: Body<LinkIn>) -> Response {
    ctx.act(body, move |tx, body| linking::link_complaint(tx, id.0, body)).await
}

/// Give or withdraw consent to contact
///
/// Whether the company that handles the ticket may see the contact, such as for a repair in the home. It comes from the
/// complainant's own account. An office writes it down only for a ticket without an account, with a `note` of how it was said,
/// and not again after a withdrawal; a withdrawal it may always write down.
#[utoipa::path(post, path = "/v1/complaints/{id}/contact-consent",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ConsentIn, responses((status = 200, description = "Recorded", body = Complaint)))]
pub async fn set_complaint_consent(ctx: Ctx, id: PathId, body: Body<ConsentIn>) -> Response {
    ctx.act(body, move |tx, body| persons::set_complaint_consent(tx, id.0, body)).await
}

/// Erase the complainant
///
/// Contact, account, the complainant's files and links, the exact point, and whatever names or reaches the complainant in what
/// was said (PIPL 47), with the answers that are stored for idempotency keys; the ticket, its timeline and its proof remain,
/// and so do copies without metadata that became evidence of a violation. The same happens by itself when the retention period
/// is over.
#[utoipa::path(post, path = "/v1/complaints/{id}/erasure",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = ReasonsIn, responses((status = 200, description = "Erased", body = Complaint)))]
pub async fn erase_complaint_persons(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    let state = ctx.state.clone();
    let answer = ctx.act(body, move |tx, body| persons::erase_complaint_persons(tx, id.0, body)).await;
    if answer.is_ok() {
        // Nobody gets the files any more. Where their bytes cannot be removed now, the housekeeping does it.
        let _ = files::erase_bytes(&state).await;
    }
    answer
}

/// Release or withhold the exact point
///
/// Companies, committees, utilities and followers see where a ticket is only by its complex, or on a grid of about 100 m. An
/// office that handles or supervises it may show them the exact point where that is needed; of an anonymous ticket followers
/// and the public never see it.
#[utoipa::path(post, path = "/v1/complaints/{id}/point-release",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = PointReleaseIn, responses((status = 200, description = "Recorded", body = Complaint)))]
pub async fn release_complaint_point(ctx: Ctx, id: PathId, body: Body<PointReleaseIn>) -> Response {
    ctx.act(body, move |tx, body| persons::release_complaint_point(tx, id.0, body)).await
}

/// Comment on a complaint
///
/// For everyone whom it concerns, for the parties, or for the offices alone. It changes nothing of the ticket.
#[utoipa::path(post, path = "/v1/complaints/{id}/comments",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = CommentIn, responses((status = 201, description = "The comment", body = TimelineStep)))]
pub async fn comment_on_complaint(ctx: Ctx, id: PathId, body: Body<CommentIn>) -> Response {
    ctx.act(body, move |tx, body| timeline::comment_on_complaint(tx, id.0, body)).await
}

/// Report a complaint as a violation
///
/// In one call, by the office that handles or supervises it, in the officer's words and with the photographs of the ticket,
/// where asked for: copies without metadata, under neutral names. Other files stay with the ticket; the step tells how many. The
/// ticket shows where the violation stands.
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
/// An open one of a public category. Whoever follows reads what its complainant is told, and not who complained.
#[utoipa::path(post, path = "/v1/complaints/{id}/following",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = EmptyIn, responses((status = 200, description = "Followed", body = Following)))]
pub async fn follow_complaint(ctx: Ctx, id: PathId, body: Body<EmptyIn>) -> Response {
    ctx.act(body, move |tx, body| following::follow_complaint(tx, id.0, body)).await
}

/// Follow a complaint no longer
///
/// One's own cannot be left.
#[utoipa::path(post, path = "/v1/complaints/{id}/following-end",
    tag = "complaints", params(("id" = crate::db::Id, Path, description = "Id of the complaint")),
    request_body = EmptyIn, responses((status = 200, description = "No longer followed", body = Following)))]
pub async fn unfollow_complaint(ctx: Ctx, id: PathId, body: Body<EmptyIn>) -> Response {
    ctx.act(body, move |tx, body| following::unfollow_complaint(tx, id.0, body)).await
}
