//! Pure rules: input errors of a disclosure, such as a member of another kind, or revenue that does not add up.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::content::*;
use super::model::{DisclosureIn, DisclosureKind, VerificationIn, VerificationOutcome, VersionState};
use super::state_rules::{CurrentService, period_of};
use crate::input_error::InputError;
use crate::policy::disclosures::DisclosureRule;
use crate::price::yuan;
use crate::problem::{Code, Problem};
use crate::words::days::chinese_day;

/// The facts that an input is checked against.
pub struct Facts<'a> {
    pub today: NaiveDate,
    pub rule: &'a DisclosureRule,
    /// First day of the company's uninterrupted service.
    pub began: NaiveDate,
    /// Closing balance of the previous period, if this company disclosed it.
    pub closing_before: Option<i64>,
}

pub fn check(kind: DisclosureKind, input: &DisclosureIn, facts: &Facts, faults: &mut Vec<InputError>) {
    if input.published_on > facts.today {
        faults.push(InputError::new("/published_on", "in_the_future", "不得晚于今日", "must not be in the future"));
    }
    if facts.rule.proof_required && input.proof.is_empty() {
        let (zh, en) = ("须附公示栏照片等证明材料", "attach proof, such as a photograph of the notice board");
        faults.push(InputError::new("/proof", "required", zh, en));
    }
    check_member(kind, input, faults);
    if let Some(content) = &input.content.service_contract {
        check_contract(content, faults);
    }
    if let Some(content) = &input.content.service_method {
        check_method(content, faults);
    }
    if let Some(content) = &input.content.fee_standard {
        check_fees(content, faults);
    }
    if let Some(content) = &input.content.public_revenue {
        check_period(content, input.published_on, facts, faults);
        check_sums(content, facts.closing_before, faults);
    }
}

/// Exactly the member that the path names must be present.
fn check_member(kind: DisclosureKind, input: &DisclosureIn, faults: &mut Vec<InputError>) {
    let given = |member: DisclosureKind| match member {
        DisclosureKind::ServiceContract => input.content.service_contract.is_some(),
        DisclosureKind::ServiceContent => input.content.service_content.is_some(),
        DisclosureKind::ServicePhone => input.content.service_phone.is_some(),
        DisclosureKind::ServiceMethod => input.content.service_method.is_some(),
        DisclosureKind::FeeStandard => input.content.fee_standard.is_some(),
        DisclosureKind::PublicRevenue => input.content.public_revenue.is_some(),
    };
    for member in DisclosureKind::ALL {
        let pointer = format!("/content/{}", member.code());
        match (*member == kind, given(*member)) {
            (true, false) => {
                let zh = format!("公开事项为“{}”，此字段必填", kind.zh());
                faults.push(InputError::new(
                    pointer,
                    "required",
                    zh,
                    format!("the disclosure is {}; this field is required", kind.code()),
                ));
            }
            (false, true) => {
                let zh = format!("公开事项为“{}”，不得填写此字段", kind.zh());
                faults.push(InputError::new(
                    pointer,
                    "conflict",
                    zh,
                    format!("the disclosure is {}; this field is not allowed", kind.code()),
                ));
            }
            _ => {}
        }
    }
}

fn check_contract(content: &ServiceContractContent, faults: &mut Vec<InputError>) {
    if content.filing_number.is_none() && content.summary.is_none() {
        let (zh, en) = ("须填写备案号或者合同摘要", "state the filing number or a summary");
        faults.push(InputError::new("/content/service_contract/filing_number", "required", zh, en));
    }
    if content.effective_to.is_some_and(|last| last < content.effective_from) {
        let (zh, en) = ("不得早于开始日期", "must not be earlier than effective_from");
        faults.push(InputError::new("/content/service_contract/effective_to", "before_start", zh, en));
    }
}

fn check_method(content: &ServiceMethodContent, faults: &mut Vec<InputError>) {
    match (content.mode, content.outsourced.is_empty()) {
        (ServiceMode::Own, false) => {
            let (zh, en) =
                ("自行服务的，不得填写委托服务", "must be empty if the company provides all services itself");
            faults.push(InputError::new("/content/service_method/outsourced", "conflict", zh, en));
        }
        (ServiceMode::PartlyOutsourced, true) => {
            let (zh, en) = ("须列明委托的专项服务和受托方", "list the outsourced services and their providers");
            faults.push(InputError::new("/content/service_method/outsourced", "required", zh, en));
        }
        _ => {}
    }
}

fn check_fees(content: &FeeStandardContent, faults: &mut Vec<InputError>) {
    let mut seen = HashSet::new();
    for (at, item) in content.items.iter().enumerate() {
        if !seen.insert(item.identity()) {
            let (zh, en) = ("收费项目重复，请删除其一", "the fee item is listed twice; remove one");
            faults.push(InputError::new(format!("/content/fee_standard/items/{at}"), "duplicate", zh, en));
        }
    }
}

