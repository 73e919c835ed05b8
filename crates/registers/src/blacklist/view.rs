//! Listings as returned to a caller.

use chrono::NaiveDate;

use super::model::{CreditRepair, Listing, ListingRow};
use super::rules::{self, Term};
use crate::companies;
use crate::db::{Conn, WorkResult};
use crate::http::Entity;
use crate::problem::Problem;
use crate::proceedings::model::{Statement, Step};
use crate::service::Ctx;

pub fn to_entity(conn: &mut Conn, ctx: &Ctx, row: ListingRow) -> WorkResult<Entity<Listing>> {
    let (id, version) = (row.id, row.version);
    let view = views(conn, vec![row], ctx.today)?.pop();
    Ok(Entity::new(id, version, view.ok_or_else(|| Problem::broken("a listing that was read has no view"))?))
}

pub fn views(conn: &mut Conn, rows: Vec<ListingRow>, today: NaiveDate) -> WorkResult<Vec<Listing>> {
    let names = companies::names_of(conn, &rows.iter().map(|row| row.company_id).collect::<Vec<_>>())?;
    rows.into_iter()
        .map(|row| {
            let (company_name, company_uscc) = names.get(&row.company_id).cloned().unwrap_or_default();
            Ok(Listing {
                kind: row.kind,
                state: rules::state_of(&Term::from(&row), today),
                company_name,
                company_uscc,
                credit_repair: row.repair.0.map(|made| repair(made, row.repair_refusal.0)),
                id: row.id,
                version: row.version,
                company_id: row.company_id,
                county: row.county,
                measure_id: row.measure_id,
                legal_basis: row.legal_basis,
                reason: row.reason,
                public_reason: row.public_reason,
                listed_from: row.listed_from,
                listed_until: row.listed_until,
                delisted_on: row.delisted_on,
                delisting_reason: row.delisting_reason,
                suspended_on: row.suspended_on,
                created_at: row.created_at,
                updated_at: row.updated_at,
            })
        })
        .collect()
}

fn repair(made: Statement, refused: Option<Step>) -> CreditRepair {
    let (refused_at, refusal_reasons) = refused.map(|step| (step.at, step.text)).unzip();
    CreditRepair { text: made.text, evidence: made.evidence, at: made.at, refused_at, refusal_reasons }
}
