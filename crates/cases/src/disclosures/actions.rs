//! Reading, submitting and verifying disclosures.

use serde_json::json;

use super::model::*;
use super::price_rules::{PriceFindingKind, count};
use super::state_rules::{CurrentService, CurrentVersion, Schedule};
use super::view::{self, Disclosure, DisclosureStatus, DisclosureVersion};
use super::{rules, store};
use crate::access::Actor;
use crate::calendar;
use crate::companies;
use crate::complexes;
use crate::db::{Conn, Id, Json, WorkResult, lock_complex};
use crate::files::{self, OwnerKind};
use crate::http::{Entity, PageOf};
use crate::input_error::InputError;
use crate::ledger::{self, Audience, Event};
use crate::policy;
use crate::policy::disclosures::DisclosureRule;
use crate::problem::Problem;
use crate::proceedings::ledger_texts::{self, Texts};
use crate::proceedings::model::Evidence;
use crate::service::{Body, Ctx, Tx};

/// The version of a kind: the number of changes by one company at one complex.
fn version_of(rows: &[DisclosureRow]) -> i64 {
    rows.iter().map(|row| row.version).max().unwrap_or_default()
}

fn held(rows: &[DisclosureRow]) -> Vec<CurrentVersion> {
    rows.iter().filter(|row| row.is_current).map(DisclosureRow::held).collect()
}

/// All six kinds for the current company; an empty page if the complex has none.
pub fn list_disclosures(conn: &mut Conn, ctx: &Ctx, complex: Id) -> WorkResult<PageOf<DisclosureStatus>> {
    complexes::find(conn, &ctx.scope, complex)?;
    let mut items = Vec::new();
    if let Some(serving) = store::serving_of(conn, &ctx.scope, complex, ctx.today)? {
        let rows = store::of_company(conn, &ctx.scope, complex, serving.company_id)?;
        for kind in DisclosureKind::ALL {
            let of_kind: Vec<DisclosureRow> = rows.iter().filter(|row| row.kind == *kind).cloned().collect();
            items.push(status(conn, ctx, *kind, complex, serving, &of_kind)?);
        }
    }
    Ok(PageOf { items, next_cursor: None, total: None })
}

fn status(
    conn: &mut Conn,
    ctx: &Ctx,
    kind: DisclosureKind,
    complex: Id,
    serving: CurrentService,
    rows: &[DisclosureRow],
) -> WorkResult<DisclosureStatus> {
    let county = complexes::county_of(conn, complex)?;
    let policies = policy::current(conn, &ctx.state, &county)?;
    let calendar = calendar::work_calendar(conn, &county)?;
    let document = policies.governing(ctx.today).document();
    let rule = DisclosureRule::of(document, kind);
    let schedule = Schedule::new(rule, &calendar, ctx.today).starting(document.programme_from);
    let assessment = schedule.assess(serving.began, &held(rows));
    let name = companies::names_of(conn, &[serving.company_id])?.remove(&serving.company_id);
    let name = name.map(|(name, _)| name).unwrap_or_default();
    let calendar_missing = calendar::missing_until(conn, ctx, &county, [assessment.due_on])?;
    Ok(DisclosureStatus { calendar_missing, ..view::status(kind, complex, serving, name, &assessment, rows) })
}

/// State of each kind for a company; empty if it does not serve the complex today.
pub fn states_of(
    conn: &mut Conn,
    ctx: &Ctx,
    complex: Id,
    company: Id,
) -> WorkResult<Vec<(DisclosureKind, DisclosureState, Option<chrono::NaiveDate>)>> {
    let statuses = list_disclosures(conn, ctx, complex)?.items;
    Ok(statuses
        .into_iter()
        .filter(|status| status.company_id == company)
        .map(|status| (status.kind, status.state, status.since))
        .collect())
}

pub fn get_disclosure(conn: &mut Conn, ctx: &Ctx, complex: Id, kind: DisclosureKind) -> WorkResult<Entity<Disclosure>> {
    complexes::find(conn, &ctx.scope, complex)?;
    let serving = store::serving_of(conn, &ctx.scope, complex, ctx.today)?.ok_or_else(Problem::not_found)?;
    let rows = store::of_kind(conn, &ctx.scope, complex, serving.company_id, kind)?;
    let status = status(conn, ctx, kind, complex, serving, &rows)?;
    let version = version_of(&rows);
    let number = status.number;
    let current = rows.iter().find(|row| Some(row.number) == number).cloned();
    let in_effect = rows.into_iter().filter(DisclosureRow::is_in_effect).max_by_key(|row| (row.period(), row.number));
    let in_effect = in_effect.filter(|row| Some(row.number) != number);
    let mut shown = |row: Option<DisclosureRow>| row.map(|row| view::version_today(conn, ctx, row)).transpose();
    let disclosure = Disclosure { status, current: shown(current)?, in_effect: shown(in_effect)? };
    Ok(Entity::new(complex, version, disclosure))
}

