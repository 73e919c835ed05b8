//! Issues and withdraws official documents. Number, page, digest, code, row and event are written in the transaction of
//! the decision behind the document.

use aws_lc_rs::digest::{SHA256, digest};
use chrono::Datelike;
use serde_json::{Map, Value, json};

use super::model::{DocumentKind, DocumentRow, DocumentState, DocumentSubject, OfficialDocument};
use super::view::{verification_url, view};
use super::words::place_in_words;
use super::{bodies, code, page, rules, store};
use crate::access::{Actor, Caller, Role, Scope};
use crate::db::{Conn, Id, Json, WorkResult};
use crate::ledger::{self, Audience, Event, Place};
use crate::offices;
use crate::problem::{Code, Problem};
use crate::service::Tx;
use crate::templates::{samples, texts};
use crate::words::days::chinese_day;
use crate::{companies, complexes, policy};

/// An official document to issue. The caller must have checked that this is permitted.
pub struct IssueInput {
    pub kind: DocumentKind,
    pub subject_kind: DocumentSubject,
    pub subject_id: Id,
    /// The violation that the document is about, directly or through a measure. The offices of that case may see the
    /// document.
    pub violation_id: Option<Id>,
    /// For a measure: its responsible office.
    pub handler: Option<(Role, String)>,
    pub place: Place,
    pub company_id: Option<Id>,
    pub complex_id: Option<Id>,
    /// The issuing office: role and division.
    pub office: (Role, String),
    /// Addressee (主送); `None`: the company.
    pub addressee: Option<String>,
    /// True if the company may see the document at once; otherwise it may after [`mark_delivered`].
    pub delivered: bool,
    /// Template variables of this kind of document, as in `samples.json`, in addition to those that every document has.
    pub context: Map<String, Value>,
}

/// Issues a document under the next number of its office, with the template of the policy in force today.
pub fn issue(tx: &mut Tx, input: IssueInput) -> WorkResult<OfficialDocument> {
    let ctx = tx.ctx;
    let kind = input.kind;
    let policies = policy::current(tx.conn, &ctx.state, &input.place.county)?;
    let version = policies.governing(ctx.today);
    let template = rules::template(version, kind)?;
    let (role, division) = &input.office;
    let office = rules::require_prefix(offices::find_by_role(tx.conn, *role, division)?, *role, division)?;
    let body = bodies::issuing_body(tx.conn, &version.document().issuing, &office)?;
    let (reconsideration_body, court) = bodies::remedies(tx.conn, &version.document().issuing, &office.county)?;
    let year = ctx.today.year();
    let prefix = office.document_prefix.as_deref().unwrap_or_default();
    let serial = store::next_number(tx.conn, &office.county, prefix, year)?;
    let number = format!("{prefix}〔{year}〕{serial}号");
    let company = match input.company_id {
        Some(id) => companies::names_of(tx.conn, &[id])?.remove(&id),
        None => None,
    };
    let addressee = input
        .addressee
        .or_else(|| company.as_ref().map(|(name, _)| name.clone()))
        .unwrap_or_else(|| "当事人".to_owned());
    let issued_on = chinese_day(ctx.today);
    let mut context = input.context;
    context
        .insert("document".into(), json!({ "number": texts::NUMBER, "title": template.title, "issued_on": issued_on }));
    context.insert(
        "office".into(),
        json!({
            "name": office.name, "phone": office.phone, "complaint_phone": office.complaint_phone,
            "hours": office.hours, "address": office.address,
        }),
    );
    context.insert("body".into(), json!({ "name": body }));
    context.insert("remedies".into(), json!({ "reconsideration_body": reconsideration_body, "court": court }));
    context.insert("addressee".into(), json!(addressee));
    context.insert("company".into(), json!(company.map(|(name, uscc)| json!({ "name": name, "uscc": uscc }))));
    context.insert("complex".into(), complex_facts(tx.conn, input.complex_id)?);
    context.insert("area".into(), json!(place_in_words(tx.conn, &input.place)?));
    let context = Value::Object(context);
    debug_assert!(
        samples::has_the_names(&samples::full(kind), &context),
        "{kind:?}: the context has other names than its sample: {context}"
    );
    let paragraphs = tx.texts.paragraphs(kind, &template.text, &context, &number)?.map_err(|fault| {
        let (zh, en) = (&fault.zh, &fault.en);
        Problem::new(Code::TemplateUnusable).detail(
            format!("现行政策第{}版中“{}”的文书模板不适用于本案：{zh}。", version.version, kind.zh()),
            format!(
                "The document template of {} in policy version {} does not fit this case: {en}.",
                kind.code(),
                version.version
            ),
        )
    })?;
    let code = code::new()?;
    let content = page::render(&page::Page {
        title: &template.title,
        number: &number,
        body: &body,
        office: &office.name,
        addressee: &addressee,
        paragraphs: &paragraphs,
        issued_on: &issued_on,
        code: &code,
        verification_url: &verification_url(&ctx.state, &code),
    })?;
    let (handler_role, handler_division) = input.handler.unzip();
    let row = DocumentRow {
        id: ctx.new_id(),
        version: 1,
        kind,
        state: DocumentState::Valid,
        subject_kind: input.subject_kind,
        subject_id: input.subject_id,
        violation_id: input.violation_id,
        handler_role,
        handler_division,
        county: input.place.county,
        township: input.place.township,
        community: input.place.community,
        company_id: input.company_id,
        complex_id: input.complex_id,
        delivered: input.delivered,
        office_role: office.role,
        office_division: office.division,
        office_name: body,
        number,
        title: template.title.clone(),
        addressee,
        policy_version: version.version,
        issued_on: ctx.today,
        issued_at: ctx.now,
        issued_by: Json(Actor::of(&ctx.caller)),
        code,
        digest: hex::encode(digest(&SHA256, &content)),
        withdrawn_on: None,
        withdrawal_reason: None,
        updated_at: ctx.now,
    };
    store::insert(tx.conn, &row, &content)?;
    record(tx, "document.issued", &row)?;
    Ok(view(ctx, row))
}

