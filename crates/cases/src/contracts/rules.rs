//! Pure rules: what a contract must contain, how long notice is, and which contract supersedes which.

use std::collections::HashSet;

use chrono::{Datelike, Days, NaiveDate};

use super::input::{HandoverItemIn, TerminationIn};
use super::model::*;
use crate::calendar::rules::WorkCalendar;
use crate::db::Id;
use crate::input_error::InputError;
use crate::policy::contracts::ContractRules;
use crate::problem::{Code, Problem};
use crate::words::days::chinese_day;

/// Property service in housing began in 1981. No term runs past the century.
const FIRST_YEAR: i32 = 1981;
const LAST_YEAR: i32 = 2100;

/// Checks that apply to every contract, filed or not: its term, and fee items listed twice.
pub fn check_shape(from: NaiveDate, to: Option<NaiveDate>, fees: &[FeeItem], faults: &mut Vec<InputError>) {
    let years = FIRST_YEAR..=LAST_YEAR;
    for (pointer, day) in [("/effective_from", Some(from)), ("/effective_to", to)] {
        if day.is_some_and(|day| !years.contains(&day.year())) {
            let (zh, en) = (
                format!("年份须在{FIRST_YEAR}年至{LAST_YEAR}年之间"),
                format!("the year must be from {FIRST_YEAR} to {LAST_YEAR}"),
            );
            faults.push(InputError::new(pointer, "out_of_range", zh, en));
        }
    }
    if to.is_some_and(|last| last < from) {
        faults.push(InputError::new(
            "/effective_to",
            "before_start",
            "不得早于 effective_from",
            "must not be earlier than effective_from",
        ));
    }
    let mut seen = HashSet::new();
    for (at, fee) in fees.iter().enumerate() {
        if !seen.insert(fee.identity()) {
            let (zh, en) = ("收费项目重复，请删除其一", "the fee item is listed twice; remove one");
            faults.push(InputError::new(format!("/fee_items/{at}/name"), "duplicate", zh, en));
        }
    }
}

/// Input errors for everything that a filing needs and the contract lacks.
pub fn lacking(kind: ContractKind, terms: &Terms, today: NaiveDate) -> Vec<InputError> {
    let mut faults = Vec::new();
    let mut need = |given: bool, field: &str, zh: &str, en: &str| {
        if !given {
            faults.push(InputError::new(format!("/{field}"), "required", zh, en));
        }
    };
    need(terms.party_a_kind.is_some(), "party_a_kind", "须填写甲方类别", "state the kind of party A");
    need(terms.party_a_name.is_some(), "party_a_name", "须填写甲方名称", "state the name of party A");
    need(terms.selection.is_some(), "selection", "须填写选聘方式", "state how the company was selected");
    need(
        !terms.selection_proof.is_empty(),
        "selection_proof",
        "须附依法选聘的证明材料",
        "attach proof of a lawful selection",
    );
    need(terms.signed_on.is_some(), "signed_on", "须填写签订日期", "state the date of signature");
    need(!terms.fee_items.is_empty(), "fee_items", "须填写收费项目", "state the fee items");
    let attached = terms.text.iter().any(|one| one.attachment_id.is_some());
    need(attached, "text", "须附合同文本", "attach the text of the contract");
    if terms.signed_on.is_some_and(|day| day > today) {
        faults.push(InputError::new("/signed_on", "in_the_future", "不得晚于今日", "must not be in the future"));
    }
    if let Some(party) = terms.party_a_kind {
        // Civil Code 939: the developer concludes the preliminary contract, the owners or their committee the regular one.
        let of_developer = party == PartyAKind::Developer;
        if of_developer != (kind == ContractKind::Preliminary) {
            let (zh, en) = (
                "前期物业服务合同的甲方须为建设单位，其他合同的甲方须为业主或者其委员会",
                "a preliminary service contract needs the developer as party A, others the owners or committee",
            );
            faults.push(InputError::new("/party_a_kind", "wrong_party", zh, en));
        }
    }
    if let Some(selection) = terms.selection {
        // Property Management Regulations 24; Civil Code 278 (4).
        let fits = match kind {
            ContractKind::Preliminary => selection != Selection::OwnersVote,
            ContractKind::Regular => selection != Selection::ApprovedAgreement,
        };
        if !fits {
            let (zh, en) = ("选聘方式与合同种类不符", "the selection does not fit the kind of contract");
            faults.push(InputError::new("/selection", "wrong_party", zh, en));
        }
    }
    for (at, fee) in terms.fee_items.iter().enumerate() {
        if fee.pricing_basis == PricingBasis::GovernmentGuided && fee.approval_document.is_none() {
            let (zh, en) = ("政府指导价须填写批准文件", "a government-guided price needs its approval document");
            faults.push(InputError::new(format!("/fee_items/{at}/approval_document"), "required", zh, en));
        }
    }
    faults
}

