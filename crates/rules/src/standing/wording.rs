//! The reasons of measures in both languages.
//!
//! A standing of a thousand violations has several thousand reasons, so they are composed of shared parts with one
//! allocation each.

use chrono::NaiveDate;

use super::ladder::{Counted, Known, Tally};
use super::model::{ViolationFact, Window};
use crate::policy::model::{Act, LadderCount, MeasureKind};
use crate::words::days::chinese_day;

/// A reason, or a part of one, in both languages.
#[derive(Default)]
pub struct Reason {
    pub zh: String,
    pub en: String,
}

impl Reason {
    fn new(zh: &[&str], en: &[&str]) -> Reason {
        Reason { zh: zh.concat(), en: en.concat() }
    }

    fn push(&mut self, zh: &[&str], en: &[&str]) {
        self.zh.extend(zh.iter().copied());
        self.en.extend(en.iter().copied());
    }

    /// The complete sentence. The English one ends with the policy version. The Chinese one does not, because it is
    /// used in official documents.
    pub fn with(&self, zh: &[&str], en: &[&str], version: &str) -> Reason {
        let whole = |begin: &str, parts: &[&str], end: &[&str]| {
            let all = || std::iter::once(begin).chain(parts.iter().copied()).chain(end.iter().copied());
            let mut text = String::with_capacity(all().map(str::len).sum());
            text.extend(all());
            text
        };
        Reason { zh: whole(&self.zh, zh, &["。"]), en: whole(&self.en, en, &[" (policy version ", version, ")."]) }
    }
}

/// Start of a reason about one violation.
pub fn violation(fact: &ViolationFact, act: Option<&Act>, clause: Option<u8>) -> Reason {
    let (zh, en) = act.map_or((&*fact.act, &*fact.act), |act| (&*act.title_zh, &*act.title_en));
    let (found, found_zh) = (fact.found_on.to_string(), chinese_day(fact.found_on));
    match clause.map(|clause| clause.to_string()) {
        Some(clause) => Reason::new(
            &[&found_zh, "发现的行为违反“九不准”第", &clause, "条（", zh, "）"],
            &["Clause ", &clause, " of the nine prohibitions (", en, "), found on ", &found],
        ),
        None => Reason::new(&[&found_zh, "发现的行为属于“", zh, "”"], &[en, ", found on ", &found]),
    }
}

/// Start of the reason of a level's measures, with the counted clauses.
pub fn level(tally: &Tally, level: u8, named: &Reason, window: &Window) -> Reason {
    let rules = &tally.policy.document().ladder;
    let needed = rules.thresholds.counts()[usize::from(level.clamp(1, 4)) - 1].to_string();
    let (from, to) = (window.from.to_string(), window.to.to_string());
    let (from_zh, to_zh) = (chinese_day(window.from), chinese_day(window.to));
    let (months, count, level) = (window.months.to_string(), tally.count.to_string(), level.to_string());
    let (unit_zh, unit_en) = match (rules.count, tally.count) {
        (LadderCount::DistinctClauses, 1) => ("条", " distinct clause"),
        (LadderCount::DistinctClauses, _) => ("条", " distinct clauses"),
        (LadderCount::Violations, 1) => ("次", " violation"),
        (LadderCount::Violations, _) => ("次", " violations"),
    };
    let area = rules.area;
    Reason::new(
        &[
            &from_zh,
            "至",
            &to_zh,
            "（",
            &months,
            "个月）在",
            area.zh(),
            "范围内累计违反“九不准”",
            &count,
            unit_zh,
            "：",
            &named.zh,
            "，达到惩戒阶梯第",
            &level,
            "级（",
            &needed,
            unit_zh,
            "起）",
        ],
        &[
            &count,
            unit_en,
            " of the nine prohibitions from ",
            &from,
            " to ",
            &to,
            " (",
            &months,
            "-month window, counted by ",
            area.code(),
            "): ",
            &named.en,
            ". Level ",
            &level,
            " begins at ",
            &needed,
        ],
    )
}

