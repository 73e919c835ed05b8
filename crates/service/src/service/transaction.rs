//! One transaction of one request ([`Tx`]): where an action takes its input, once per idempotency key.

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
    /// The texts of documents that were made for it.
    pub texts: &'a Texts,
}

impl<'a> Tx<'a> {
    /// A transaction of the program itself: there is no key, and no document is issued in it ([`Ctx::write`]).
    pub fn of(conn: &'a mut Conn, ctx: &'a Ctx) -> Tx<'a> {
        static NONE: LazyLock<Texts> = LazyLock::new(Texts::default);
        Tx { conn, ctx, key: None, texts: &NONE }
    }
}

impl Tx<'_> {
    /// The input of an action on a row that was found: replayed, or checked, or refused with every fault.
    pub fn input<'b, B>(&mut self, body: &'b Body<B>) -> WorkResult<&'b B> {
        self.checked(body, |_, _, _| Ok(()))
    }

    /// Like [`Tx::input`], with faults that only the rules or the store can see, reported together with the others.
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

    /// The input of a creation. A replay shows the row that was made only if the caller may still see it.
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

    /// PATCH and PUT need If-Match (RFC 6585, 3); an action honours the conditions of its request. Versions begin with 1:
    /// at 0 there is nothing yet.
    pub fn if_match(&self, version: i64) -> WorkResult<()> {
        Ok(self.ctx.conditions.on_write(version, self.ctx.needs_if_match)?)
    }
}
