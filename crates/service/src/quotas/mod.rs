//! What one caller may use up in a day, on all replicas together: files and their bytes, tickets, contacts read in full,
//! searches for callers. A limit of requests says how fast somebody may go; this says how far.

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

/// What the operator set; nothing is limited by default, which is the demo's and the tests'.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quotas {
    pub resident: Amounts,
    /// Offices, companies, committees and systems.
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

/// The row of a caller: a digest, because who used what on which day is nobody's business.
fn key(caller: &Caller) -> String {
    let person = caller.person();
    hex::encode(digest(&SHA256, format!("{}\0{}", person.iss(), person.sub()).as_bytes()))
}

/// Takes this from what the caller has left today, in the transaction of its effect; 429 where it is too little, and then
/// nothing was taken.
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

/// Before an upload is read: whoever has nothing left need not send it.
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
