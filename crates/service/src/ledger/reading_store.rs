//! Queries of the sealed ledger.

use diesel::prelude::*;

use super::model::ListEntries;
use super::store::Entry;
use crate::access::{Role, Scope};
use crate::characters::fold;
use crate::db::schema::{company_families, ledger_entries, ledger_events};
use crate::db::{Conn, Id, WorkResult};
use crate::ledger::scoped::{self, Strand};

/// The strands that make up a caller's part of the ledger.
fn strands(conn: &mut Conn, scope: &Scope) -> WorkResult<Vec<Strand>> {
    let mut all = vec![Strand::Everyone];
    match scope {
        Scope::Company(uscc) => {
            let family: Vec<Id> = company_families::table
                .filter(company_families::uscc.eq(uscc))
                .select(company_families::company_id)
                .load(conn)?;
            all.extend(family.into_iter().map(Strand::Party));
        }
        Scope::Resident { .. } => {}
        _ => all.push(Strand::Territory),
    }
    Ok(all)
}

/// The sealed events after a number that the caller may read and that match the filters, in order, with their leaves.
pub fn after(
    conn: &mut Conn,
    scope: &Scope,
    query: &ListEntries,
    kinds: Option<&[&'static str]>,
    after: Option<i64>,
    at_most: i64,
) -> WorkResult<Vec<(Entry, String)>> {
    use ledger_entries as e;
    let mut rows: Vec<Entry> = Vec::new();
    for strand in strands(conn, scope)? {
        let mut part = scoped::ledger_entries(scope, strand).filter(e::seq.gt(after.unwrap_or(-1)));
        match kinds {
            None => {}
            Some([kind]) => part = part.filter(e::kind.eq(*kind)),
            Some(kinds) => part = part.filter(e::kind.eq_any(kinds.to_vec())),
        }
        if let Some(subject) = &query.subject_id {
            part = part.filter(e::subject_id.eq(subject));
        }
        if let Some(company) = query.company_id {
            part = part.filter(e::company_id.eq(company));
        }
        if let Some(complex) = query.complex_id {
            part = part.filter(e::complex_id.eq(complex));
        }
        if let Some(sub) = &query.actor_sub {
            // Nobody may look up which resident complained.
            part = part.filter(e::actor_key.eq(fold(sub))).filter(e::actor_role.ne(Role::Resident.code()));
        }
        if let Some(role) = query.actor_role {
            part = part.filter(e::actor_role.eq(role.code()));
        }
        if let Some(client) = &query.actor_client {
            part = part.filter(e::actor_client.eq(client));
        }
        if let Some(from) = query.recorded_from {
            part = part.filter(e::recorded_at.ge(from));
        }
        if let Some(before) = query.recorded_before {
            part = part.filter(e::recorded_at.lt(before));
        }
        rows.extend(part.order(e::seq).limit(at_most).select(Entry::as_select()).load(conn)?);
    }
    rows.sort_by_key(|row| row.seq);
    rows.dedup_by_key(|row| row.seq);
    rows.truncate(usize::try_from(at_most).unwrap_or(usize::MAX));
    let ids: Vec<Id> = rows.iter().map(|row| row.event_id).collect();
    let leaves: Vec<(Id, String)> = ledger_events::table
        .filter(ledger_events::id.eq_any(ids))
        .select((ledger_events::id, ledger_events::leaf))
        .load(conn)?;
    let mut leaves: std::collections::HashMap<Id, String> = leaves.into_iter().collect();
    let with_leaf = |row: Entry| {
        let leaf = leaves.remove(&row.event_id).unwrap_or_default();
        (row, leaf)
    };
    Ok(rows.into_iter().map(with_leaf).collect())
}

/// One sealed event with its leaf, if the caller may read it.
pub fn find(conn: &mut Conn, scope: &Scope, seq: i64) -> WorkResult<Option<(Entry, String)>> {
    for strand in strands(conn, scope)? {
        let found: Option<Entry> = scoped::ledger_entries(scope, strand)
            .filter(ledger_entries::seq.eq(seq))
            .select(Entry::as_select())
            .first(conn)
            .optional()?;
        if let Some(entry) = found {
            let leaf = ledger_events::table.find(entry.event_id).select(ledger_events::leaf).first(conn)?;
            return Ok(Some((entry, leaf)));
        }
    }
    Ok(None)
}

/// Is there a later sealed event of one of these types about the same resource?
pub fn is_followed_by(conn: &mut Conn, scope: &Scope, entry: &Entry, kinds: &[&str]) -> WorkResult<bool> {
    for strand in strands(conn, scope)? {
        let found: Option<i64> = scoped::ledger_entries(scope, strand)
            .filter(ledger_entries::subject_id.eq(&entry.subject_id))
            .filter(ledger_entries::kind.eq_any(kinds.to_vec()))
            .filter(ledger_entries::seq.gt(entry.seq))
            .select(ledger_entries::seq)
            .first(conn)
            .optional()?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A range of entries with their leaves, for the export. Each part is `None` if the database lacks it.
pub fn run_of_entries(conn: &mut Conn, from: i64, to: i64) -> WorkResult<Vec<(Entry, Option<String>)>> {
    let system = Scope::System("the operator exports the whole ledger");
    Ok(scoped::ledger_entries(&system, Strand::Territory)
        .left_join(ledger_events::table.on(ledger_events::id.eq(ledger_entries::event_id)))
        .filter(ledger_entries::seq.ge(from))
        .filter(ledger_entries::seq.lt(to))
        .order(ledger_entries::seq)
        .select((Entry::as_select(), ledger_events::leaf.nullable()))
        .load(conn)?)
}

/// Number of entries beyond the head.
pub fn count_beyond(conn: &mut Conn, size: i64) -> WorkResult<i64> {
    let system = Scope::System("the operator exports the whole ledger");
    let beyond = scoped::ledger_entries(&system, Strand::Territory).filter(ledger_entries::seq.ge(size));
    Ok(beyond.count().get_result(conn)?)
}