/// The term of a contract to terminate. A contract that continues after its term is an indefinite one (Civil Code
/// 948).
#[derive(Clone, Copy, Debug)]
pub struct Term {
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
    pub agreed_notice_days: Option<u32>,
    pub agreed_nonrenewal_notice_days: Option<u32>,
}

/// Days of notice that a termination ground requires.
fn notice_days(ground: TerminationGround, term: &Term, rules: &ContractRules) -> Option<u32> {
    match ground {
        // Civil Code 946: sixty days, unless the contract agrees on another period.
        TerminationGround::OwnersVote => Some(term.agreed_notice_days.unwrap_or(rules.owners_termination_notice_days)),
        // Civil Code 948.
        TerminationGround::Notice => Some(rules.owners_termination_notice_days),
        // Civil Code 947: ninety days, unless the contract agrees on another period.
        TerminationGround::DeclinedRenewal => {
            Some(term.agreed_nonrenewal_notice_days.unwrap_or(rules.nonrenewal_notice_days))
        }
        TerminationGround::Expiry
        | TerminationGround::Agreement
        | TerminationGround::Judgment
        | TerminationGround::Succession => None,
    }
}

/// What is wrong with an ending.
pub fn check_termination(
    term: &Term,
    input: &TerminationIn,
    rules: &ContractRules,
    today: NaiveDate,
) -> Vec<InputError> {
    let mut faults = Vec::new();
    let ground = input.ground;
    let mut add = |pointer: &str, code: &'static str, zh: String, en: String| {
        faults.push(InputError::new(pointer, code, zh, en));
    };
    match (ground, term.to) {
        (TerminationGround::Succession, _) => add(
            "/ground",
            "conflict",
            "新合同备案时原合同自动终止，不得在此登记".into(),
            "the filing of the next contract terminates this one; do not record it here".into(),
        ),
        (TerminationGround::Expiry | TerminationGround::DeclinedRenewal, None) => {
            add(
                "/ground",
                "conflict",
                "不定期合同没有期限届满，请另选终止依据".into(),
                "an indefinite contract does not expire".into(),
            );
        }
        (TerminationGround::Expiry | TerminationGround::DeclinedRenewal, Some(last)) if input.last_day != last => {
            add(
                "/last_day",
                "conflict",
                format!("合同期限至{}止，终止日期须为该日", chinese_day(last)),
                format!("the term ends on {last}; state that day"),
            );
        }
        (TerminationGround::Notice, Some(_)) => add(
            "/ground",
            "conflict",
            "定期合同不得仅以通知解除（《民法典》第九百四十八条）".into(),
            "a contract with a term must not be terminated by notice alone (Civil Code, article 948)".into(),
        ),
        _ => {}
    }
    if input.last_day < term.from {
        add(
            "/last_day",
            "before_start",
            "不得早于合同开始日期".into(),
            "must not be earlier than the start of the contract".into(),
        );
    }
    if term.to.is_some_and(|last| input.last_day > last) {
        add(
            "/last_day",
            "out_of_range",
            "不得晚于合同期限届满日".into(),
            "must not be later than the end of the contract's term".into(),
        );
    }
    if ground != TerminationGround::Expiry && input.evidence.is_empty() {
        add(
            "/evidence",
            "required",
            "须附终止依据的证明文件".into(),
            "attach the document that proves the termination ground".into(),
        );
    }
    if let Some(given) = input.notice_given_on
        && given > today
    {
        add("/notice_given_on", "in_the_future", "不得晚于今日".into(), "must not be in the future".into());
    }
    if let Some(days) = notice_days(ground, term, rules) {
        match input.notice_given_on {
            None => add(
                "/notice_given_on",
                "required",
                format!("须提前{days}日书面通知，请填写通知日期"),
                format!("{days} days of written notice are required; state the day of the notice"),
            ),
            Some(given) => {
                let earliest = given.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
                if input.last_day < earliest {
                    add(
                        "/last_day",
                        "notice_too_short",
                        format!("须提前{days}日书面通知，终止日最早为{}", chinese_day(earliest)),
                        format!("{days} days of written notice are required; the earliest day is {earliest}"),
                    );
                }
            }
        }
    }
    faults
}

