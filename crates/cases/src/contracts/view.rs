//! Contracts as returned to callers.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::*;
use super::rules;
use super::store;
use crate::access::Role;
use crate::blacklist;
use crate::calendar;
use crate::calendar::rules::WorkCalendar;
use crate::companies;
use crate::company_facts;
use crate::complexes;
use crate::db::types::Instant;
use crate::db::{Conn, Id, WorkResult};
use crate::http::Entity;
use crate::policy;
use crate::policy::model::CreditBand;
use crate::problem::{Code, Problem};
use crate::proceedings::model::Evidence;
use crate::proceedings::view::{NoteView, Officer, StepView, note_view, officer, step};
use crate::service::Ctx;
use crate::standing;

/// The filing of a contract (备案).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FilingView {
    /// Filing number (备案号).
    #[schema(max_length = 60, example = "640121备〔2026〕12号")]
    pub number: String,
    /// Date of filing.
    pub filed_on: NaiveDate,
    /// The filing receipt, an official document with a verification code.
    pub receipt_id: Id,
    /// Note on the filing.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// Policy version under which it was filed.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    pub at: Instant,
    pub by: Officer,
}

/// The termination of a contract (合同终止).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TerminationView {
    pub ground: TerminationGround,
    /// Last day of service under the contract; null if there is none, as in open interim service.
    pub last_day: Option<NaiveDate>,
    /// Day on which the written notice was given.
    pub notice_given_on: Option<NaiveDate>,
    /// Reasons for the termination.
    #[schema(max_length = 5000)]
    pub reasons: String,
    /// The document that proves the ground.
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
    pub at: Instant,
    pub by: Officer,
}

/// One handover item (交接事项).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HandoverItemView {
    pub item: HandoverItem,
    /// Day on which the company states that it handed the item over.
    pub handed_over_on: Option<NaiveDate>,
    /// Day on which the item was received; null if not yet confirmed.
    pub received_on: Option<NaiveDate>,
    /// Organisation that received the item.
    #[schema(max_length = 200)]
    pub receiver: Option<String>,
    /// Note on the item.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// Evidence, such as the signed list or photographs.
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
}

/// The handover after the end of a contract (交接).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HandoverView {
    /// Due date; null while no handover is due, as in interim service (Civil Code 950).
    pub due_on: Option<NaiveDate>,
    /// Day on which the last item was received; null if incomplete.
    pub done_on: Option<NaiveDate>,
    /// True if the due date has passed and the company had not recorded every item by then. Items recorded in time
    /// but not confirmed do not make it overdue.
    pub overdue: bool,
    pub state: HandoverState,
    /// If `unconfirmed`: last day for the receiver to confirm. Otherwise null.
    pub confirmation_due_on: Option<NaiveDate>,
    /// The handover items.
    #[schema(max_items = 6)]
    pub items: Vec<HandoverItemView>,
    /// The violation as which the overdue handover was reported; always null for companies.
    pub late_report: Option<Id>,
}

/// Information for the filing authority before it files: the company's standing and the obstacles to filing (备案审查提示).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FilingReview {
    /// Ladder level of the company.
    #[schema(minimum = 0, maximum = 4)]
    pub level: u8,
    /// Credit score of the company.
    #[schema(minimum = 0, maximum = 1000)]
    pub credit_score: u32,
    pub credit_band: CreditBand,
    /// True if the company does not serve the complex yet.
    pub new_complex: bool,
    /// Codes of the problems that a filing today would return.
    #[schema(max_items = 10, example = json!(["company_blacklisted"]))]
    pub obstacles: Vec<String>,
}

