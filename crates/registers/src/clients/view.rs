//! Clients as returned to a caller: with their valid secrets, but without the values of these.

use super::model::{Client, ClientRow};
use super::store;
use crate::db::{Conn, Id, WorkResult};
use crate::http::Entity;
use crate::problem::Problem;
use crate::service::Ctx;

pub fn views(conn: &mut Conn, ctx: &Ctx, rows: Vec<ClientRow>) -> WorkResult<Vec<Client>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut secrets = store::secrets_of(conn, &ids, ctx.state.secret_life)?;
    let view = |row: ClientRow| {
        let own = secrets.remove(&row.id).unwrap_or_default();
        Client::of(row, own)
    };
    Ok(rows.into_iter().map(view).collect())
}

pub fn view(conn: &mut Conn, ctx: &Ctx, row: ClientRow) -> WorkResult<Client> {
    let mut all = views(conn, ctx, vec![row])?;
    Ok(all.pop().ok_or_else(|| Problem::broken("a client that was read has no view"))?)
}

pub fn entity(conn: &mut Conn, ctx: &Ctx, row: ClientRow) -> WorkResult<Entity<Client>> {
    let (id, version) = (row.id, row.version);
    Ok(Entity::new(id, version, view(conn, ctx, row)?))
}
