//! Security events: what an officer wants to count and to be told of. Each is counted; each is a line of the log, but a
//! flood of one kind only in part. No line holds a token, a key or a secret, or says who a person is.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use prometheus::{IntCounter, IntCounterVec};

use crate::access::Caller;
use crate::access::token::Refusal;

/// Lines of one kind at once, and then a second.
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

        /// The one table of kinds; `docs/operators/security-events.md` shows the same.
        pub const KINDS: &[KindRow] = &[$(KindRow { kind: Kind::$variant, code: $code, about: $about }),*];
    };
}

kinds! {
    TokenMalformed "token_malformed" "A token that is none, or a header that no honest issuer writes."
    TokenUnknownIssuer "token_unknown_issuer" "A token of an issuer that is not trusted."
    TokenUnknownKey "token_unknown_key" "A token under a key that its issuer does not have."
    TokenForged "token_forged" "A signature that is wrong, or an algorithm that is not the key's."
    TokenExpired "token_expired" "A token past its time. Happens to honest callers too."
    TokenClaims "token_claims" "A signed token with a claim that is missing or wrong (audience, time, role)."
    TokenBeyondLimits "token_beyond_limits" "A signed token for more than its issuer may mint."
    TokenRevoked "token_revoked" "A token that was revoked, or one of a client or subject that was."
    TokenInAddress "token_in_address" "A token or an `api_key` in the query string, where logs would keep it."
    IssuerKeysMissing "issuer_keys_missing" "A token of a trusted issuer whose keys could never be fetched."
    Forbidden "forbidden" "A known caller asked for what its role may not do."
    MachineRefused "machine_refused" "A system asked for what needs a person."
    ClientRefused "client_refused" "A client at `/oauth/token`, or by an `api_key` of Open311, with a wrong secret or without approval."
    RateLimitedCaller "rate_limited_caller" "A caller over its limit."
    RateLimitedAddress "rate_limited_address" "An address over its limit without a token."
    RateLimitedTokens "rate_limited_tokens" "An address whose refused tokens were too many."
    RateLimitedTokenRequests "rate_limited_token_requests" "An address that asked for tokens too often."
    IdempotencyMismatch "idempotency_mismatch" "An idempotency key that was used for another request."
    DataUnmasked "data_unmasked" "Personal data were shown in full."
    ClockJump "clock_jump" "The system clock jumped: background work stands still until an operator confirms it."
    QuotaNearlyUsed "quota_nearly_used" "A caller used four fifths of a quota of the day; `reason` names it."
    QuotaExceeded "quota_exceeded" "A caller wanted more than a quota of the day allows; `reason` names it."
    SecretExpiring "secret_expiring" "A client got a token with a secret that ends within 14 days: rotate it."
    AssertionReused "assertion_reused" "A client's assertion (`private_key_jwt`) was shown a second time."
}

impl Kind {
    pub fn row(self) -> &'static KindRow {
        &KINDS[self as usize]
    }

    /// What is counted where a token is refused.
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

/// What a line says beside its kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    pub request_id: &'a str,
    pub operation: &'a str,
    pub address: Option<IpAddr>,
    pub caller: Option<&'a Caller>,
    /// One of a fixed set of words; never what a caller sent.
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
            // Made now, so that a kind that has not happened stands there with 0.
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
        // The subject is left out: it can be a person's number or name. The request id leads to it in the ledger.
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
