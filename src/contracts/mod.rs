//! Service contracts (物业服务合同): filing, succession, ending, hand-over. The contract in force says who serves a complex.

pub mod model;

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::access::Scope;
use crate::db::{Conn, Id, Work};
use model::FiledContract;

/// The filed contract that is in force at a complex on a day.
pub fn filed_in_force(_conn: &mut Conn, _complex: Id, _day: NaiveDate) -> Work<Option<FiledContract>> {
    Ok(None)
}

/// The same for all complexes of a territory: complex and contract, and nothing of what it says.
pub fn all_filed_in_force(_conn: &mut Conn, _scope: &Scope, _day: NaiveDate) -> Work<HashMap<Id, Id>> {
    Ok(HashMap::new())
}

/// Filed contracts by their ids.
pub fn filed(_conn: &mut Conn, _ids: &[Id]) -> Work<Vec<FiledContract>> {
    Ok(Vec::new())
}
