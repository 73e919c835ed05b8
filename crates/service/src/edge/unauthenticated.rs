//! A request before authentication: rate limits, and the step from a token to a caller.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpMessage, HttpRequest};
use chrono::{DateTime, Utc};

use crate::access::caller::Caller;
use crate::access::revoked::RevocationCheck;
use crate::access::token::Refusal;
use crate::db::Unavailable;
use crate::http::limits::{Allowance, Exhausted};
use crate::http::marks::RequestId;
use crate::input_error::InputError;
use crate::problem::{Code, Problem};
use crate::security::{About, Kind};
use crate::service::Service;

/// A request whose caller is not known yet.
pub struct UnauthenticatedRequest<'a> {
    pub state: &'a Service,
    pub request: &'a HttpRequest,
    pub operation: &'static str,
}

impl UnauthenticatedRequest<'_> {
    pub fn address(&self) -> Option<IpAddr> {
        self.state.limits.proxies().client_address(self.request)
    }

    pub fn event(&self, kind: Kind, caller: Option<&Caller>, reason: &str) {
        let extensions = self.request.extensions();
        let request_id = extensions.get::<RequestId>().map_or("", |id| id.0.as_str());
        let about = About { request_id, operation: self.operation, address: self.address(), caller, reason };
        self.state.security.event(kind, about);
    }

    pub fn limit_address(&self) -> Result<(), Problem> {
        self.spend(self.state.limits.address(self.address()), Kind::RateLimitedAddress, None)
    }

    pub fn limit_token_requests(&self) -> Result<(), Problem> {
        self.spend(self.state.limits.token_request(self.address()), Kind::RateLimitedTokenRequests, None)
    }

    pub fn limit_probes(&self) -> Result<(), Problem> {
        self.spend(self.state.limits.probe(self.address()), Kind::RateLimitedAddress, None)
    }

    pub fn limit_caller(&self, caller: &Caller) -> Result<(), Problem> {
        self.spend(self.state.limits.caller(caller), Kind::RateLimitedCaller, Some(caller))
    }

    /// Keeps the remaining allowance for the response headers.
    fn spend(
        &self,
        taken: Result<Option<Allowance>, Exhausted>,
        kind: Kind,
        caller: Option<&Caller>,
    ) -> Result<(), Problem> {
        let allowance = taken.as_ref().map_or_else(|over| over.allowance, |allowance| *allowance);
        if let Some(allowance) = allowance {
            self.request.extensions_mut().insert(allowance);
        }
        taken.map(drop).map_err(|over| {
            self.event(kind, caller, "");
            over.into()
        })
    }

    /// Refuses a caller whose token is valid but revoked.
    pub async fn refuse_revoked(&self, caller: &Caller) -> Result<(), Problem> {
        if !self.state.revoked.is_known() {
            self.state.revoked.ask(&self.state.db).await;
        }
        match self.state.revoked.check(caller) {
            Ok(()) => return Ok(()),
            Err(RevocationCheck::Unknown) => {
                return Err(match self.state.db.refusal() {
                    Some(refusal) => Unavailable::Refused(refusal.mismatch).into(),
                    None => Problem::new(Code::RevocationsUnknown),
                });
            }
            Err(RevocationCheck::Revoked) => {}
            Err(RevocationCheck::In(counties)) => {
                let of = caller.clone();
                let county_of = self.state.county_of;
                let home = self.state.db.read_point(move |conn| county_of(conn, &of)).await?;
                if home.is_some_and(|home| !counties.contains(&home)) {
                    return Ok(());
                }
            }
        }
        self.event(Kind::TokenRevoked, Some(caller), "");
        Err(Problem::new(Code::InvalidToken))
    }

    pub async fn authenticate(&self) -> Result<Arc<Caller>, Problem> {
        // RFC 6750, 2.3: a token in the address ends up in logs.
        if form_urlencoded::parse(self.request.query_string().as_bytes()).any(|(name, _)| name == "access_token") {
            self.limit_address()?;
            self.event(Kind::TokenInAddress, None, "");
            return Err(Problem::new(Code::InvalidToken).detail(
                "不得在地址中携带令牌。请通过 Authorization 请求头发送令牌。",
                "The address must not contain a token. Send it in the Authorization header.",
            ));
        }
        let mut headers = self.request.headers().get_all(AUTHORIZATION);
        let (header, second) = (headers.next(), headers.next());
        let Some(header) = header else {
            self.limit_address()?;
            return Err(Problem::new(Code::Unauthorized));
        };
        let token = header
            .to_str()
            .ok()
            .filter(|_| second.is_none())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        let now = Utc::now();
        if let Some(known) = token.and_then(|token| self.state.verifier.known(token, now)) {
            return Ok(known);
        }
        let shown = token.unwrap_or_default();
        self.state.limits.may_present(self.address(), shown).map_err(|over| {
            self.event(Kind::RateLimitedTokens, None, "");
            Problem::from(over)
        })?;
        let outcome = match token {
            Some(token) => self.verify(token, now).await,
            None => Err(Refusal::Malformed),
        };
        outcome.map_err(|refusal| {
            self.event(Kind::of(&refusal), None, refusal.part());
            if refusal == Refusal::KeysMissing {
                // The token may be valid. The caller should retry, not discard it.
                return Problem::new(Code::IssuerUnavailable);
            }
            let forged = matches!(refusal, Refusal::Signature);
            self.state.limits.refused_token(self.address(), shown, forged);
            // The signature is valid, so the caller may know that the token expired. Other reasons are not disclosed.
            if refusal == Refusal::Expired {
                let (zh, en) = ("访问令牌已过期，请重新取得令牌。", "The access token has expired. Get a new one.");
                let fault = InputError::new("header/authorization", "token_expired", zh, en);
                return Problem::new(Code::InvalidToken).detail(zh, en).with(vec![fault]);
            }
            Problem::new(Code::InvalidToken)
        })
    }

    async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Arc<Caller>, Refusal> {
        let verifier = &self.state.verifier;
        match verifier.verify(token, now) {
            Err(Refusal::Key | Refusal::KeysMissing) => {
                verifier.refresh_keys(token).await;
                verifier.verify(token, now)
            }
            outcome => outcome,
        }
    }
}
