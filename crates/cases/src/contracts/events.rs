//! The ledger events of a contract.

use crate::service::events::Fact::{Code, Count, Day, Flag, Id, Step, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "contract",
    schema: "EventDataContract",
    about: "A service contract 物业服务合同",
    facts: &[
        ("kind", Code, "Kind, a code of the vocabulary."),
        ("state", Code, "State after the event."),
        ("entered_by", Code, "Who entered the contract: the company or an office."),
        ("governs", Flag, "True if the contract determines the service period."),
        ("complex_id", Id, "Id of the complex; null if none."),
        ("effective_from", Day, "First day on which it applies."),
        ("effective_to", Day, "Last day of the term; null for an indefinite contract."),
        ("last_day", Day, "Last day of the contract; null while it is not terminated."),
        ("filing_number", Text, "Filing number (备案号); null before filing."),
        ("filed_on", Day, "Day of filing; null before."),
        ("handover_due_on", Day, "Due date of the handover; null if there is none."),
        ("handover_done_on", Day, "Day on which the handover was complete; null before."),
        ("version", Count, "Version of the resource after the event."),
        ("step", Step, "Details of this event only. Companies and committees do not get them."),
    ],
    digests: &["project_manager", "fee_items", "reasons", "note", "notes", "evidence"],
    types: &[
        Type { code: "contract.drafted", zh: "合同起草", en: "A contract was drafted" },
        Type { code: "contract.recorded", zh: "合同补录", en: "An office recorded a contract" },
        Type { code: "contract.changed", zh: "合同修改", en: "A contract was changed" },
        Type { code: "contract.submitted", zh: "合同提交备案", en: "A contract was submitted for filing" },
        Type {
            code: "contract.withdrawn", zh: "撤回合同备案申请", en: "The submission of a contract was withdrawn"
        },
        Type { code: "contract.filed", zh: "合同备案", en: "A contract was filed" },
        Type { code: "contract.refused", zh: "合同不予备案", en: "The filing of a contract was refused" },
        Type { code: "contract.succeeded", zh: "合同接续", en: "A contract ended by succession" },
        Type {
            code: "contract.manager_changed",
            zh: "项目经理人变更",
            en: "The project manager of a contract changed",
        },
        Type {
            code: "contract.termination_requested",
            zh: "要求终止合同",
            en: "Termination of a contract was requested",
        },
        Type {
            code: "contract.termination_request_withdrawn",
            zh: "撤回终止合同要求",
            en: "A termination request was withdrawn",
        },
        Type { code: "contract.terminated", zh: "合同终止", en: "A contract was terminated" },
        Type { code: "contract.termination_withdrawn", zh: "撤回合同终止", en: "A termination was withdrawn" },
        Type {
            code: "contract.interim_service_recorded", zh: "登记继续服务", en: "Interim service was recorded"
        },
        Type { code: "contract.handed_over", zh: "登记交接", en: "Handover items were recorded" },
        Type { code: "contract.handover_reported", zh: "上报逾期交接", en: "An overdue handover was reported" },
        Type { code: "contract.handover_moved", zh: "交接期限变更", en: "The due date of a handover changed" },
        Type { code: "contract.restored", zh: "合同恢复", en: "A contract was restored" },
        Type { code: "contract.deadline_moved", zh: "期限顺延", en: "A due date was postponed with the calendar" },
    ],
}];
