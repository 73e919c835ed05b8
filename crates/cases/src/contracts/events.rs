//! The ledger events of a contract.

use crate::service::events::Fact::{Code, Count, Day, Flag, Id, Step, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "contract",
    schema: "EventDataContract",
    about: "A service contract 物业服务合同",
    facts: &[
        ("kind", Code),
        ("state", Code),
        ("entered_by", Code),
        ("governs", Flag),
        ("complex_id", Id),
        ("effective_from", Day),
        ("effective_to", Day),
        ("last_day", Day),
        ("filing_number", Text),
        ("filed_on", Day),
        ("handover_due_on", Day),
        ("handover_done_on", Day),
        ("version", Count),
        ("step", Step),
    ],
    digests: &["project_manager", "fee_items", "reasons", "note", "notes", "evidence"],
    types: &[
        Type { code: "contract.drafted", zh: "合同起草", en: "A contract was drafted" },
        Type { code: "contract.recorded", zh: "合同补录", en: "An office recorded a contract" },
        Type { code: "contract.changed", zh: "合同修改", en: "A contract was changed" },
        Type { code: "contract.submitted", zh: "合同提交备案", en: "A contract was submitted for filing" },
        Type { code: "contract.withdrawn", zh: "合同撤回", en: "A submission was withdrawn" },
        Type { code: "contract.filed", zh: "合同备案", en: "A contract was filed" },
        Type { code: "contract.refused", zh: "合同不予备案", en: "Filing was refused" },
        Type { code: "contract.succeeded", zh: "合同接续", en: "Another contract took its place" },
        Type { code: "contract.manager_changed", zh: "项目经理人变更", en: "The project manager changed" },
        Type { code: "contract.termination_requested", zh: "要求终止合同", en: "Termination was requested" },
        Type {
            code: "contract.termination_request_withdrawn",
            zh: "终止要求撤回",
            en: "A request for termination was withdrawn",
        },
        Type { code: "contract.terminated", zh: "合同终止", en: "A contract was terminated" },
        Type { code: "contract.termination_withdrawn", zh: "终止撤回", en: "A termination was withdrawn" },
        Type {
            code: "contract.interim_service_recorded",
            zh: "登记继续服务",
            en: "Service after the end was recorded",
        },
        Type { code: "contract.handed_over", zh: "交接", en: "Something was handed over" },
        Type { code: "contract.handover_reported", zh: "报告逾期交接", en: "A late hand-over was reported" },
        Type { code: "contract.handover_moved", zh: "交接期限变更", en: "The hand-over's due day moved" },
        Type { code: "contract.restored", zh: "合同恢复", en: "A contract was restored" },
        Type { code: "contract.deadline_moved", zh: "期限变更", en: "A due day moved with the calendar" },
    ],
}];
