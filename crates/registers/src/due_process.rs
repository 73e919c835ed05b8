//! Due process of adverse decisions (办理程序): notice, delivery, statement, and the answer to the statement. A
//! [`Proceeding`] describes what differs between kinds of cases.

use serde_json::{Value, json};

use crate::access::{Caller, Scope};
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::files::{self, OwnerKind};
use crate::http::Entity;
use crate::problem::Problem;
use crate::proceedings::ledger_texts::LedgerTexts;
use crate::proceedings::model::{
    Delivery, DeliveryIn, NoticeIn, Notification, ReasonsIn, Statement, StatementIn, Step,
};
use crate::proceedings::rules;
use crate::service::{Body, Ctx, Tx};

/// The steps that every case has. A step is null until it is taken.
pub struct Steps<'a> {
    pub notification: &'a mut Option<Notification>,
    pub statement: &'a mut Option<Statement>,
    pub statement_answer: &'a mut Option<Step>,
}

/// The event types that every case has.
pub struct Events {
    pub notified: &'static str,
    pub statement_submitted: &'static str,
    pub statement_answered: &'static str,
}

/// A case that ends in a decision against a party that has the right to make a statement first (APL 44, 45).
pub trait Proceeding: Sized {
    type View;
    const EVENTS: Events;
    /// Owner kind of the evidence attached to a statement.
    const OWNER: OwnerKind;

