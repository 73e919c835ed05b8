//! How a ticket comes in: checked, routed, its deadlines set, its persons sealed.

use serde_json::json;

use super::clock_rules::Limit;
use super::input::{ComplaintIn, ContactIn};
use super::model::*;
use super::record::{self, NewStep, Terms};
use super::routing_rules::{Route, route};
use super::store;
use super::view::{self, Complaint};
use crate::access::{Role, Scope};
use crate::complaints::scoped::Viewer;
use crate::complexes;
use crate::complexes::model::PointIn;
use crate::db::{Conn, Id, Json, Work};
use crate::divisions;
use crate::fault::Fault;
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::personal::{self, Purpose};
use crate::policy::complaints::{ComplaintCategory, may_handle};
use crate::problem::{Code, Problem};
use crate::quotas::{self, rules::Amounts};
use crate::service::{Body, Ctx, Tx};

pub fn create_complaint(tx: &mut Tx, body: &Body<ComplaintIn>) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut terms = None;
    let input = tx.creation(body, may_see_again(ctx), |conn, input, faults| {
        let county = county_of(conn, ctx, input)?;
        let terms = terms.insert(Terms::load(conn, ctx, &county)?);
        check(conn, ctx, terms, input, faults)?;
        files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults)
    })?;
    let terms = terms.ok_or_else(|| Problem::broken("the rules of a place that was checked are not found"))?;
    let row = submit(tx, &terms, input)?;
    let id = row.id;
    let made = view::entity(tx.conn, ctx, row)?;
    Ok(Entity::created(id, made.version, made.body, "/v1/complaints"))
}

/// The county whose rules a ticket goes by: of its place, or else of whoever submits it.
fn county_of(conn: &mut Conn, ctx: &Ctx, input: &ComplaintIn) -> Work<String> {
    match complexes::place(conn, reach(ctx), input.complex_id, input.division.as_deref())? {
        Some(place) => Ok(place.county),
        None => divisions::counties::of_caller(conn, ctx),
    }
}

/// Whoever submitted a ticket hears of it again under the same key, also where it went where they cannot see it.
fn may_see_again(ctx: &Ctx) -> impl FnOnce(&mut Conn, &Scope, Id) -> Work<()> {
    let viewer = Viewer::of(&ctx.caller, &ctx.scope);
    move |conn, _, id| {
        let system = Viewer::system("whether a ticket is one that its own office may not see");
        match store::find(conn, &system, id)?.secrecy() {
            Secrecy::Open => store::find(conn, &viewer, id).map(drop),
            Secrecy::Restricted | Secrecy::Confidential => Ok(()),
        }
    }
}

/// Every fault of a ticket, but of its evidence.
pub fn check(conn: &mut Conn, ctx: &Ctx, terms: &Terms, input: &ComplaintIn, faults: &mut Vec<Fault>) -> Work<()> {
    let (_, rules) = terms.governing(ctx.today);
    check_channel(ctx.caller.role, input, faults);
    match rules.category(&input.category) {
        None => {
            let (zh, en) = ("现行政策中没有此分类", "not a category of the policy in force");
            faults.push(Fault::new("/category", "unknown_value", zh, en));
        }
        Some(category) => {
            check_organisation(category, input, faults);
            let is_about = category.code == rules.officials_category;
            check_complained_office(conn, ctx, is_about, input, faults)?;
        }
    }
    check_contact(input, faults);
    if ctx.caller.machine && input.consent_to_company {
        let (zh, en) = ("同意须由本人作出，系统不得代为同意", "a person consents, and no system in their name");
        faults.push(Fault::new("/consent_to_company", "wrong_party", zh, en));
    }
    complexes::check_place(conn, reach(ctx), input.complex_id, input.division.as_deref(), faults)
}

fn check_channel(role: Role, input: &ComplaintIn, faults: &mut Vec<Fault>) {
    use ComplaintChannel::*;
    let fits = match role {
        Role::Resident => matches!(input.channel, App | Portal),
        // Open311 has its own door; there the channel is set, not said.
        _ => matches!(input.channel, Phone | Hotline | Visit | Patrol),
    };
    if !fits && input.channel != Open311 {
        let (zh, en) = ("您不能经此渠道登记", "not a channel that you submit by");
        faults.push(Fault::new("/channel", "wrong_party", zh, en));
    }
    match (input.channel, &input.hotline_number) {
        (Hotline, None) => {
            let (zh, en) = ("热线转来的诉求须填写热线工单编号", "a ticket of the hotline has the hotline's number");
            faults.push(Fault::new("/hotline_number", "required", zh, en));
        }
        (Hotline, Some(_)) | (_, None) => {}
        (_, Some(_)) => {
            let (zh, en) = ("只有热线转来的诉求有热线工单编号", "only a ticket of the hotline has its number");
            faults.push(Fault::new("/hotline_number", "conflict", zh, en));
        }
    }
}

