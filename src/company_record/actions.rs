//! The company record: reading a standing, and previewing one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::access::Scope;
use crate::companies;
use crate::company_facts;
use crate::complexes;
use crate::counties;
use crate::db::{Conn, Id, WorkError, WorkResult};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::measures::store as measures;
use crate::policy;
use crate::policy::model::MeasureKind;
use crate::ratings::{self, RatingOnFile};
use crate::service::{Body, Ctx};
use crate::standing::model::{CompanyFacts, MeasureState, Standing, Territory, ViolationFact};
use crate::standing::redact::redact;
use crate::standing::rules::compute_standing;

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StandingQuery {
    /// The standing on this day, as it was known then. Default: today.
    pub as_of: Option<NaiveDate>,
    /// The standing in this county (GB/T 2260, 6 digits). Default: your own county; for a company, the county of its
    /// registering office.
    #[param(min_length = 6, max_length = 6, pattern = "^[0-9]{6}$", example = "640121")]
    pub county: Option<String>,
}

/// A recorded measure in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MeasureOnFile {
    pub id: Id,
    /// Key shared with the consequence that called for it.
    #[schema(max_length = 120, example = "interview")]
    pub key: String,
    pub kind: MeasureKind,
    pub state: MeasureState,
    /// Last day to complete it (办理期限).
    pub due_on: NaiveDate,
}

/// Record of a company (企业信用档案): its explained standing, its measures and its ratings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CompanyRecord {
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// County whose violations and policy apply. Each county has a standing of its own.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Id of the company whose standing it is; for a branch, its parent.
    pub answers_with: Id,
    pub standing: Standing,
    /// Measures recorded today in your territory.
    #[schema(max_items = 10000)]
    pub measures: Vec<MeasureOnFile>,
    /// Current ratings of its complexes in your territory, lowest star first.
    #[schema(max_items = 10000)]
    pub ratings: Vec<RatingOnFile>,
}

fn visible_part(ctx: &Ctx, standing: Standing, own: bool) -> Standing {
    if own {
        return standing;
    }
    redact(standing, |place: &Territory| {
        let level = |code: &Option<String>| code.clone().unwrap_or_default();
        ctx.scope.contains(&place.county, &level(&place.township), &level(&place.community))
    })
}

pub fn company_standing(
    conn: &mut Conn,
    ctx: &Ctx,
    id: Id,
    query: &StandingQuery,
) -> WorkResult<Entity<CompanyRecord>> {
    let company = companies::find(conn, &ctx.scope, id)?;
    let as_of = query.as_of.unwrap_or(ctx.today);
    let head = company.parent_id.unwrap_or(company.id);
    let county = counties::requested_county(conn, ctx, query.county.as_deref())?;
    let policies = policy::current(conn, &ctx.state, &county)?;
    let family = companies::family::family(conn, head)?;
    let facts = company_facts::of(conn, head, &family, &county, as_of)?;
    // A branch reads the standing of its parent as an outsider does. Its own acts are among its own violations.
    let own = matches!(&ctx.scope, Scope::Company(uscc) if *uscc == company.uscc) && head == company.id;
    let standing = visible_part(ctx, compute_standing(&facts, &policies, as_of), own);
    let measures = measures::of_family(conn, &ctx.scope, &family)?
        .into_iter()
        .map(|row| MeasureOnFile { kind: row.kind, state: row.state, id: row.id, key: row.key, due_on: row.due_on })
        .collect();
    let ratings = ratings::on_file(conn, &ctx.scope, &family)?;
    let version = company.version;
    let body = CompanyRecord {
        company_id: company.id,
        company_name: company.name,
        county,
        answers_with: head,
        standing,
        measures,
        ratings,
    };
    Ok(Entity::new(id, version, body))
}

