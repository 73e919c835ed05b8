use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::model::{CreditBand, PolicyDocument};
use super::rules;
use super::store::{self, PolicyRow};
use super::versions::PolicyVersion;
use crate::access::Role;
use crate::coded_enum;
use crate::db::types::Instant;
use crate::db::{Conn, Id, Register, Work, lock_register};
use crate::fault::Fault;
use crate::http::Entity;
use crate::ledger::{self, Event, Place};
use crate::problem::{Code, Problem};
use crate::proceedings::model::ReasonsIn;
use crate::service::{Body, Ctx, Tx};
use crate::standing;
use crate::standing::rules::assess;
use chrono::{Months, NaiveDate};

/// A version to publish (发布政策).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyIn {
    /// First day that it governs: a day of the next twelve months, from tomorrow on. Of two versions for one day the later one
    /// governs.
    #[schema(example = "2027-01-01")]
    pub effective_from: NaiveDate,
    pub document: PolicyDocument,
}

coded_enum! {
    /// Whether a version may take effect (政策版本状态).
    #[schema(example = "approved")]
    pub enum PolicyState {
        Draft "draft" "待批准" "Waits for a second person"
        Withdrawn "withdrawn" "已撤回" "Taken back before it was approved"
        Approved "approved" "已批准" "Approved by a second person; in force from its first day on"
    }
}

/// The agreement of a second person (批准).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyApprovalIn {
    /// What is to be remembered of it; the ledger keeps its digest.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 1000, example = "经局长办公会讨论通过")]
    pub note: Option<String>,
}

/// A version of the rules (政策版本).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Policy {
    /// Number of the version, counted over the whole deployment.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The county that it governs; null: the deployment, where a county has no version of its own.
    #[schema(max_length = 6, example = "640121")]
    pub county: Option<String>,
    pub state: PolicyState,
    /// First day that it governs.
    pub effective_from: NaiveDate,
    /// SHA-256 of the stored text.
    #[schema(max_length = 64)]
    pub digest: String,
    pub submitted_at: Instant,
    /// When the second person approved it; null: a draft, or one that was withdrawn.
    pub published_at: Option<Instant>,
    /// When the county took the draft back.
    pub withdrawn_at: Option<Instant>,
    pub document: PolicyDocument,
}

/// A version without its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicySummary {
    /// Number of the version, counted over the whole deployment.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The county that it governs; null: the deployment, where a county has no version of its own.
    #[schema(max_length = 6, example = "640121")]
    pub county: Option<String>,
    pub state: PolicyState,
    /// First day that it governs.
    pub effective_from: NaiveDate,
    /// Title (名称).
    #[schema(max_length = 200, example = "物业服务行业监管规则（默认）")]
    pub title: String,
    /// SHA-256 of the stored text.
    #[schema(max_length = 64)]
    pub digest: String,
    pub submitted_at: Instant,
    /// When the second person approved it; null: a draft, or one that was withdrawn.
    pub published_at: Option<Instant>,
    /// When the county took the draft back.
    pub withdrawn_at: Option<Instant>,
}

fn named(county: String) -> Option<String> {
    Some(county).filter(|county| !county.is_empty())
}

pub fn summary(row: PolicyRow) -> PolicySummary {
    PolicySummary {
        version: row.version,
        state: row.state(),
        county: named(row.county),
        effective_from: row.effective_from,
        title: row.title,
        digest: row.digest,
        submitted_at: row.submitted_at,
        published_at: row.published_at,
        withdrawn_at: row.withdrawn_at,
    }
}

/// What a version would change (发布预演).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyPreview {
    /// The day for which standings were compared.
    pub as_of: NaiveDate,
    /// Companies whose standing would differ.
    #[schema(max_items = 10000)]
    pub changes: Vec<StandingChange>,
}

/// One company's standing before and after.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StandingChange {
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    pub before: StandingBrief,
    pub after: StandingBrief,
}

/// A standing in short.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StandingBrief {
    /// Level of the ladder.
    #[schema(maximum = 4)]
    pub level: u8,
    /// Credit score.
    #[schema(maximum = 1000)]
    pub score: u32,
    pub band: CreditBand,
    /// Keys of the measures that are due.
    #[schema(max_items = 10000)]
    pub due: Vec<String>,
}

