use super::input::*;
use super::view::{self, Contract};
use super::{actions, filing, handover, store, termination};
use crate::http::{PageOf, PathId, Response};
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx};
use crate::violations::view::Violation;

/// List contracts
///
/// Lists the contracts of your territory, newest first. A company sees its own contracts, including drafts. Everyone
/// else sees a company's contract only after it was submitted.
#[utoipa::path(get, path = "/v1/contracts",
    tag = "contracts", params(ListContracts), responses((status = 200, description = "A page", body = PageOf<Contract>)))]
pub async fn list_contracts(ctx: Ctx) -> Response {
    let query: ListContracts = ctx.query()?;
    ctx.list(move |conn, ctx| store::list(conn, &ctx.scope, &query)?.map(|rows| view::views(conn, ctx, rows))).await
}

/// Create a contract
///
/// A company creates a draft, which takes effect when it is filed. An office records a contract that it knows to be
/// in force; from its first day it determines which company serves the complex, filed or not. An office's contract is
/// refused if another contract covers the period, or if the complex is new to a blacklisted or restricted company.
#[utoipa::path(post, path = "/v1/contracts",
    tag = "contracts", request_body = ContractIn, responses((status = 201, description = "Created", body = Contract)))]
pub async fn create_contract(ctx: Ctx, body: Body<ContractIn>) -> Response {
    ctx.act(body, actions::create_contract).await
}

/// Get a contract
///
/// Returns the contract with its filing, termination and handover. While it is submitted, the county authority and
/// the social affairs office also see the company's standing and the obstacles to filing (`review`).
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
/// The party that recorded the contract changes it with a JSON merge patch (RFC 7396), while it is a draft or after a
/// refusal to file.
#[utoipa::path(patch, path = "/v1/contracts/{id}",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = ContractPatch, responses((status = 200, description = "Changed", body = Contract)))]
pub async fn update_contract(ctx: Ctx, id: PathId, body: Body<ContractPatch>) -> Response {
    ctx.act(body, move |tx, body| actions::update_contract(tx, id.0, body)).await
}

/// Submit a contract for filing
///
/// The party that recorded the contract submits it, as a draft or again after a refusal. All missing items are
/// reported together, with pointers into the contract. The policy names the filing authority and the working days for
/// its review.
#[utoipa::path(post, path = "/v1/contracts/{id}/submission",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = SubmissionIn, responses((status = 200, description = "Submitted", body = Contract)))]
pub async fn submit_contract(ctx: Ctx, id: PathId, body: Body<SubmissionIn>) -> Response {
    ctx.act(body, move |tx, body| actions::submit_contract(tx, id.0, body)).await
}

/// Withdraw a contract
///
/// The party that recorded the contract withdraws it before it is filed. Contracts that it had superseded are
/// restored, unless another contract now covers their period.
#[utoipa::path(post, path = "/v1/contracts/{id}/withdrawal",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = SubmissionIn, responses((status = 200, description = "Withdrawn", body = Contract)))]
pub async fn withdraw_contract(ctx: Ctx, id: PathId, body: Body<SubmissionIn>) -> Response {
    ctx.act(body, move |tx, body| actions::withdraw_contract(tx, id.0, body)).await
}

/// File a contract
///
/// The filing authority named by the policy files a submitted contract. The contract gets its filing number and
/// determines from its first day which company serves the complex. It supersedes an office's record of the same
/// company, a preliminary contract (Civil Code 940) and interim service; any other contract in the period must be
/// terminated first. A filing receipt with a verification code is issued; for that, the office must be in the office
/// directory.
#[utoipa::path(post, path = "/v1/contracts/{id}/filing",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = FilingIn, responses((status = 200, description = "Filed", body = Contract)))]
pub async fn file_contract(ctx: Ctx, id: PathId, body: Body<FilingIn>) -> Response {
    ctx.act(body, move |tx, body| filing::file_contract(tx, id.0, body)).await
}

