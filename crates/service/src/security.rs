//! Security events: each is counted and logged. During a flood, only part of the events of a kind are logged. A log
//! line never contains a token, a key, a secret or the identity of a person.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use prometheus::{IntCounter, IntCounterVec};

use crate::access::Caller;
use crate::access::token::Refusal;

/// Log lines of one kind: as many in a burst, then as many per second.
const BURST: NonZeroU32 = NonZeroU32::new(50).unwrap();
const A_SECOND: NonZeroU32 = NonZeroU32::new(5).unwrap();

pub struct KindRow {
    pub kind: Kind,
    pub code: &'static str,
    pub about: &'static str,
}

macro_rules! kinds {
    ($($variant:ident $code:literal $about:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($variant),* }

        /// All kinds of security events. `docs/operators/security-events.md` repeats this table; a test compares them.
        pub const KINDS: &[KindRow] = &[$(KindRow { kind: Kind::$variant, code: $code, about: $about }),*];
    };
}

kinds! {
    TokenMalformed "token_malformed" "Malformed token, or a header that no honest issuer writes."
    TokenUnknownIssuer "token_unknown_issuer" "Token from an issuer that is not trusted."
    TokenUnknownKey "token_unknown_key" "Token signed with a key that its issuer does not publish."
    TokenForged "token_forged" "Wrong signature, or an algorithm that does not match the key."
    TokenExpired "token_expired" "Expired token. This happens to honest callers, too."
    TokenClaims "token_claims" "Signed token with a missing or wrong claim (audience, time, role)."
    TokenBeyondLimits "token_beyond_limits" "Signed token with claims beyond the limits of its issuer."
    TokenRevoked "token_revoked" "Revoked token, or a token of a revoked client or subject."
    TokenInAddress "token_in_address" "Token or `api_key` in the query string, where it would end up in logs."
    IssuerKeysMissing "issuer_keys_missing" "Token from a trusted issuer whose keys could not be fetched yet."
    Forbidden "forbidden" "Authenticated caller called an operation that its role may not call."
    MachineRefused "machine_refused" "Machine token used for an operation that only a person may call."
    ClientRefused "client_refused" "Client with a wrong secret or without approval, at `/oauth/token` or with an Open311 `api_key`."
    RateLimitedCaller "rate_limited_caller" "Caller exceeded its rate limit."
    RateLimitedAddress "rate_limited_address" "Address exceeded the rate limit for requests without a token."
    RateLimitedTokens "rate_limited_tokens" "Address sent too many refused tokens."
    RateLimitedTokenRequests "rate_limited_token_requests" "Address requested tokens too often."
    IdempotencyMismatch "idempotency_mismatch" "Idempotency key reused for a different request."
    DataUnmasked "data_unmasked" "Personal data were unmasked."
    ClockJump "clock_jump" "The system clock jumped. Background jobs are paused until an operator confirms the clock."
    QuotaNearlyUsed "quota_nearly_used" "Caller used four fifths of a daily quota. `reason` names the quota."
    QuotaExceeded "quota_exceeded" "Caller exceeded a daily quota. `reason` names the quota."
    SecretExpiring "secret_expiring" "Client got a token with a secret that expires within 14 days. Rotate the secret."
    AssertionReused "assertion_reused" "Client assertion (`private_key_jwt`) was used a second time."
}

impl Kind {
    pub fn row(self) -> &'static KindRow {
        &KINDS[self as usize]
    }

    /// The kind of event that counts this token refusal.
    pub fn of(refusal: &Refusal) -> Kind {
        match refusal {
            Refusal::Malformed | Refusal::Header(_) => Kind::TokenMalformed,
            Refusal::Issuer => Kind::TokenUnknownIssuer,
            Refusal::Key => Kind::TokenUnknownKey,
            Refusal::KeysMissing => Kind::IssuerKeysMissing,
            Refusal::Algorithm | Refusal::Signature => Kind::TokenForged,
            Refusal::Expired => Kind::TokenExpired,
            Refusal::Claim(_) => Kind::TokenClaims,
            Refusal::Limit(_) => Kind::TokenBeyondLimits,
        }
    }
}

/// Details of one event, for the log line.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    pub request_id: &'a str,
    pub operation: &'a str,
    pub address: Option<IpAddr>,
    pub caller: Option<&'a Caller>,
    /// One of a fixed set of words, never input from a caller.
    pub reason: &'a str,
}

struct Watch {
    count: IntCounter,
    lines: DefaultDirectRateLimiter,
    unsaid: AtomicU64,
}

pub struct Security(Vec<Watch>);

impl Security {
    pub fn new(counter: &IntCounterVec) -> Security {
        let quota = Quota::per_second(A_SECOND).allow_burst(BURST);
        let watch = |row: &KindRow| Watch {
            // Create every counter now, so that a kind that has not occurred yet is exported as 0.
            count: counter.with_label_values(&[row.code]),
            lines: RateLimiter::direct(quota),
            unsaid: AtomicU64::new(0),
        };
        Security(KINDS.iter().map(watch).collect())
    }

    pub fn event(&self, kind: Kind, about: About) {
        let watch = &self.0[kind as usize];
        watch.count.inc();
        if watch.lines.check().is_err() {
            watch.unsaid.fetch_add(1, Ordering::Relaxed);
            return;
        }
        // The subject is omitted because it can be a person's number or name. The request id leads to it in the ledger.
        tracing::warn!(
            target: "xiaoqu::security",
            kind = kind.row().code,
            request_id = about.request_id,
            operation = about.operation,
            address = about.address.map(tracing::field::display),
            issuer = about.caller.map(|caller| caller.iss.as_str()),
            role = about.caller.map(|caller| caller.role.code()),
            client = about.caller.and_then(|caller| caller.client.as_deref()),
            reason = about.reason,
            unsaid = watch.unsaid.swap(0, Ordering::Relaxed),
            "security event"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_stands_once_at_the_index_of_its_variant() {
        for (index, row) in KINDS.iter().enumerate() {
            assert_eq!(row.kind as usize, index);
            assert_eq!(KINDS.iter().filter(|other| other.code == row.code).count(), 1);
        }
    }

    #[test]
    fn the_operators_page_lists_every_kind() {
        let page = include_str!("../../../docs/operators/security-events.md");
        for row in KINDS {
            let line = format!("| `{}` | {} |", row.code, row.about);
            assert!(page.contains(&line), "docs/operators/security-events.md lacks the line:\n{line}");
            let chinese = include_str!("../../../docs/operators/security-events.zh-CN.md");
            assert!(
                chinese.contains(&format!("`{}`", row.code)),
                "docs/operators/security-events.zh-CN.md lacks {}",
                row.code
            );
        }
    }
}
