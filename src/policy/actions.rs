use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{CreditBand, PolicyDocument};
use super::rules;
use super::store::{self, PolicyRow};
use super::versions::{Policies, PolicyVersion};
use crate::db::types::Instant;
use crate::db::{Conn, Id, Register, Work, lock_register};
use crate::fault::Fault;
use crate::http::{Body, Ctx, Entity, Tx};
use crate::ledger::{self, Place};
use crate::problem::{Code, Problem};
use crate::standing;
use crate::standing::rules::assess;
use chrono::{Months, NaiveDate};

/// A version to publish (发布政策).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyIn {
    /// First day that it governs: today or a day of the next twelve months. Of two versions for one day the later one governs.
    #[schema(example = "2027-01-01")]
    pub effective_from: NaiveDate,
    pub document: PolicyDocument,
}

/// A published version of the rules (政策版本).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Policy {
    /// Number of the version.
    #[schema(minimum = 1)]
    pub version: i64,
    /// First day that it governs.
    pub effective_from: NaiveDate,
    /// SHA-256 of the stored text.
    #[schema(max_length = 64)]
    pub digest: String,
    pub published_at: Instant,
    pub document: PolicyDocument,
}

/// A version without its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicySummary {
    /// Number of the version.
    #[schema(minimum = 1)]
    pub version: i64,
    /// First day that it governs.
    pub effective_from: NaiveDate,
    /// Title (名称).
    #[schema(max_length = 200, example = "物业服务行业监管规则（默认）")]
    pub title: String,
    /// SHA-256 of the stored text.
    #[schema(max_length = 64)]
    pub digest: String,
    pub published_at: Instant,
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
        tracing::error!(%error, version = row.version, "a stored policy cannot be read");
        Problem::new(Code::Internal)
    })?;
    let policy = Policy {
        version: row.version,
        effective_from: row.effective_from,
        digest: row.digest,
        published_at: row.published_at,
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
    if input.effective_from < ctx.today {
        let (zh, en) = ("不得早于今日：政策不溯及既往", "not before today: a version never governs the past");
        faults.push(Fault::new("/effective_from", "out_of_range", zh, en));
    } else if input.effective_from > latest {
        let (zh, en) = (format!("不得晚于 {latest}"), format!("not after {latest}"));
        faults.push(Fault::new("/effective_from", "out_of_range", zh, en));
    }
    Ok(())
}

pub fn publish_policy(tx: &mut Tx, body: &Body<PolicyIn>) -> Work<Entity<Policy>> {
    let ctx = tx.ctx;
    lock_register(tx.conn, Register::Policies)?;
    let input = tx.creation(body, |_, _, _| Ok(()), |_, input, faults| check(ctx, input, faults))?;
    let newest = store::newest(tx.conn)?;
    let version = newest.as_ref().map_or(1, |row| row.version + 1);
    let text = serde_json::to_string(&input.document).map_err(|_| Problem::new(Code::Internal))?;
    let row = store::new_row(version, input.effective_from, &input.document, text, ctx.now, &ctx.caller.sub);
    if newest.is_some_and(|last| last.digest == row.digest && last.effective_from == row.effective_from) {
        return Err(Problem::new(Code::AlreadyExists)
            .detail("与最新版本完全相同", "it is the newest version, word for word")
            .into());
    }
    store::insert(tx.conn, &row)?;
    let county = ctx.caller.county().unwrap_or_default().to_owned();
    let event = store::published(&row).at(Place { county, ..Place::default() });
    ledger::append(tx, event)?;
    let mut entity = view(row)?;
    entity.status = actix_web::http::StatusCode::CREATED;
    entity.location = Some(format!("/v1/policies/{version}"));
    Ok(entity)
}

/// Which standings would change; nothing is stored.
pub fn preview_policy(conn: &mut Conn, ctx: &Ctx, body: &Body<PolicyIn>) -> Work<PolicyPreview> {
    let input = body.input(|input, faults| check(ctx, input, faults))?;
    let now = store::current(conn, &ctx.state.policies)?;
    let mut versions: Vec<PolicyVersion> = now.versions().to_vec();
    let next = versions.iter().map(|v| v.version).max().unwrap_or_default() + 1;
    versions.push(PolicyVersion::new(next, input.effective_from, input.document.clone()));
    let then = Policies::new(versions).map_err(|_| Problem::new(Code::Internal))?;
    let as_of = input.effective_from;
    let mut changes = Vec::new();
    for facts in standing::store::facts_of_all(conn, ctx.caller.county().unwrap_or_default(), as_of)? {
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
