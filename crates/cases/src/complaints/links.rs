//! Reads the violations, inspections and hazards that complaints are linked to.

use std::collections::HashMap;

use super::encrypted;
use super::model::*;
use super::visibility::Person;
use crate::access::Scope;
use crate::db::{Conn, Id, WorkError, WorkResult};
use crate::inspections;
use crate::problem::Code;
use crate::proceedings::model::Evidence;
use crate::service::Ctx;
use crate::violations;

/// Prefix of the evidence text that names the complaint a violation came from.
pub const ORIGIN: &str = "诉求工单 ";

/// Personal data of the complainants behind a violation, so that publications can be checked for them.
pub fn complainants_behind(conn: &mut Conn, ctx: &Ctx, evidence: &[Evidence]) -> WorkResult<Vec<Person>> {
    let origin = evidence.iter().filter_map(|one| one.text.as_deref()?.strip_prefix(ORIGIN)?.parse::<Id>().ok());
    let mut known = Vec::new();
    for complaint in origin {
        known.push(Person::of(encrypted::contact_of(conn, ctx, complaint)?.as_ref(), false));
    }
    Ok(known)
}

/// The states of linked resources.
pub fn states_of<'a>(
    conn: &mut Conn,
    links: impl Iterator<Item = &'a Link>,
) -> WorkResult<HashMap<(LinkKind, Id), String>> {
    let system = Scope::System("a complaint shows the state of the resources that it led to");
    let mut states = HashMap::new();
    for link in links {
        let state = match link.kind {
            LinkKind::Violation => violations::store::find(conn, &system, link.id)?.state.code().to_owned(),
            LinkKind::Inspection => inspections::store::find(conn, &system, link.id)?.state.code().to_owned(),
            LinkKind::Hazard => inspections::hazard_store::find(conn, &system, link.id)?.state.code().to_owned(),
        };
        states.insert((link.kind, link.id), state);
    }
    Ok(states)
}

/// Whether the resource is visible to the caller.
pub fn is_visible(conn: &mut Conn, ctx: &Ctx, kind: LinkKind, id: Id) -> WorkResult<bool> {
    let found = match kind {
        LinkKind::Violation => violations::store::find(conn, &ctx.scope, id).map(drop),
        LinkKind::Inspection => inspections::store::find(conn, &ctx.scope, id).map(drop),
        LinkKind::Hazard => inspections::hazard_store::find(conn, &ctx.scope, id).map(drop),
    };
    match found {
        Ok(()) => Ok(true),
        Err(WorkError::Problem(problem)) if problem.code == Code::NotFound => Ok(false),
        Err(other) => Err(other),
    }
}