/// A service contract (物业服务合同).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Contract {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub kind: ContractKind,
    /// State of the filing.
    pub state: ContractState,
    pub entered_by: EnteredBy,
    /// True if the contract determines today which company serves the complex: an office filed or recorded it, and
    /// today is in its term.
    pub in_force: bool,
    pub complex_id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: String,
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// County, 6 digits.
    #[schema(max_length = 6, example = "640121")]
    pub county: String,
    /// Township, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Community, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Project manager (项目经理人).
    #[schema(max_length = 100, example = "丁海峰")]
    pub project_manager: String,
    /// First day of the term.
    pub effective_from: NaiveDate,
    /// Last day of the agreed term; null for an indefinite contract.
    pub effective_to: Option<NaiveDate>,
    /// Actual last day: that of the term, or of an earlier termination. Null for an indefinite contract.
    pub last_day: Option<NaiveDate>,
    pub party_a_kind: Option<PartyAKind>,
    /// Name of party A.
    #[schema(max_length = 200)]
    pub party_a_name: Option<String>,
    pub selection: Option<Selection>,
    /// Proof of the lawful selection.
    #[schema(max_items = 50)]
    pub selection_proof: Vec<Evidence>,
    /// Date of signature.
    pub signed_on: Option<NaiveDate>,
    /// Days of notice for termination by the owners, if the contract sets its own period.
    #[schema(minimum = 1, maximum = 365)]
    pub agreed_notice_days: Option<u32>,
    /// Days of notice for non-renewal, if the contract sets its own period.
    #[schema(minimum = 1, maximum = 365)]
    pub agreed_nonrenewal_notice_days: Option<u32>,
    /// Fee items.
    #[schema(max_items = 200)]
    pub fee_items: Vec<FeeItem>,
    /// Attachments with the text of the contract.
    #[schema(max_items = 50)]
    pub text: Vec<Evidence>,
    pub submission: Option<NoteView>,
    /// Due date of the filing review.
    pub review_due_on: Option<NaiveDate>,
    /// Years before the due dates of review and handover whose public holidays are not in the calendar yet
    /// (尚无节假日安排的年份). Until they are, these dates may move to later days.
    #[schema(max_items = 21)]
    pub calendar_missing: Vec<i32>,
    /// Only while submitted, and only for the county authority and the social affairs office.
    pub review: Option<FilingReview>,
    /// Refusals to file, oldest first.
    #[schema(max_items = 1000)]
    pub refusals: Vec<StepView>,
    pub filing: Option<FilingView>,
    /// The approved removal that requires the termination of this contract.
    pub removal_id: Option<Id>,
    pub termination: Option<TerminationView>,
    /// True if the company continues its service after the end of the contract (Civil Code 950).
    pub interim_service: bool,
    /// Last day of the interim service; null while it is open.
    pub interim_until: Option<NaiveDate>,
    pub handover: Option<HandoverView>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

pub fn views(conn: &mut Conn, ctx: &Ctx, rows: Vec<ContractRow>) -> WorkResult<Vec<Contract>> {
    let companies = companies::names_of(conn, &rows.iter().map(|row| row.company_id).collect::<Vec<_>>())?;
    let complexes = complexes::names_of(conn, &rows.iter().map(|row| row.complex_id).collect::<Vec<_>>())?;
    let disputes = confirmations(conn, ctx, &rows)?;
    rows.into_iter()
        .map(|row| {
            let confirmation = disputes.get(&row.id).copied();
            let company = companies.get(&row.company_id).map(|(name, _)| name.clone()).unwrap_or_default();
            let complex = complexes.get(&row.complex_id).cloned().unwrap_or_default();
            let missing = calendar::missing_until(conn, ctx, &row.county, [row.review_due_on, row.handover_due_on])?;
            Ok(Contract { calendar_missing: missing, ..one(ctx, row, company, complex, confirmation)? })
        })
        .collect()
}

/// For each unconfirmed handover: the last day for the receiver to confirm it.
pub fn confirmations(conn: &mut Conn, ctx: &Ctx, rows: &[ContractRow]) -> WorkResult<HashMap<Id, NaiveDate>> {
    let waiting = |row: &&ContractRow| rules::handover_state(row, ctx.today) == HandoverState::Unconfirmed;
    let waiting: Vec<&ContractRow> = rows.iter().filter(waiting).collect();
    if waiting.is_empty() {
        return Ok(HashMap::new());
    }
    let policies = policy::all(conn, &ctx.state)?;
    let mut calendars: HashMap<&str, WorkCalendar> = HashMap::new();
    let mut all = HashMap::new();
    for row in waiting {
        let own = policies.of(&row.county);
        let days = own.governing(ctx.today).document().contracts.handover_confirmation_working_days;
        let calendar = match calendars.entry(&row.county) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(calendar::work_calendar(conn, &row.county)?),
        };
        all.extend(rules::confirmation_due_on(row, days, calendar).map(|last| (row.id, last)));
    }
    Ok(all)
}

/// One contract, with the filing review if the caller may see it.
pub fn view(conn: &mut Conn, ctx: &Ctx, row: ContractRow) -> WorkResult<Contract> {
    let reviews = matches!(ctx.caller.role, Role::CountyAuthority | Role::SocialAffairsOffice);
    let review = if reviews && row.state == ContractState::Submitted { Some(review(conn, ctx, &row)?) } else { None };
    let mut all = views(conn, ctx, vec![row])?;
    let mut contract = all.pop().ok_or_else(|| Problem::broken("a contract that was read has no view"))?;
    contract.review = review;
    Ok(contract)
}

pub fn entity(conn: &mut Conn, ctx: &Ctx, row: ContractRow) -> WorkResult<Entity<Contract>> {
    let (id, version) = (row.id, row.version);
    Ok(Entity::new(id, version, view(conn, ctx, row)?))
}