    /// Locks the company or the other subject of the decision, then reads the case.
    fn locked(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<Self>;
    fn id(&self) -> Id;
    fn version(&self) -> i64;
    fn steps(&mut self) -> Steps<'_>;

    fn is_against_company(&self) -> bool {
        true
    }
    /// True while the latest notice or decision is neither opened nor delivered.
    fn is_undelivered(&self) -> bool;
    /// When the undelivered notice or decision was issued; `None` if there is none.
    fn issued_at(&self) -> Option<Instant>;

    /// Fails unless the caller belongs to the responsible office.
    fn may_handle(&self, caller: &Caller) -> Result<(), Problem>;
    /// Fails unless this state has a notice or decision to deliver.
    fn may_deliver(&self) -> Result<(), Problem>;
    /// Fails unless the caller is the company that may make a statement.
    fn may_make_statement(&self) -> Result<(), Problem> {
        Ok(())
    }
    /// Fails unless a statement may be answered in this state.
    fn may_answer(&self) -> Result<(), Problem>;

    /// Checks that a notice may be issued now, and applies what follows from it, such as who may see the case.
    fn begin(&mut self, tx: &mut Tx) -> WorkResult<()>;
    /// Marks the pending notice or decision as delivered, starts the period that runs from delivery, and records the
    /// event.
    fn deliver(&mut self, tx: &mut Tx, delivery: Delivery, texts: &dyn LedgerTexts) -> WorkResult<()>;
    /// Fails unless the party may make a statement now: in this state, within the period, and once. A statement also
    /// counts as opening what was sent.
    fn check_statement_allowed(&mut self, tx: &mut Tx, made: bool) -> WorkResult<()>;

    /// Saves a step and records its event.
    fn record(&mut self, tx: &mut Tx, kind: &'static str, step: Value, texts: &dyn LedgerTexts) -> WorkResult<()>;
    fn view(self, conn: &mut Conn, ctx: &Ctx) -> WorkResult<Self::View>;
}

/// True if the caller may know that the notice exists, but must not see its content yet.
pub fn is_unopened<P: Proceeding>(ctx: &Ctx, case: &P) -> bool {
    rules::is_unopened(ctx.caller.role, case.is_against_company(), case.is_undelivered())
}

/// True if reading the case now would count as its delivery.
pub fn awaits_opening<P: Proceeding>(ctx: &Ctx, case: &P) -> bool {
    rules::awaits_opening(ctx.counts_as_delivery, ctx.caller.role, is_unopened(ctx, case))
}

/// Saves a step of a case, records it, and returns the case.
pub fn advance<P: Proceeding>(
    tx: &mut Tx,
    mut case: P,
    kind: &'static str,
    step: Value,
    texts: &dyn LedgerTexts,
) -> WorkResult<Entity<P::View>> {
    case.record(tx, kind, step, texts)?;
    to_entity(tx.conn, tx.ctx, case)
}

pub fn to_entity<P: Proceeding>(conn: &mut Conn, ctx: &Ctx, case: P) -> WorkResult<Entity<P::View>> {
    let (id, version) = (case.id(), case.version());
    Ok(Entity::new(id, version, case.view(conn, ctx)?))
}

pub fn notify<P: Proceeding>(tx: &mut Tx, id: Id, body: &Body<NoticeIn>) -> WorkResult<Entity<P::View>> {
    let ctx = tx.ctx;
    let mut case = P::locked(tx.conn, &ctx.scope, id)?;
    case.may_handle(&ctx.caller)?;
    let input = tx.input(body)?;
    tx.if_match(case.version())?;
    case.begin(tx)?;
    *case.steps().notification = Some(Notification::new(ctx, input.clone()));
    advance(tx, case, P::EVENTS.notified, json!({}), input)
}

/// Reads a case. If the company reads a notice or decision with its own token, this is the delivery.
pub fn open<P: Proceeding>(tx: &mut Tx, id: Id) -> WorkResult<Entity<P::View>> {
    let ctx = tx.ctx;
    let mut case = P::locked(tx.conn, &ctx.scope, id)?;
    if awaits_opening(ctx, &case) {
        case.deliver(tx, Delivery::opened(ctx), &())?;
    }
    to_entity(tx.conn, tx.ctx, case)
}

/// Records the delivery if the company answers without having opened the notice: an answer implies that it was read.
pub fn open_by_answering<P: Proceeding>(tx: &mut Tx, case: &mut P) -> WorkResult<()> {
    if !case.is_undelivered() {
        return Ok(());
    }
    case.deliver(tx, Delivery::opened(tx.ctx), &())
}

pub fn record_delivery<P: Proceeding>(tx: &mut Tx, id: Id, body: &Body<DeliveryIn>) -> WorkResult<Entity<P::View>> {
    let ctx = tx.ctx;
    let mut case = P::locked(tx.conn, &ctx.scope, id)?;
    case.may_handle(&ctx.caller)?;
    let issued_on = case.issued_at().map(|at| ctx.state.clock.day_of(at));
    let input = tx.checked(body, |_, input, faults| {
        rules::check_delivery_day(ctx.today, input.delivered_on, issued_on, faults);
        Ok(())
    })?;
    tx.if_match(case.version())?;
    case.may_deliver()?;
    case.deliver(tx, Delivery::recorded(ctx, input.clone()), input)?;
    to_entity(tx.conn, tx.ctx, case)
}

pub fn submit_statement<P: Proceeding>(tx: &mut Tx, id: Id, body: &Body<StatementIn>) -> WorkResult<Entity<P::View>> {
    let ctx = tx.ctx;
    let mut case = P::locked(tx.conn, &ctx.scope, id)?;
    case.may_make_statement()?;
    let input =
        tx.checked(body, |conn, input, faults| files::check_evidence(conn, ctx, "/evidence", &input.evidence, faults))?;
    tx.if_match(case.version())?;
    let made = case.steps().statement.is_some();
    case.check_statement_allowed(tx, made)?;
    files::attach_evidence(tx, P::OWNER, case.id(), &input.evidence)?;
    *case.steps().statement = Some(Statement::new(ctx, input.clone()));
    advance(tx, case, P::EVENTS.statement_submitted, json!({}), input)
}

pub fn answer_statement<P: Proceeding>(tx: &mut Tx, id: Id, body: &Body<ReasonsIn>) -> WorkResult<Entity<P::View>> {
    let ctx = tx.ctx;
    let mut case = P::locked(tx.conn, &ctx.scope, id)?;
    case.may_handle(&ctx.caller)?;
    let input = tx.input(body)?;
    tx.if_match(case.version())?;
    case.may_answer()?;
    let steps = case.steps();
    rules::may_answer_statement(steps.statement.is_some(), steps.statement_answer.is_some())?;
    *steps.statement_answer = Some(Step::new(ctx, input.clone()));
    advance(tx, case, P::EVENTS.statement_answered, json!({}), input)
}
