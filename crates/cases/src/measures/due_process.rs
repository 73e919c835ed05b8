//! Due process of an adverse measure: what the notice names, which period the delivery starts, and how a step is
//! recorded.

use serde_json::{Value, json};

use super::model::*;
use super::reconciliation::record;
use super::view::{Measure, view};
use super::{rules, store};
use crate::access::{Caller, Scope};
use crate::calendar;
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::due_process::{Events, Proceeding, Steps, open_by_answering};
use crate::files::OwnerKind;
use crate::policy;
use crate::problem::Problem;
use crate::proceedings::ledger_texts::LedgerTexts;
use crate::proceedings::model::Delivery;
use crate::proceedings::port::after;
use crate::proceedings::rules::{may_make_statement, require_before};
use crate::service::{Ctx, Tx};
use crate::standing::model::MeasureState;

impl MeasureRow {
    /// True if a ground named in the notice still applies.
    pub fn grounds_in_notice(&self, grounds: &[Id]) -> bool {
        rules::grounds_in_notice(&self.proceedings.0.notified_grounds, grounds)
    }

    /// A statement or hearing request is made after the notice and within its period. Making it opens the notice.
    pub(super) fn require_period(&mut self, tx: &mut Tx) -> WorkResult<()> {
        self.require_state(&[MeasureState::Proposed])?;
        rules::may_be_heard(self.notified)?;
        open_by_answering(tx, self)?;
        Ok(require_before(tx.ctx.today, self.hearing_request_due_on)?)
    }
}

impl Proceeding for MeasureRow {
    type View = Measure;
    const EVENTS: Events = Events {
        notified: "measure.notified",
        statement_submitted: "measure.statement_submitted",
        statement_answered: "measure.statement_answered",
    };
    const OWNER: OwnerKind = OwnerKind::Measure;

    fn locked(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<MeasureRow> {
        store::find_for_update(conn, scope, id)
    }

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn steps(&mut self) -> Steps<'_> {
        let Proceedings { notification, statement, statement_answer, .. } = &mut self.proceedings.0;
        Steps { notification, statement, statement_answer }
    }

    fn is_undelivered(&self) -> bool {
        self.notified && self.state == MeasureState::Proposed && self.proceedings.0.delivery.is_none()
    }

    fn issued_at(&self) -> Option<Instant> {
        self.proceedings.0.notification.as_ref().map(|notice| notice.at)
    }

    fn may_handle(&self, caller: &Caller) -> Result<(), Problem> {
        rules::may_handle(caller, self.into(), self.kind)
    }

    fn may_deliver(&self) -> Result<(), Problem> {
        self.require_state(&[MeasureState::Proposed])?;
        rules::may_deliver(self.notified, self.proceedings.0.delivery.is_some())
    }

    fn may_answer(&self) -> Result<(), Problem> {
        self.require_state(&[MeasureState::Proposed])
    }

    fn begin(&mut self, tx: &mut Tx) -> WorkResult<()> {
        self.require_state(&[MeasureState::Proposed])?;
        let grounds_now = store::all_grounds_of_one(tx.conn, self.id)?;
        rules::may_notify(self.notified, self.grounds_in_notice(&grounds_now))?;
        // A notice whose grounds no longer apply has no effect, so due process starts again.
        after(tx).measure_notified_anew(tx, self.id)?;
        self.proceedings.0 = Proceedings { notified_grounds: grounds_now, ..Proceedings::default() };
        self.hearing_request_due_on = None;
        self.notified = true;
        Ok(())
    }

    fn deliver(&mut self, tx: &mut Tx, delivery: Delivery, texts: &dyn LedgerTexts) -> WorkResult<()> {
        after(tx).delivered(tx, self.id)?;
        let policies = policy::current(tx.conn, &tx.ctx.state, &self.county)?;
        let days = policies.process(self.policy_version, delivery.delivered_on).hearing_request_working_days;
        let calendar = calendar::work_calendar(tx.conn, &self.county)?;
        self.hearing_request_due_on = Some(calendar.add_working_days(delivery.delivered_on, days));
        let step = json!({
            "method": delivery.method, "delivered_on": delivery.delivered_on,
            "hearing_request_due_on": self.hearing_request_due_on,
        });
        self.proceedings.0.delivery = Some(delivery);
        self.record(tx, "measure.notice_delivered", step, texts)
    }

    fn check_statement_allowed(&mut self, tx: &mut Tx, made: bool) -> WorkResult<()> {
        self.require_period(tx)?;
        Ok(may_make_statement(made)?)
    }

    fn record(&mut self, tx: &mut Tx, kind: &'static str, step: Value, texts: &dyn LedgerTexts) -> WorkResult<()> {
        self.version += 1;
        self.updated_at = tx.ctx.now;
        store::save(tx.conn, self)?;
        record(tx, self, kind, step, texts)
    }

    fn view(self, conn: &mut Conn, ctx: &Ctx) -> WorkResult<Measure> {
        view(conn, ctx, self)
    }
}
