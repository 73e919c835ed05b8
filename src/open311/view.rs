//! The public data of a complaint: category, state, times, role of the handler, and complex. It never contains the
//! complainant's text or address.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::SubsecRound;

use super::model::{ExtendedAttributes, Open311Request};
use super::{service_rules, store};
use crate::complaints::model::{ComplaintRow, ComplaintState};
use crate::complaints::visibility::{self, Audience, Field};
use crate::complexes::model::{ComplexRow, Point};
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::divisions;
use crate::http::language::Language;
use crate::policy::complaints::ComplaintCategory;
use crate::policy::versions::Policies;

/// The names that the requests of one response refer to.
struct Named {
    complexes: HashMap<Id, ComplexRow>,
    divisions: HashMap<String, String>,
    policies: Arc<Policies>,
    language: Language,
}

pub fn views(
    conn: &mut Conn,
    rows: Vec<ComplaintRow>,
    policies: Arc<Policies>,
    language: Language,
    extensions: bool,
) -> WorkResult<Vec<Open311Request>> {
    let codes =
        rows.iter().flat_map(|row| [&row.community, &row.township, &row.county]).filter(|code| !code.is_empty());
    let divisions = divisions::names_of(conn, codes.cloned())?;
    let named = Named { complexes: store::complexes_of(conn, &rows)?, divisions, policies, language };
    Ok(rows.into_iter().map(|row| named.view(row, extensions)).collect())
}

impl Named {
    /// The category, from the policy version that governs the complaint.
    fn category(&self, row: &ComplaintRow) -> Option<&ComplaintCategory> {
        self.policies.get(row.course.0.policy_version)?.document().complaints.category(&row.category)
    }

    /// "From most specific to most general geographic unit" (address).
    fn address(&self, row: &ComplaintRow, complex: Option<&ComplexRow>) -> String {
        let divisions =
            [&row.community, &row.township, &row.county].into_iter().filter_map(|code| self.divisions.get(code));
        let parts: Vec<&str> = complex.map(|one| &one.name).into_iter().chain(divisions).map(String::as_str).collect();
        parts.join(if self.language == Language::Zh { "，" } else { ", " })
    }

    fn view(&self, row: ComplaintRow, extensions: bool) -> Open311Request {
        let state = row.state;
        let course = &row.course.0;
        let category = self.category(&row);
        let service_name = category.map_or_else(|| row.category.clone(), |one| service_rules::name(one, self.language));
        let complex = row.complex_id.and_then(|id| self.complexes.get(&id));
        // At a complex, always the complex's own point: an exact point could reveal who complained about a neighbour.
        let of_complex = complex.and_then(|one| Some(Point { longitude: one.longitude?, latitude: one.latitude? }));
        let told =
            visibility::point(Audience::Public, course.point, of_complex, course.point_released, course.anonymous);
        let point = match complex {
            Some(_) => of_complex,
            None => told,
        };
        let handler = row.handler_role.row();
        let extended_attributes = extensions.then(|| ExtendedAttributes {
            state: state.code().to_owned(),
            group: category.map(|one| one.group_zh.clone()),
            organisation: row.organisation.map(|kind| kind.code().to_owned()),
            community: row.community.clone(),
            answered_in_time: row.resolved_on_time,
        });
        let (zh, en) = (state.zh(), state.en());
        Open311Request {
            service_request_id: row.id,
            status: status(state),
            status_notes: if self.language == Language::Zh { zh } else { en }.to_owned(),
            description: course
                .public_summary
                .clone()
                .filter(|_| visibility::is_clear(Audience::Public, Field::PublicSummary))
                .unwrap_or_else(|| service_name.clone()),
            service_name,
            service_code: row.category.clone(),
            agency_responsible: if self.language == Language::Zh { handler.zh } else { handler.en },
            requested_datetime: to_the_second(row.submitted_at),
            updated_datetime: to_the_second(if state.is_open() {
                row.updated_at
            } else {
                course.closed_at.or(course.resolved_at).unwrap_or(row.updated_at)
            }),
            expected_datetime: row.resolve_due,
            address: self.address(&row, complex),
            address_id: complex.map(|one| one.id),
            lat: point.map(|point| point.latitude),
            long: point.map(|point| point.longitude),
            extended_attributes,
        }
    }
}

/// "Returned in w3 format, eg 2010-01-01T00:00:00Z": not every client reads fractions.
fn to_the_second(at: Instant) -> Instant {
    Instant(at.0.trunc_subsecs(0))
}

/// The standard has two: "it has been reported" and "it has been resolved".
fn status(state: ComplaintState) -> &'static str {
    if state.is_open() { "open" } else { "closed" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_answered_is_closed_outside() {
        for state in ComplaintState::ALL {
            use ComplaintState::*;
            let closed = matches!(state, Replied | Closed | Rejected | Merged);
            assert_eq!(status(*state) == "closed", closed, "{state:?}");
        }
    }
}
