//! Complexes and service periods as returned to a caller.

use std::collections::HashMap;

use super::model::{Complex, ComplexRow, CurrentService, Point, ServicePeriod, ServiceRow};
use super::store;
use crate::companies;
use crate::db::{Conn, Id, WorkResult};
use crate::http::PageOf;
use crate::service::Ctx;

/// Complexes with their current company.
pub fn views(conn: &mut Conn, ctx: &Ctx, rows: Vec<ComplexRow>) -> WorkResult<Vec<Complex>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut services = store::services_in_force(conn, &ctx.scope, &ids, ctx.today)?;
    Ok(rows.into_iter().map(|row| view(row, &mut services)).collect())
}

pub fn view_one(conn: &mut Conn, ctx: &Ctx, row: ComplexRow) -> WorkResult<Complex> {
    let mut services = store::services_in_force(conn, &ctx.scope, &[row.id], ctx.today)?;
    Ok(view(row, &mut services))
}

fn view(row: ComplexRow, services: &mut HashMap<Id, CurrentService>) -> Complex {
    Complex {
        service: services.remove(&row.id),
        id: row.id,
        version: row.version,
        name: row.name,
        county: row.county,
        township: row.township,
        community: row.community,
        grid: row.grid,
        address: row.address,
        point: row.longitude.zip(row.latitude).map(|(longitude, latitude)| Point { longitude, latitude }),
        area_m2: row.area_m2,
        households: row.households,
        buildings: row.buildings,
        delivered_on: row.delivered_on,
        self_governance: row.self_governance,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// Service periods of a complex, newest first.
pub fn list_services(conn: &mut Conn, ctx: &Ctx, complex: Id) -> WorkResult<PageOf<ServicePeriod>> {
    store::find(conn, &ctx.scope, complex)?;
    let rows = store::services_of(conn, &ctx.scope, complex)?;
    let names = companies::names_of(conn, &rows.iter().map(|row| row.company_id).collect::<Vec<_>>())?;
    let items = rows.into_iter().rev().map(|row| service_view(row, &names)).collect();
    Ok(PageOf { items, next_cursor: None, total: None })
}

fn service_view(row: ServiceRow, names: &HashMap<Id, (String, String)>) -> ServicePeriod {
    ServicePeriod {
        id: row.id,
        complex_id: row.complex_id,
        company_id: row.company_id,
        company_name: names.get(&row.company_id).map(|(name, _)| name.clone()).unwrap_or_default(),
        project_manager: row.project_manager,
        effective_from: row.effective_from,
        effective_to: row.effective_to,
        created_at: row.created_at,
    }
}
