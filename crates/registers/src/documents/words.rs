//! Names of places as official documents write them.

use crate::db::{Conn, WorkResult};
use crate::divisions;
use crate::ledger::Place;

/// The names of the divisions of a place, from the county down.
pub fn place_in_words(conn: &mut Conn, place: &Place) -> WorkResult<String> {
    let mut words = String::new();
    for code in [&place.county, &place.township, &place.community] {
        if let Some(division) = divisions::find(conn, code)? {
            words.push_str(&division.name);
        }
    }
    Ok(words)
}
