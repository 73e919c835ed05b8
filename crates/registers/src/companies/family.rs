//! Companies and their branches: a standing covers a parent company with its branches.

use diesel::prelude::*;

use crate::access::Scope;
use crate::db::schema::companies;
use crate::db::{Conn, Id, WorkResult, lock_company};

const WHOLE_COUNTY: Scope = Scope::System("a standing counts the whole county");

/// The parent company of a branch, or the company itself.
pub fn head_of(conn: &mut Conn, company: Id) -> WorkResult<Id> {
    let parent: Option<Option<Id>> = super::scoped::companies(&WHOLE_COUNTY)
        .filter(companies::id.eq(company))
        .select(companies::parent_id)
        .first(conn)
        .optional()?;
    Ok(parent.flatten().unwrap_or(company))
}

/// Locks the parent company (or the company itself), so that only one decision at a time reads its facts. Returns its
/// id.
pub fn lock_head_of(conn: &mut Conn, company: Id) -> WorkResult<Id> {
    let head = head_of(conn, company)?;
    lock_company(conn, head)?;
    Ok(head)
}

/// The ids of a company and its branches.
pub fn family(conn: &mut Conn, head: Id) -> WorkResult<Vec<Id>> {
    let mut all = vec![head];
    all.extend(
        super::scoped::companies(&WHOLE_COUNTY)
            .filter(companies::parent_id.eq(head))
            .select(companies::id)
            .load::<Id>(conn)?,
    );
    Ok(all)
}

/// The ids of the whole family of a company: its parent and all branches of that parent.
pub fn of(conn: &mut Conn, company: Id) -> WorkResult<Vec<Id>> {
    let head = head_of(conn, company)?;
    family(conn, head)
}