fn complex_facts(conn: &mut Conn, complex: Option<Id>) -> WorkResult<Value> {
    let Some(id) = complex else { return Ok(Value::Null) };
    let complex = complexes::find(conn, &Scope::System("a document names the complex that it is about"), id)?;
    Ok(json!({ "name": complex.name, "address": complex.address }))
}

/// Withdraws the valid summons of this kind about the subject, if any. Fails for a valid document that is not a
/// summons.
pub fn make_room(tx: &mut Tx, kind: DocumentKind, subject: Id) -> WorkResult<()> {
    let Some(row) = store::valid_of(tx.conn, subject)?.into_iter().find(|row| row.kind == kind) else { return Ok(()) };
    rules::may_replace(kind, &row.number)?;
    withdraw(tx, row, "会议时间或者地点已变更，以新的通知为准")
}

/// Role and division of the caller.
pub fn office_of(caller: &Caller) -> (Role, String) {
    (caller.role, caller.division.clone().unwrap_or_default())
}

#[track_caller]
pub fn missing() -> Problem {
    Problem::broken("the basis of an official document is missing")
}

/// Makes the documents of a case visible to the company, after its notice was opened or delivered.
pub fn mark_delivered(tx: &mut Tx, subject: Id) -> WorkResult<()> {
    store::mark_delivered(tx.conn, subject)
}

/// Withdraws the valid documents about a subject because their ground no longer applies. The reason is public, so it
/// must be a fixed text and must not contain user input.
pub fn withdraw_of(tx: &mut Tx, subject_kind: DocumentSubject, subject: Id, reason_zh: &'static str) -> WorkResult<()> {
    for row in store::valid_of(tx.conn, subject)? {
        if row.subject_kind == subject_kind {
            withdraw(tx, row, reason_zh)?;
        }
    }
    Ok(())
}

fn withdraw(tx: &mut Tx, mut row: DocumentRow, reason_zh: &'static str) -> WorkResult<()> {
    row.version += 1;
    row.state = DocumentState::Withdrawn;
    row.withdrawn_on = Some(tx.ctx.today);
    row.withdrawal_reason = Some(reason_zh.to_owned());
    row.updated_at = tx.ctx.now;
    store::save_withdrawal(tx.conn, &row)?;
    record(tx, "document.withdrawn", &row)?;
    Ok(())
}

fn record(tx: &mut Tx, kind: &'static str, row: &DocumentRow) -> WorkResult<Id> {
    let mut event = Event::new(kind, "document", row.id)
        .in_territory(row.place())
        .company(row.company_id)
        .complex(row.complex_id)
        .audience(if row.company_id.is_some() { Audience::Parties } else { Audience::Offices })
        .policy(row.policy_version)
        .data(json!({
            "number": row.number, "kind": row.kind, "digest": row.digest, "state": row.state,
            "subject_kind": row.subject_kind, "subject_id": row.subject_id, "office_role": row.office_role,
            "office_division": row.office_division, "issued_on": row.issued_on, "withdrawn_on": row.withdrawn_on,
            "withdrawal_reason": row.withdrawal_reason, "version": row.version,
        }));
    if let (Some(role), Some(division)) = (row.handler_role, &row.handler_division) {
        event = event.addressed(role, division);
    }
    ledger::append(tx, event)
}
