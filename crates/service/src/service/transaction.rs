//! One transaction of one request ([`Tx`]), in which an action reads its input, once per idempotency key.

use std::sync::LazyLock;

use super::body::Body;
use super::context::Ctx;
use crate::access::Scope;
use crate::db::types::Instant;
use crate::db::{Conn, Id, StoredResponse, WorkError, WorkResult};
use crate::http::idempotency::{self, IdempotencyKey};
use crate::input_error::InputError;
use crate::templates::texts::Texts;

/// One transaction of one request.
pub struct Tx<'a> {
    pub conn: &'a mut Conn,
    pub ctx: &'a Ctx,
    pub(super) key: Option<&'a IdempotencyKey>,
    /// The texts of official documents rendered for it.
    pub texts: &'a Texts,
}

impl<'a> Tx<'a> {
    /// A transaction of the service itself, without a key and without official documents ([`Ctx::write`]).
    pub fn of(conn: &'a mut Conn, ctx: &'a Ctx) -> Tx<'a> {
        static NONE: LazyLock<Texts> = LazyLock::new(Texts::default);
        Tx { conn, ctx, key: None, texts: &NONE }
    }
}

impl Tx<'_> {
    /// The input of an action on an existing row: replays, or validates and reports all input errors.
    pub fn input<'b, B>(&mut self, body: &'b Body<B>) -> WorkResult<&'b B> {
        self.checked(body, |_, _, _| Ok(()))
    }

    /// Like [`Tx::input`], with errors that only the rules or the database can detect. All errors are reported
    /// together.
    pub fn checked<'b, B>(
        &mut self,
        body: &'b Body<B>,
        check: impl FnOnce(&mut Conn, &B, &mut Vec<InputError>) -> WorkResult<()>,
    ) -> WorkResult<&'b B> {
        if let Some((stored, _)) = self.stored()? {
            return Err(WorkError::Replay(Box::new(stored)));
        }
        self.validate(body, check)
    }

    /// The input of a creation. A replay returns the created row only if the caller may still see it.
    pub fn creation<'b, B>(
        &mut self,
        body: &'b Body<B>,
        visible: impl FnOnce(&mut Conn, &Scope, Id) -> WorkResult<()>,
        check: impl FnOnce(&mut Conn, &B, &mut Vec<InputError>) -> WorkResult<()>,
    ) -> WorkResult<&'b B> {
        if let Some((stored, resource)) = self.stored()? {
            if let Some(id) = resource {
                visible(self.conn, &self.ctx.scope, id)?;
            }
            return Err(WorkError::Replay(Box::new(stored)));
        }
        self.validate(body, check)
    }

    fn stored(&mut self) -> WorkResult<Option<(StoredResponse, Option<Id>)>> {
        match self.key {
            Some(key) => idempotency::find(self.conn, &self.ctx.state.keys.ring(), key, Instant::now()),
            None => Ok(None),
        }
    }

    fn validate<'b, B>(
        &mut self,
        body: &'b Body<B>,
        check: impl FnOnce(&mut Conn, &B, &mut Vec<InputError>) -> WorkResult<()>,
    ) -> WorkResult<&'b B> {
        let conn = &mut *self.conn;
        body.input(|input, faults| check(conn, input, faults))
    }

    /// Checks the conditions of the request. PATCH and PUT need If-Match (RFC 6585, 3). Versions start at 1; 0 means
    /// that the row does not exist.
    pub fn if_match(&self, version: i64) -> WorkResult<()> {
        Ok(self.ctx.conditions.on_write(version, self.ctx.needs_if_match)?)
    }
}
