//! Queries of the public complaints and complexes.

use std::collections::HashMap;

use diesel::prelude::*;

use super::place_rules::{Bounds, Candidate};
use super::query_rules::{ParsedQuery, Which};
use crate::access::Scope;
use crate::complaints::model::{ComplaintRow, Confidentiality};
use crate::complaints::scoped::Viewer;
use crate::complexes::model::{ComplexRow, Point};
use crate::db::schema::{complaints, complexes};
use crate::db::{Conn, Id, MultiBackend, WorkResult, distinct};

/// Most complexes to consider around a point.
const MOST_CANDIDATES: i64 = 5000;

/// The complaints of the Open311 interface: of a category that was public at submission and is still public (not in
/// `hidden`), with confidentiality `open`.
fn public<'a>(county: Option<&str>, hidden: &[String]) -> complaints::BoxedQuery<'a, MultiBackend> {
    let rows =
        crate::complaints::scoped::complaints(&Viewer::system("the public part of a complaint is visible to everyone"))
            .filter(complaints::is_public.eq(true))
            .filter(complaints::confidentiality.eq(Confidentiality::Open))
            .filter(complaints::category.ne_all(hidden.to_vec()));
    match county {
        Some(county) => rows.filter(complaints::county.eq(county.to_owned())),
        None => rows,
    }
}

pub fn find(conn: &mut Conn, county: Option<&str>, hidden: &[String], id: Id) -> WorkResult<Option<ComplaintRow>> {
    Ok(public(county, hidden).filter(complaints::id.eq(id)).first(conn).optional()?)
}

/// The public complaints that match the query, newest first.
pub fn list(
    conn: &mut Conn,
    county: Option<&str>,
    hidden: &[String],
    asked: &ParsedQuery,
) -> WorkResult<Vec<ComplaintRow>> {
    let mut rows = public(county, hidden);
    match &asked.which {
        Which::These(ids) => rows = rows.filter(complaints::id.eq_any(distinct(ids))),
        Which::Those { from, to, codes, open } => {
            rows = rows.filter(complaints::submitted_at.ge(*from)).filter(complaints::submitted_at.le(*to));
            if let Some(codes) = codes {
                rows = rows.filter(complaints::category.eq_any(codes.clone()));
            }
            if let Some(open) = open {
                rows = rows.filter(complaints::is_open.eq(*open));
            }
        }
    }
    let order = (complaints::submitted_at.desc(), complaints::id.desc());
    Ok(rows.order(order).limit(asked.rows).offset(asked.offset).load(conn)?)
}

/// The complexes of these complaints.
pub fn complexes_of(conn: &mut Conn, rows: &[ComplaintRow]) -> WorkResult<HashMap<Id, ComplexRow>> {
    let ids: Vec<Id> = rows.iter().filter_map(|row| row.complex_id).collect();
    let system = Scope::System("a public complaint names its complex");
    let mut all = HashMap::new();
    for chunk in distinct(&ids).chunks(500) {
        let found: Vec<ComplexRow> = crate::complexes::scoped::complexes_among(&system, chunk.to_vec()).load(conn)?;
        all.extend(found.into_iter().map(|row| (row.id, row)));
    }
    Ok(all)
}

/// Complexes whose point is within the bounds, limited to a county if given.
pub fn complexes_within(conn: &mut Conn, county: Option<&str>, bounds: Bounds) -> WorkResult<Vec<Candidate>> {
    let system = Scope::System("the complex at a point does not depend on the caller");
    let scope = county.map_or(system, |county| Scope::County(county.to_owned()));
    let rows: Vec<(Id, String, Option<f64>, Option<f64>)> = crate::complexes::scoped::complexes(&scope)
        .filter(complexes::latitude.between(bounds.south, bounds.north))
        .filter(complexes::longitude.between(bounds.west, bounds.east))
        .limit(MOST_CANDIDATES)
        .select((complexes::id, complexes::community, complexes::longitude, complexes::latitude))
        .load(conn)?;
    let candidate = |(id, community, longitude, latitude): (Id, String, Option<f64>, Option<f64>)| {
        Some(Candidate { id, community, point: Point { longitude: longitude?, latitude: latitude? } })
    };
    Ok(rows.into_iter().filter_map(candidate).collect())
}
