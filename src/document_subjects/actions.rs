//! Issuing official documents.

use super::cases;
use crate::db::{Instant, WorkResult};
use crate::documents::model::{DocumentIn, OfficialDocument};
use crate::documents::{self, rules};
use crate::http::Entity;
use crate::problem::Problem;
use crate::service::{Body, Tx};

pub fn issue_document(tx: &mut Tx, body: &Body<DocumentIn>) -> WorkResult<Entity<OfficialDocument>> {
    let ctx = tx.ctx;
    let mut case = None;
    let input = tx.creation(
        body,
        |conn, scope, id| documents::find(conn, scope, id).map(drop),
        |conn, input, faults| {
            rules::check(input, faults);
            if let Some(at) = input.held_at.filter(|_| input.kind.summons()) {
                let day = ctx.state.clock.day_of(Instant(at));
                rules::check_time(input.kind, (at, day), (ctx.now.0, ctx.today), faults);
            }
            case = cases::find(conn, ctx, input, faults)?;
            Ok(())
        },
    )?;
    let case = case.ok_or_else(|| Problem::broken("a case that was checked is not found"))?;
    cases::require_office(tx, input.kind, &case)?;
    cases::require_state(input.kind, &case)?;
    documents::make_room(tx, input.kind, input.subject_id)?;
    let issue = cases::gather(tx, input, &case)?;
    let document = documents::issue(tx, issue)?;
    Ok(Entity::created(document.id, document.version, document, "/v1/documents"))
}
