//! Queries and updates of plaques.

use std::collections::HashMap;

use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::model::{PlaqueState, Star};
use super::rows::PlaqueRow;
use crate::access::Scope;
use crate::db::schema::plaques;
use crate::db::{Conn, Id, WorkResult};
use crate::ratings::scoped;

const EVERYONE: Scope = Scope::System("plaques are public");

pub fn find(conn: &mut Conn, number: &str) -> WorkResult<Option<PlaqueRow>> {
    Ok(scoped::plaques(&EVERYONE).filter(plaques::number.eq(number.to_owned())).first(conn).optional()?)
}

/// The numbers of the valid plaques of these ratings.
pub fn valid_of(conn: &mut Conn, ratings: &[Id]) -> WorkResult<HashMap<Id, String>> {
    let mut all = HashMap::new();
    for chunk in ratings.chunks(500) {
        let rows: Vec<(Id, String)> = scoped::plaques(&EVERYONE)
            .filter(plaques::rating_id.eq_any(chunk.to_vec()))
            .filter(is_valid())
            .select((plaques::rating_id, plaques::number))
            .load(conn)?;
        all.extend(rows);
    }
    Ok(all)
}

/// The state is written into the SQL: with a bound value SQLite does not use the partial index of valid plaques, and
/// reads every plaque.
fn is_valid() -> SqlLiteral<Bool> {
    diesel::dsl::sql(&format!("plaques.state = '{}'", PlaqueState::Valid.code()))
}

/// The valid plaque of a complex.
pub fn valid_at(conn: &mut Conn, complex: Id) -> WorkResult<Option<PlaqueRow>> {
    Ok(scoped::plaques(&EVERYONE).filter(plaques::complex_id.eq(complex)).filter(is_valid()).first(conn).optional()?)
}

/// The plaque of a rating with this star.
pub fn of_rating(conn: &mut Conn, rating: Id, star: Star) -> WorkResult<Option<PlaqueRow>> {
    Ok(scoped::plaques(&EVERYONE)
        .filter(plaques::rating_id.eq(rating))
        .filter(plaques::stars.eq(star.rank()))
        .first(conn)
        .optional()?)
}

/// Every plaque that a rating ever had.
pub fn all_of_rating(conn: &mut Conn, rating: Id) -> WorkResult<Vec<PlaqueRow>> {
    Ok(scoped::plaques(&EVERYONE).filter(plaques::rating_id.eq(rating)).order(plaques::number).load(conn)?)
}

pub fn insert(conn: &mut Conn, row: &PlaqueRow) -> WorkResult<()> {
    diesel::insert_into(plaques::table).values(row).execute(conn)?;
    Ok(())
}

/// Saves whether a plaque is valid. Its content never changes.
pub fn save(conn: &mut Conn, row: &PlaqueRow) -> WorkResult<()> {
    diesel::update(plaques::table.find(&row.number))
        .set((plaques::state.eq(row.state), plaques::ended_on.eq(row.ended_on)))
        .execute(conn)?;
    Ok(())
}
