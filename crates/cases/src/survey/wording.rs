//! The facts of a survey finding in Chinese and English.

use super::model::SurveyFindingKind;
use super::rules::DetectedFinding;
use crate::disclosures::price_rules::PriceFinding;
use crate::words::days::chinese_day;

/// The facts in Chinese and English.
pub fn facts(found: &DetectedFinding) -> (String, String) {
    let (kind_zh, kind_en) = found.kind.map_or(("", ""), |kind| (kind.zh(), kind.en()));
    let due_on = found.assessment.and_then(|one| one.due_on);
    let due = due_on.map(|day| day.to_string()).unwrap_or_default();
    let due_zh = due_on.map(chinese_day).unwrap_or_default();
    let period = found.assessment.and_then(|one| one.period);
    let (period_zh, period_en) = match period {
        Some(period) => {
            let (from, to) = (chinese_day(period.from), chinese_day(period.to));
            (format!("{from}至{to}期"), format!(" for {} to {}", period.from, period.to))
        }
        None => Default::default(),
    };
    let (since, since_zh) = (found.since, chinese_day(found.since));
    match (found.finding, &found.price_finding) {
        (SurveyFindingKind::DisclosureMissing | SurveyFindingKind::DisclosureOverdue, _) => (
            format!("“{kind_zh}”{period_zh}最迟应于{due_zh}公开，至今未公开"),
            format!("{kind_en}{period_en} was due by {due} and has not been disclosed"),
        ),
        (SurveyFindingKind::DisclosureRejected, _) => (
            format!("“{kind_zh}”{period_zh}的公开内容于{since_zh}核验不通过，最迟应于{due_zh}更正，至今未重新公开"),
            format!(
                "{kind_en}{period_en} was rejected on {since}. A correction was due by {due} and has not been submitted"
            ),
        ),
        (SurveyFindingKind::ExceedsContract, Some(finding)) => exceeds(finding),
        (_, Some(finding)) => unknown_fee(finding),
        (_, None) => (
            format!("自{since_zh}起服务本小区，现没有已备案且有效的物业服务合同"),
            format!("The company has served the complex since {since}, but no filed contract is in force"),
        ),
    }
}

fn fee(finding: &PriceFinding) -> (String, String) {
    let PriceFinding { name, charged_to, .. } = finding;
    (format!("“{name}”（{}）", charged_to.zh()), format!("“{name}” (charged to: {})", charged_to.en().to_lowercase()))
}

fn exceeds(finding: &PriceFinding) -> (String, String) {
    let ((zh, en), unit) = (fee(finding), finding.unit);
    let PriceFinding { disclosed_price, filing_number, .. } = finding;
    let agreed = finding.contract_price.map(|price| price.to_string()).unwrap_or_default();
    (
        format!(
            "{zh}公开价格为{disclosed_price}（{unit_zh}），备案合同（{filing_number}）约定为{agreed}（{unit_zh}）",
            unit_zh = unit.zh()
        ),
        format!(
            "The disclosed price of {en} is {disclosed_price}, the price in the filed contract ({filing_number}) is \
             {agreed}. Unit: {}",
            unit.en()
        ),
    )
}

fn unknown_fee(finding: &PriceFinding) -> (String, String) {
    let ((zh, en), unit) = (fee(finding), finding.unit);
    let PriceFinding { disclosed_price, filing_number, .. } = finding;
    (
        format!("{zh}公开价格为{disclosed_price}（{}），备案合同（{filing_number}）中没有此收费项目", unit.zh()),
        format!(
            "The filed contract ({filing_number}) does not contain the fee item {en}. Its disclosed price is \
             {disclosed_price}. Unit: {}",
            unit.en()
        ),
    )
}
