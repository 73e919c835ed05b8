//! Company changes (企业变更申请): proposed by an office that is not the registering office, or changing what needs the
//! approval of a second person.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::actions::{apply, check_parent};
use super::model::{Company, CompanyPatch};
use super::{changes_store, rules, store};
use crate::access::Actor;
use crate::coded_enum;
use crate::db::schema::company_changes;
use crate::db::types::{Instant, Json};
use crate::db::{Conn, Id, WorkResult};
use crate::http::Entity;
use crate::http::paging::PageOf;
use crate::ledger::{self, Event, Place};
use crate::proceedings::model::{ReasonsIn, Step};
use crate::proceedings::view::{Officer, StepView, officer, step};
use crate::service::{Body, Ctx, Tx};

coded_enum! {
    /// State of a proposed change (变更状态).
    #[schema(example = "proposed")]
    pub stored enum ChangeState {
        Proposed "proposed" "待决定" "Decision of the registering office pending"
        Approved "approved" "已批准" "Approved and applied"
        Refused "refused" "不予变更" "Refused"
    }
}

/// Proposed values. An absent member does not change; a null parent makes the company independent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CompanyChangeContent {
    /// Registered name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "宁夏和泰物业服务有限公司", max_length = 200, nullable = false)]
    pub name: Option<String>,
    /// Legal representative (法定代表人).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "马立新", max_length = 100, nullable = false)]
    pub legal_representative: Option<String>,
    /// Service hotline (服务热线).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0951-0000000", max_length = 40, nullable = false)]
    pub service_hotline: Option<String>,
    /// Parent company; null: the company is no longer a branch.
    #[serde(default, deserialize_with = "crate::service::body::present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub parent_id: Option<Option<Id>>,
}

impl CompanyChangeContent {
    pub fn is_empty(&self) -> bool {
        *self == CompanyChangeContent::default()
    }

    /// The members whose values differ from the current ones.
    fn differing_from(self, company: &Company) -> CompanyChangeContent {
        CompanyChangeContent {
            name: self.name.filter(|name| *name != company.name),
            legal_representative: self.legal_representative.filter(|name| *name != company.legal_representative),
            service_hotline: self.service_hotline.filter(|phone| *phone != company.service_hotline),
            parent_id: self.parent_id.filter(|parent| *parent != company.parent_id),
        }
    }

    /// The current values of the members that this change contains.
    fn as_on_file(&self, company: &Company) -> CompanyChangeContent {
        CompanyChangeContent {
            name: self.name.as_ref().map(|_| company.name.clone()),
            legal_representative: self.legal_representative.as_ref().map(|_| company.legal_representative.clone()),
            service_hotline: self.service_hotline.as_ref().map(|_| company.service_hotline.clone()),
            parent_id: self.parent_id.map(|_| company.parent_id),
        }
    }
}

impl CompanyChangeIn {
    fn content(&self) -> CompanyChangeContent {
        let CompanyChangeIn { name, legal_representative, service_hotline, parent_id, .. } = self.clone();
        CompanyChangeContent { name, legal_representative, service_hotline, parent_id }
    }
}

/// A company change to propose (企业变更申请).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyChangeIn {
    /// Registered name.
    #[schema(example = "宁夏和泰物业服务有限公司", min_length = 2, max_length = 200, nullable = false)]
    pub name: Option<String>,
    /// Legal representative (法定代表人).
    #[schema(example = "马立新", min_length = 1, max_length = 100, nullable = false)]
    pub legal_representative: Option<String>,
    /// Service hotline (服务热线).
    #[schema(example = "0951-0000002", pattern = "^[0-9+ ()-]{3,40}$", nullable = false)]
    pub service_hotline: Option<String>,
    /// Parent company; null: the company is no longer a branch.
    #[serde(default, deserialize_with = "crate::service::body::present")]
    #[schema(value_type = Option<Id>, example = json!(null))]
    pub parent_id: Option<Option<Id>>,
    /// Reasons, for the office that decides.
    #[schema(min_length = 2, max_length = 1000, example = "企业提交变更登记材料，服务热线已更换")]
    pub reason: String,
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = company_changes)]
pub struct ChangeRow {
    pub id: Id,
    pub version: i64,
    pub company_id: Id,
    pub state: ChangeState,
    pub change: Json<CompanyChangeContent>,
    pub reason: String,
    pub proposed_by: Json<Actor>,
    pub decision: Json<Option<Step>>,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Values of the same members at the time of the proposal.
    pub before: Json<CompanyChangeContent>,
}

/// A proposed company change (企业变更申请).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompanyChange {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub company_id: Id,
    pub state: ChangeState,
    pub change: CompanyChangeContent,
    /// Values of the same members at the time of the proposal.
    pub before: CompanyChangeContent,
    /// Reasons of the proposal.
    #[schema(max_length = 1000, example = "企业提交变更登记材料，服务热线已更换")]
    pub reason: String,
    pub proposed_by: Officer,
    /// Approval or refusal, with officer and reasons; null while pending.
    pub decision: Option<StepView>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListCompanyChanges {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too.
    pub with_total: Option<bool>,
}

