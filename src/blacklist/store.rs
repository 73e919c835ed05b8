use chrono::NaiveDate;
use diesel::prelude::*;

use crate::access::{Scope, scoped};
use crate::db::schema::listings;
use crate::db::{Conn, Id, Work};
use crate::problem::{Code, Problem};

/// The kinds under which a company is listed on a day.
fn kinds_on(conn: &mut Conn, company: Id, day: NaiveDate) -> Work<Vec<String>> {
    let system = Scope::System("what a company may take on does not depend on who asks");
    Ok(scoped::listings(&system)
        .filter(listings::company_id.eq(company))
        .filter(listings::listed_from.le(day))
        .filter(listings::listed_until.ge(day))
        .filter(listings::removed_on.is_null().or(listings::removed_on.gt(day)))
        .select(listings::kind)
        .load(conn)?)
}

/// Is a company on the blacklist on a day?
pub fn is_listed(conn: &mut Conn, company: Id, day: NaiveDate) -> Work<bool> {
    Ok(kinds_on(conn, company, day)?.iter().any(|kind| kind == "blacklist"))
}

/// A company that is blacklisted or restricted takes on no new complex; renewals are not touched.
pub fn refuse_new_complex(conn: &mut Conn, company: Id, day: NaiveDate) -> Work<()> {
    let kinds = kinds_on(conn, company, day)?;
    if kinds.iter().any(|kind| kind == "blacklist") {
        return Err(Problem::new(Code::CompanyBlacklisted).into());
    }
    if kinds.iter().any(|kind| kind == "restriction") {
        return Err(Problem::new(Code::CompanyRestricted).into());
    }
    Ok(())
}
