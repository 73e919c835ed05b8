//! Due process of a violation: who sees it after the notice, which periods start with a delivery, and how a step is
//! recorded.

use serde_json::{Value, json};

use super::model::*;
use super::view::{Violation, view};
use super::{rules, store};
use crate::access::{Caller, Role, Scope};
use crate::calendar;
use crate::companies;
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::due_process::{Events, Proceeding, Steps, open_by_answering};
use crate::files::OwnerKind;
use crate::ledger::{self, Audience, Event};
use crate::policy;
use crate::policy::model::ProcessRules;
use crate::problem::Problem;
use crate::proceedings::ledger_texts::LedgerTexts;
use crate::proceedings::model::Delivery;
use crate::proceedings::port::after;
use crate::proceedings::rules::{may_make_statement, require_before};
use crate::service::{Ctx, Tx};

/// The procedural rules of the policy that governs a case.
pub fn process_rules(tx: &mut Tx, row: &ViolationRow) -> WorkResult<ProcessRules> {
    let policies = policy::current(tx.conn, &tx.ctx.state, &row.county)?;
    Ok(policies.process(row.policy_version, row.found_on).clone())
}

impl ViolationRow {
    /// When the notice or decision that has not been delivered was issued; `None` if nothing is undelivered.
    fn undelivered_since(&self) -> Option<Instant> {
        let steps = &self.proceedings.0;
        match self.state {
            ViolationState::Notified if steps.delivery.is_none() => steps.notification.as_ref().map(|n| n.at),
            ViolationState::Confirmed if steps.decision_delivery.is_none() => steps.confirmation.as_ref().map(|c| c.at),
            _ => None,
        }
    }

    fn may_be_heard(&self) -> Result<(), Problem> {
        let confirmation = self.proceedings.0.confirmation.as_ref();
        rules::may_be_heard(self.state, confirmation.is_some_and(|one| one.urgent_reason.is_some()))
    }
}

impl Proceeding for ViolationRow {
    type View = Violation;
    const EVENTS: Events = Events {
        notified: "violation.notified",
        statement_submitted: "violation.statement_submitted",
        statement_answered: "violation.statement_answered",
    };
    const OWNER: OwnerKind = OwnerKind::Violation;

    fn locked(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<ViolationRow> {
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

    fn is_against_company(&self) -> bool {
        self.company_id.is_some()
    }

    fn is_undelivered(&self) -> bool {
        self.undelivered_since().is_some()
    }

    fn issued_at(&self) -> Option<Instant> {
        self.undelivered_since()
    }

    fn may_handle(&self, caller: &Caller) -> Result<(), Problem> {
        rules::may_handle(caller.role, self.lead_role)
    }

    fn may_deliver(&self) -> Result<(), Problem> {
        rules::may_deliver(self.state, self.is_undelivered())
    }

    fn may_make_statement(&self) -> Result<(), Problem> {
        rules::may_make_statement(self.is_against_company())
    }

    fn may_answer(&self) -> Result<(), Problem> {
        self.may_be_heard()
    }

    fn begin(&mut self, tx: &mut Tx) -> WorkResult<()> {
        self.require_state(&[ViolationState::Reported])?;
        self.notified = true;
        for uscc in companies::speakers_of(tx.conn, self.company_id)? {
            store::add_audience(tx.conn, Role::PropertyCompany, &uscc, self.id, self.found_on)?;
        }
        self.state = ViolationState::Notified;
        Ok(())
    }

    /// The statement period starts with the delivery of the notice, the appeal period with the delivery of the
    /// decision.
    fn deliver(&mut self, tx: &mut Tx, delivery: Delivery, texts: &dyn LedgerTexts) -> WorkResult<()> {
        after(tx).delivered(tx, self.id)?;
        let process = process_rules(tx, self)?;
        let calendar = calendar::work_calendar(tx.conn, &self.county)?;
        let last_day = |days| Some(calendar.add_working_days(delivery.delivered_on, days));
        let (method, delivered_on) = (delivery.method, delivery.delivered_on);
        let kind = if self.state == ViolationState::Confirmed {
            self.appeal_due_on = last_day(process.appeal_working_days);
            self.proceedings.0.decision_delivery = Some(delivery);
            "violation.decision_delivered"
        } else {
            self.statement_due_on = last_day(process.statement_working_days);
            self.proceedings.0.delivery = Some(delivery);
            "violation.notice_delivered"
        };
        let step = json!({
            "method": method, "delivered_on": delivered_on, "statement_due_on": self.statement_due_on,
            "appeal_due_on": self.appeal_due_on,
        });
        self.record(tx, kind, step, texts)
    }

    fn check_statement_allowed(&mut self, tx: &mut Tx, made: bool) -> WorkResult<()> {
        self.may_be_heard()?;
        may_make_statement(made)?;
        open_by_answering(tx, self)?;
        Ok(require_before(tx.ctx.today, self.statement_due_on)?)
    }

    fn record(&mut self, tx: &mut Tx, kind: &'static str, step: Value, texts: &dyn LedgerTexts) -> WorkResult<()> {
        self.version += 1;
        self.updated_at = tx.ctx.now;
        store::save(tx.conn, self)?;
        let event = Event::new(kind, "violation", self.id)
            .in_territory(self.place())
            .company(self.company_id)
            .complex(self.complex_id)
            .addressed(self.lead_role, self.lead_role.area_of(&self.county, &self.township))
            .audience(if self.notified { Audience::Parties } else { Audience::Offices })
            .policy(self.policy_version)
            .data(json!({
                "act": self.act, "clause": self.clause, "complex_id": self.complex_id, "found_on": self.found_on,
                "lead_role": self.lead_role, "state": self.state, "version": self.version, "decided_on": self.decided_on,
                "revoked_on": self.revoked_on, "rectified_on": self.rectified_on, "step": step,
            }))
            .with_texts(texts.texts());
        ledger::append(tx, event)?;
        Ok(())
    }

    fn view(self, conn: &mut Conn, ctx: &Ctx) -> WorkResult<Violation> {
        view(conn, ctx, self)
    }
}