/// The part of a governing contract that the rules of succession compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub id: Id,
    pub company: Id,
    pub regular: bool,
    pub filed: bool,
    pub from: NaiveDate,
    /// Last day of the contract.
    pub last: Option<NaiveDate>,
    /// Last day of service under the contract, including interim service.
    pub serves_until: Option<NaiveDate>,
}

impl From<&ContractRow> for Span {
    fn from(row: &ContractRow) -> Span {
        Span {
            id: row.id,
            company: row.company_id,
            regular: row.kind == ContractKind::Regular,
            filed: row.filing_number.is_some(),
            from: row.effective_from,
            last: row.ends_on(),
            serves_until: row.serves_until(),
        }
    }
}

impl Span {
    fn overlaps(&self, other: &Span) -> bool {
        let ends_before = |one: &Span, two: &Span| one.serves_until.is_some_and(|last| last < two.from);
        !ends_before(self, other) && !ends_before(other, self)
    }

    /// Does the same company serve the complex under this contract until the new one begins?
    fn is_continued_by(&self, new: &Span) -> bool {
        let reaches = |last: NaiveDate| last.succ_opt().is_none_or(|next| next >= new.from);
        self.company == new.company
            && self.serves_until.is_none_or(reaches)
            && new.serves_until.is_none_or(|last| self.from <= last)
    }
}

/// How a contract supersedes an earlier one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Supersession {
    /// The earlier contract ends on this day.
    Ends(Id, NaiveDate),
    /// The interim service under the earlier contract ends on this day.
    InterimEnds(Id, NaiveDate),
    /// The earlier contract was an office's record of this contract, which now replaces it.
    Replaced(Id),
}

/// What a new contract supersedes. Only one contract governs at a time: `Err` is the contract that stands in its way.
pub fn succession(new: &Span, others: &[Span]) -> Result<Vec<Supersession>, Span> {
    let mut all = Vec::new();
    let Some(day_before) = new.from.pred_opt() else { return Ok(all) };
    for other in others.iter().filter(|other| other.id != new.id && other.overlaps(new)) {
        let started_before = other.from < new.from;
        if other.last.is_some_and(|last| last < new.from) {
            all.push(Supersession::InterimEnds(other.id, day_before));
        } else if other.company == new.company && !other.filed {
            all.push(if started_before {
                Supersession::Ends(other.id, day_before)
            } else {
                Supersession::Replaced(other.id)
            });
        } else if !other.regular && new.regular && started_before {
            // Civil Code 940: the preliminary contract ends when the owners' own comes into force.
            all.push(Supersession::Ends(other.id, day_before));
        } else {
            return Err(*other);
        }
    }
    Ok(all)
}

/// As `succession`, with a problem that names the contract in the way.
pub fn may_take_place(new: &Span, others: &[Span]) -> Result<Vec<Supersession>, Problem> {
    succession(new, others).map_err(|stands| {
        let until_zh = stands.last.map_or_else(|| "未约定".to_owned(), chinese_day);
        let until_en = stands.last.map_or_else(|| "an open end".to_owned(), |last| last.to_string());
        let problem = Problem::new(Code::ContractOverlaps).detail(
            format!(
                "与另一合同的期间重叠（开始日期：{}，终止日期：{until_zh}）。请先依法终止该合同。",
                chinese_day(stands.from)
            ),
            format!(
                "The contract overlaps the contract from {} to {until_en}. Terminate that contract first, on a lawful \
                 ground.",
                stands.from
            ),
        );
        problem.related("contract", stands.id)
    })
}

/// Is the complex new to the company? A blacklisting or restriction keeps a company from new complexes only.
pub fn is_new_complex(new: &Span, others: &[Span]) -> bool {
    !others.iter().any(|other| other.is_continued_by(new))
}

