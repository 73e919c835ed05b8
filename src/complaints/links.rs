//! What a ticket leads to and belongs with: violations, inspections, hazards.

use std::collections::HashMap;

use serde_json::json;

use super::input::{ComplaintViolationIn, LinkIn};
use super::model::*;
use super::parts::{self, Part};
use super::record::{self, NewStep, Terms};
use super::sight::Person;
use super::view::{self, Complaint};
use super::{persons, store};
use crate::access::Scope;
use crate::db::{Conn, Fail, Id, Work};
use crate::fault::Fault;
use crate::files::{self, OwnerKind};
use crate::http::{Body, Ctx, Entity, Tx};
use crate::inspections;
use crate::personal::{self, Purpose};
use crate::policy;
use crate::policy::model::ActSubject;
use crate::problem::{Code, Problem};
use crate::proceedings::model::Evidence;
use crate::violations;
use crate::violations::model::{ViolationIn, ViolationSource};
use crate::violations::view::Violation;

/// How the evidence of a violation names the ticket that it came from.
const ORIGIN: &str = "诉求工单 ";

/// What names or reaches the complainant of the ticket that a violation came from: nothing that is published holds it.
pub fn complainants_behind(conn: &mut Conn, ctx: &Ctx, evidence: &[Evidence]) -> Work<Vec<Person>> {
    let origin = evidence.iter().filter_map(|one| one.text.as_deref()?.strip_prefix(ORIGIN)?.parse::<Id>().ok());
    let mut known = Vec::new();
    for ticket in origin {
        known.push(Person::of(persons::contact_of(conn, ctx, ticket)?.as_ref(), false));
    }
    Ok(known)
}

/// As many rows belong with one ticket.
const MOST_LINKS: usize = 50;

/// Where the rows stand that tickets are linked to.
pub fn states_of<'a>(conn: &mut Conn, links: impl Iterator<Item = &'a Link>) -> Work<HashMap<(LinkKind, Id), String>> {
    let system = Scope::System("a ticket shows where what it led to stands");
    let mut states = HashMap::new();
    for link in links {
        let state = match link.kind {
            LinkKind::Violation => violations::store::find(conn, &system, link.id)?.state.code().to_owned(),
            LinkKind::Inspection => inspections::store::find(conn, &system, link.id)?.state,
            LinkKind::Hazard => inspections::hazard_store::find(conn, &system, link.id)?.state,
        };
        states.insert((link.kind, link.id), state);
    }
    Ok(states)
}

fn seen(conn: &mut Conn, ctx: &Ctx, kind: LinkKind, id: Id) -> Work<bool> {
    let found = match kind {
        LinkKind::Violation => violations::store::find(conn, &ctx.scope, id).map(drop),
        LinkKind::Inspection => inspections::store::find(conn, &ctx.scope, id).map(drop),
        LinkKind::Hazard => inspections::hazard_store::find(conn, &ctx.scope, id).map(drop),
    };
    match found {
        Ok(()) => Ok(true),
        Err(Fail::Problem(problem)) if problem.code == Code::NotFound => Ok(false),
        Err(other) => Err(other),
    }
}

pub fn link_complaint(tx: &mut Tx, id: Id, body: &Body<LinkIn>) -> Work<Entity<Complaint>> {
    let ctx = tx.ctx;
    let mut row = parts::take(tx, id, &[Part::Handler, Part::Supervisor])?;
    let input = tx.checked(body, |conn, input, faults| {
        if !seen(conn, ctx, input.kind, input.id)? {
            let (zh, en) = ("对象不存在，或不在您的辖区内", "there is no such row for you");
            faults.push(Fault::new("/id", "unknown_reference", zh, en));
        }
        Ok(())
    })?;
    tx.if_match(row.version)?;
    let link = Link { kind: input.kind, id: input.id };
    add(&mut row, link.clone())?;
    let step = NewStep::new(StepKind::Linked).to(StepAudience::Offices).facts(json!(link));
    super::handling::finish(tx, row, step)
}

fn add(row: &mut ComplaintRow, link: Link) -> Work<()> {
    let links = &mut row.course.0.links;
    if links.contains(&link) || links.len() >= MOST_LINKS {
        let (zh, en) = ("已关联，或关联过多", "it is linked already, or too much is");
        return Err(Problem::new(Code::StateConflict).detail(zh, en).into());
    }
    links.push(link);
    Ok(())
}

