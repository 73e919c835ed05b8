//! Submission of a complaint: checks, routing, deadlines, and encryption of the personal data.

use serde_json::json;

use super::clock_rules::Limit;
use super::input::{ComplaintIn, ContactIn, OfficeRefIn};
use super::intake_rules::{self, check_channel, check_contact, check_is_about, check_organisation, unknown_category};
use super::model::*;
use super::record::{self, GoverningRules, NewStep};
use super::routing_rules::{Route, route};
use super::view::{self, Complaint};
use super::{encrypted, store};
use crate::access::{Role, Scope};
use crate::complaints::scoped::Viewer;
use crate::complexes;
use crate::complexes::model::PointIn;
use crate::db::{Conn, Id, Json, WorkResult};
use crate::divisions;
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::input_error::InputError;
use crate::personal::{self, Purpose};
use crate::policy::complaints::ComplaintCategory;
use crate::problem::Problem;
use crate::quotas::{self, rules::Amounts};
use crate::service::{Body, Ctx, Tx};

pub fn create_complaint(tx: &mut Tx, body: &Body<ComplaintIn>) -> WorkResult<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut terms = None;
    let input = tx.creation(body, replay_visibility(ctx), |conn, input, faults| {
        let county = county_of(conn, ctx, input)?;
        let terms = terms.insert(GoverningRules::load(conn, ctx, &county)?);
        check(conn, ctx, terms, input, faults)?;
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)
    })?;
    let terms = terms.ok_or_else(|| Problem::broken("the rules of a place that was checked are not found"))?;
    let row = submit(tx, &terms, input)?;
    let id = row.id;
    let made = view::entity(tx.conn, ctx, row)?;
    Ok(Entity::created(id, made.version, made.body, "/v1/complaints"))
}

/// The county whose policy applies: that of the place, otherwise that of the caller.
fn county_of(conn: &mut Conn, ctx: &Ctx, input: &ComplaintIn) -> WorkResult<String> {
    match complexes::place(conn, submission_scope(ctx), input.complex_id, input.division.as_deref())? {
        Some(place) => Ok(place.county),
        None => crate::counties::of_caller(conn, ctx),
    }
}

/// Lets the caller replay the submission with the same idempotency key, even if the complaint was routed out of its
/// sight.
fn replay_visibility(ctx: &Ctx) -> impl FnOnce(&mut Conn, &Scope, Id) -> WorkResult<()> {
    let viewer = Viewer::of(&ctx.caller, &ctx.scope);
    move |conn, _, id| {
        let system = Viewer::system("the confidentiality of a complaint that the caller submitted is checked");
        match store::find(conn, &system, id)?.confidentiality {
            Confidentiality::Open => store::find(conn, &viewer, id).map(drop),
            Confidentiality::Restricted | Confidentiality::Confidential => Ok(()),
        }
    }
}

/// Collects every input error of a complaint, except those of its evidence.
pub fn check(
    conn: &mut Conn,
    ctx: &Ctx,
    terms: &GoverningRules,
    input: &ComplaintIn,
    faults: &mut Vec<InputError>,
) -> WorkResult<()> {
    let (_, rules) = terms.governing(ctx.today);
    check_channel(ctx.caller.role, input, faults);
    match rules.category(&input.category) {
        None => faults.push(unknown_category()),
        Some(category) => {
            check_organisation(category, input, faults);
            if let Some(seat) = check_is_about(category.code == rules.officials_category, input, faults) {
                check_complained_office(conn, ctx, seat, input, faults)?;
            }
        }
    }
    check_contact(input, ctx.caller.machine, faults);
    complexes::check_place(conn, submission_scope(ctx), input.complex_id, input.division.as_deref(), faults)
}

fn check_complained_office(
    conn: &mut Conn,
    ctx: &Ctx,
    seat: &OfficeRefIn,
    input: &ComplaintIn,
    faults: &mut Vec<InputError>,
) -> WorkResult<()> {
    let is_known = divisions::find(conn, &seat.division)?.is_some();
    let place = complexes::place(conn, submission_scope(ctx), input.complex_id, input.division.as_deref())?;
    intake_rules::check_complained_office(seat, is_known, place.as_ref().map(|place| place.county.as_str()), faults);
    Ok(())
}

/// The territory in which the caller may submit complaints; for a resident it is unlimited.
fn submission_scope(ctx: &Ctx) -> &Scope {
    const ANYWHERE: &Scope = &Scope::System("a resident may complain about any place");
    if ctx.caller.role == Role::Resident { ANYWHERE } else { &ctx.scope }
}

