//! Checks a policy document before it is published, and returns all input errors at once.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use chrono::Datelike;

use super::document_rules;
use super::model::{
    Act, ActSubject, CreditRules, LadderRules, MeasureKind, MeasureRule, OfficeRule, PolicyDocument, ProcessRules,
};
use crate::input_error::InputError;
use crate::role::{Role, RoleKind};

/// All input errors of a policy document.
pub fn check(policy: &PolicyDocument) -> Vec<InputError> {
    let mut faults = InputErrors(Vec::new());
    faults.text("/title", &policy.title, 200);
    if !crate::calendar::rules::YEARS.contains(&policy.programme_from.year()) {
        let (from, to) = (crate::calendar::rules::YEARS.start(), crate::calendar::rules::YEARS.end());
        let (zh, en) = (format!("年份须在{from}年至{to}年之间"), format!("the year must be from {from} to {to}"));
        faults.add("/programme_from", "out_of_range", zh, en);
    }
    check_acts(&policy.acts, &mut faults);
    check_ladder(&policy.ladder, &mut faults);
    check_credit(&policy.credit, &mut faults);
    check_process(&policy.process, &mut faults);
    check_measures(&policy.measures, &mut faults);
    faults.0.extend(document_rules::check(&policy.documents));
    faults.0.extend(super::issuing::check(policy));
    faults.0.extend(super::disclosures::check(&policy.disclosures));
    faults.0.extend(super::ratings::check(&policy.ratings, &policy.acts));
    faults.0.extend(super::inspections::check(policy));
    faults.0.extend(super::complaints::check(policy));
    check_assumptions(policy, &mut faults);
    faults.0
}

struct InputErrors(Vec<InputError>);

impl InputErrors {
    fn add(&mut self, pointer: impl Into<String>, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(InputError::new(pointer, code, zh, en));
    }

    fn text(&mut self, pointer: impl Into<String>, text: &str, max: usize) {
        if text.trim().is_empty() || text.chars().count() > max {
            self.add(pointer, "text_length", format!("须为1至{max}个字符"), format!("must have 1 to {max} characters"));
        }
    }

    fn range(&mut self, pointer: impl Into<String>, value: u32, range: RangeInclusive<u32>) {
        if !range.contains(&value) {
            let (from, to) = (range.start(), range.end());
            self.add(pointer, "out_of_range", format!("须在{from}至{to}之间"), format!("must be from {from} to {to}"));
        }
    }
}

/// True for roles that may decide or receive a matter. Companies, residents and committees may not.
fn is_authority(role: Role) -> bool {
    matches!(role.row().kind, RoleKind::Government | RoleKind::Partner)
}

fn is_act_code(code: &str) -> bool {
    let word = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    code.len() <= 64 && code.split_once('.').is_some_and(|(group, name)| word(group) && word(name))
}

fn check_acts(acts: &[Act], faults: &mut InputErrors) {
    if acts.is_empty() || acts.len() > 500 {
        faults.add("/acts", "item_count", "须有1至500项受监管行为", "there must be 1 to 500 acts");
    }
    let known: BTreeSet<&str> = acts.iter().map(|act| act.code.as_str()).collect();
    let mut codes = BTreeSet::new();
    let mut clauses = BTreeSet::new();
    for (index, act) in acts.iter().enumerate() {
        let at = |field: &str| format!("/acts/{index}/{field}");
        if !is_act_code(&act.code) {
            faults.add(
                at("code"),
                "act_code",
                "代码须为小写的“组.名称”，不超过64个字符",
                "the code must be a group and a name in lower case with a dot between, at most 64 characters",
            );
        }
        if !codes.insert(act.code.as_str()) {
            let code = &act.code;
            faults.add(
                at("code"),
                "duplicate_act",
                format!("代码 {code} 重复，请更换"),
                format!("the code {code} is used twice; choose another"),
            );
        }
        faults.range(at("task"), act.task.into(), 1..=8);
        faults.text(at("title_zh"), &act.title_zh, 200);
        faults.text(at("title_en"), &act.title_en, 300);
        if let Some(basis) = &act.legal_basis {
            faults.text(at("legal_basis"), basis, 300);
        }
        check_clause(act, at, &mut clauses, faults);
        check_act_roles(act, at, faults);
        faults.range(at("deduction"), act.deduction, 0..=100);
        if act.deduction > 0 && act.subject != ActSubject::Company {
            faults.add(
                at("deduction"),
                "deduction_without_company",
                "只有物业服务企业的行为可以扣信用分",
                "only acts of property service companies may have a credit deduction",
            );
        }
        let mut overlaps = BTreeSet::new();
        for (n, code) in act.overlaps.iter().enumerate() {
            let pointer = at(&format!("overlaps/{n}"));
            if !known.contains(code.as_str()) || *code == act.code {
                faults.add(
                    pointer,
                    "unknown_act",
                    format!("{code} 不是目录中的其他受监管行为"),
                    format!("{code} is not another act of the catalogue"),
                );
            } else if !overlaps.insert(code) {
                faults.add(
                    pointer,
                    "duplicate_overlap",
                    format!("{code} 重复，请删除其一"),
                    format!("{code} is listed twice; remove one"),
                );
            }
        }
    }
    for clause in (1..=9).filter(|clause| !clauses.contains(clause)) {
        faults.add(
            "/acts",
            "clause_missing",
            format!("缺少“九不准”第{clause}条的行为"),
            format!("clause {clause} of the nine prohibitions has no act"),
        );
    }
}

