//! Reporting a violation, by a caller or by another action (an inspection, the survey).

use serde_json::json;

use super::model::*;
use super::rules::{self, Named};
use super::store;
use super::view::{Violation, view};
use crate::access::{Actor, Role};
use crate::companies;
use crate::complexes;
use crate::complexes::model::PointIn;
use crate::counties;
use crate::db::{Conn, Id, Json, WorkError, WorkResult, lock_company};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::ledger::{self, Event, Place};
use crate::policy;
use crate::policy::model::ActSubject;
use crate::policy::versions::PolicyVersion;
use crate::problem::Problem;
use crate::proceedings::ledger_texts;
use crate::service::{Body, Ctx, Tx};

pub fn report_violation(tx: &mut Tx, body: &Body<ViolationIn>) -> WorkResult<Entity<Violation>> {
    let ctx = tx.ctx;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)?;
            check(conn, ctx, input, faults)
        },
    )?;
    let id = ctx.new_id();
    let reported = report(tx, id, input.clone())?;
    files::attach_evidence(tx, OwnerKind::Violation, id, &input.evidence)?;
    Ok(reported)
}

/// Records a violation for an action that has already checked the input with [`check`] and attaches the evidence
/// itself. Refuses it if it overlaps with a recorded violation.
pub fn report(tx: &mut Tx, id: Id, input: ViolationIn) -> WorkResult<Entity<Violation>> {
    report_found_by(tx, id, input, None)
}

/// Like [`report`], for a violation that somebody else found. Under the two-person rule neither person may confirm it.
pub fn report_found_by(
    tx: &mut Tx,
    id: Id,
    input: ViolationIn,
    found_by: Option<Actor>,
) -> WorkResult<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut place = complexes::place(tx.conn, &ctx.scope, input.complex_id, input.division.as_deref())?
        .ok_or_else(|| Problem::broken("a place that was checked is not found"))?;
    let policies = policy::current(tx.conn, &ctx.state, &place.county)?;
    // The version in force on the day found governs the act.
    let version = policies.governing(input.found_on);
    let act = version.act(&input.act).ok_or_else(|| Problem::broken("an act that was checked is not in the policy"))?;
    if act.lead_role == Role::DisciplineOffice {
        // A case about officials must never reach the office complained of, so it belongs to the county and to no
        // township.
        place = Place { county: place.county, ..Place::default() };
    }
    if let Some(company) = input.company_id {
        lock_company(tx.conn, company)?;
        refuse_overlap(tx.conn, &input, company, version)?;
    }
    let ViolationIn {
        act: act_code,
        company_id,
        subject_name,
        complex_id,
        division: _,
        point,
        found_on,
        source,
        description,
        evidence,
        distinct_fact_reason,
        stopped_and_reported,
    } = input;
    let row = ViolationRow {
        id,
        version: 1,
        act: act_code,
        clause: act.clause.map(i64::from),
        subject_kind: act.subject,
        subject_name,
        company_id,
        complex_id,
        county: place.county,
        township: place.township,
        community: place.community,
        lead_role: act.lead_role,
        state: ViolationState::Reported,
        found_on,
        reported_at: ctx.now,
        reporter_iss: ctx.caller.iss.clone(),
        reporter_sub: ctx.caller.sub.clone(),
        source,
        description,
        evidence: Json(evidence),
        report: Json(Report {
            by: Actor::of(&ctx.caller),
            distinct_fact_reason,
            stopped_and_reported,
            point: point.map(PointIn::stored),
            found_by,
        }),
        policy_version: version.version,
        notified: false,
        statement_due_on: None,
        appeal_due_on: None,
        decided_on: None,
        revoked_on: None,
        rectified_on: None,
        proceedings: Json(Proceedings::default()),
        updated_at: ctx.now,
    };
    store::insert(tx.conn, &row)?;
    for role in [act.lead_role, ctx.caller.role] {
        add_audience(tx.conn, role, &row)?;
    }
    if let Some(uscc) = &ctx.caller.company {
        store::add_audience(tx.conn, Role::PropertyCompany, uscc, row.id, row.found_on)?;
    }
    let event = Event::new("violation.reported", "violation", row.id)
        .in_territory(row.place())
        .company(row.company_id)
        .complex(row.complex_id)
        .addressed(act.lead_role, act.lead_role.area_of(&row.county, &row.township))
        .policy(row.policy_version)
        .data(json!({
            "act": row.act, "clause": row.clause, "complex_id": row.complex_id, "found_on": row.found_on,
            "source": row.source, "lead_role": row.lead_role, "evidence_count": row.evidence.0.len(),
        }))
        .personal("distinct_fact_reason", row.report.0.distinct_fact_reason.as_deref())
        .personal("description", Some(&row.description))
        .personal("subject_name", row.subject_name.as_deref())
        .with_texts(vec![ledger_texts::evidence(&row.evidence.0)]);
    ledger::append(tx, event)?;
    let version = row.version;
    let view = view(tx.conn, ctx, row)?;
    Ok(Entity::created(id, version, view, "/v1/violations"))
}