/// Refuse to file a contract
///
/// The filing authority refuses a submitted contract. Give the reasons one per line; the refusal document lists them.
/// The contract can then be changed and submitted again.
#[utoipa::path(post, path = "/v1/contracts/{id}/refusal",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = ReasonsIn, responses((status = 200, description = "Refused", body = Contract)))]
pub async fn refuse_contract(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| filing::refuse_contract(tx, id.0, body)).await
}

/// Change the project manager
///
/// The company or an office replaces the project manager of a contract that is filed, or that an office recorded.
/// Change a company's draft itself instead.
#[utoipa::path(post, path = "/v1/contracts/{id}/project-manager",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = ProjectManagerIn, responses((status = 200, description = "Changed", body = Contract)))]
pub async fn change_project_manager(ctx: Ctx, id: PathId, body: Body<ProjectManagerIn>) -> Response {
    ctx.act(body, move |tx, body| actions::change_project_manager(tx, id.0, body)).await
}

/// Terminate a contract
///
/// Records the termination on a lawful ground, with the document that proves it. A company may record only its own
/// non-renewal or notice. The notice is 60 days for a termination by the owners (Civil Code 946) or of an indefinite
/// contract (948), and 90 days for non-renewal (947), unless the policy or the contract sets another period. The
/// termination starts the handover and carries out an approved removal.
#[utoipa::path(post, path = "/v1/contracts/{id}/termination",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = TerminationIn, responses((status = 200, description = "Terminated", body = Contract)))]
pub async fn terminate_contract(ctx: Ctx, id: PathId, body: Body<TerminationIn>) -> Response {
    ctx.act(body, move |tx, body| termination::terminate_contract(tx, id.0, body)).await
}

/// Withdraw a termination
///
/// An office withdraws a termination that was recorded by mistake, while the contract still runs. A termination by
/// succession, or one that completed a removal, cannot be withdrawn.
#[utoipa::path(post, path = "/v1/contracts/{id}/termination-withdrawal",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = ReasonsIn, responses((status = 200, description = "Withdrawn", body = Contract)))]
pub async fn withdraw_contract_termination(ctx: Ctx, id: PathId, body: Body<ReasonsIn>) -> Response {
    ctx.act(body, move |tx, body| termination::withdraw_termination(tx, id.0, body)).await
}

/// Record interim service
///
/// An office records that the company continues its service after the end of the contract: until the next company
/// takes over (Civil Code 950), or because the owners have not decided and the contract continues as an indefinite
/// one (948). Meanwhile no handover is due.
#[utoipa::path(post, path = "/v1/contracts/{id}/interim-service",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = InterimServiceIn, responses((status = 200, description = "Recorded", body = Contract)))]
pub async fn record_interim_service(ctx: Ctx, id: PathId, body: Body<InterimServiceIn>) -> Response {
    ctx.act(body, move |tx, body| termination::record_interim_service(tx, id.0, body)).await
}

/// Record a handover
///
/// The company records the items that it handed over; an office, the community or the committee records the items
/// received. The handover is complete when all six items have been received.
#[utoipa::path(post, path = "/v1/contracts/{id}/handover",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = HandoverIn, responses((status = 200, description = "Recorded", body = Contract)))]
pub async fn record_contract_handover(ctx: Ctx, id: PathId, body: Body<HandoverIn>) -> Response {
    ctx.act(body, move |tx, body| handover::record_handover(tx, id.0, body)).await
}

/// Report an overdue handover
///
/// Reports a violation of clause 6 (`nine.abandoning_service`) with the missing items as its facts. It is possible
/// once, after the due date. It is not possible during interim service (Civil Code 950), or if the company recorded
/// every item in time.
#[utoipa::path(post, path = "/v1/contracts/{id}/handover-report",
    tag = "contracts", params(("id" = crate::db::Id, Path, description = "Id of the contract")),
    request_body = LateHandoverIn, responses((status = 201, description = "The reported violation", body = Violation)))]
pub async fn report_late_handover(ctx: Ctx, id: PathId, body: Body<LateHandoverIn>) -> Response {
    ctx.act(body, move |tx, body| handover::report_late_handover(tx, id.0, body)).await
}
