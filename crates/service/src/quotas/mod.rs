//! Daily quotas of one caller, counted on all replicas together: attachments and their bytes, complaints, unmasked
//! contacts and phone searches. A rate limit bounds the speed of requests, a quota their total.

pub mod rules;
mod store;

use actix_web::http::header::RETRY_AFTER;
use aws_lc_rs::digest::{SHA256, digest};

use crate::access::{Caller, Role};
use crate::db::WorkResult;
use crate::problem::Problem;
use crate::security::Kind;
use crate::service::{Ctx, Tx};
use rules::{Amounts, Limit};

/// The configured quotas. There are none by default, as in the demo and the tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quotas {
    pub resident: Amounts,
    /// Quotas of offices, companies, committees and systems.
    pub other: Amounts,
}

impl Quotas {
    fn of(&self, caller: &Caller) -> Amounts {
        match caller.role {
            _ if caller.is_program() => Amounts::default(),
            Role::Resident => self.resident,
            _ => self.other,
        }
    }
}

/// Key of a caller's row: a digest, because nobody needs to see who used what on which day.
fn key(caller: &Caller) -> String {
    let person = caller.person();
    hex::encode(digest(&SHA256, format!("{}\0{}", person.iss(), person.sub()).as_bytes()))
}

/// Adds these amounts to today's use, in the transaction of the action. If a quota would be exceeded, the problem is
/// 429 and nothing is added.
pub fn spend(tx: &mut Tx, spent: Amounts) -> WorkResult<()> {
    let ctx = tx.ctx;
    let limits = ctx.state.parts.get::<Quotas>().of(&ctx.caller);
    if limits == Amounts::default() {
        return Ok(());
    }
    let used = store::add(tx.conn, &key(&ctx.caller), ctx.today, &spent)?;
    if let Some(limit) = rules::exceeded(&limits, &used) {
        return Err(refused(ctx, limit).into());
    }
    for limit in rules::nearly_used(&limits, &used, &spent) {
        ctx.security_event_about(Kind::QuotaNearlyUsed, limit.code);
    }
    Ok(())
}

/// Checks before an upload is read, so that a caller without quota need not send it.
pub async fn refuse_upload(ctx: &Ctx) -> Result<(), Problem> {
    let limits = ctx.state.parts.get::<Quotas>().of(&ctx.caller);
    if limits.files == 0 && limits.bytes == 0 {
        return Ok(());
    }
    let (key, day) = (key(&ctx.caller), ctx.today);
    let used = ctx.state.db.read_point(move |conn| store::used(conn, &key, day)).await?;
    let next = Amounts { files: used.files + 1, bytes: used.bytes + 1, ..Amounts::default() };
    rules::exceeded(&limits, &next).map_or(Ok(()), |limit| Err(refused(ctx, limit)))
}

fn refused(ctx: &Ctx, limit: Limit) -> Problem {
    ctx.security_event_about(Kind::QuotaExceeded, limit.code);
    let seconds = rules::seconds_to_midnight(ctx.state.clock.local(ctx.now));
    rules::used_up(&limit).header(RETRY_AFTER, seconds.to_string())
}