/// A hypothetical violation (假设违规).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HypotheticalViolation {
    /// Code of an act of companies; `GET /v1/acts` lists them.
    #[schema(min_length = 3, max_length = 80, example = "nine.coercive_collection")]
    pub act: String,
    /// Complex where it would have happened.
    pub complex_id: Id,
    /// Day on which it would have been found.
    #[schema(example = "2026-06-01")]
    pub found_on: NaiveDate,
}

/// Hypothetical violations to preview (预演).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewIn {
    /// Adds them to the violations of this company; null starts from none.
    #[serde(default)]
    pub company_id: Option<Id>,
    /// The standing on this day. Default: today.
    #[serde(default)]
    #[schema(example = "2026-06-05")]
    pub as_of: Option<NaiveDate>,
    /// Violations that are assumed to be confirmed on the day found.
    #[schema(min_items = 1, max_items = 100)]
    pub violations: Vec<HypotheticalViolation>,
}

/// Computes the explained standing with hypothetical violations. Stores nothing.
pub fn preview(conn: &mut Conn, ctx: &Ctx, body: &Body<PreviewIn>) -> WorkResult<Standing> {
    let county = ctx.caller.county().unwrap_or_default();
    let policies = policy::current(conn, &ctx.state, county)?;
    let mut places = Vec::new();
    let mut base = None;
    let input = body.input(|input, faults| {
        if let Some(company) = input.company_id {
            match companies::find(conn, &ctx.scope, company) {
                Ok(company) => base = Some(company.parent_id.unwrap_or(company.id)),
                Err(WorkError::Problem(_)) => {
                    let (zh, en) =
                        ("企业不存在，或者不在您的辖区内服务", "unknown company, or not serving in your territory");
                    faults.push(InputError::new("/company_id", "unknown_reference", zh, en));
                }
                Err(other) => return Err(other),
            }
        }
        for (at, violation) in input.violations.iter().enumerate() {
            let pointer = |field: &str| format!("/violations/{at}/{field}");
            let governing = policies.governing(violation.found_on);
            if governing.act(&violation.act).is_none() {
                let (zh, en) =
                    ("发现日期所适用的政策中没有此行为", "the policy that applies on the day found has no such act");
                faults.push(InputError::new(pointer("act"), "not_in_policy", zh, en));
            }
            match complexes::find(conn, &ctx.scope, violation.complex_id) {
                Ok(complex) => places.push(complex.place()),
                Err(WorkError::Problem(_)) => {
                    let (zh, en) = ("小区不存在，或者不在您的辖区内", "unknown complex, or outside your territory");
                    faults.push(InputError::new(pointer("complex_id"), "unknown_reference", zh, en));
                }
                Err(other) => return Err(other),
            }
        }
        Ok(())
    })?;
    let as_of = input.as_of.unwrap_or(ctx.today);
    let mut facts = match base {
        Some(head) => {
            let family = companies::family::family(conn, head)?;
            company_facts::of(conn, head, &family, county, as_of)?
        }
        None => CompanyFacts { company_id: Uuid::nil(), listed: false, violations: Vec::new() },
    };
    for (at, (violation, place)) in input.violations.iter().zip(places).enumerate() {
        let governing = policies.governing(violation.found_on);
        let Some(act) = governing.act(&violation.act) else { continue };
        facts.violations.push(ViolationFact {
            // Ids that no stored row can have: stored ones are of version 7.
            id: Uuid::from_u128(at as u128 + 1),
            company_id: facts.company_id,
            act: violation.act.clone(),
            policy_version: governing.version,
            complex_id: Some(violation.complex_id.0),
            place: std::sync::Arc::new(Territory {
                county: place.county,
                township: Some(place.township),
                community: Some(place.community),
            }),
            found_on: violation.found_on,
            decided_on: violation.found_on,
            revoked_on: None,
            appeal_pending: false,
            rectified_in_time_on: None,
            lead_role: act.lead_role,
        });
    }
    Ok(visible_part(ctx, compute_standing(&facts, &policies, as_of), false))
}
