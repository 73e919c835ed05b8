//! `Idempotency-Key`: a POST with a key takes effect once. Its response is stored, encrypted, in the same transaction.

use aws_lc_rs::digest::{SHA256, digest};
use diesel::prelude::*;

use crate::access::Caller;
use crate::db::schema::idempotency_keys as keys;
use crate::db::types::Instant;
use crate::db::{Conn, Id, StoredResponse, WorkResult};
use crate::keys::Keyring;
use crate::problem::{Code, Problem};

/// How long a response is replayed.
pub const KEPT: chrono::Duration = chrono::Duration::hours(24);
pub const MAX_KEY_LENGTH: usize = 255;

/// Status stored in place of a response that contained a secret.
const SHOWN_ONCE: u16 = 0;
/// Status stored in place of a response that was erased with its personal data.
const ERASED: u16 = 1;

impl StoredResponse {
    /// The record kept for a response with a secret: only that it was sent.
    pub fn shown_once() -> StoredResponse {
        StoredResponse { status: SHOWN_ONCE, etag: None, location: None, body: Vec::new() }
    }
}

/// A key in its scope, and a digest of its request.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    scope: String,
    request: String,
    /// How long the key refers to the same request; at most [`KEPT`].
    life: chrono::Duration,
}

impl IdempotencyKey {
    /// Shortens the lifetime of the key.
    pub fn within(self, life: chrono::Duration) -> IdempotencyKey {
        IdempotencyKey { life: life.min(KEPT), ..self }
    }

    /// The scope is the caller (issuer, subject, client, role, division, company) and the operation (method, path).
    pub fn new(key: &str, caller: &Caller, method: &str, path: &str, body: &[u8]) -> Self {
        let person = caller.person();
        let scope = [
            key,
            person.iss(),
            person.sub(),
            caller.client.as_deref().unwrap_or_default(),
            caller.role.code(),
            caller.division.as_deref().unwrap_or_default(),
            caller.company.as_deref().unwrap_or_default(),
            method,
            path,
        ]
        .join("\0");
        IdempotencyKey {
            scope: hex::encode(digest(&SHA256, scope.as_bytes())),
            request: hex::encode(digest(&SHA256, body)),
            life: KEPT,
        }
    }

    /// A number for PostgreSQL's advisory lock.
    pub fn lock(&self) -> i64 {
        u64::from_str_radix(&self.scope[..16], 16).unwrap_or_default() as i64
    }
}

#[derive(Queryable)]
struct Row {
    request: String,
    resource_id: Option<Id>,
    status: i32,
    etag: Option<String>,
    location: Option<String>,
    body: Vec<u8>,
    data_key: String,
    created_at: Instant,
}

/// The stored response for this key, and the resource that it is about. Another request with the same key is 422.
pub fn find(
    conn: &mut Conn,
    keyring: &Keyring,
    key: &IdempotencyKey,
    now: Instant,
) -> WorkResult<Option<(StoredResponse, Option<Id>)>> {
    let row: Option<Row> = keys::table
        .find(&key.scope)
        .select((
            keys::request,
            keys::resource_id,
            keys::status,
            keys::etag,
            keys::location,
            keys::body,
            keys::data_key,
            keys::created_at,
        ))
        .first(conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    if row.created_at.0 + key.life <= now.0 {
        diesel::delete(keys::table.find(&key.scope)).execute(conn)?;
        return Ok(None);
    }
    if row.request != key.request {
        return Err(Problem::new(Code::IdempotencyKeyReused).into());
    }
    if row.status == i32::from(SHOWN_ONCE) {
        return Err(Problem::new(Code::ShownOnce).into());
    }
    if row.status == i32::from(ERASED) {
        return Err(Problem::new(Code::StateConflict)
            .detail(
                "该请求已执行，其应答已随个人信息删除。无须重新请求。",
                "The request was carried out, and its response was erased with the personal data. Do not repeat it.",
            )
            .into());
    }
    let Some(body) = keyring.data_key_of(&row.data_key).and_then(|one| one.decrypt(&key.scope, &row.body)) else {
        // The row was changed or its data key is gone. The effect remains, but the response cannot be read.
        return Err(Problem::new(Code::IdempotencyKeyReused)
            .detail(
                "该幂等键的应答已无法读取。请先核实办理结果，再使用新的幂等键。",
                "The stored response of this key can no longer be read. Check the outcome before you use a new key.",
            )
            .into());
    };
    let answer = StoredResponse { status: row.status as u16, etag: row.etag, location: row.location, body };
    Ok(Some((answer, row.resource_id)))
}

pub fn store(
    conn: &mut Conn,
    keyring: &Keyring,
    key: &IdempotencyKey,
    resource: Option<Id>,
    answer: &StoredResponse,
    now: Instant,
) -> WorkResult<()> {
    let data_key = keyring.data_key(now.0);
    let body = data_key
        .encrypt(&key.scope, &answer.body)
        .map_err(|error| Problem::broken_by("a response could not be encrypted", error))?;
    diesel::insert_into(keys::table)
        .values((
            keys::scope.eq(&key.scope),
            keys::request.eq(&key.request),
            keys::resource_id.eq(resource),
            keys::status.eq(i32::from(answer.status)),
            keys::etag.eq(&answer.etag),
            keys::location.eq(&answer.location),
            keys::body.eq(body),
            keys::data_key.eq(&data_key.key.id),
            keys::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes the stored responses about these rows. The keys remain, so that a repeated request has no second effect.
pub fn forget_answers(conn: &mut Conn, resources: &[Id]) -> WorkResult<()> {
    for chunk in resources.chunks(500) {
        let these = keys::table.filter(keys::resource_id.eq_any(chunk.to_vec()));
        let dropped = (
            keys::status.eq(i32::from(ERASED)),
            keys::etag.eq(None::<String>),
            keys::location.eq(None::<String>),
            keys::body.eq(Vec::<u8>::new()),
        );
        diesel::update(these).set(dropped).execute(conn)?;
    }
    Ok(())
}

/// Deletes expired responses in chunks, so that the job never holds the writer for long. Returns the number deleted.
pub fn forget_old(conn: &mut Conn, now: Instant) -> WorkResult<usize> {
    let old: Vec<String> = keys::table
        .filter(keys::created_at.lt(Instant(now.0 - KEPT)))
        .order(keys::created_at)
        .select(keys::scope)
        .limit(500)
        .load(conn)?;
    Ok(diesel::delete(keys::table.filter(keys::scope.eq_any(old))).execute(conn)?)
}
