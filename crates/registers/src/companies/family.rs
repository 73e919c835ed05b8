//! Which company answers for which: a standing is that of a company with its branches.

use diesel::prelude::*;

use crate::access::Scope;
use crate::db::schema::companies;
use crate::db::{Conn, Id, WorkResult, lock_company};

const WHOLE_COUNTY: Scope = Scope::System("a standing counts the whole county");

/// The company that answers for another: branches count with their parent.
pub fn head_of(conn: &mut Conn, company: Id) -> WorkResult<Id> {
    let parent: Option<Option<Id>> = super::scoped::companies(&WHOLE_COUNTY)
        .filter(companies::id.eq(company))
        .select(companies::parent_id)
        .first(conn)
        .optional()?;
    Ok(parent.flatten().unwrap_or(company))
}

/// Locks the company that answers, so that its facts are read by one decision at a time, and names it.
pub fn lock_head_of(conn: &mut Conn, company: Id) -> WorkResult<Id> {
    let head = head_of(conn, company)?;
    lock_company(conn, head)?;
    Ok(head)
}

/// A company with its branches.
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

/// The company that answers for another, with its branches.
pub fn of(conn: &mut Conn, company: Id) -> WorkResult<Vec<Id>> {
    let head = head_of(conn, company)?;
    family(conn, head)
}
