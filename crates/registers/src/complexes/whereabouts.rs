//! The place of a record: a complex or a division.

use super::{rules, store};
use crate::access::Scope;
use crate::db::{Conn, Id, WorkError, WorkResult};
use crate::divisions;
use crate::input_error::InputError;
use crate::ledger::Place;

/// The territory of a complex, if it is in the scope.
pub fn place_of(conn: &mut Conn, scope: &Scope, complex: Id) -> WorkResult<Option<Place>> {
    match store::find(conn, scope, complex) {
        Ok(row) => Ok(Some(row.place())),
        Err(WorkError::Problem(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// The territory of a complex or, if there is none, of a division. `None` if it is outside the scope.
pub fn place(conn: &mut Conn, scope: &Scope, complex: Option<Id>, division: Option<&str>) -> WorkResult<Option<Place>> {
    if let Some(complex) = complex {
        return place_of(conn, scope, complex);
    }
    let Some(code) = division else { return Ok(None) };
    let place = divisions::find(conn, code)?.map(|division| division.place());
    Ok(place.filter(|place| scope.contains(&place.county, &place.township, &place.community)))
}

/// Exactly one of `/complex_id` and `/division` must be present, and it must be in the scope.
pub fn check_place(
    conn: &mut Conn,
    scope: &Scope,
    complex: Option<Id>,
    division: Option<&str>,
    faults: &mut Vec<InputError>,
) -> WorkResult<()> {
    if let Err(fault) = rules::check_named(complex.is_some(), division.is_some()) {
        faults.push(fault);
        return Ok(());
    }
    if place(conn, scope, complex, division)?.is_none() {
        let pointer = if complex.is_some() { "/complex_id" } else { "/division" };
        let (zh, en) = ("不存在，或者不在您的辖区内", "unknown, or outside your territory");
        faults.push(InputError::new(pointer, "unknown_reference", zh, en));
    }
    Ok(())
}
