//! Whoever complained: read in full on purpose, shown to the company by consent, found by phone, erased.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::handling::finish;
use super::input::CallerSearchIn;
use super::model::*;
use super::parts::{self, Part};
use super::record::{self, NewStep, Terms};
use super::sight::{self, Audience, Field, Form, Person};
use super::store;
use super::view::{self, Complaint};
use crate::access::Role;
use crate::access::role::RoleKind;
use crate::db::{Conn, Id, Work};
use crate::fault::Fault;
use crate::files;
use crate::http::{Entity, idempotency};
use crate::ledger::{self, Event, Place};
use crate::personal::{self, Purpose, masks};
use crate::problem::{Code, Problem};
use crate::proceedings::model::{Evidence, ReasonsIn};
use crate::quotas::{self, rules::Amounts};
use crate::service::{Body, Ctx, Tx};

/// Shows a ticket with the contact in full, and records who read it and why: to the government office that handles it, and
/// to the company that handles it while the complainant consents. A person reads, no machine.
pub fn read_contact(tx: &mut Tx, id: Id, reason: &str) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let row = parts::take(tx, id, &[Part::Handler])?;
    if ctx.caller.machine {
        return Err(Problem::new(Code::PersonRequired).into());
    }
    let allowed = match sight::form(Audience::of(ctx.caller.role, false), Field::ContactPhone) {
        Form::OnRequest => true,
        Form::ByConsent => row.course.0.consent,
        _ => false,
    };
    if !allowed {
        let (zh, en) = ("诉求人未同意提供联系方式", "the complainant has not consented");
        return Err(Problem::new(Code::Forbidden).detail(zh, en).into());
    }
    ctx.state.step_up.require(&ctx.caller, ctx.state.clock.system().0)?;
    quotas::spend(tx, Amounts { unmaskings: 1, ..Amounts::default() })?;
    let contact = contact_of(tx.conn, ctx, id)?;
    let step = NewStep::new(StepKind::ContactRead).to(StepAudience::Offices).text(reason.to_owned());
    let by = record::actor(ctx, false);
    record::write(tx, &row, by, step)?;
    let mut shown = view::entity(tx.conn, ctx, row)?;
    shown.body.contact = contact.map(view::in_full);
    Ok(shown)
}

/// Who reads of misconduct or of somebody's private life is recorded, but for whoever complained.
pub fn is_recorded(ctx: &Ctx, row: &ComplaintRow) -> bool {
    row.secrecy() != Secrecy::Open && ctx.caller.role != Role::Resident
}

/// Shows a ticket that is not open, and records who read it.
pub fn read_restricted(tx: &mut Tx, id: Id) -> Work<Entity<Complaint>> {
    let row = store::find(tx.conn, &parts::viewer(tx.ctx), id)?;
    ledger::append(tx, record::event(&row, RESTRICTED_READ, json!({ "read": "ticket" })))?;
    view::entity(tx.conn, tx.ctx, row)
}

/// The same before the timeline of one is shown.
pub async fn record_timeline(ctx: &Ctx, id: Id) -> Result<(), Problem> {
    let own = ctx.clone();
    let row = ctx.state.db.read_point(move |conn| store::find(conn, &parts::viewer(&own), id)).await?;
    if is_recorded(ctx, &row) {
        ctx.perform(Body::given(Vec::new(), ()), move |tx, _| {
            ledger::append(tx, record::event(&row, RESTRICTED_READ, json!({ "read": "timeline" })))?;
            Ok(Entity::new(id, 1, ()))
        })
        .await?;
    }
    Ok(())
}

const RESTRICTED_READ: &str = "complaint.restricted_read";

/// Whether the company may see the contact (同意提供联系方式).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentIn {
    /// Given, or withdrawn.
    #[schema(example = true)]
    pub granted: bool,
    /// How the complainant said so; required of an office that writes it down.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 500, example = "电话中同意向物业公司提供电话，用于入户维修")]
    pub note: Option<String>,
}