pub fn view(row: PolicyRow) -> Result<Entity<Policy>, Problem> {
    let document = serde_json::from_str(&row.document).map_err(|error| {
        Problem::broken_by("a stored policy cannot be read", format_args!("version {}: {error}", row.version))
    })?;
    let policy = Policy {
        version: row.version,
        state: row.state(),
        county: named(row.county),
        effective_from: row.effective_from,
        digest: row.digest,
        submitted_at: row.submitted_at,
        published_at: row.published_at,
        withdrawn_at: row.withdrawn_at,
        document,
    };
    let mut entity = Entity::new(Id::default(), row.version, policy);
    entity.id = None;
    Ok(entity)
}

/// Everything in the document itself. It runs the texts of documents, so never inside of a transaction.
pub fn examine(input: &PolicyIn) -> Vec<Fault> {
    let faults = rules::check(&input.document).into_iter();
    faults.map(|fault| Fault { pointer: format!("/document{}", fault.pointer), ..fault }).collect()
}

/// What depends on the day. The document itself is checked by [`examine`].
fn check(ctx: &Ctx, input: &PolicyIn, faults: &mut Vec<Fault>) -> Work<()> {
    let latest = ctx.today.checked_add_months(Months::new(12)).unwrap_or(ctx.today);
    if input.effective_from <= ctx.today {
        let (zh, en) =
            ("不得早于明日：政策经另一人批准后自次日起施行", "not before tomorrow: a second person approves it first");
        faults.push(Fault::new("/effective_from", "out_of_range", zh, en));
    } else if input.effective_from > latest {
        let (zh, en) = (format!("不得晚于 {latest}"), format!("not after {latest}"));
        faults.push(Fault::new("/effective_from", "out_of_range", zh, en));
    }
    Ok(())
}

/// The county authority whose drafts a caller may see: its own.
pub fn drafts_of(ctx: &Ctx) -> Option<&str> {
    ctx.caller.county().filter(|_| ctx.caller.role == Role::CountyAuthority)
}

fn place(row: &PolicyRow) -> Place {
    Place { county: row.county.clone(), ..Place::default() }
}

/// Puts a draft on file: nothing changes until a second person approves it.
pub fn publish_policy(tx: &mut Tx, body: &Body<PolicyIn>) -> Work<Entity<Policy>> {
    let ctx = tx.ctx;
    lock_register(tx.conn, Register::Policies)?;
    let input = tx.creation(body, |_, _, _| Ok(()), |_, input, faults| check(ctx, input, faults))?;
    let county = ctx.caller.county().unwrap_or_default();
    let version = store::newest_number(tx.conn)? + 1;
    let text = serde_json::to_string(&input.document)
        .map_err(|error| Problem::broken_by("a value cannot be written as JSON", error))?;
    let mut row = store::draft(version, county, input.effective_from, &input.document, text, ctx.now);
    row.submitted_iss = ctx.caller.iss.clone();
    row.submitted_sub = ctx.caller.sub.clone();
    let last = store::newest_of(tx.conn, county)?;
    if last.is_some_and(|last| last.digest == row.digest && last.effective_from == row.effective_from) {
        return Err(Problem::new(Code::AlreadyExists)
            .detail("与最新版本完全相同", "it is the newest version, word for word")
            .into());
    }
    store::insert(tx.conn, &row)?;
    let event = Event::new("policy.submitted", "policy", version)
        .at(place(&row))
        .data(json!({ "effective_from": row.effective_from, "digest": row.digest }));
    ledger::append(tx, event)?;
    let mut entity = view(row)?;
    entity.status = actix_web::http::StatusCode::CREATED;
    entity.location = Some(format!("/v1/policies/{version}"));
    Ok(entity)
}

/// A draft of the caller's own county, locked against other changes of policies.
fn own_draft(tx: &mut Tx, version: i64) -> Work<PolicyRow> {
    lock_register(tx.conn, Register::Policies)?;
    let own = drafts_of(tx.ctx);
    let row = store::find(tx.conn, version, own)?;
    if own != Some(row.county.as_str()) {
        let (zh, en) = match row.county.as_str() {
            "" => ("该政策为部署内置政策，不属于任何县", "it is the deployment's own policy, of no county"),
            _ => ("该政策属于其他县", "it is the policy of another county"),
        };
        return Err(Problem::new(Code::Forbidden).detail(zh, en).into());
    }
    Ok(row)
}

