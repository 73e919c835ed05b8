//! Typical cases as returned to callers.

use super::model::*;
use crate::companies;
use crate::complexes;
use crate::db::{Conn, WorkResult};
use crate::policy;
use crate::problem::Problem;
use crate::proceedings::view::{officer, step};
use crate::service::Ctx;

pub fn view(conn: &mut Conn, ctx: &Ctx, row: TypicalCaseRow) -> WorkResult<TypicalCase> {
    Ok(views(conn, ctx, vec![row])?.pop().ok_or_else(|| Problem::broken("a typical case that was read has no view"))?)
}

pub fn views(conn: &mut Conn, ctx: &Ctx, rows: Vec<TypicalCaseRow>) -> WorkResult<Vec<TypicalCase>> {
    let companies = companies::names_of(conn, &rows.iter().map(|row| row.company_id).collect::<Vec<_>>())?;
    let complexes = complexes::names_of(conn, &rows.iter().filter_map(|row| row.complex_id).collect::<Vec<_>>())?;
    let policies = policy::all(conn, &ctx.state)?;
    let shown = rows.into_iter().map(|row| {
        let of_county = policies.of(&row.county);
        let act = of_county.governing(row.published_on).act(&row.act);
        let (act_zh, act_en) = act.map(|act| (act.title_zh.clone(), act.title_en.clone())).unwrap_or_default();
        TypicalCase {
            state: row.state,
            act_zh,
            act_en,
            company_name: companies.get(&row.company_id).map(|(name, _)| name.clone()).unwrap_or_default(),
            complex_name: row.complex_id.and_then(|id| complexes.get(&id)).cloned(),
            township: Some(row.township).filter(|code| !code.is_empty()),
            community: Some(row.community).filter(|code| !code.is_empty()),
            published_by: officer(ctx, row.published_by.0),
            withdrawal: row.withdrawal.0.map(|one| step(ctx, one)),
            id: row.id,
            version: row.version,
            violation_id: row.violation_id,
            act: row.act,
            company_id: row.company_id,
            complex_id: row.complex_id,
            county: row.county,
            title: row.title,
            summary: row.summary,
            published_on: row.published_on,
            withdrawn_on: row.withdrawn_on,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    });
    Ok(shown.collect())
}