/// Consent comes from the complainant's own account. An office writes it down only where there is no account, with how it
/// was said; and what the complainant took back nobody gives again in their name. Taking it back may always be written down.
pub fn set_complaint_consent(tx: &mut Tx, id: Id, body: &Body<ConsentIn>) -> Work<Entity<Complaint>> {
    let mut row = parts::take(tx, id, &[Part::Owner, Part::FrontDesk, Part::Handler])?;
    // A company does not say of a resident that it consents.
    if tx.ctx.caller.role.row().kind == RoleKind::Company {
        return Err(Problem::new(Code::Forbidden).into());
    }
    let is_owner = parts::is_owner(tx.conn, tx.ctx, id)?;
    let has_account = store::followers_of(tx.conn, id)?.iter().any(|follower| follower.is_owner);
    let input = tx.checked(body, |_, input, faults| {
        if !is_owner && input.note.is_none() {
            let (zh, en) = ("须说明诉求人如何作出表示", "how the complainant said so");
            faults.push(Fault::new("/note", "required", zh, en));
        }
        Ok(())
    })?;
    tx.if_match(row.version)?;
    if !row.course.0.has_contact || row.course.0.consent == input.granted {
        let (zh, en) = ("没有联系方式，或状态未变", "there is no contact, or nothing changes");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    }
    if input.granted && !is_owner {
        if has_account {
            let (zh, en) = ("诉求人有账号，须由本人同意", "the complainant has an account, and consents there");
            return Err(Problem::new(Code::Forbidden).detail(zh, en).into());
        }
        if store::was_taken(tx.conn, id, StepKind::ConsentWithdrawn)? {
            let (zh, en) =
                ("诉求人已撤回同意，他人不得再代为同意", "the complainant has withdrawn it: nobody consents for them");
            return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
        }
    }
    row.course.0.consent = input.granted;
    let kind = if input.granted { StepKind::ConsentGiven } else { StepKind::ConsentWithdrawn };
    finish(tx, row, NewStep::new(kind).text(input.note.clone()))
}

/// Whether those who handle a ticket see its exact point (坐标公开).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointReleaseIn {
    /// Released, or withheld again.
    #[schema(example = true)]
    pub released: bool,
    /// Why the place must be known that exactly.
    #[schema(min_length = 2, max_length = 2000, example = "井盖缺失，须准确定位")]
    pub reasons: String,
}

/// An office decides that the exact point is needed; nobody but the offices sees it before.
pub fn release_complaint_point(tx: &mut Tx, id: Id, body: &Body<PointReleaseIn>) -> Work<Entity<Complaint>> {
    let mut row = parts::take(tx, id, &[Part::Handler, Part::Supervisor])?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    let course = &mut row.course.0;
    if course.point.is_none() || course.point_released == input.released || course.erased_at.is_some() {
        let (zh, en) = ("没有坐标，或状态未变", "there is no point, or nothing changes");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    }
    course.point_released = input.released;
    let kind = if input.released { StepKind::PointReleased } else { StepKind::PointWithheld };
    finish(tx, row, NewStep::new(kind).to(StepAudience::Offices).text(input.reasons.clone()))
}

/// Tickets of a caller (来电人的工单).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallerTickets {
    /// Those that you may see, newest first.
    #[schema(max_items = 200)]
    pub items: Vec<Complaint>,
}

/// Finds a caller's tickets by the phone. Who looked is recorded, and the phone only as a digest.
pub fn search_complaints_by_caller(tx: &mut Tx, body: &Body<CallerSearchIn>) -> Work<Entity<CallerTickets>> {
    let ctx = tx.ctx;
    let input = tx.input(body)?;
    quotas::spend(tx, Amounts { caller_searches: 1, ..Amounts::default() })?;
    let ids = personal::subjects_of_phone(tx.conn, &ctx.state.keys.ring(), &input.phone, 200)?;
    let mut rows: Vec<ComplaintRow> = store::among(tx.conn, &parts::viewer(ctx), &ids)?.into_values().collect();
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    let search = ctx.new_id();
    let event = Event::new("complaint.caller_searched", "complaint_search", search)
        .at(Place { county: ctx.caller.county().unwrap_or_default().to_owned(), ..Place::default() })
        .data(json!({ "found": rows.len() }))
        .personal("phone", Some(&input.phone));
    ledger::append(tx, event)?;
    let items = view::views(tx.conn, ctx, rows)?;
    // No ticket leads to this answer, so that erasing one would not find it: it is stored nowhere.
    Ok(Entity::new(search, 1, CallerTickets { items }).shown_once())
}

/// Erases what names or reaches the complainant (PIPL 47): the contact, the account, the phone's index, the salts by which the
/// ledger's digests could be matched; what else was said keeps its sense without them. Ticket, timeline and proof remain.
pub fn erase_complaint_persons(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parts::take_for_erasure(tx, id)?;
    let input = tx.input(body)?;
    tx.if_match(row.version)?;
    if row.course.0.erased_at.is_some() {
        let (zh, en) = ("个人信息已删除", "the personal data were erased already");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    }
    let reasons = erase(tx, &mut row, Some(&input.reasons))?;
    let terms = Terms::load(tx.conn, ctx, &row.county)?;
    // The account is forgotten by now, and so the step does not say whose it was.
    let by = match ctx.caller.role {
        Role::Resident => StepActor::Complainant,
        _ => record::actor(ctx, false),
    };
    let step = NewStep::new(StepKind::Erased).to(StepAudience::Offices).text(reasons);
    let step = record::advance(tx, &mut row, &terms, by, step)?;
    if ctx.caller.role == Role::Resident {
        // The last that this account did, and its reasons may name it.
        ledger::forget_personal(tx.conn, &[step])?;
    }
    view::entity(tx.conn, ctx, row)
}

