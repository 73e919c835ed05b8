//! Step-up authentication: some reads require a recent log-in (RFC 9470).

use std::time::Duration;

use actix_web::http::header::WWW_AUTHENTICATE;
use chrono::{DateTime, Utc};

use super::caller::Caller;
use super::token::LEEWAY_SECONDS;
use crate::problem::{Code, Problem};

/// What a token must prove before personal data are unmasked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepUp {
    /// Largest age of the log-in (`auth_time` of the token). Zero accepts any age.
    pub max_age: Duration,
    /// Accepted values of the `acr` claim. Empty accepts any.
    pub acr_values: Vec<String>,
}

impl StepUp {
    /// `now` is real time, because issuers use real time in their tokens.
    pub fn require(&self, caller: &Caller, now: DateTime<Utc>) -> Result<(), Problem> {
        let strong = self.acr_values.is_empty() || caller.acr.as_ref().is_some_and(|acr| self.acr_values.contains(acr));
        let fresh = self.max_age.is_zero() || caller.auth_time.is_some_and(|at| self.is_fresh(at, now.timestamp()));
        if strong && fresh {
            return Ok(());
        }
        let (zh, en) = (
            "距上次登录时间过长，或者身份验证强度不足。请重新登录，并使用新的令牌重新请求。",
            "The log-in is too old or too weak. Log in again, then repeat the request with the new token.",
        );
        Err(Problem::new(Code::InsufficientUserAuthentication)
            .detail(zh, en)
            .header(WWW_AUTHENTICATE, self.challenge()))
    }

    fn is_fresh(&self, auth_time: i64, now: i64) -> bool {
        let age = now.saturating_sub(auth_time);
        let most = i64::try_from(self.max_age.as_secs()).unwrap_or(i64::MAX).saturating_add(LEEWAY_SECONDS);
        (-LEEWAY_SECONDS..=most).contains(&age)
    }

    fn challenge(&self) -> String {
        let mut text = "Bearer realm=\"xiaoqu\", error=\"insufficient_user_authentication\"".to_owned();
        if !self.acr_values.is_empty() {
            text.push_str(&format!(", acr_values=\"{}\"", self.acr_values.join(" ")));
        }
        if !self.max_age.is_zero() {
            text.push_str(&format!(", max_age=\"{}\"", self.max_age.as_secs()));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Instant;

    fn caller(auth_time: Option<i64>, acr: Option<&str>) -> Caller {
        Caller { auth_time, acr: acr.map(str::to_owned), ..Caller::program(Instant::now()) }
    }

    fn allows(rule: &StepUp, auth_time: Option<i64>, acr: Option<&str>) -> bool {
        rule.require(&caller(auth_time, acr), DateTime::from_timestamp(100_000, 0).unwrap()).is_ok()
    }

    #[test]
    fn a_log_in_must_be_fresh_and_strong_where_the_settings_ask_for_it() {
        assert!(allows(&StepUp::default(), None, None));
        let fresh = StepUp { max_age: Duration::from_secs(900), ..StepUp::default() };
        for (auth_time, good) in
            [(None, false), (Some(99_200), true), (Some(99_040), true), (Some(99_039), false), (Some(100_061), false)]
        {
            assert_eq!(allows(&fresh, auth_time, None), good, "{auth_time:?}");
        }
        let strong = StepUp { acr_values: vec!["urn:mfa".into(), "2".into()], ..StepUp::default() };
        for (acr, good) in [(None, false), (Some("2"), true), (Some("urn:mfa"), true), (Some("1"), false)] {
            assert_eq!(allows(&strong, None, acr), good, "{acr:?}");
        }
    }

    #[test]
    fn the_challenge_says_what_is_missing() {
        let rule = StepUp { max_age: Duration::from_secs(900), acr_values: vec!["urn:mfa".into(), "2".into()] };
        assert_eq!(
            rule.challenge(),
            "Bearer realm=\"xiaoqu\", error=\"insufficient_user_authentication\", acr_values=\"urn:mfa 2\", max_age=\"900\""
        );
    }
}
