//! Validation of token revocations, and the condition for withdrawing one. Pure.

use super::model::TokenRevocationIn;
use crate::characters::is_plain_line;
use crate::db::Instant;
use crate::input_error::InputError;
use crate::problem::{Code, Problem};

/// Rejects revocations that cannot match any token, because they would only seem to protect.
pub fn check(input: &TokenRevocationIn, now: Instant, is_trusted: bool, faults: &mut Vec<InputError>) {
    if input.expires_at.is_some_and(|at| at <= now) {
        faults.push(InputError::new("/expires_at", "out_of_range", "须晚于现在", "must be later than now"));
    }
    if !is_plain_line(&input.value) {
        let (zh, en) = (
            "首尾不得有空格，不得含不可见字符",
            "must not have spaces at its start or end, and no invisible characters",
        );
        faults.push(InputError::new("/value", "invalid_format", zh, en));
    }
    if !is_trusted {
        let (zh, en) = ("不是受信任的签发方，请逐字核对", "not a trusted issuer; compare it letter by letter");
        faults.push(InputError::new("/issuer", "unknown_reference", zh, en));
    }
}

/// A revocation can be withdrawn only once.
pub fn may_withdraw(withdrawn_at: Option<Instant>) -> Result<(), Problem> {
    match withdrawn_at {
        None => Ok(()),
        Some(_) => Err(Problem::new(Code::StateConflict)
            .detail("该令牌吊销已撤回。", "The token revocation has been withdrawn already.")),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};

    use super::super::model::TokenRevocationKind;
    use super::*;

    const NOW: Instant = Instant(DateTime::UNIX_EPOCH);

    fn wrong(value: &str, expires_at: Option<Instant>, is_trusted: bool) -> Vec<String> {
        let input = TokenRevocationIn {
            kind: TokenRevocationKind::Subject,
            issuer: "https://wuye.example.gov.cn".into(),
            value: value.into(),
            reason: "人员调离".into(),
            residents: None,
            expires_at,
        };
        let mut faults = Vec::new();
        check(&input, NOW, is_trusted, &mut faults);
        faults.into_iter().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn a_revocation_that_matches_nothing_is_refused() {
        let later = Instant(NOW.0 + Duration::seconds(1));
        assert!(wrong("officer-17", Some(later), true).is_empty());
        assert_eq!(wrong("officer-17\u{200b}", Some(NOW), false), ["/expires_at", "/value", "/issuer"]);
    }

    #[test]
    fn it_is_taken_back_once() {
        assert!(may_withdraw(None).is_ok());
        assert_eq!(may_withdraw(Some(NOW)).unwrap_err().code, Code::StateConflict);
    }
}
