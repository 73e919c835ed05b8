//! Queries of the statistics: a few statements over an index of the area, never one for each complex.

use std::collections::HashSet;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::rules::{Place, Rated};
use crate::access::Scope;
use crate::db::schema::{complex_services as services, complexes, ratings};
use crate::db::{Conn, Id, WorkResult};
use crate::points::WeightedPoints;
use crate::ratings::model::{RatingState, Star};

/// Every complex of an area, and whether it has a company on a day.
pub fn places(conn: &mut Conn, scope: &Scope, day: NaiveDate) -> WorkResult<Vec<Place>> {
    let served: Vec<Id> = crate::complexes::scoped::complex_services(scope)
        .filter(services::effective_from.le(day))
        .filter(services::effective_to.is_null().or(services::effective_to.ge(day)))
        .select(services::complex_id)
        .load(conn)?;
    let served: HashSet<Id> = served.into_iter().collect();
    let rows: Vec<(Id, String, String)> = crate::complexes::scoped::complexes(scope)
        .select((complexes::id, complexes::township, complexes::community))
        .order(complexes::id)
        .load(conn)?;
    let place =
        |(complex, township, community)| Place { served: served.contains(&complex), complex, township, community };
    Ok(rows.into_iter().map(place).collect())
}

type Slim = (Id, Option<i64>, Option<i64>, NaiveDate, NaiveDate);

/// Every published rating of an area up to a period.
pub fn published(
    conn: &mut Conn,
    scope: &Scope,
    up_to: Option<NaiveDate>,
    low: impl Fn(Star) -> bool,
) -> WorkResult<Vec<Rated>> {
    let mut rows = crate::ratings::scoped::ratings(scope).filter(ratings::state.eq(RatingState::Published));
    if let Some(day) = up_to {
        rows = rows.filter(ratings::period_to.le(day));
    }
    let rows: Vec<Slim> = rows
        .select((ratings::complex_id, ratings::final_star, ratings::total, ratings::period_from, ratings::period_to))
        .load(conn)?;
    let rated = |(complex, star, total, period_from, period_to): Slim| {
        let star = star.and_then(Star::from_rank)?;
        Some(Rated {
            complex,
            star,
            total: WeightedPoints::from_units(total?),
            period_from,
            period_to,
            focus: low(star),
        })
    };
    Ok(rows.into_iter().filter_map(rated).collect())
}