fn check_clause(act: &Act, at: impl Fn(&str) -> String, clauses: &mut BTreeSet<u8>, faults: &mut InputErrors) {
    match (act.task, act.clause) {
        (2, None) => faults.add(
            at("clause"),
            "clause_missing",
            "任务2的受监管行为须填写“九不准”条款",
            "an act of task 2 must name its clause of the nine prohibitions",
        ),
        (2, Some(clause @ 1..=9)) => {
            if !clauses.insert(clause) {
                faults.add(
                    at("clause"),
                    "duplicate_clause",
                    format!("第{clause}条只能对应一项行为"),
                    format!("clause {clause} must have one act only"),
                );
            }
        }
        (2, Some(clause)) => faults.range(at("clause"), clause.into(), 1..=9),
        (_, Some(_)) => faults.add(
            at("clause"),
            "clause_outside_nine",
            "只有任务2的受监管行为可以填写“九不准”条款",
            "only acts of task 2 may name a clause of the nine prohibitions",
        ),
        (_, None) => {}
    }
    if act.clause.is_some() && act.subject != ActSubject::Company {
        faults.add(
            at("subject"),
            "subject_not_company",
            "“九不准”的行为主体须为物业服务企业",
            "the subject of an act of the nine prohibitions must be a property service company",
        );
    }
}

fn check_act_roles(act: &Act, at: impl Fn(&str) -> String, faults: &mut InputErrors) {
    if !is_authority(act.lead_role) {
        faults.add(
            at("lead_role"),
            "role_not_authority",
            "牵头单位须为政府单位或者协作机关",
            "the lead office must be a government office or a partner agency",
        );
    }
    let mut seen = BTreeSet::new();
    for (n, role) in act.refer_to.iter().enumerate() {
        let pointer = at(&format!("refer_to/{n}"));
        if !is_authority(*role) {
            faults.add(
                pointer,
                "role_not_authority",
                "受移交单位须为政府单位或者协作机关",
                "the referred agency must be a government office or a partner agency",
            );
        } else if *role == act.lead_role {
            faults.add(
                pointer,
                "referred_to_lead",
                "不得移交牵头单位自身",
                "must not refer a case to its own lead office",
            );
        } else if !seen.insert(*role) {
            faults.add(
                pointer,
                "duplicate_role",
                "受移交单位重复，请删除其一",
                "the referred agency is listed twice; remove one",
            );
        }
    }
}

fn check_ladder(ladder: &LadderRules, faults: &mut InputErrors) {
    faults.range("/ladder/window_months", ladder.window_months, 1..=120);
    let counts = ladder.thresholds.counts();
    for (level, count) in (1..).zip(counts) {
        faults.range(format!("/ladder/thresholds/level_{level}"), count, 1..=1000);
    }
    for (level, pair) in (2..).zip(counts.windows(2)) {
        if pair[1] <= pair[0] {
            faults.add(
                format!("/ladder/thresholds/level_{level}"),
                "thresholds_not_increasing",
                "须大于上一级的起点",
                "must be greater than the threshold of the level before",
            );
        }
    }
}

fn check_credit(credit: &CreditRules, faults: &mut InputErrors) {
    faults.range("/credit/base", credit.base, 1..=1000);
    faults.range("/credit/window_months", credit.window_months, 1..=120);
    faults.range(
        "/credit/restore_percent_on_timely_rectification",
        credit.restore_percent_on_timely_rectification,
        0..=100,
    );
    let bands = credit.bands;
    let scores = [
        ("/credit/bands/a", credit.base.saturating_add(1), bands.a),
        ("/credit/bands/b", bands.a, bands.b),
        ("/credit/bands/c", bands.b, bands.c),
        ("/credit/floor", bands.c, credit.floor),
    ];
    for (pointer, above, score) in scores {
        if score >= above {
            faults.add(
                pointer,
                "bands_not_decreasing",
                "基础分、A、B、C 级分数线和最低分须依次降低",
                "the base, bands A, B and C and the floor must decrease in this order",
            );
        }
    }
}

fn check_process(process: &ProcessRules, faults: &mut InputErrors) {
    faults.range("/process/statement_working_days", process.statement_working_days, 1..=60);
    faults.range("/process/appeal_working_days", process.appeal_working_days, 1..=60);
    // APL 64: a party may request a hearing within five days.
    faults.range("/process/hearing_request_working_days", process.hearing_request_working_days, 5..=60);
}

