//! The ledger events of inspections and hazards.

use crate::service::events::Fact::{Code, Count, Day, Flag, Id, Step};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[
    Subject {
        kind: "inspection",
        schema: "EventDataInspection",
        about: "An inspection 日常检查",
        facts: &[
            ("complex_id", Id),
            ("state", Code),
            ("planned", Flag),
            ("planned_on", Day),
            ("done_on", Day),
            ("version", Count),
            ("step", Step),
        ],
        digests: &["purpose", "result", "description", "reasons", "note"],
        types: &[
            Type { code: "inspection.planned", zh: "检查计划", en: "An inspection was planned" },
            Type {
                code: "inspection.office_called", zh: "通知参检单位", en: "An office was called to take part"
            },
            Type { code: "inspection.result_submitted", zh: "提交检查结果", en: "A result was submitted" },
            Type { code: "inspection.cancelled", zh: "检查取消", en: "An inspection was cancelled" },
            Type { code: "inspection.finding_reported", zh: "检查问题上报", en: "A finding was reported" },
        ],
    },
    Subject {
        kind: "hazard",
        schema: "EventDataHazard",
        about: "A hazard 隐患",
        facts: &[
            ("inspection_id", Id),
            ("complex_id", Id),
            ("found_under", Id),
            ("checklist", Code),
            ("item", Code),
            ("state", Code),
            ("found_on", Day),
            ("due_on", Day),
            ("rectified_on", Day),
            ("closed_on", Day),
            ("severity", Code),
            ("missed", Flag),
            ("evidence_count", Count),
            ("version", Count),
        ],
        digests: &["description", "text", "evidence", "reasons"],
        types: &[
            Type { code: "hazard.found", zh: "发现隐患", en: "A hazard was found" },
            Type { code: "hazard.rectified", zh: "隐患整改", en: "A rectification was reported" },
            Type { code: "hazard.not_rectified", zh: "整改未通过", en: "A re-check found it not rectified" },
            Type { code: "hazard.extended", zh: "整改延期", en: "The due day was extended" },
            Type { code: "hazard.closed", zh: "隐患销号", en: "A hazard was closed" },
            Type { code: "hazard.deadline_moved", zh: "期限变更", en: "A due day moved with the calendar" },
        ],
    },
];