fn check_organisation(category: &ComplaintCategory, input: &ComplaintIn, faults: &mut Vec<Fault>) {
    match input.organisation {
        None if !category.organisations.is_empty() => {
            let (zh, en) = ("须说明是哪一类专业运营单位", "say which utility it is about");
            faults.push(Fault::new("/organisation", "required", zh, en));
        }
        Some(kind) if !category.organisations.contains(&kind) => {
            let (zh, en) = ("此分类不涉及该专业运营单位", "the category is not of this utility");
            faults.push(Fault::new("/organisation", "conflict", zh, en));
        }
        _ => {}
    }
}

/// The office complained of is named in that one category: an office of this county, by the digits that it has.
fn check_complained_office(
    conn: &mut Conn,
    ctx: &Ctx,
    is_about: bool,
    input: &ComplaintIn,
    faults: &mut Vec<Fault>,
) -> Work<()> {
    match (&input.complained_office, is_about) {
        (None, true) => {
            let (zh, en) = ("须填写被反映的单位", "the office complained of is needed");
            faults.push(Fault::new("/complained_office", "required", zh, en));
        }
        (Some(_), false) => {
            let (zh, en) = ("只有反映基层作风的诉求填写被反映的单位", "only a ticket about officials names an office");
            faults.push(Fault::new("/complained_office", "conflict", zh, en));
        }
        (Some(seat), true) => {
            let is_body = may_handle(seat.role) && seat.role != Role::PropertyCompany;
            if seat.role.row().division_digits != seat.division.len() || !is_body {
                let (zh, en) = ("单位与区划不符", "the office has a division of another length");
                faults.push(Fault::new("/complained_office/division", "conflict", zh, en));
            } else if divisions::find(conn, &seat.division)?.is_none() {
                let (zh, en) = ("没有此区划", "there is no such division");
                faults.push(Fault::new("/complained_office/division", "unknown_reference", zh, en));
            } else {
                // A place that is not known has its own fault.
                let place = complexes::place(conn, reach(ctx), input.complex_id, input.division.as_deref())?;
                if place.is_some_and(|place| !seat.division.starts_with(&place.county)) {
                    let (zh, en) = ("被反映的单位不在该地点所属的县", "the office is not of the county of the place");
                    faults.push(Fault::new("/complained_office/division", "conflict", zh, en));
                }
            }
        }
        (None, false) => {}
    }
    Ok(())
}

fn check_contact(input: &ComplaintIn, faults: &mut Vec<Fault>) {
    let contact = input.contact.as_ref();
    if input.anonymous && contact.is_some() {
        let (zh, en) = ("匿名诉求不得填写联系方式", "an anonymous ticket has no contact");
        faults.push(Fault::new("/contact", "conflict", zh, en));
    }
    if contact.is_some_and(|one| one.name.is_none() && one.phone.is_none() && one.address.is_none()) {
        let (zh, en) = ("联系方式不得为空", "a contact holds something");
        faults.push(Fault::new("/contact", "required", zh, en));
    }
    if input.consent_to_company && contact.is_none_or(|one| one.phone.is_none()) {
        let (zh, en) = ("没有电话，无从同意提供", "without a phone there is nothing to consent to");
        faults.push(Fault::new("/consent_to_company", "conflict", zh, en));
    }
}

/// Where the caller may complain of: a resident of any place.
fn reach(ctx: &Ctx) -> &Scope {
    const ANYWHERE: &Scope = &Scope::System("a resident complains of any place");
    if ctx.caller.role == Role::Resident { ANYWHERE } else { &ctx.scope }
}

