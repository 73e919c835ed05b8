//! Complaint figures of a complex, for the fact sheet of a star rating.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::{instants, rules_of};
use super::model::ComplaintCounts;
use super::rules;
use super::store::{self, Wanted};
use crate::complaints::scoped::Viewer;
use crate::complexes;
use crate::db::{Conn, Id, WorkResult};
use crate::service::Ctx;

/// Complaints at a complex while a company served it (诉求办理情况). Only complaints visible to every office of the territory
/// count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplaintFacts {
    /// All complaints, by any handler.
    pub all: ComplaintCounts,
    /// Complaints that the company handles or handled.
    pub with_company: ComplaintCounts,
}

/// The figures of a period. A rating must not rest on complaints that its readers cannot see, so only those with
/// confidentiality `open` count. The caller must have checked that the complex is visible.
pub fn facts_of(
    conn: &mut Conn,
    ctx: &Ctx,
    complex: Id,
    company: Id,
    days: (NaiveDate, NaiveDate),
) -> WorkResult<ComplaintFacts> {
    let (from, until) = instants(ctx, days);
    let wanted = Wanted {
        viewer: Viewer::system("raters need all facts of a complex"),
        from,
        until,
        now: ctx.now,
        complex: Some(complex),
        company: Some(company),
        category: None,
        open_to_all: true,
    };
    let county = complexes::county_of(conn, complex)?;
    let satisfied_from = rules_of(conn, ctx, &county)?.satisfied_from;
    let cells = store::cells(conn, &wanted, store::WITH_COMPANY)?;
    let late = store::late(conn, &wanted, store::WITH_COMPANY)?;
    let took = store::took(conn, &wanted, store::WITH_COMPANY)?;
    let (all, mut lines) = rules::count(&cells, &late, took, satisfied_from);
    // Without complaints the figures are those of an empty set.
    let none = || rules::count(&[], &[], Vec::new(), satisfied_from).0;
    let with_company = lines.remove(&Some("company".to_owned())).unwrap_or_else(none);
    Ok(ComplaintFacts { all, with_company })
}