/// Stores a checked complaint; shared by the API and Open311.
pub fn submit(tx: &mut Tx, terms: &GoverningRules, input: &ComplaintIn) -> WorkResult<ComplaintRow> {
    let ctx = tx.ctx;
    let internal = || Problem::broken("a complaint that was checked is not complete");
    let place = complexes::place(tx.conn, submission_scope(ctx), input.complex_id, input.division.as_deref())?;
    let place = place.ok_or_else(internal)?;
    let (version, rules) = terms.governing(ctx.today);
    let category = rules.category(&input.category).ok_or_else(internal)?;
    let company = match input.complex_id {
        None => None,
        Some(complex) => complexes::serving_company(tx.conn, complex, ctx.today)?,
    };
    let complained = input.complained_office.as_ref().map(|seat| OfficeRef::new(seat.role, &seat.division));
    let routed = route(rules, category, &place, company.is_some(), complained.as_ref());
    if let Some(number) = &input.hotline_number {
        intake_rules::require_new_number(store::of_hotline(tx.conn, &place.county, number)?.is_some())?;
    }
    let mut row = new_row(ctx, terms, version, category, input, company, routed, complained);
    record::reschedule(tx.conn, &mut row, terms)?;
    quotas::spend(tx, Amounts { complaints: 1, ..Amounts::default() })?;
    store::insert(tx.conn, &row)?;
    let evidence = encrypt_submission(tx, &row, input)?;
    if ctx.caller.role == Role::Resident {
        let owner = FollowerRow::new(row.id, &ctx.caller.person(), true, ctx.now);
        store::follow(tx.conn, &owner)?;
    }
    let step = NewStep::new(StepKind::Submitted).facts(
        json!({ "anonymous": input.anonymous, "consent": input.consent_to_company, "evidence_count": evidence }),
    );
    // The texts are stored with the complaint; the event of the step puts their digests into the ledger.
    let by = record::actor(ctx, true);
    record_submission(tx, &row, by, step, input)?;
    Ok(row)
}

#[expect(clippy::too_many_arguments, reason = "the parts of a row, read together beforehand")]
fn new_row(
    ctx: &Ctx,
    terms: &GoverningRules,
    version: i64,
    category: &ComplaintCategory,
    input: &ComplaintIn,
    company: Option<Id>,
    routed: Route,
    complained: Option<OfficeRef>,
) -> ComplaintRow {
    let clock = terms.clock();
    let due = |within: u32| clock.due(ctx.now, Limit::of(category.clock, within));
    let about_officials = complained.is_some();
    let with_company = routed.handler.role == Role::PropertyCompany;
    let course = Handling {
        clock: category.clock,
        accept_within: category.accept_within,
        resolve_within: category.resolve_within,
        policy_version: version,
        accept_due: due(category.accept_within),
        accepted_at: None,
        resolved_at: None,
        closed_at: None,
        paused_at: None,
        assigned_at: ctx.now,
        returned: false,
        extension: None,
        escalated_at: None,
        merged_into: None,
        public_summary: None,
        point: input.point.map(PointIn::stored),
        point_released: false,
        complained_office: complained,
        anonymous: input.anonymous,
        has_contact: input.contact.is_some(),
        consent: input.consent_to_company,
        erased_at: None,
        links: Vec::new(),
        client: ctx.caller.client.clone(),
        resumes: None,
    };
    ComplaintRow {
        id: ctx.new_id(),
        version: 1,
        kind: input.kind,
        channel: input.channel,
        category: category.code.clone(),
        organisation: input.organisation,
        state: ComplaintState::Submitted,
        is_open: true,
        complex_id: input.complex_id.filter(|_| !about_officials),
        company_id: company.filter(|_| !about_officials),
        with_company,
        county: routed.place.county,
        township: routed.place.township,
        community: routed.place.community,
        confidentiality: routed.confidentiality,
        is_public: category.public,
        handler_role: routed.handler.role,
        handler_division: routed.handler.division,
        supervising_role: SupervisingRole(routed.supervising_office.as_ref().map(|seat| seat.role)),
        supervising_division: routed.supervising_office.map(|seat| seat.division).unwrap_or_default(),
        hotline_number: input.hotline_number.clone(),
        submitted_at: ctx.now,
        resolve_due: due(category.resolve_within),
        next_at: None,
        accepted_on_time: None,
        resolved_on_time: None,
        working_minutes: None,
        satisfaction: None,
        reopened: false,
        red_cards: 0,
        course: Json(course),
        updated_at: ctx.now,
    }
}

/// Encrypts and stores description, location, evidence and contact. Returns the number of pieces of evidence.
fn encrypt_submission(tx: &mut Tx, row: &ComplaintRow, input: &ComplaintIn) -> WorkResult<usize> {
    let ring = tx.ctx.state.keys.ring();
    let submission = Submission {
        description: input.description.clone(),
        location: input.location.clone(),
        evidence: input.evidence.clone(),
    };
    files::attach_to_complaint(tx, OwnerKind::Complaint, row.id, row.id, &input.evidence)?;
    personal::encrypt(tx.conn, &ring, row.id, row.id, Purpose::Description, &encrypted::to_json(&submission)?)?;
    if let Some(ContactIn { name, phone, address }) = input.contact.clone() {
        if let Some(phone) = &phone {
            personal::index_phone(tx.conn, &ring, row.id, phone)?;
        }
        let contact = encrypted::to_json(&Contact { name, phone, address })?;
        personal::encrypt(tx.conn, &ring, row.id, row.id, Purpose::Contact, &contact)?;
    }
    Ok(input.evidence.len())
}

fn record_submission(
    tx: &mut Tx,
    row: &ComplaintRow,
    by: StepActor,
    step: NewStep,
    input: &ComplaintIn,
) -> WorkResult<()> {
    let contact = input.contact.clone().unwrap_or_default();
    let (_, evidence) = crate::proceedings::ledger_texts::evidence(&input.evidence);
    let step = step
        .with_text("description", Some(input.description.clone()))
        .with_text("evidence", Some(evidence))
        .with_text("location", input.location.clone())
        .with_text("contact_name", contact.name)
        .with_text("contact_phone", contact.phone)
        .with_text("contact_address", contact.address);
    record::write(tx, row, by, step)?;
    Ok(())
}
