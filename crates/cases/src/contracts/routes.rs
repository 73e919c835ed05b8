use super::input::*;
use super::view::{self, Contract};
use super::{actions, filing, handover, store, termination};
use crate::http::{PageOf, PathId, Response};
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx};
use crate::violations::view::Violation;

/// List contracts
///
/// Of your territory, newest first; a company sees its own with its drafts, others not before they are submitted.
#[utoipa::path(get, path = "/v1/contracts",
    tag = "contracts", params(ListContracts), responses((status = 200, description = "A page", body = PageOf<Contract>)))]
pub async fn list_contracts(ctx: Ctx) -> Response {
    let query: ListContracts = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, &ctx.scope, &query)?.map(|rows| view::views(conn, ctx, rows))).await
}

/// Create a contract
///
/// By the company: a draft, which counts once it is filed. By an office: what it knows to be in force; that says from its
/// first day on who serves the complex, filed or not. Refused for a new complex of a company that is blacklisted or
/// restricted, and where another contract stands.
#[utoipa::path(post, path = "/v1/contracts",
    tag = "contracts", request_body = ContractIn, responses((status = 201, description = "On record", body = Contract)))]
pub async fn create_contract(ctx: Ctx, body: Body<ContractIn>) -> Response {
    ctx.act(body, actions::create_contract).await
}

/// Get a contract
///
/// With its filing, its end and the hand-over. While it is submitted the authority sees the company's standing, and what
/// stands against a filing.
#[utoipa::path(get, path = "/v1/contracts/{id}",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    responses((status = 200, description = "The contract", body = Contract)))]
pub async fn get_contract(ctx: Ctx, id: PathId) -> Response {
    ctx.get(move |conn, ctx| {
        let row = store::find(conn, &ctx.scope, id.0)?;
        view::entity(conn, ctx, row)
    })
    .await
}

/// Change a contract
///
/// A merge patch, until it is submitted or after a refusal, by whoever put it on record.
#[utoipa::path(patch, path = "/v1/contracts/{id}",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = ContractPatch, responses((status = 200, description = "Changed", body = Contract)))]
pub async fn update_contract(ctx: Ctx, id: PathId, body: Body<ContractPatch>) -> Response {
    ctx.act(body, move |tx, body| actions::update_contract(tx, id.0, body)).await
}

/// Submit a contract for filing
///
/// Everything that a filing needs must be there: what lacks is told at once, with pointers into the contract. The policy
/// names who files, and in how many working days.
#[utoipa::path(post, path = "/v1/contracts/{id}/submission",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = SubmissionIn, responses((status = 200, description = "Submitted", body = Contract)))]
pub async fn submit_contract(ctx: Ctx, id: PathId, body: Body<SubmissionIn>) -> Response {
    ctx.act(body, move |tx, body| actions::submit_contract(tx, id.0, body)).await
}

/// Withdraw a contract
///
/// Before it is filed, by whoever put it on record.
#[utoipa::path(post, path = "/v1/contracts/{id}/withdrawal",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = SubmissionIn, responses((status = 200, description = "Withdrawn", body = Contract)))]
pub async fn withdraw_contract(ctx: Ctx, id: PathId, body: Body<SubmissionIn>) -> Response {
    ctx.act(body, move |tx, body| actions::withdraw_contract(tx, id.0, body)).await
}

/// File a contract
///
/// By the filing authority. The contract gets its number and says from its first day on who serves the complex: an
/// office's record of the same company gives way to it, a preliminary contract ends on the day before (Civil Code 940),
/// service after an ended contract ends; any other contract stands against it. A receipt with a verification code is
/// issued with it, under the next number of the authority, which is in the directory of offices for that.
#[utoipa::path(post, path = "/v1/contracts/{id}/filing",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = FilingIn, responses((status = 200, description = "Filed", body = Contract)))]
pub async fn file_contract(ctx: Ctx, id: PathId, body: Body<FilingIn>) -> Response {
    ctx.act(body, move |tx, body| filing::file_contract(tx, id.0, body)).await
}

/// Refuse to file a contract
///
/// With reasons, one a line, which the document of the refusal lists. It can be changed and submitted again.
#[utoipa::path(post, path = "/v1/contracts/{id}/refusal",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = ReasonsIn, responses((status = 200, description = "Refused", body = Contract)))]
pub async fn refuse_contract(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| filing::refuse_contract(tx, id.0, body)).await
}

/// Change the project manager
///
/// Of a contract that counts, by the company or an office.
#[utoipa::path(post, path = "/v1/contracts/{id}/project-manager",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = ProjectManagerIn, responses((status = 200, description = "Changed", body = Contract)))]
pub async fn change_project_manager(ctx: Ctx, id: PathId, body: Body<ProjectManagerIn>) -> Response {
    ctx.act(body, move |tx, body| actions::change_project_manager(tx, id.0, body)).await
}

/// End a contract
///
/// On a lawful ground with its document: 60 days of notice for a dismissal by the owners (Civil Code 946) or out of an
/// indefinite contract (948), 90 for a company that declines renewal (947). It opens the hand-over, and carries out an
/// approved removal.
#[utoipa::path(post, path = "/v1/contracts/{id}/termination",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = TerminationIn, responses((status = 200, description = "Ended", body = Contract)))]
pub async fn terminate_contract(ctx: Ctx, id: PathId, body: Body<TerminationIn>) -> Response {
    ctx.act(body, move |tx, body| termination::terminate_contract(tx, id.0, body)).await
}

/// Withdraw a termination
///
/// What was recorded by mistake, while the contract still runs.
#[utoipa::path(post, path = "/v1/contracts/{id}/termination-withdrawal",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = ReasonsIn, responses((status = 200, description = "Taken back", body = Contract)))]
pub async fn withdraw_contract_termination(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| termination::withdraw_termination(tx, id.0, body)).await
}

/// Record service after the end
///
/// The company serves on until the next takes over (Civil Code 950), or because the owners decided nothing and the
/// contract goes on as an indefinite one (948). While it does, no hand-over is late.
#[utoipa::path(post, path = "/v1/contracts/{id}/interim-service",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = InterimServiceIn, responses((status = 200, description = "Recorded", body = Contract)))]
pub async fn record_interim_service(ctx: Ctx, id: PathId, body: Body<InterimServiceIn>) -> Response {
    ctx.act(body, move |tx, body| termination::record_interim_service(tx, id.0, body)).await
}

/// Record a hand-over
///
/// The company says what it handed over; an office, the community or the committee what was received. It is done when
/// every item of the checklist was received.
#[utoipa::path(post, path = "/v1/contracts/{id}/handover",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = HandoverIn, responses((status = 200, description = "Recorded", body = Contract)))]
pub async fn record_contract_handover(ctx: Ctx, id: PathId, body: Body<HandoverIn>) -> Response {
    ctx.act(body, move |tx, body| handover::record_handover(tx, id.0, body)).await
}

/// Report a late hand-over
///
/// In one call: a reported violation of clause 6 (`nine.abandoning_service`), with the open items as its facts. Once, after
/// the due day, and never while the company serves on (Civil Code 950).
#[utoipa::path(post, path = "/v1/contracts/{id}/handover-report",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = LateHandoverIn, responses((status = 201, description = "The violation", body = Violation)))]
pub async fn report_late_handover(ctx: Ctx, id: PathId, body: Body<LateHandoverIn>) -> Response {
    ctx.act(body, move |tx, body| handover::report_late_handover(tx, id.0, body)).await
}