/// Erases, and gives back a text without what was erased. Every copy is walked: texts, links, files with their names, the
/// exact point, accounts, digests, and stored answers.
pub fn erase(tx: &mut Tx, row: &mut ComplaintRow, text: Option<&str>) -> Work<Option<String>> {
    let ring = tx.ctx.state.keys.ring();
    let contact = contact_of(tx.conn, tx.ctx, row.id)?;
    let who = Person::of(contact.as_ref(), row.course.0.anonymous);
    let known = who.values();
    if let Some(told) = personal::open(tx.conn, &ring, row.id, Purpose::Description)? {
        let told: Told = view::read(&told)?;
        let told = Told {
            description: masks::scrub(&told.description, &known),
            location: told.location.map(|text| masks::scrub(&text, &known)),
            evidence: erased_evidence(told.evidence, &known),
        };
        personal::seal(tx.conn, &ring, row.id, row.id, Purpose::Description, &record::written(&told)?)?;
    }
    let steps = store::steps_of(tx.conn, row.id, StepAudience::ALL)?;
    let mut forgotten = Vec::new();
    for step in &steps {
        let by_resident = !matches!(step.actor.0, StepActor::Office { .. } | StepActor::Program);
        let scrubbed = scrub_step(tx.conn, tx.ctx, row.id, step.id, by_resident, &known)?;
        if scrubbed || by_resident || step.kind == StepKind::Submitted.code() {
            forgotten.push(step.id);
        }
    }
    ledger::forget_personal(tx.conn, &forgotten)?;
    files::erase_of_complaint(tx.conn, row.id, tx.ctx.now)?;
    personal::erase(tx.conn, row.id, Purpose::Contact)?;
    personal::forget_phones(tx.conn, row.id)?;
    if let Some(into) = row.course.0.merged_into {
        // Its complainant was made to follow the ticket that went on.
        store::forget_owner_elsewhere(tx.conn, row.id, into)?;
    }
    store::forget_followers(tx.conn, row.id)?;
    let answers: Vec<Id> = steps.iter().map(|step| step.id).chain([row.id]).collect();
    idempotency::forget_answers(tx.conn, &answers)?;
    let course = &mut row.course.0;
    course.has_contact = false;
    course.consent = false;
    course.point = course.point.map(sight::coarse);
    course.public_summary = course.public_summary.take().map(|text| masks::scrub(&text, &known));
    course.erased_at = Some(tx.ctx.now);
    Ok(text.map(|text| masks::scrub(text, &known)))
}

/// The contact of a ticket, until it is erased.
pub fn contact_of(conn: &mut Conn, ctx: &Ctx, complaint: Id) -> Work<Option<Contact>> {
    let contact = personal::open(conn, &ctx.state.keys.ring(), complaint, Purpose::Contact)?;
    contact.map(|text| view::read::<Contact>(&text)).transpose()
}

/// What stays of a complainant's evidence: that there was some, and its text. Its files, its links and what it was called
/// lead to the person.
fn erased_evidence(mut evidence: Vec<Evidence>, known: &[&str]) -> Vec<Evidence> {
    for (at, one) in evidence.iter_mut().enumerate() {
        one.title = format!("附件{}", at + 1);
        one.text = one.text.take().map(|text| masks::scrub(&text, known));
        (one.url, one.attachment_id) = (None, None);
    }
    evidence
}

/// Takes persons out of what was said with a step; says whether there were any.
fn scrub_step(conn: &mut Conn, ctx: &Ctx, complaint: Id, step: Id, by_resident: bool, known: &[&str]) -> Work<bool> {
    let ring = ctx.state.keys.ring();
    let Some(sealed) = personal::open(conn, &ring, step, Purpose::Text)? else { return Ok(false) };
    let said: StepText = view::read(&sealed)?;
    let mut evidence = erased_evidence(said.evidence.clone(), known);
    if !by_resident {
        // The files of an office are its own, and what it called them, unless that is the name of a file.
        for (one, before) in evidence.iter_mut().zip(&said.evidence) {
            if !sight::is_file_name(&before.title) {
                one.title = masks::scrub(&before.title, known);
            }
            (one.url, one.attachment_id) = (before.url.clone(), before.attachment_id);
        }
    }
    let scrubbed = StepText { text: said.text.as_deref().map(|text| masks::scrub(text, known)), evidence };
    if scrubbed == said {
        return Ok(false);
    }
    personal::seal(conn, &ring, complaint, step, Purpose::Text, &record::written(&scrubbed)?)?;
    Ok(true)
}