/// Submits a version. Only the current company of the complex may disclose.
pub fn submit_disclosure(
    tx: &mut Tx,
    complex: Id,
    kind: DisclosureKind,
    body: &Body<DisclosureIn>,
) -> WorkResult<Entity<DisclosureVersion>> {
    let ctx = tx.ctx;
    lock_complex(tx.conn, complex)?;
    let place = complexes::find(tx.conn, &ctx.scope, complex)?.place();
    let serving = rules::require_serving(store::serving_of(tx.conn, &ctx.scope, complex, ctx.today)?)?;
    let company = serving.company_id;
    let policies = policy::current(tx.conn, &ctx.state, &place.county)?;
    let governing = policies.governing(ctx.today);
    let rule = DisclosureRule::of(governing.document(), kind);
    let mut rows = store::of_kind(tx.conn, &ctx.scope, complex, company, kind)?;
    let input = tx.checked(body, |conn, input, faults| {
        let closing_before = closing_before(conn, &rows, input)?;
        let facts = rules::Facts { today: ctx.today, rule, began: serving.began, closing_before };
        rules::check(kind, input, &facts, faults);
        files::check_evidence(conn, ctx, "/proof", &input.proof, faults)
    })?;
    let version = version_of(&rows) + 1;
    tx.if_match(version - 1)?;
    let revenue = input.content.public_revenue.as_ref();
    let mut row = DisclosureRow {
        id: ctx.new_id(),
        version,
        number: rows.iter().map(|row| row.number).max().unwrap_or_default() + 1,
        kind,
        complex_id: complex,
        company_id: company,
        county: place.county,
        township: place.township,
        community: place.community,
        state: VersionState::Submitted,
        is_current: true,
        published_on: input.published_on,
        period_from: revenue.map(|revenue| revenue.period_from),
        period_to: revenue.map(|revenue| revenue.period_to),
        submitted_on: ctx.today,
        decided_on: None,
        verified_on: None,
        replaced_on: None,
        exceeds_contract: 0,
        not_in_contract: 0,
        compared_with: None,
        policy_version: governing.version,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let mut said = ContentRow {
        disclosure_id: row.id,
        content: Json(input.content.clone()),
        proof: Json(input.proof.clone()),
        findings: Json(Vec::new()),
        verification: Json(None),
        submitted_by: Json(Actor::of(&ctx.caller)),
    };
    let (findings, compared_with) = store::findings(tx.conn, &row, &said, ctx.today)?;
    row.exceeds_contract = count(&findings, PriceFindingKind::ExceedsContract);
    row.not_in_contract = count(&findings, PriceFindingKind::NotInContract);
    row.compared_with = compared_with;
    said.findings = Json(findings);
    for before in rows.iter_mut().filter(|before| before.is_current && before.period() == row.period()) {
        before.is_current = false;
        before.replaced_on = (before.state != VersionState::Verified).then_some(ctx.today);
        before.updated_at = ctx.now;
        store::save(tx.conn, before)?;
    }
    store::insert(tx.conn, &row, &said)?;
    files::attach_evidence(tx, OwnerKind::Disclosure, row.id, &said.proof.0)?;
    let content = serde_json::to_string(&said.content.0).unwrap_or_default();
    let texts = vec![("content", content), ("proof", ledger_texts::evidence(&said.proof.0).1)];
    record(tx, &row, "disclosure.submitted", texts)?;
    to_entity(tx, row, version, true)
}

/// Closing balance of the previous period, if this company disclosed it.
fn closing_before(conn: &mut Conn, rows: &[DisclosureRow], input: &DisclosureIn) -> WorkResult<Option<i64>> {
    let Some(last) = input.content.public_revenue.as_ref().and_then(|revenue| revenue.period_from.pred_opt()) else {
        return Ok(None);
    };
    let rejected = VersionState::Rejected;
    let before = rows.iter().find(|row| row.is_current && row.period_to == Some(last) && row.state != rejected);
    let Some(before) = before else { return Ok(None) };
    let revenue = store::content(conn, before.id)?.content.0.public_revenue;
    Ok(revenue.map(|revenue| revenue.closing_balance_fen))
}

pub fn verify_disclosure(
    tx: &mut Tx,
    complex: Id,
    kind: DisclosureKind,
    body: &Body<VerificationIn>,
) -> WorkResult<Entity<DisclosureVersion>> {
    let ctx = tx.ctx;
    lock_complex(tx.conn, complex)?;
    complexes::find(tx.conn, &ctx.scope, complex)?;
    let serving = store::serving_of(tx.conn, &ctx.scope, complex, ctx.today)?.ok_or_else(Problem::not_found)?;
    let mut rows = store::of_kind(tx.conn, &ctx.scope, complex, serving.company_id, kind)?;
    let input = tx.checked(body, |_, input, faults| {
        rules::check_verification(input, faults);
        if !rows.iter().any(|row| row.id == input.disclosure_id) {
            let (zh, en) = (
                "本小区现服务企业没有此公开版本",
                "the current company of this complex has no such disclosure version",
            );
            faults.push(InputError::new("/disclosure_id", "unknown_reference", zh, en));
        }
        Ok(())
    })?;
    let version = version_of(&rows) + 1;
    tx.if_match(version - 1)?;
    let at = rows
        .iter()
        .position(|row| row.id == input.disclosure_id)
        .ok_or_else(|| Problem::broken("a disclosure that was checked is not among those of its complex"))?;
    let mut row = rows.remove(at);
    rules::may_verify(row.is_current, row.state)?;
    row.version = version;
    row.state = input.outcome.state();
    row.decided_on = Some(ctx.today);
    row.updated_at = ctx.now;
    if input.outcome == VerificationOutcome::Verified {
        row.verified_on = Some(ctx.today);
        for before in rows.iter_mut().filter(|before| before.is_in_effect() && before.period() == row.period()) {
            before.replaced_on = Some(ctx.today);
            before.updated_at = ctx.now;
            store::save(tx.conn, before)?;
        }
        let proof = store::content(tx.conn, row.id)?.proof.0;
        make_public(tx, &proof)?;
    }
    store::save(tx.conn, &row)?;
    let (outcome, reasons) = (input.outcome, input.reasons.clone());
    let verification = Verification { outcome, reasons, at: ctx.now, by: Actor::of(&ctx.caller) };
    store::save_verification(tx.conn, row.id, &verification)?;
    let happened = match input.outcome {
        VerificationOutcome::Verified => "disclosure.verified",
        VerificationOutcome::Rejected => "disclosure.rejected",
    };
    record(tx, &row, happened, ledger_texts::LedgerTexts::texts(input))?;
    to_entity(tx, row, version, false)
}

/// The proof of a verified disclosure becomes public.
fn make_public(tx: &mut Tx, proof: &[Evidence]) -> WorkResult<()> {
    files::make_public(tx, &files::attachments_of(proof))
}

fn record(tx: &mut Tx, row: &DisclosureRow, kind: &'static str, texts: Texts) -> WorkResult<()> {
    let event = Event::new(kind, "disclosure", row.id)
        .in_territory(row.place())
        .company(Some(row.company_id))
        .complex(Some(row.complex_id))
        .audience(Audience::Parties)
        .policy(row.policy_version)
        .data(json!({
            "kind": row.kind, "complex_id": row.complex_id, "number": row.number, "state": row.state,
            "published_on": row.published_on, "period_from": row.period_from, "period_to": row.period_to,
            "exceeds_contract": row.exceeds_contract, "not_in_contract": row.not_in_contract,
            "compared_with": row.compared_with, "version": row.version,
        }))
        .with_texts(texts);
    ledger::append(tx, event)?;
    Ok(())
}

fn to_entity(tx: &mut Tx, row: DisclosureRow, version: i64, created: bool) -> WorkResult<Entity<DisclosureVersion>> {
    let (complex, kind) = (row.complex_id, row.kind.code());
    let view = view::version_today(tx.conn, tx.ctx, row)?;
    if !created {
        return Ok(Entity::new(complex, version, view));
    }
    let mut entity = Entity::created(complex, version, view, "");
    entity.location = Some(format!("/v1/complexes/{complex}/disclosures/{kind}"));
    Ok(entity)
}
