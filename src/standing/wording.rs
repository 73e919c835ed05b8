//! The sentences that explain a measure, in both languages.

use std::fmt::Write;

use chrono::NaiveDate;

use super::ladder::{Counted, Tally};
use super::model::{ViolationFact, Window};
use crate::policy::model::{Act, LadderCount, MeasureKind};

/// A reason in both languages.
#[derive(Clone)]
pub struct Reason {
    pub zh: String,
    pub en: String,
}

impl Reason {
    /// `write!` to a string cannot fail, which is why its result is dropped here and below.
    pub fn add(&mut self, zh: std::fmt::Arguments, en: std::fmt::Arguments) {
        let _ = self.zh.write_fmt(zh);
        let _ = self.en.write_fmt(en);
    }
}

/// How a sentence about one violation begins.
pub fn violation(fact: &ViolationFact, act: Option<&Act>, clause: Option<u8>) -> Reason {
    let (zh, en) = act.map_or((&*fact.act, &*fact.act), |act| (&*act.title_zh, &*act.title_en));
    // Room for the whole sentence: growing the strings took a third of the time of a standing.
    let mut reason = Reason { zh: String::with_capacity(zh.len() + 128), en: String::with_capacity(en.len() + 128) };
    let found = fact.found_on;
    match clause {
        Some(clause) => reason.add(
            format_args!("{found}发现的行为违反“九不准”第{clause}条（{zh}）"),
            format_args!("Clause {clause} of the nine prohibitions ({en}), found on {found}"),
        ),
        None => reason.add(format_args!("{found}发现的行为属于“{zh}”"), format_args!("{en}, found on {found}")),
    }
    reason
}

/// Why the measures of a level are due.
pub fn level(tally: &Tally, level: u8, counted: &[&Counted], window: &Window) -> Reason {
    let rules = &tally.policy.document().ladder;
    let needed = rules.thresholds.counts()[usize::from(level.clamp(1, 4)) - 1];
    let Window { from, to, months } = window;
    let mut reason = Reason { zh: String::new(), en: String::new() };
    let count = tally.count;
    let (unit_zh, unit_en) = match rules.count {
        LadderCount::DistinctClauses => ("条", "distinct clauses"),
        LadderCount::Violations => ("次", "violations"),
    };
    reason.add(
        format_args!("{from}至{to}（{months}个月，{}范围内）累计违反“九不准”{count}{unit_zh}：", rules.area.zh()),
        format_args!(
            "{count} {unit_en} of the nine prohibitions from {from} to {to} ({months} months, per {}): ",
            rules.area.code()
        ),
    );
    add_clauses(&mut reason, counted);
    reason.add(
        format_args!("，达到第{level}级（{needed}{unit_zh}起）"),
        format_args!("; level {level} begins at {needed}"),
    );
    reason
}

/// The reason of one measure of a level, with the violations at its complex if it is about one.
pub fn measure(level: &Reason, kind: MeasureKind, at_complex: Option<&[&Counted]>, version: i64) -> Reason {
    let mut zh = String::with_capacity(level.zh.len() + 160);
    let mut en = String::with_capacity(level.en.len() + 160);
    zh.push_str(&level.zh);
    en.push_str(&level.en);
    let mut reason = Reason { zh, en };
    if let Some(counted) = at_complex {
        reason.add(format_args!("；涉及本小区："), format_args!("; at this complex: "));
        add_clauses(&mut reason, counted);
    }
    reason.add(
        format_args!("。处理措施：{}（政策第{version}版）。", kind.zh()),
        format_args!(". Measure: {} (policy version {version}).", kind.en()),
    );
    reason
}

/// Days named for one clause; the rest is a number, since a sentence is for reading.
const DAYS_NAMED: usize = 3;

fn add_clauses(reason: &mut Reason, counted: &[&Counted]) {
    let mut clauses: Vec<(u8, usize, [NaiveDate; DAYS_NAMED])> = Vec::with_capacity(9);
    for one in counted {
        let at = clauses.iter().position(|(clause, ..)| *clause == one.clause).unwrap_or_else(|| {
            clauses.push((one.clause, 0, [one.fact.found_on; DAYS_NAMED]));
            clauses.len() - 1
        });
        let (_, count, days) = &mut clauses[at];
        if let Some(day) = days.get_mut(*count) {
            *day = one.fact.found_on;
        }
        *count += 1;
    }
    clauses.sort_unstable_by_key(|(clause, ..)| *clause);
    for (n, (clause, count, days)) in clauses.iter().enumerate() {
        let (comma_zh, comma_en) = if n == 0 { ("", "") } else { ("、", ", ") };
        reason.add(format_args!("{comma_zh}第{clause}条（"), format_args!("{comma_en}clause {clause} ("));
        for (n, day) in days.iter().take(*count).enumerate() {
            let (comma_zh, comma_en) = if n == 0 { ("", "") } else { ("、", ", ") };
            reason.add(format_args!("{comma_zh}{day}"), format_args!("{comma_en}{day}"));
        }
        if *count > DAYS_NAMED {
            reason.add(format_args!("等{count}次"), format_args!(" and {} more", count - DAYS_NAMED));
        }
        reason.add(format_args!("）"), format_args!(")"));
    }
}

/// Why a measure no longer stands.
pub fn withdrawal(revoked: &[(&ViolationFact, Option<u8>)], done: bool) -> Reason {
    let mut reason = Reason { zh: String::new(), en: String::new() };
    if revoked.is_empty() {
        reason.add(
            format_args!("事实已更正或者现行政策处罚较轻，该措施不再具备依据"),
            format_args!("The facts were corrected or a lighter policy is in force: the measure has no ground left"),
        );
    } else {
        reason.add(format_args!("违规认定已撤销："), format_args!("Revoked: "));
        for (n, (fact, clause)) in revoked.iter().enumerate() {
            let (comma_zh, comma_en) = if n == 0 { ("", "") } else { ("、", ", ") };
            let found = fact.found_on;
            match clause {
                Some(clause) => reason.add(
                    format_args!("{comma_zh}第{clause}条（{found}发现）"),
                    format_args!("{comma_en}clause {clause} (found on {found})"),
                ),
                None => reason.add(
                    format_args!("{comma_zh}{}（{found}发现）", fact.act),
                    format_args!("{comma_en}{} (found on {found})", fact.act),
                ),
            }
        }
        reason.add(format_args!("，该措施不再具备依据"), format_args!("; the measure has no ground left"));
    }
    if done {
        reason.add(format_args!("，须撤回执行。"), format_args!(" and is to be reversed."));
    } else {
        reason.add(format_args!("，予以取消。"), format_args!(" and is cancelled."));
    }
    reason
}
