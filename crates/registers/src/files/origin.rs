//! Origin of an upload: the office, company or complex of the uploader.

use diesel::prelude::*;

use crate::db::schema::{companies, complexes};
use crate::db::{Id, WorkResult};
use crate::ledger::Place;
use crate::service::Tx;

/// Territory, company and complex of an upload, as far as the uploader has them.
#[derive(Default)]
pub struct Whence {
    pub place: Option<Place>,
    pub company: Option<Id>,
    pub complex: Option<Id>,
}

pub fn whence(tx: &mut Tx) -> WorkResult<Whence> {
    let ctx = tx.ctx;
    if let Some(division) = &ctx.caller.division {
        let digits = |count: usize| division.get(..count).unwrap_or_default().to_owned();
        let place = Place { county: digits(6), township: digits(9), community: digits(12) };
        return Ok(Whence { place: Some(place), ..Whence::default() });
    }
    if let Some(uscc) = &ctx.caller.company {
        let found: Option<(Id, String)> = crate::companies::scoped::companies(&ctx.scope)
            .filter(companies::uscc.eq(uscc.clone()))
            .select((companies::id, companies::county))
            .first(tx.conn)
            .optional()?;
        let Some((company, county)) = found else { return Ok(Whence::default()) };
        let place = Place { county, ..Place::default() };
        return Ok(Whence { place: Some(place), company: Some(company), complex: None });
    }
    let Some(id) = ctx.caller.complex else { return Ok(Whence::default()) };
    let found: Option<(String, String, String)> = crate::complexes::scoped::complexes(&ctx.scope)
        .filter(complexes::id.eq(id))
        .select((complexes::county, complexes::township, complexes::community))
        .first(tx.conn)
        .optional()?;
    let place = found.map(|(county, township, community)| Place { county, township, community });
    Ok(Whence { complex: place.is_some().then_some(id), place, company: None })
}
