//! Amounts per day, and their limits.

use chrono::{Days, NaiveDateTime, NaiveTime};

use crate::problem::{Code, Problem};

/// One amount of each kind. As a limit, 0 means no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    pub files: i64,
    pub bytes: i64,
    pub complaints: i64,
    pub unmaskings: i64,
    pub phone_searches: i64,
}

/// A limit of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub most: i64,
}

/// Percentage of a limit at which a warning is issued.
const NEARLY_PERCENT: i64 = 80;

/// Reads the amount of one kind.
type Of = fn(&Amounts) -> i64;

const KINDS: [(&str, &str, &str, Of); 5] = [
    ("files", "上传附件数", "uploaded attachments", |all| all.files),
    ("bytes", "上传字节数", "uploaded bytes", |all| all.bytes),
    ("complaints", "提交诉求数", "submitted complaints", |all| all.complaints),
    ("unmaskings", "查看完整联系方式次数", "unmaskings of contacts", |all| all.unmaskings),
    ("phone_searches", "按来电号码查询次数", "phone searches", |all| all.phone_searches),
];

fn limits_of(limits: &Amounts) -> impl Iterator<Item = (Limit, Of)> {
    let limits = *limits;
    KINDS
        .into_iter()
        .map(move |(code, zh, en, of)| (Limit { code, zh, en, most: of(&limits) }, of))
        .filter(|(limit, _)| limit.most > 0)
}

/// The first limit that is exceeded.
pub fn exceeded(limits: &Amounts, used: &Amounts) -> Option<Limit> {
    limits_of(limits).find(|(limit, of)| of(used) > limit.most).map(|(limit, _)| limit)
}

pub fn used_up(limit: &Limit) -> Problem {
    Problem::new(Code::QuotaExceeded).detail(
        format!("今日{}已达上限（{}）。请于次日零时后重试。", limit.zh, limit.most),
        format!("Today's quota of {} is used up ({}). Try again after midnight.", limit.en, limit.most),
    )
}

/// Limits whose warning threshold was reached by this use.
pub fn nearly_used(limits: &Amounts, used: &Amounts, spent: &Amounts) -> Vec<Limit> {
    limits_of(limits)
        .filter(|(limit, of)| {
            let near = (limit.most.saturating_mul(NEARLY_PERCENT) + 99) / 100;
            of(used) >= near && of(used) - of(spent) < near
        })
        .map(|(limit, _)| limit)
        .collect()
}

/// Seconds from this local time to the end of the day; at least 1.
pub fn seconds_to_midnight(now: NaiveDateTime) -> i64 {
    let tomorrow = now.date().checked_add_days(Days::new(1)).unwrap_or(now.date()).and_time(NaiveTime::MIN);
    let left = tomorrow - now;
    (left.num_seconds() + i64::from(left.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Amounts = Amounts { files: 10, bytes: 1000, complaints: 0, unmaskings: 1, phone_searches: 3 };

    #[test]
    fn a_limit_is_passed_by_one_more_and_none_is_never_passed() {
        let used = |files, complaints| Amounts { files, complaints, ..Amounts::default() };
        assert_eq!(exceeded(&LIMITS, &used(10, 1_000_000)), None);
        assert_eq!(exceeded(&LIMITS, &used(11, 0)).map(|limit| (limit.code, limit.most)), Some(("files", 10)));
        let refusal = exceeded(&LIMITS, &used(11, 0)).map(|limit| used_up(&limit).code);
        assert_eq!(refusal, Some(Code::QuotaExceeded));
        assert_eq!(exceeded(&Amounts::default(), &used(i64::MAX, i64::MAX)), None);
    }

    #[test]
    fn a_warning_comes_once_on_the_way_to_a_limit() {
        let told: Vec<i64> = (1..=10)
            .filter(|files| {
                let (used, spent) =
                    (Amounts { files: *files, ..Amounts::default() }, Amounts { files: 1, ..Amounts::default() });
                nearly_used(&LIMITS, &used, &spent).iter().any(|limit| limit.code == "files")
            })
            .collect();
        assert_eq!(told, [8]);
        let all = Amounts { bytes: 900, unmaskings: 1, ..Amounts::default() };
        let codes: Vec<&str> = nearly_used(&LIMITS, &all, &all).iter().map(|limit| limit.code).collect();
        assert_eq!(codes, ["bytes", "unmaskings"]);
    }

    #[test]
    fn the_wait_is_to_the_end_of_the_day() {
        let at = |text: &str| text.parse::<NaiveDateTime>().unwrap();
        assert_eq!(seconds_to_midnight(at("2026-03-02T00:00:00")), 86_400);
        assert_eq!(seconds_to_midnight(at("2026-03-02T23:59:59.2")), 1);
        assert_eq!(seconds_to_midnight(at("2026-12-31T22:00:00")), 7200);
    }
}