fn check_measures(measures: &[MeasureRule], faults: &mut InputErrors) {
    let mut seen = BTreeSet::new();
    for (index, rule) in measures.iter().enumerate() {
        if !seen.insert(rule.kind) {
            faults.add(
                format!("/measures/{index}/kind"),
                "duplicate_measure",
                format!("“{}”的规则重复，请删除其一", rule.kind.zh()),
                format!("{} has two rules; remove one", rule.kind.code()),
            );
        }
        check_measure(rule, |field| format!("/measures/{index}/{field}"), faults);
    }
    for kind in MeasureKind::ALL.iter().filter(|kind| !seen.contains(kind)) {
        faults.add(
            "/measures",
            "measure_missing",
            format!("缺少“{}”的规则，请补充", kind.zh()),
            format!("{} has no rule; add one", kind.code()),
        );
    }
}

fn check_measure(rule: &MeasureRule, at: impl Fn(&str) -> String, faults: &mut InputErrors) {
    let kind = rule.kind;
    faults.range(at("due_working_days"), rule.due_working_days, 0..=250);
    match (kind.is_on_ladder(), rule.level) {
        (true, level) => faults.range(at("level"), level.unwrap_or(0).into(), 1..=4),
        (false, Some(_)) => faults.add(
            at("level"),
            "level_off_ladder",
            "该措施针对单项违规行为，不得填写级别",
            "this measure follows each violation and must not have a level",
        ),
        (false, None) => {}
    }
    if let Some(role) = rule.approver
        && role.rank() < Role::TownshipLeader.rank()
    {
        faults.add(
            at("approver"),
            "approver_rank",
            "审批人须为镇分管领导或者县级物业主管部门",
            "the approver must be the township leader or the county authority",
        );
    }
    if rule.approver.is_none() && (rule.adverse || rule.irreversible) {
        faults.add(
            at("approver"),
            "approver_missing",
            "减损权益或者不可逆的措施须有审批人",
            "an adverse or irreversible measure needs an approver",
        );
    }
    // APL 44, 45 and 63: measures that take away contracts or rights need notice, statement and hearing.
    let takes_rights = matches!(
        kind,
        MeasureKind::Removal | MeasureKind::Blacklist | MeasureKind::Restriction | MeasureKind::JointPunishment
    );
    if takes_rights && !rule.adverse {
        faults.add(
            at("adverse"),
            "due_process_required",
            "该措施减损权益，须履行告知、陈述申辩和听证程序",
            "this measure is adverse and needs notice, statement and hearing",
        );
    }
    if rule.self_executing && kind != MeasureKind::CreditDeduction {
        faults.add(
            at("self_executing"),
            "not_self_executing",
            "只有信用扣分可以自动执行",
            "only the credit deduction may be self-executing",
        );
    }
    if rule.self_executing && rule.approver.is_some() {
        faults.add(
            at("approver"),
            "approver_of_self_executing",
            "自动执行的措施不得填写审批人",
            "a self-executing measure must not have an approver",
        );
    }
    if (rule.office == OfficeRule::ReferredAgency) != (kind == MeasureKind::Referral) {
        faults.add(
            at("office"),
            "office_rule",
            "移交措施须由受移交单位承办，其他措施不得由其承办",
            "the referred agency must be the responsible office of a referral, and of no other measure",
        );
    }
    if kind.is_listing() && !rule.requires_legal_basis {
        faults.add(
            at("requires_legal_basis"),
            "legal_basis_required",
            "列入黑名单和限制承接新项目须列明法律依据",
            "blacklisting and restriction need a legal basis",
        );
    }
    if let Some(basis) = &rule.legal_basis {
        faults.text(at("legal_basis"), basis, 300);
    }
    match (kind.is_listing(), rule.listing_months) {
        (true, months) => faults.range(at("listing_months"), months.unwrap_or(0), 1..=120),
        (false, Some(_)) => faults.add(
            at("listing_months"),
            "not_a_listing",
            "只有列入黑名单和限制承接新项目可以填写期限",
            "only blacklisting and restriction may have a term",
        ),
        (false, None) => {}
    }
}

fn check_assumptions(policy: &PolicyDocument, faults: &mut InputErrors) {
    let document = serde_json::to_value(policy).unwrap_or_default();
    for (index, assumption) in policy.assumptions.iter().enumerate() {
        let at = |field: &str| format!("/assumptions/{index}/{field}");
        if assumption.pointer.is_empty() || document.pointer(&assumption.pointer).is_none() {
            faults.add(
                at("pointer"),
                "pointer_unknown",
                "政策文件中没有该位置",
                "the policy has nothing at this pointer",
            );
        }
        faults.text(at("note_zh"), &assumption.note_zh, 500);
        faults.text(at("note_en"), &assumption.note_en, 500);
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