/// A ticket becomes a reported violation in one call, in the officer's words and with the photographs of the ticket.
pub fn report_complaint_violation(tx: &mut Tx, id: Id, body: &Body<ComplaintViolationIn>) -> Work<Entity<Violation>> {
    let ctx = tx.ctx;
    let mut row = parts::take(tx, id, &[Part::Handler, Part::Supervisor])?;
    let input = tx.creation(
        body,
        |conn, scope, id| violations::store::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            let reported = violation(ctx, &row, input, of_company(conn, ctx, &row.county, input)?);
            violations::report::check(conn, ctx, &reported, faults)
        },
    )?;
    tx.if_match(row.version)?;
    let violation_id = ctx.new_id();
    let mut reported = violation(ctx, &row, input, of_company(tx.conn, ctx, &row.county, input)?);
    let mut kept_back = 0;
    if input.with_evidence
        && let Some(told) = personal::open(tx.conn, &ctx.state.keys.ring(), id, Purpose::Description)?
    {
        let told: Told = view::read(&told)?;
        // Its words stay with the ticket, and so does what a file says of whoever gave it.
        let files = told.evidence.into_iter().filter(|one| one.attachment_id.is_some());
        let files: Vec<Evidence> =
            files.map(|one| Evidence { title: "诉求附件".to_owned(), text: None, url: None, ..one }).collect();
        let copies = files::copy_stripped(tx, &files, OwnerKind::Violation, violation_id)?;
        kept_back = files.len() - copies.len();
        reported.evidence.extend(copies);
    }
    let reported = violations::report::report(tx, violation_id, reported)?;
    add(&mut row, Link { kind: LinkKind::Violation, id: violation_id })?;
    let terms = Terms::load(tx.conn, ctx, &row.county)?;
    let step = NewStep::new(StepKind::ViolationReported)
        .to(StepAudience::Offices)
        .facts(json!({ "violation_id": violation_id, "act": input.act, "files_kept_back": kept_back }));
    let by = record::actor(ctx, false);
    record::advance(tx, &mut row, &terms, by, step)?;
    Ok(reported)
}

/// The files that came with a ticket, where it is to be reported with its evidence: copies without metadata are made of its
/// pictures before.
pub fn files_to_hand_on(conn: &mut Conn, ctx: &Ctx, id: Id) -> Work<Vec<Id>> {
    store::find(conn, &parts::viewer(ctx), id)?;
    let told = personal::open(conn, &ctx.state.keys.ring(), id, Purpose::Description)?;
    let told = told.map(|text| view::read::<Told>(&text)).transpose()?;
    Ok(told.map(|told| files::attachments_of(&told.evidence)).unwrap_or_default())
}

/// Is it an act of companies? Whoever else did it, the company that serves the place did not.
fn of_company(conn: &mut Conn, ctx: &Ctx, county: &str, input: &ComplaintViolationIn) -> Work<bool> {
    let policies = policy::current(conn, &ctx.state, county)?;
    let act = policies.governing(input.found_on.unwrap_or(ctx.today)).act(&input.act);
    Ok(act.is_none_or(|act| act.subject == ActSubject::Company))
}

fn violation(ctx: &Ctx, row: &ComplaintRow, input: &ComplaintViolationIn, of_company: bool) -> ViolationIn {
    ViolationIn {
        act: input.act.clone(),
        company_id: row.company_id.filter(|_| of_company),
        subject_name: input.subject_name.clone(),
        complex_id: row.complex_id,
        division: match row.complex_id {
            Some(_) => None,
            None if row.community.is_empty() => Some(row.township.clone()),
            None => Some(row.community.clone()),
        },
        point: None,
        found_on: input.found_on.unwrap_or(ctx.today),
        source: ViolationSource::Complaint,
        description: input.description.clone(),
        evidence: vec![Evidence {
            title: "来源".to_owned(),
            text: Some(format!("{ORIGIN}{}", row.id)),
            url: None,
            attachment_id: None,
        }],
        distinct_fact_reason: input.distinct_fact_reason.clone(),
        stopped_and_reported: false,
    }
}
