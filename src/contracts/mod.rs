//! Service contracts (物业服务合同): filing, succession, ending, hand-over. The contract in force says who serves a complex.

pub mod model;

use chrono::NaiveDate;

use crate::db::{Conn, Id, Work};
use model::FiledContract;

/// The filed contract that is in force at a complex on a day.
pub fn filed_in_force(_conn: &mut Conn, _complex: Id, _day: NaiveDate) -> Work<Option<FiledContract>> {
    Ok(None)
}
