//! Queries on contracts.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::input::ListContracts;
use super::model::{ContractRow, ContractState, FiledContract};
use crate::access::Scope;
use crate::complexes;
use crate::contracts::scoped;
use crate::db::schema::contracts;
use crate::db::{Conn, Id, Register, WorkResult, distinct, lock_complex, lock_register};
use crate::http::PageOf;
use crate::newest_first;
use crate::problem::Problem;

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<ContractRow> {
    Ok(scoped::contract(conn, scope, id)?.ok_or_else(Problem::not_found)?)
}

/// Locks the complex, whose contracts supersede each other, then reads the row.
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<ContractRow> {
    let complex = find(conn, scope, id)?.complex_id;
    lock_complex(conn, complex)?;
    find(conn, scope, id)
}

pub fn insert(conn: &mut Conn, row: &ContractRow) -> WorkResult<()> {
    diesel::insert_into(contracts::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save(conn: &mut Conn, row: &ContractRow) -> WorkResult<()> {
    diesel::update(contracts::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

/// Every governing contract of a complex, past and present, oldest first.
pub fn counting(conn: &mut Conn, complex: Id) -> WorkResult<Vec<ContractRow>> {
    let system = Scope::System("a complex has one contract in force at a time, regardless of the caller");
    Ok(scoped::contracts(&system)
        .filter(contracts::complex_id.eq(complex))
        .filter(contracts::governs.eq(true))
        .order((contracts::effective_from, contracts::id))
        .load(conn)?)
}

/// Every contract of a complex that offices can see, oldest first.
pub fn of_complex(conn: &mut Conn, complex: Id) -> WorkResult<Vec<ContractRow>> {
    let system =
        Scope::System("withdrawing a recorded contract restores the one that it superseded, regardless of the caller");
    Ok(scoped::contracts(&system)
        .filter(contracts::complex_id.eq(complex))
        .filter(contracts::shared.eq(true))
        .order((contracts::effective_from, contracts::id))
        .load(conn)?)
}

/// The filed contract that is in force at a complex on a day.
pub fn filed_in_force(conn: &mut Conn, complex: Id, day: NaiveDate) -> WorkResult<Option<FiledContract>> {
    let found = counting(conn, complex)?.into_iter().find(|row| row.filing_number.is_some() && row.is_in_force(day));
    Ok(found.and_then(filed_of))
}

/// For every complex of a territory: its filed contract in force. Ids only.
pub fn all_filed_in_force(conn: &mut Conn, scope: &Scope, day: NaiveDate) -> WorkResult<HashMap<Id, Id>> {
    // Companies and partner agencies do not see these contracts through their own scope; only the survey of the
    // offices calls this.
    let rows: Vec<(Id, Id)> = scoped::contracts(scope)
        .filter(contracts::governs.eq(true))
        .filter(contracts::filing_number.is_not_null())
        .filter(contracts::effective_from.le(day))
        .filter(contracts::last_day.is_null().or(contracts::last_day.ge(day)))
        .filter(contracts::effective_to.is_null().or(contracts::effective_to.ge(day)))
        .select((contracts::complex_id, contracts::id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

fn filed_of(row: ContractRow) -> Option<FiledContract> {
    Some(FiledContract {
        id: row.id,
        company_id: row.company_id,
        kind: row.kind,
        effective_from: row.effective_from,
        effective_to: row.ends_on(),
        filed_on: row.filed_on?,
        filing_number: row.filing_number?,
        fee_items: row.terms.0.fee_items,
    })
}

/// Filed contracts by their ids.
pub fn filed(conn: &mut Conn, ids: &[Id]) -> WorkResult<Vec<FiledContract>> {
    let system = Scope::System("disclosed prices are compared with the filed contract, regardless of the caller");
    let rows: Vec<ContractRow> = scoped::contracts_among(&system, distinct(ids)).load(conn)?;
    Ok(rows.into_iter().filter_map(filed_of).collect())
}

/// Next serial number of an office's filings in a year. The numbers have no gaps: the lock lets one filing at a time
/// take one.
pub fn next_serial(conn: &mut Conn, office: &str, year: i64) -> WorkResult<i64> {
    lock_register(conn, Register::Filings)?;
    let system = Scope::System("a serial number is unique in its office and year");
    let last: Option<Option<i64>> = scoped::contracts(&system)
        .filter(contracts::filing_office.eq(office.to_owned()))
        .filter(contracts::filing_year.eq(year))
        .select(contracts::filing_serial)
        .order(contracts::filing_serial.desc())
        .first(conn)
        .optional()?;
    Ok(last.flatten().unwrap_or_default() + 1)
}

/// Contracts with a pending review, handover or removal, for the inbox.
pub fn waiting(conn: &mut Conn, scope: &Scope, at_most: i64) -> WorkResult<Vec<ContractRow>> {
    let open_handover = contracts::handover_due_on.is_not_null().and(contracts::handover_done_on.is_null());
    Ok(scoped::contracts(scope)
        .filter(
            contracts::state
                .eq_any([ContractState::Submitted, ContractState::Refused])
                .or(open_handover)
                .or(contracts::removal_id.is_not_null()),
        )
        .order(contracts::id)
        .limit(at_most)
        .load(conn)?)
}

/// Contracts with a pending review or handover, by id.
pub fn with_open_deadlines(conn: &mut Conn, scope: &Scope, after: Id, at_most: i64) -> WorkResult<Vec<ContractRow>> {
    let open_handover = contracts::handover_due_on.is_not_null().and(contracts::handover_done_on.is_null());
    Ok(scoped::contracts(scope)
        .filter(contracts::state.eq(ContractState::Submitted).or(open_handover))
        .filter(contracts::id.gt(after))
        .order(contracts::id)
        .limit(at_most)
        .load(conn)?)
}

/// Writes the service period that follows from a contract, or deletes it if the contract does not govern.
pub fn set_service(conn: &mut Conn, row: &ContractRow) -> WorkResult<()> {
    complexes::drop_service(conn, row.id)?;
    if row.governs {
        complexes::insert_service(
            conn,
            &complexes::model::ServiceRow {
                id: row.id,
                complex_id: row.complex_id,
                company_id: row.company_id,
                project_manager: row.project_manager.clone(),
                effective_from: row.effective_from,
                effective_to: row.serves_until(),
                county: row.county.clone(),
                township: row.township.clone(),
                community: row.community.clone(),
                created_at: row.created_at,
            },
        )?;
    }
    Ok(())
}

pub fn list(conn: &mut Conn, scope: &Scope, query: &ListContracts) -> WorkResult<PageOf<ContractRow>> {
    newest_first!(conn, query, ContractRow, contracts::id, || {
        let mut rows = scoped::contracts(scope);
        if let Some(state) = query.state {
            rows = rows.filter(contracts::state.eq(state));
        }
        if let Some(kind) = query.kind {
            rows = rows.filter(contracts::kind.eq(kind));
        }
        if let Some(company) = query.company_id {
            rows = rows.filter(contracts::company_id.eq(company));
        }
        if let Some(complex) = query.complex_id {
            rows = rows.filter(contracts::complex_id.eq(complex));
        }
        if let Some(township) = &query.township {
            rows = rows.filter(contracts::township.eq(township.clone()));
        }
        if let Some(day) = query.ends_by {
            let ended =
                contracts::last_day.le(day).or(contracts::last_day.is_null().and(contracts::effective_to.le(day)));
            rows = rows.filter(contracts::governs.eq(true)).filter(ended.assume_not_null());
        }
        rows
    })
}