/// The period must be a whole calendar period that is over, and in which the company served.
fn check_period(content: &PublicRevenueContent, published_on: NaiveDate, facts: &Facts, faults: &mut Vec<InputError>) {
    let PublicRevenueContent { period_from, period_to, .. } = *content;
    if let Some(every) = facts.rule.every {
        let whole = period_of(every, period_from);
        if whole.from != period_from {
            let zh = format!("须为公开周期（{}）的第一日，如{}", every.zh(), chinese_day(whole.from));
            let en = format!("must be the first day of a disclosure period ({}), such as {}", every.en(), whole.from);
            faults.push(InputError::new("/content/public_revenue/period_from", "not_a_period", zh, en));
        }
        if whole.to != period_to {
            let zh = format!("须为同一公开周期（{}）的最后一日：{}", every.zh(), chinese_day(whole.to));
            let en = format!("must be the last day of the same disclosure period ({}): {}", every.en(), whole.to);
            faults.push(InputError::new("/content/public_revenue/period_to", "not_a_period", zh, en));
            return;
        }
    }
    if period_to < period_from {
        let (zh, en) = ("不得早于开始日期", "must not be earlier than period_from");
        faults.push(InputError::new("/content/public_revenue/period_to", "before_start", zh, en));
    } else if period_to >= facts.today {
        let (zh, en) = ("公开周期尚未结束", "the disclosure period is not over");
        faults.push(InputError::new("/content/public_revenue/period_to", "in_the_future", zh, en));
    } else if published_on <= period_to {
        let (zh, en) = ("须晚于公开周期的最后一日", "must be later than the last day of the disclosure period");
        faults.push(InputError::new("/published_on", "before_start", zh, en));
    } else if period_to < facts.began {
        let zh = format!("不得早于贵企业服务本小区的开始日期（{}）", chinese_day(facts.began));
        let en = format!("must not be earlier than {}, when your company began to serve this complex", facts.began);
        faults.push(InputError::new("/content/public_revenue/period_to", "before_start", zh, en));
    }
}

/// Sum of the lines, in a type that no number of bounded amounts overflows.
fn sum(lines: &[RevenueLine]) -> i128 {
    lines.iter().map(|line| i128::from(line.amount_fen)).sum()
}

fn check_sums(content: &PublicRevenueContent, closing_before: Option<i64>, faults: &mut Vec<InputError>) {
    let mut equal = |field: &str, given: i64, reckoned: i128, zh: &str, en: &str| {
        let difference = i128::from(given) - reckoned;
        if difference == 0 {
            return;
        }
        let pointer = format!("/content/public_revenue/{field}");
        let (reckoned, given, difference) = (yuan(reckoned), yuan(given), yuan(difference));
        let zh = format!("{zh}为{reckoned}元，填写为{given}元，相差{difference}元，请更正");
        let en =
            format!("{en} is CNY {reckoned}, but the value is CNY {given}; correct the difference of CNY {difference}");
        faults.push(InputError::new(pointer, "does_not_add_up", zh, en));
    };
    if let Some(closing) = closing_before {
        let (zh, en) = ("上期期末余额", "the closing balance of the previous period");
        equal("opening_balance_fen", content.opening_balance_fen, i128::from(closing), zh, en);
    }
    let income = sum(&content.income);
    equal("income_total_fen", content.income_total_fen, income, "各项收入之和", "the sum of the income items");
    let expense = sum(&content.expense);
    equal("expense_total_fen", content.expense_total_fen, expense, "各项支出之和", "the sum of the expense items");
    let closing = i128::from(content.opening_balance_fen) + i128::from(content.income_total_fen)
        - i128::from(content.expense_total_fen);
    let (zh, en) = ("期初余额加收入减支出", "the opening balance plus income less expense");
    equal("closing_balance_fen", content.closing_balance_fen, closing, zh, en);
    if let Some(fund) = &content.maintenance_fund {
        let (zh, en) = ("各项使用之和", "the sum of the use items");
        equal("maintenance_fund/used_total_fen", fund.used_total_fen, sum(&fund.lines), zh, en);
    }
}

/// A rejection needs reasons.
pub fn check_verification(input: &VerificationIn, faults: &mut Vec<InputError>) {
    if input.outcome == VerificationOutcome::Rejected && input.reasons.is_none() {
        let (zh, en) = ("核验不通过须说明理由", "a rejection needs reasons");
        faults.push(InputError::new("/reasons", "required", zh, en));
    }
}

/// Only the company that serves the complex may disclose.
pub fn require_serving(serving: Option<CurrentService>) -> Result<CurrentService, Problem> {
    serving.ok_or_else(|| {
        let (zh, en) = (
            "贵企业现未服务该小区，不得公开。",
            "Your company does not serve this complex and must not disclose for it.",
        );
        Problem::new(Code::Forbidden).detail(zh, en)
    })
}

/// Only the current version can be verified, and only once.
pub fn may_verify(is_current: bool, state: VersionState) -> Result<(), Problem> {
    if is_current && state == VersionState::Submitted {
        return Ok(());
    }
    let (zh, en) = (
        "该公开版本不是待核验的最新版本。",
        "This is not the newest disclosure version, or it has been verified already.",
    );
    Err(Problem::new(Code::StateConflict).detail(zh, en))
}
