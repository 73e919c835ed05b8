//! Ledger events of violations.

use crate::service::events::Fact::{Code, Count, Day, Id, Step};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "violation",
    schema: "EventDataViolation",
    about: "A violation 违规行为",
    facts: &[
        ("act", Code, "Code of the act (受监管行为)."),
        ("clause", Count, "Clause of the nine prohibitions, 1 to 9; null for other acts."),
        ("complex_id", Id, "Id of the complex; null if none."),
        ("found_on", Day, "Day found."),
        ("lead_role", Code, "Role of the lead office (牵头单位)."),
        ("state", Code, "State after the event."),
        ("version", Count, "Version of the resource after the event."),
        ("decided_on", Day, "Day of the confirmation or dismissal; null before."),
        ("revoked_on", Day, "Day of revocation; null if not revoked."),
        ("rectified_on", Day, "Day of rectification; null before."),
        ("source", Code, "How the violation became known."),
        ("evidence_count", Count, "Number of pieces of evidence."),
        ("step", Step, "Details of this event only. Companies and committees do not get them."),
    ],
    digests: &[
        "description",
        "subject_name",
        "distinct_fact_reason",
        "evidence",
        "facts",
        "grounds",
        "intended_consequence",
        "note",
        "text",
        "reasons",
        "urgent_reason",
    ],
    types: &[
        Type { code: "violation.reported", zh: "违规上报", en: "A violation was reported" },
        Type { code: "violation.notified", zh: "违规告知", en: "The company was notified of a violation" },
        Type {
            code: "violation.notice_delivered", zh: "告知书送达", en: "The notice of a violation was delivered"
        },
        Type {
            code: "violation.statement_submitted",
            zh: "提交陈述申辩",
            en: "A statement on a violation was submitted",
        },
        Type {
            code: "violation.statement_answered",
            zh: "答复陈述申辩",
            en: "The statement on a violation was answered",
        },
        Type { code: "violation.confirmed", zh: "违规认定", en: "The violation was confirmed" },
        Type { code: "violation.dismissed", zh: "不予认定", en: "The violation was dismissed" },
        Type {
            code: "violation.decision_delivered",
            zh: "认定书送达",
            en: "The decision on a violation was delivered",
        },
        Type { code: "violation.appealed", zh: "提出申诉", en: "An appeal was made" },
        Type { code: "violation.appeal_decided", zh: "申诉决定", en: "An appeal was decided" },
        Type { code: "violation.revoked", zh: "撤销认定", en: "A confirmation was revoked" },
        Type { code: "violation.rectified", zh: "整改完成", en: "A violation was rectified" },
        Type { code: "violation.deadline_moved", zh: "期限顺延", en: "A due date was postponed with the calendar" },
    ],
}];
