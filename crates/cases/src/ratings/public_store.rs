//! Public queries of ratings.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::RatingState;
use super::rows::RatingRow;
use crate::access::Scope;
use crate::db::schema::ratings;
use crate::db::{Conn, Id, WorkResult};
use crate::ratings::scoped;

const PUBLIC: Scope = Scope::System("published ratings are public");

/// Published ratings of a complex except the current one and withdrawn ones, newest first.
pub fn earlier_of(conn: &mut Conn, complex: Id, at_most: i64) -> WorkResult<Vec<RatingRow>> {
    Ok(scoped::ratings(&PUBLIC)
        .filter(ratings::complex_id.eq(complex))
        .filter(ratings::state.eq(RatingState::Published))
        .filter(ratings::is_current.eq(false))
        .order((ratings::period_to.desc(), ratings::id.desc()))
        .limit(at_most)
        .load(conn)?)
}

/// Announced ratings of a complex whose announcement period is not over.
pub fn announced_at(conn: &mut Conn, complex: Id, today: NaiveDate) -> WorkResult<Vec<RatingRow>> {
    Ok(scoped::ratings(&PUBLIC)
        .filter(ratings::complex_id.eq(complex))
        .filter(ratings::state.eq(RatingState::Announced))
        .filter(ratings::announcement_ends_on.ge(today))
        .order(ratings::id)
        .load(conn)?)
}
