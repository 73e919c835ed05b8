//! Ledger events of measures.

use crate::service::events::Fact::{Code, Count, Day, Id, Step, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "measure",
    schema: "EventDataMeasure",
    about: "A measure 处置措施",
    facts: &[
        ("key", Text, "Key of the measure among those of the company, such as `removal:Q`."),
        ("kind", Code, "Kind, a code of the vocabulary."),
        ("state", Code, "State after the event."),
        ("complex_id", Id, "Id of the complex; null if none."),
        ("level", Count, "Ladder level (惩戒级别), 1 to 4; null if none."),
        ("office_role", Code, "Role of the office."),
        ("office_division", Code, "Division of the office."),
        ("due_on", Day, "Due date; null if there is none."),
        ("legal_basis", Text, "Legal basis (法律依据); null if none."),
        ("suspended_on", Day, "Day of suspension; null if not suspended."),
        ("version", Count, "Version of the resource after the event."),
        ("step", Step, "Details of this event only. Companies and committees do not get them."),
    ],
    digests: &["facts", "grounds", "intended_consequence", "note", "text", "evidence", "record", "outcome", "reasons"],
    types: &[
        Type { code: "measure.created", zh: "措施产生", en: "A measure was created" },
        Type { code: "measure.grounds_added", zh: "增加依据", en: "Grounds of a measure were added" },
        Type { code: "measure.grounds_dropped", zh: "依据不再成立", en: "Grounds of a measure no longer apply" },
        Type { code: "measure.notified", zh: "措施告知", en: "The company was notified of a measure" },
        Type { code: "measure.notice_delivered", zh: "告知书送达", en: "The notice of a measure was delivered" },
        Type {
            code: "measure.statement_submitted", zh: "提交陈述申辩", en: "A statement on a measure was submitted"
        },
        Type {
            code: "measure.statement_answered", zh: "答复陈述申辩", en: "The statement on a measure was answered"
        },
        Type { code: "measure.hearing_requested", zh: "申请听证", en: "A hearing was requested" },
        Type { code: "measure.hearing_held", zh: "举行听证", en: "A hearing was held" },
        Type { code: "measure.approved", zh: "措施批准", en: "A measure was approved" },
        Type { code: "measure.rejected", zh: "措施不批准", en: "A measure was rejected" },
        Type { code: "measure.done", zh: "措施执行完毕", en: "A measure was completed" },
        Type { code: "measure.cancelled", zh: "措施取消", en: "A measure was cancelled" },
        Type { code: "measure.suspended", zh: "中止执行", en: "A measure was suspended by an appeal" },
        Type { code: "measure.resumed", zh: "恢复执行", en: "A measure was resumed" },
        Type { code: "measure.deadline_moved", zh: "期限顺延", en: "A due date was postponed with the calendar" },
    ],
}];