fn require_draft(row: &PolicyRow) -> Work<()> {
    let (zh, en) = match row.state() {
        PolicyState::Draft => return Ok(()),
        PolicyState::Approved => ("该版本已批准", "it is approved already"),
        PolicyState::Withdrawn => ("该草案已撤回", "it was withdrawn"),
    };
    Err(Problem::new(Code::StateConflict).detail(zh, en).into())
}

/// Takes a draft back: nobody approves it any more. Its number is not given again.
pub fn withdraw_policy(tx: &mut Tx, version: i64, body: &Body<ReasonsIn>) -> Work<Entity<Policy>> {
    let mut row = own_draft(tx, version)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    require_draft(&row)?;
    row.withdrawn_at = Some(tx.ctx.now);
    store::withdraw(tx.conn, &row)?;
    let event = Event::new("policy.withdrawn", "policy", version)
        .at(place(&row))
        .data(json!({ "effective_from": row.effective_from, "digest": row.digest }))
        .personal("reasons", Some(&input.reasons));
    ledger::append(tx, event)?;
    Ok(view(row)?)
}

/// A second person agrees, at the latest on the day before the version is to govern. No value of a policy lifts this: one
/// person could otherwise switch the two-person rule off and act alone from then on.
pub fn approve_policy(tx: &mut Tx, version: i64, body: &Body<PolicyApprovalIn>) -> Work<Entity<Policy>> {
    let ctx = tx.ctx;
    let mut row = own_draft(tx, version)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    require_draft(&row)?;
    let conflict = |zh: &str, en: &str| Problem::new(Code::StateConflict).detail(zh, en);
    if ctx.caller.is_person(&row.submitted_iss, &row.submitted_sub) {
        return Err(Problem::new(Code::SamePerson)
            .detail("提交人不得批准", "whoever submitted it does not approve it")
            .into());
    }
    if row.effective_from <= ctx.today {
        return Err(
            conflict("施行日期已到，须另行提交", "its first day has come; submit it again with a later one").into()
        );
    }
    let policies = store::current(tx.conn, &ctx.state, &row.county)?;
    if policies.versions().any(|one| one.effective_from == row.effective_from && one.version > row.version) {
        let (zh, en) = ("同日施行的后续版本已批准", "a later version for the same day is approved");
        return Err(conflict(zh, en).into());
    }
    row.published_at = Some(ctx.now);
    row.approved_iss = Some(ctx.caller.iss.clone());
    row.approved_sub = Some(ctx.caller.sub.clone());
    store::approve(tx.conn, &row)?;
    let event = store::published(&row).at(place(&row)).personal("note", input.note.as_deref());
    ledger::append(tx, event)?;
    Ok(view(row)?)
}

/// Which standings would change; nothing is stored.
pub fn preview_policy(conn: &mut Conn, ctx: &Ctx, body: &Body<PolicyIn>) -> Work<PolicyPreview> {
    let input = body.input(|input, faults| check(ctx, input, faults))?;
    let county = ctx.caller.county().unwrap_or_default();
    let now = store::current(conn, &ctx.state, county)?;
    let next = PolicyVersion::new(now.newest_number() + 1, input.effective_from, input.document.clone());
    let then = now.with(next);
    let as_of = input.effective_from;
    let mut changes = Vec::new();
    for facts in standing::store::facts_of_all(conn, county, as_of)? {
        let before = brief(&assess(&facts, &now, as_of));
        let after = brief(&assess(&facts, &then, as_of));
        if before != after {
            let company_id = Id(facts.company_id);
            changes.push(StandingChange { company_id, company_name: String::new(), before, after });
        }
    }
    let names = crate::companies::names_of(conn, &changes.iter().map(|c| c.company_id).collect::<Vec<_>>())?;
    for change in &mut changes {
        change.company_name = names.get(&change.company_id).map(|(name, _)| name.clone()).unwrap_or_default();
    }
    Ok(PolicyPreview { as_of, changes })
}

fn brief(standing: &crate::standing::model::Standing) -> StandingBrief {
    StandingBrief {
        level: standing.level,
        score: standing.credit.score,
        band: standing.credit.band,
        due: standing.consequences.iter().map(|due| due.key.clone()).collect(),
    }
}