/// Makes the violation visible to an office that does not see its whole territory.
pub fn add_audience(conn: &mut Conn, role: Role, row: &ViolationRow) -> WorkResult<()> {
    if !role.is_addressed() {
        return Ok(());
    }
    store::add_audience(conn, role, role.area_of(&row.county, &row.township), row.id, row.found_on)
}

/// Collects all faults of a report, except those of its evidence.
pub fn check(conn: &mut Conn, ctx: &Ctx, input: &ViolationIn, faults: &mut Vec<InputError>) -> WorkResult<()> {
    rules::check_found_on(input.found_on, ctx.today, faults);
    let place = complexes::place(conn, &ctx.scope, input.complex_id, input.division.as_deref())?;
    let county = match place {
        Some(place) => place.county,
        None => counties::of_caller(conn, ctx)?,
    };
    let policies = policy::current(conn, &ctx.state, &county)?;
    let act = policies.governing(input.found_on).act(&input.act);
    rules::check_act(policies.in_force(input.found_on).is_some(), act.is_some(), faults);
    if let Some(act) = act {
        let of_company = act.subject == ActSubject::Company;
        rules::check_company(of_company, named(conn, ctx, input, of_company)?, faults);
        rules::check_subject(ctx.caller.role, input, act.subject, faults);
    }
    if let Some(needless) = rules::needless_point(input) {
        faults.push(needless);
        return Ok(());
    }
    complexes::check_place(conn, &ctx.scope, input.complex_id, input.division.as_deref(), faults)
}

/// Classifies the named company for the caller. A company that served the complex earlier also counts, because handover
/// duties come after its last day.
fn named(conn: &mut Conn, ctx: &Ctx, input: &ViolationIn, of_company: bool) -> WorkResult<Named> {
    let Some(company) = input.company_id else { return Ok(Named::Nobody) };
    if !of_company {
        return Ok(Named::Unknown);
    }
    match companies::find(conn, &ctx.scope, company) {
        Ok(_) => {}
        Err(WorkError::Problem(_)) => return Ok(Named::Unknown),
        Err(other) => return Err(other),
    }
    let serving = match input.complex_id {
        Some(complex) => complexes::has_served(conn, complex, company, input.found_on)?,
        None => true,
    };
    Ok(if serving { Named::Serving } else { Named::NotServing })
}

/// Refuses a second report for the same company, complex and day under the same or an overlapping act, unless it
/// explains why it is a different fact.
fn refuse_overlap(conn: &mut Conn, input: &ViolationIn, company: Id, version: &PolicyVersion) -> WorkResult<()> {
    if input.distinct_fact_reason.is_some() {
        return Ok(());
    }
    let policy = version.document();
    let overlapping = rules::overlapping(&policy.acts, &input.act);
    let known = store::of_same_fact(conn, company, input.complex_id, input.found_on, &overlapping)?;
    let Some(first) = known.first() else { return Ok(()) };
    Err(rules::same_fact(&first.act, &overlapping, policy).related("violation", first.id).into())
}
