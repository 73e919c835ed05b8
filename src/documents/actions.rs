use chrono::{DateTime, Days, Utc};

use super::model::{DocumentIn, DocumentKind, OfficialDocument};
use super::{issuing, store, subjects};
use crate::db::{Instant, Work};
use crate::fault::Fault;
use crate::http::Entity;
use crate::problem::{Code, Problem};
use crate::service::{Body, Ctx, Tx};

/// Administrative Penalty Law 64: a party is told of its hearing seven days before it is held.
const HEARING_NOTICE_DAYS: u64 = 7;

pub fn issue_document(tx: &mut Tx, body: &Body<DocumentIn>) -> Work<Entity<OfficialDocument>> {
    let ctx = tx.ctx;
    let mut case = None;
    let input = tx.creation(
        body,
        |conn, scope, id| store::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            check(ctx, input, faults);
            case = subjects::find(conn, ctx, input, faults)?;
            Ok(())
        },
    )?;
    let case = case.ok_or_else(|| Problem::broken("a case that was checked is not found"))?;
    subjects::require_office(tx, input.kind, &case)?;
    subjects::require_state(input.kind, &case)?;
    let standing = store::valid_of(tx.conn, input.subject_id)?.into_iter().find(|row| row.kind == input.kind.code());
    if let Some(row) = standing {
        if !input.kind.summons() {
            return Err(Problem::new(Code::AlreadyExists)
                .detail(format!("已出具{}", row.number), format!("{} stands already", row.number))
                .into());
        }
        issuing::withdraw(tx, row, "会议时间或者地点已变更，以新的通知为准")?;
    }
    let issue = subjects::gather(tx, input, &case)?;
    let document = issuing::issue(tx, issue)?;
    Ok(Entity::created(document.id, document.version, document, "/v1/documents"))
}

/// What each kind asks for, and nothing that it has no place for.
fn check(ctx: &Ctx, input: &DocumentIn, faults: &mut Vec<Fault>) {
    if input.kind.is_of_filing() {
        let (zh, en) = ("备案文书由备案决定出具", "the decision on a contract's filing issues it");
        faults.push(Fault::new("/kind", "invalid", zh, en));
    }
    for (pointer, given) in [("/place", input.place.is_some()), ("/held_at", input.held_at.is_some())] {
        if input.kind.summons() && !given {
            faults.push(Fault::new(pointer, "required", "通知须写明时间和地点", "a notice says where and when"));
        } else if !input.kind.summons() && given {
            let (zh, en) = ("该文书没有时间和地点", "this kind of document calls nobody anywhere");
            faults.push(Fault::new(pointer, "conflict", zh, en));
        }
    }
    if input.addressee.is_some() && input.kind != DocumentKind::ReferralLetter {
        let (zh, en) = ("该文书主送当事企业", "this kind of document is addressed to the company");
        faults.push(Fault::new("/addressee", "conflict", zh, en));
    }
    if input.kind.summons()
        && let Some(at) = input.held_at
    {
        check_time(ctx, input.kind, at, faults);
    }
}

fn check_time(ctx: &Ctx, kind: DocumentKind, at: DateTime<Utc>, faults: &mut Vec<Fault>) {
    let day = ctx.state.clock.day_of(Instant(at));
    let earliest = ctx.today.checked_add_days(Days::new(HEARING_NOTICE_DAYS)).unwrap_or(ctx.today);
    if at <= ctx.now.0 {
        faults.push(Fault::new("/held_at", "out_of_range", "时间已过", "this time has passed"));
    } else if kind == DocumentKind::HearingNotice && day < earliest {
        faults.push(Fault::new(
            "/held_at",
            "out_of_range",
            format!("听证须在举行的七日前通知，最早为 {earliest}"),
            format!("a hearing is announced seven days before it; the earliest day is {earliest}"),
        ));
    }
}