fn view(ctx: &Ctx, row: ChangeRow) -> CompanyChange {
    CompanyChange {
        state: row.state,
        id: row.id,
        version: row.version,
        company_id: row.company_id,
        change: row.change.0,
        before: row.before.0,
        reason: row.reason,
        proposed_by: officer(ctx, row.proposed_by.0),
        decision: row.decision.0.map(|one| step(ctx, one)),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

pub fn list_company_changes(
    conn: &mut Conn,
    ctx: &Ctx,
    company: Id,
    query: &ListCompanyChanges,
) -> WorkResult<PageOf<CompanyChange>> {
    store::find(conn, &ctx.scope, company)?;
    changes_store::list(conn, company, query)?.map(|rows| Ok(rows.into_iter().map(|row| view(ctx, row)).collect()))
}

pub fn get_company_change(conn: &mut Conn, ctx: &Ctx, id: Id) -> WorkResult<Entity<CompanyChange>> {
    let row = changes_store::find(conn, id)?;
    store::find(conn, &ctx.scope, row.company_id)?;
    let version = row.version;
    Ok(Entity::new(id, version, view(ctx, row)))
}

pub fn propose_company_change(
    tx: &mut Tx,
    company: Id,
    body: &Body<CompanyChangeIn>,
) -> WorkResult<Entity<CompanyChange>> {
    let ctx = tx.ctx;
    let on_file = store::find_for_update(tx.conn, &ctx.scope, company)?;
    let input = tx.creation(
        body,
        |conn, scope, id| {
            let row = changes_store::find(conn, id)?;
            store::find(conn, scope, row.company_id).map(drop)
        },
        |conn, input, faults| {
            rules::check_change(input.content().differing_from(&on_file).is_empty(), faults);
            check_parent(conn, ctx, input.parent_id.flatten(), Some(company), faults)
        },
    )?;
    let change = input.content().differing_from(&on_file);
    let same = changes_store::open_of(tx.conn, company)?.into_iter().find(|one| one.change.0 == change);
    if let Some(same) = same {
        return Err(rules::already_pending().related("company_change", same.id).into());
    }
    let row = ChangeRow {
        id: ctx.new_id(),
        version: 1,
        company_id: company,
        state: ChangeState::Proposed,
        before: Json(change.as_on_file(&on_file)),
        change: Json(change),
        reason: input.reason.clone(),
        proposed_by: Json(Actor::of(&ctx.caller)),
        decision: Json(None),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    changes_store::insert(tx.conn, &row)?;
    record(tx, "company.change_proposed", &row, &row.reason)?;
    let (id, version) = (row.id, row.version);
    Ok(Entity::created(id, version, view(ctx, row), "/v1/company-changes"))
}

/// A proposed change with its company, both locked. Fails unless the caller is the registering office.
fn waiting(tx: &mut Tx, id: Id) -> WorkResult<(ChangeRow, Company)> {
    let ctx = tx.ctx;
    let company = changes_store::find(tx.conn, id)?.company_id;
    let company = store::find_for_update(tx.conn, &ctx.scope, company)?;
    rules::may_change(&ctx.caller, &company)?;
    Ok((changes_store::find(tx.conn, id)?, company))
}

pub fn approve_company_change(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<CompanyChange>> {
    let ctx = tx.ctx;
    let (row, company) = waiting(tx, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    rules::require_proposed(row.state)?;
    rules::may_approve(&ctx.caller, &row.proposed_by.0)?;
    let as_proposed = row.before.0.is_empty() || row.before.0 == row.change.0.as_on_file(&company);
    rules::require_unchanged(as_proposed).map_err(|problem| problem.related("company", company.id))?;
    let CompanyChangeContent { name, legal_representative, service_hotline, parent_id } = row.change.0.clone();
    let mut faults = Vec::new();
    check_parent(tx.conn, ctx, parent_id.flatten(), Some(company.id), &mut faults)?;
    rules::require_fitting_parent(&faults)?;
    apply(tx, company, CompanyPatch { name, legal_representative, service_hotline, parent_id })?;
    decide(tx, row, ChangeState::Approved, "company.change_approved", input)
}

pub fn refuse_company_change(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<CompanyChange>> {
    let (row, _) = waiting(tx, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    rules::require_proposed(row.state)?;
    decide(tx, row, ChangeState::Refused, "company.change_refused", input)
}

fn decide(
    tx: &mut Tx,
    mut row: ChangeRow,
    state: ChangeState,
    kind: &'static str,
    input: &ReasonsIn,
) -> WorkResult<Entity<CompanyChange>> {
    row.version += 1;
    row.state = state;
    row.decision = Json(Some(Step::new(tx.ctx, input.clone())));
    row.updated_at = tx.ctx.now;
    changes_store::save(tx.conn, &row)?;
    record(tx, kind, &row, &input.reasons)?;
    let (id, version) = (row.id, row.version);
    Ok(Entity::new(id, version, view(tx.ctx, row)))
}

/// Records the event for the offices of the company's county. The companies get an event when the change is applied.
fn record(tx: &mut Tx, kind: &'static str, row: &ChangeRow, said: &str) -> WorkResult<()> {
    let system = crate::access::Scope::System("the registering office of a company does not depend on the caller");
    let county = store::find(tx.conn, &system, row.company_id)?.county;
    let event = Event::new(kind, "company_change", row.id)
        .in_territory(Place { county, ..Place::default() })
        .company(Some(row.company_id))
        .data(json!({
            "company_id": row.company_id, "parent_id": row.change.0.parent_id, "name": row.change.0.name,
            "changes_parent": row.change.0.parent_id.is_some(), "version": row.version,
        }))
        .personal("reason", Some(said));
    ledger::append(tx, event)?;
    Ok(())
}
