//! Rows of official documents, their pages and their number counters.

use diesel::prelude::*;

use super::model::{DocumentRow, DocumentState, ListDocuments};
use crate::access::Scope;
use crate::db::schema::{document_contents as contents, document_counters as counters, documents};
use crate::db::{Conn, Id, WorkResult};
use crate::documents::scoped;
use crate::http::paging::PageOf;
use crate::problem::Problem;
use crate::service::Ctx;
use crate::{newest_first, on_both};

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<DocumentRow> {
    Ok(scoped::document(conn, scope, id)?.ok_or_else(Problem::not_found)?)
}

/// The document with a verification code. Knowing the code is sufficient to verify it.
pub fn find_by_code(conn: &mut Conn, code: &str) -> WorkResult<Option<DocumentRow>> {
    let system = Scope::System("every holder of a document may verify it");
    Ok(scoped::documents(&system).filter(documents::code.eq(code.to_owned())).first(conn).optional()?)
}

/// The valid documents about a subject.
pub fn valid_of(conn: &mut Conn, subject: Id) -> WorkResult<Vec<DocumentRow>> {
    let system = Scope::System("the documents of a case do not depend on the caller");
    Ok(scoped::documents(&system)
        .filter(documents::subject_id.eq(subject))
        .filter(documents::state.eq(DocumentState::Valid))
        .order(documents::id)
        .load(conn)?)
}

/// The next number of a document prefix in a year. The row stays locked until the transaction ends, so that a rollback
/// leaves no gap.
pub fn next_number(conn: &mut Conn, county: &str, prefix: &str, year: i32) -> WorkResult<i64> {
    let row = (
        counters::county.eq(county),
        counters::prefix.eq(prefix),
        counters::year.eq(i64::from(year)),
        counters::last.eq(1),
    );
    Ok(on_both!(conn, |conn| {
        diesel::insert_into(counters::table)
            .values(row)
            .on_conflict((counters::county, counters::prefix, counters::year))
            .do_update()
            .set(counters::last.eq(counters::last + 1))
            .returning(counters::last)
            .get_result(conn)
    })?)
}

pub fn insert(conn: &mut Conn, row: &DocumentRow, content: &[u8]) -> WorkResult<()> {
    diesel::insert_into(documents::table).values(row).execute(conn)?;
    let content = (contents::document_id.eq(row.id), contents::content.eq(content));
    diesel::insert_into(contents::table).values(content).execute(conn)?;
    Ok(())
}

/// The page of a document. The caller must have found the document in its scope.
pub fn content_of(conn: &mut Conn, id: Id) -> WorkResult<Vec<u8>> {
    Ok(contents::table.find(id).select(contents::content).first(conn)?)
}

pub fn save_withdrawal(conn: &mut Conn, row: &DocumentRow) -> WorkResult<()> {
    diesel::update(documents::table.find(row.id))
        .set((
            documents::version.eq(row.version),
            documents::state.eq(row.state),
            documents::withdrawn_on.eq(row.withdrawn_on),
            documents::withdrawal_reason.eq(&row.withdrawal_reason),
            documents::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Makes the documents about a subject visible to the company.
pub fn mark_delivered(conn: &mut Conn, subject: Id) -> WorkResult<()> {
    diesel::update(documents::table.filter(documents::subject_id.eq(subject)))
        .set(documents::delivered.eq(true))
        .execute(conn)?;
    Ok(())
}

pub fn list(conn: &mut Conn, ctx: &Ctx, query: &ListDocuments) -> WorkResult<PageOf<DocumentRow>> {
    newest_first!(conn, query, DocumentRow, documents::id, || {
        let mut rows = scoped::documents(&ctx.scope);
        if let Some(kind) = query.kind {
            rows = rows.filter(documents::kind.eq(kind));
        }
        if let Some(subject) = query.subject_id {
            rows = rows.filter(documents::subject_id.eq(subject));
        }
        if let Some(company) = query.company_id {
            rows = rows.filter(documents::company_id.eq(company));
        }
        rows
    })
}