/// Puts a ticket that was checked on file, for any door that it comes in by.
pub fn submit(tx: &mut Tx, terms: &Terms, input: &ComplaintIn) -> Work<ComplaintRow> {
    let ctx = tx.ctx;
    let internal = || Problem::broken("a complaint that was checked is not complete");
    let place = complexes::place(tx.conn, reach(ctx), input.complex_id, input.division.as_deref())?;
    let place = place.ok_or_else(internal)?;
    let (version, rules) = terms.governing(ctx.today);
    let category = rules.category(&input.category).ok_or_else(internal)?;
    let company = match input.complex_id {
        None => None,
        Some(complex) => complexes::serving_company(tx.conn, complex, ctx.today)?,
    };
    let complained = input.complained_office.as_ref().map(|seat| Seat::new(seat.role, &seat.division));
    let routed = route(rules, category, &place, company.is_some(), complained.as_ref());
    refuse_known_number(tx, &place.county, input)?;
    let row = new_row(ctx, terms, version, category, input, company, routed, complained);
    let mut row = ComplaintRow { organisation: input.organisation.map(|kind| kind.code().to_owned()), ..row };
    record::look_again(tx.conn, &mut row, terms)?;
    quotas::spend(tx, Amounts { tickets: 1, ..Amounts::default() })?;
    store::insert(tx.conn, &row)?;
    let evidence = keep_told(tx, &row, input)?;
    if ctx.caller.role == Role::Resident {
        let owner = FollowerRow::new(row.id, &ctx.caller.person(), true, ctx.now);
        store::follow(tx.conn, &owner)?;
    }
    let step = NewStep::new(StepKind::Submitted).facts(
        json!({ "anonymous": input.anonymous, "consent": input.consent_to_company, "evidence_count": evidence }),
    );
    // What was told is kept with the ticket; the ledger has its digest from the step's event.
    let by = record::actor(ctx, true);
    record_submission(tx, &row, by, step, input)?;
    Ok(row)
}

fn refuse_known_number(tx: &mut Tx, county: &str, input: &ComplaintIn) -> Work<()> {
    let Some(number) = &input.hotline_number else { return Ok(()) };
    match store::of_hotline(tx.conn, county, number)? {
        None => Ok(()),
        Some(_) => {
            let (zh, en) = ("该热线工单编号已登记", "the hotline's number is on file already");
            Err(Problem::new(Code::AlreadyExists).detail(zh, en).into())
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "all that a row is made of, read before in one place")]
fn new_row(
    ctx: &Ctx,
    terms: &Terms,
    version: i64,
    category: &ComplaintCategory,
    input: &ComplaintIn,
    company: Option<Id>,
    routed: Route,
    complained: Option<Seat>,
) -> ComplaintRow {
    let clock = terms.clock();
    let due = |within: u32| clock.due(ctx.now, Limit::of(category.clock, within));
    let about_officials = complained.is_some();
    let with_company = routed.handler.role == Role::PropertyCompany;
    let course = Course {
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
        kind: input.kind.code().to_owned(),
        channel: input.channel.code().to_owned(),
        category: category.code.clone(),
        organisation: None,
        state: ComplaintState::Submitted.code().to_owned(),
        is_open: true,
        complex_id: input.complex_id.filter(|_| !about_officials),
        company_id: company.filter(|_| !about_officials),
        with_company,
        county: routed.place.county,
        township: routed.place.township,
        community: routed.place.community,
        secrecy: routed.secrecy.code().to_owned(),
        is_public: category.public,
        handler_role: routed.handler.role.code().to_owned(),
        handler_division: routed.handler.division,
        supervisor_role: routed.supervisor.as_ref().map(|seat| seat.role.code().to_owned()).unwrap_or_default(),
        supervisor_division: routed.supervisor.map(|seat| seat.division).unwrap_or_default(),
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

/// Seals what was told and who told it. Returns how many pieces of evidence there are.
fn keep_told(tx: &mut Tx, row: &ComplaintRow, input: &ComplaintIn) -> Work<usize> {
    let ring = tx.ctx.state.keys.ring();
    let told = Told {
        description: input.description.clone(),
        location: input.location.clone(),
        evidence: input.evidence.clone(),
    };
    files::attach_to_ticket(tx, OwnerKind::Complaint, row.id, row.id, &input.evidence)?;
    personal::seal(tx.conn, &ring, row.id, row.id, Purpose::Description, &record::written(&told)?)?;
    if let Some(ContactIn { name, phone, address }) = input.contact.clone() {
        if let Some(phone) = &phone {
            personal::index_phone(tx.conn, &ring, row.id, phone)?;
        }
        let contact = record::written(&Contact { name, phone, address })?;
        personal::seal(tx.conn, &ring, row.id, row.id, Purpose::Contact, &contact)?;
    }
    Ok(input.evidence.len())
}

fn record_submission(tx: &mut Tx, row: &ComplaintRow, by: StepActor, step: NewStep, input: &ComplaintIn) -> Work<()> {
    let contact = input.contact.clone().unwrap_or_default();
    let (_, evidence) = crate::proceedings::said::evidence(&input.evidence);
    let step = step
        .saying("description", Some(input.description.clone()))
        .saying("evidence", Some(evidence))
        .saying("location", input.location.clone())
        .saying("contact_name", contact.name)
        .saying("contact_phone", contact.phone)
        .saying("contact_address", contact.address);
    record::write(tx, row, by, step)?;
    Ok(())
}