/// Due date of the handover after the last day of service (Civil Code 949). None while the service continues, as
/// interim service (950) or under the company's next contract.
pub fn handover_due(one: &Span, others: &[Span], rules: &ContractRules) -> Option<NaiveDate> {
    let last = one.serves_until?;
    let goes_on = |other: &Span| {
        other.id != one.id
            && other.company == one.company
            && other.serves_until.is_none_or(|until| until > last)
            && last.succ_opt().is_none_or(|next| other.from <= next)
    };
    if others.iter().any(goes_on) {
        return None;
    }
    last.checked_add_days(Days::new(rules.handover_days.into()))
}

/// Input errors of handover items: days in the wrong order, and items that were received already.
pub fn check_handover(
    items: &[HandoverItemIn],
    known: &[HandoverStep],
    from: NaiveDate,
    by_company: bool,
    today: NaiveDate,
) -> Vec<InputError> {
    let mut faults = Vec::new();
    for (at, one) in items.iter().enumerate() {
        let mut add = |field: &str, code: &'static str, zh: &str, en: &str| {
            faults.push(InputError::new(format!("/items/{at}/{field}"), code, zh, en));
        };
        if one.on > today {
            add("on", "in_the_future", "不得晚于今日", "must not be in the future");
        }
        if one.on < from {
            add("on", "before_start", "不得早于合同开始日期", "must not be earlier than the start of the contract");
        }
        let before = known.iter().find(|known| known.item == one.item);
        if by_company && before.is_some_and(|known| known.received_on.is_some()) {
            add("item", "conflict", "此项已确认接收，不得更改", "this item has been received; you must not change it");
        } else if !by_company && before.and_then(|known| known.handed_over_on).is_some_and(|day| one.on < day) {
            add("on", "before_start", "不得早于移交日期", "must not be earlier than the day of handover");
        }
        if items[..at].iter().any(|before| before.item == one.item) {
            add("item", "duplicate", "交接事项重复，请删除其一", "the handover item is listed twice; remove one");
        }
    }
    faults
}

/// Did the company record the item by the due date, or did the receiver? Without a due date, every record is in time.
pub fn handed_in_time(row: &ContractRow, item: HandoverItem) -> bool {
    let by_then = |day: Option<NaiveDate>| day.is_some_and(|day| row.handover_due_on.is_none_or(|last| day <= last));
    let known = row.proceedings.0.handover.iter().find(|one| one.item == item);
    known.is_some_and(|one| by_then(one.recorded_on.or(one.handed_over_on)) || by_then(one.received_on))
}

/// State of a handover. Items that the company recorded in time and nobody confirmed are `unconfirmed`: a dispute
/// with the receiver, not a delay of the company.
pub fn handover_state(row: &ContractRow, today: NaiveDate) -> HandoverState {
    let known = |item: &HandoverItem| row.proceedings.0.handover.iter().find(|one| one.item == *item);
    let said =
        |item: &HandoverItem| known(item).is_some_and(|one| one.handed_over_on.is_some() || one.received_on.is_some());
    if row.handover_done_on.is_some() {
        return HandoverState::Done;
    }
    let over = row.handover_due_on.is_some_and(|last| last < today);
    if HandoverItem::ALL.iter().all(|item| handed_in_time(row, *item)) {
        HandoverState::Unconfirmed
    } else if over {
        HandoverState::Overdue
    } else if HandoverItem::ALL.iter().all(said) {
        HandoverState::Unconfirmed
    } else {
        HandoverState::Open
    }
}

/// Last day for the receiver to confirm the items: the policy's working days after the company recorded the last of
/// them.
pub fn confirmation_due_on(row: &ContractRow, working_days: u32, calendar: &WorkCalendar) -> Option<NaiveDate> {
    let handed = &row.proceedings.0.handover;
    let waiting = handed.iter().filter(|one| one.received_on.is_none());
    let recorded = waiting.filter_map(|one| one.recorded_on.or(one.handed_over_on)).max()?;
    Some(calendar.add_working_days(recorded, working_days))
}

/// Day on which the last item was received, if all were.
pub fn handover_done(handed: &[HandoverStep]) -> Option<NaiveDate> {
    let mut last = None;
    for item in HandoverItem::ALL {
        let received = handed.iter().find(|one| one.item == *item)?.received_on?;
        last = last.max(Some(received));
    }
    last
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
