//! Who serves a complex, until contracts say so.

use serde_json::json;

use super::model::{Service, ServiceIn, ServiceRow};
use super::store;
use crate::access::Scope;
use crate::companies;
use crate::db::{Fail, Id, Work, lock_complex};
use crate::fault::Fault;
use crate::http::{Body, Entity, Tx};
use crate::ledger::{self, Audience, Event};
use crate::problem::{Code, Problem};
use crate::standing;

/// One company at a time serves a complex: the open service ends the day before the new one begins.
pub fn record_complex_service(tx: &mut Tx, id: Id, body: &Body<ServiceIn>) -> Work<Entity<Service>> {
    let ctx = tx.ctx;
    lock_complex(tx.conn, id)?;
    let complex = store::find(tx.conn, &ctx.scope, id)?;
    let input = tx.checked(body, |conn, input, faults| {
        if input.effective_to.is_some_and(|last| last < input.effective_from) {
            faults.push(Fault::new("/effective_to", "before_start", "早于开始日期", "earlier than effective_from"));
        }
        // Any registered company of the county may come to serve here, so it is looked up in the whole county.
        let county = Scope::County(complex.county.clone());
        match companies::find(conn, &county, input.company_id) {
            Ok(_) => Ok(()),
            Err(Fail::Problem(_)) => {
                let fault =
                    Fault::new("/company_id", "unknown_reference", "本县没有此企业", "no such company in the county");
                faults.push(fault);
                Ok(())
            }
            Err(other) => Err(other),
        }
    })?;
    tx.if_match(complex.version)?;
    let ServiceIn { company_id, project_manager, effective_from, effective_to } = input.clone();
    let system = Scope::System("services of one complex must not overlap");
    let others = store::services_of(tx.conn, &system, id)?;
    for other in &others {
        let apart = effective_to.is_some_and(|last| last < other.effective_from)
            || other.effective_to.is_some_and(|last| last < effective_from);
        if apart {
            continue;
        }
        if other.effective_to.is_some() || other.effective_from >= effective_from {
            return Err(Problem::new(Code::ServiceOverlaps)
                .detail(
                    format!("与 {} 起的服务期间重叠", other.effective_from),
                    format!("it overlaps the service that began on {}", other.effective_from),
                )
                .into());
        }
    }
    let renewal = others.iter().any(|other| other.company_id == company_id);
    if !renewal {
        // A branch is refused what the company that it belongs to is refused.
        // A listing that is decided at the same moment comes before this or after it, never beside it.
        let head = standing::store::lock_head_of(tx.conn, company_id)?;
        crate::blacklist::refuse_new_complex(tx.conn, head, ctx.today)?;
    }
    for open in others.iter().filter(|other| other.effective_to.is_none() && other.effective_from < effective_from) {
        if let Some(last) = effective_from.pred_opt() {
            store::end_service(tx.conn, open.id, last)?;
        }
    }
    let row = ServiceRow {
        id: ctx.new_id(),
        complex_id: id,
        company_id,
        project_manager,
        effective_from,
        effective_to,
        county: complex.county.clone(),
        township: complex.township.clone(),
        community: complex.community.clone(),
        created_at: ctx.now,
    };
    store::insert_service(tx.conn, &row)?;
    store::touch(tx.conn, &complex, ctx.now)?;
    companies::add_areas(tx.conn, company_id, &[&complex.county, &complex.township, &complex.community])?;
    let event = Event::new("complex.service_recorded", "complex", id)
        .at(complex.place())
        .company(Some(company_id))
        .complex(Some(id))
        .audience(Audience::Parties)
        .data(json!({ "service_id": row.id, "effective_from": effective_from, "effective_to": effective_to }))
        .personal("project_manager", Some(&row.project_manager));
    ledger::append(tx, event)?;
    let names = companies::names_of(tx.conn, &[company_id])?;
    let view = store::service_view(row, &names);
    let mut entity = Entity::created(view.id, complex.version + 1, view, "");
    entity.location = Some(format!("/v1/complexes/{id}/service"));
    entity.id = Some(id);
    Ok(entity)
}