/// The reason of one measure of a level. A measure about a complex also names the violations there.
pub fn measure(level: &Reason, at_complex: Option<&Reason>, kind: MeasureKind, version: &str) -> Reason {
    match at_complex {
        Some(named) => level.with(
            &["；其中在本小区：", &named.zh, "。处置措施：", kind.zh()],
            &[". At this complex: ", &named.en, ". Measure: ", kind.en()],
            version,
        ),
        None => level.with(&["。处置措施：", kind.zh()], &[". Measure: ", kind.en()], version),
    }
}

/// Names at most this many days or violations and counts the rest, to keep sentences readable.
const NAMED: usize = 3;

/// Names clauses, with or without the days of their violations.
pub fn clauses(counted: &[&Counted], with_days: bool) -> Reason {
    let mut clauses: Vec<(u8, usize, [NaiveDate; NAMED])> = Vec::with_capacity(9);
    for one in counted {
        let at = clauses.iter().position(|(clause, ..)| *clause == one.clause).unwrap_or_else(|| {
            clauses.push((one.clause, 0, [one.fact.found_on; NAMED]));
            clauses.len() - 1
        });
        let (_, count, days) = &mut clauses[at];
        if let Some(day) = days.get_mut(*count) {
            *day = one.fact.found_on;
        }
        *count += 1;
    }
    clauses.sort_unstable_by_key(|(clause, ..)| *clause);
    let mut reason = Reason::default();
    for (n, (clause, count, days)) in clauses.iter().enumerate() {
        let clause = clause.to_string();
        reason.separate(n);
        reason.push(&["第", &clause, "条"], &["clause ", &clause]);
        if !with_days {
            continue;
        }
        reason.push(&["（"], &[" ("]);
        for (n, day) in days.iter().take(*count).enumerate() {
            reason.separate(n);
            reason.push(&[&chinese_day(*day)], &[&day.to_string()]);
        }
        reason.count_rest(*count, "次");
        reason.push(&["）"], &[")"]);
    }
    reason
}

impl Reason {
    fn separate(&mut self, n: usize) {
        if n > 0 {
            self.push(&["、"], &[", "]);
        }
    }

    fn count_rest(&mut self, count: usize, unit_zh: &str) {
        if let Some(rest) = count.checked_sub(NAMED).filter(|rest| *rest > 0) {
            self.push(&["等", &count.to_string(), unit_zh], &[" and ", &rest.to_string(), " more"]);
        }
    }
}

/// The reason for ending a measure.
pub fn withdrawal(revoked: &[Known], done: bool) -> Reason {
    let mut reason = Reason::default();
    if revoked.is_empty() {
        reason.push(
            &["所依据的事实已更正，或者现行政策的规定较轻，该措施不再具有依据"],
            &["The facts were corrected or a lighter policy is in force. The measure has no ground left"],
        );
    } else {
        reason.push(&["违规认定已撤销："], &["Confirmations revoked: "]);
        for (n, known) in revoked.iter().take(NAMED).enumerate() {
            let (found, found_zh) = (known.fact.found_on.to_string(), chinese_day(known.fact.found_on));
            reason.separate(n);
            match known.clause().map(|clause| clause.to_string()) {
                Some(clause) => reason.push(
                    &["第", &clause, "条（", &found_zh, "发现）"],
                    &["clause ", &clause, " (found on ", &found, ")"],
                ),
                None => {
                    let act = &*known.fact.act;
                    let (zh, en) = known.act.map_or((act, act), |(_, act)| (&*act.title_zh, &*act.title_en));
                    reason.push(&[zh, "（", &found_zh, "发现）"], &[en, " (found on ", &found, ")"]);
                }
            }
        }
        reason.count_rest(revoked.len(), "项");
        reason.push(&["，该措施不再具有依据"], &[". The measure has no ground left"]);
    }
    if done {
        reason.push(&["，须撤回执行。"], &[" and is to be reversed."]);
    } else {
        reason.push(&["，予以取消。"], &[" and is cancelled."]);
    }
    reason
}