fn review(conn: &mut Conn, ctx: &Ctx, row: &ContractRow) -> WorkResult<FilingReview> {
    let head = companies::family::head_of(conn, row.company_id)?;
    let policies = policy::current(conn, &ctx.state, &row.county)?;
    let family = companies::family::family(conn, head)?;
    let facts = company_facts::of(conn, head, &family, &row.county, ctx.today)?;
    let standing = standing::rules::compute_standing(&facts, &policies, ctx.today);
    let others: Vec<rules::Span> = store::counting(conn, row.complex_id)?.iter().map(rules::Span::from).collect();
    let own = rules::Span::from(row);
    let new_complex = rules::is_new_complex(&own, &others);
    let mut obstacles = Vec::new();
    if new_complex && let Err(fail) = blacklist::store::refuse_new_complex(conn, head, &row.county, ctx.today) {
        obstacles.push(Problem::from(fail).code.name().to_owned());
    }
    if rules::succession(&own, &others).is_err() {
        obstacles.push(Code::ContractOverlaps.name().to_owned());
    }
    Ok(FilingReview {
        level: standing.level,
        credit_score: standing.credit.score,
        credit_band: standing.credit.band,
        new_complex,
        obstacles,
    })
}

fn handover(ctx: &Ctx, row: &ContractRow, confirmation_due_on: Option<NaiveDate>) -> Option<HandoverView> {
    let state = rules::handover_state(row, ctx.today);
    let handed = &row.proceedings.0.handover;
    let asked =
        row.governs && (row.handover_due_on.is_some() || !handed.is_empty() || row.proceedings.0.termination.is_some());
    asked.then(|| HandoverView {
        due_on: row.handover_due_on,
        done_on: row.handover_done_on,
        overdue: state == HandoverState::Overdue,
        state,
        confirmation_due_on,
        items: HandoverItem::ALL
            .iter()
            .map(|item| {
                let known = handed.iter().find(|one| one.item == *item);
                HandoverItemView {
                    item: *item,
                    handed_over_on: known.and_then(|one| one.handed_over_on),
                    received_on: known.and_then(|one| one.received_on),
                    receiver: known.and_then(|one| one.receiver.clone()),
                    note: known.and_then(|one| one.note.clone()),
                    evidence: known.map(|one| one.evidence.clone()).unwrap_or_default(),
                }
            })
            .collect(),
        // The company learns of a violation by its notice.
        late_report: row.proceedings.0.late_report.filter(|_| ctx.caller.role != Role::PropertyCompany),
    })
}

fn one(
    ctx: &Ctx,
    row: ContractRow,
    company_name: String,
    complex_name: String,
    confirmation_due_on: Option<NaiveDate>,
) -> WorkResult<Contract> {
    let handover = handover(ctx, &row, confirmation_due_on);
    let (in_force, last_day, serves_until) = (row.is_in_force(ctx.today), row.ends_on(), row.serves_until());
    let terms = row.terms.0;
    let Proceedings { submission, refusals, filing, termination, .. } = row.proceedings.0;
    let (number, filed_on) = (row.filing_number, row.filed_on);
    Ok(Contract {
        kind: row.kind,
        state: row.state,
        entered_by: row.entered_by,
        in_force,
        complex_name,
        company_name,
        last_day,
        party_a_kind: terms.party_a_kind,
        party_a_name: terms.party_a_name,
        selection: terms.selection,
        selection_proof: terms.selection_proof,
        signed_on: terms.signed_on,
        agreed_notice_days: terms.agreed_notice_days,
        agreed_nonrenewal_notice_days: terms.agreed_nonrenewal_notice_days,
        fee_items: terms.fee_items,
        text: terms.text,
        submission: submission.map(|s| note_view(ctx, s)),
        review_due_on: row.review_due_on,
        calendar_missing: Vec::new(),
        review: None,
        refusals: refusals.into_iter().map(|s| step(ctx, s)).collect(),
        filing: filing.zip(number).zip(filed_on).map(|((f, number), filed_on)| FilingView {
            number,
            filed_on,
            receipt_id: f.receipt,
            note: f.note,
            policy_version: f.policy_version,
            at: f.at,
            by: officer(ctx, f.by),
        }),
        removal_id: row.removal_id,
        termination: termination.map(|e| TerminationView {
            ground: e.ground,
            last_day: serves_until,
            notice_given_on: e.notice_given_on,
            reasons: e.reasons,
            evidence: e.evidence,
            at: e.at,
            by: officer(ctx, e.by),
        }),
        interim_service: row.interim,
        interim_until: row.interim_until,
        handover,
        id: row.id,
        version: row.version,
        complex_id: row.complex_id,
        company_id: row.company_id,
        county: row.county,
        township: row.township,
        community: row.community,
        project_manager: row.project_manager,
        effective_from: row.effective_from,
        effective_to: row.effective_to,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
