//! The ledger events of inspections and hazards.

use crate::service::events::Fact::{Code, Count, Day, Flag, Id, Step};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[
    Subject {
        kind: "inspection",
        schema: "EventDataInspection",
        about: "An inspection 日常检查",
        facts: &[
            ("complex_id", Id, "Id of the complex; null if none."),
            ("state", Code, "State after the event."),
            ("planned", Flag, "True if the inspection was planned before."),
            ("planned_on", Day, "Planned day; null if unplanned."),
            ("done_on", Day, "Day of the last part of the inspection; null before."),
            ("version", Count, "Version of the resource after the event."),
            ("step", Step, "Details of this event only. Companies and committees do not get them."),
        ],
        digests: &["purpose", "result", "description", "reasons", "note"],
        types: &[
            Type { code: "inspection.planned", zh: "列入检查计划", en: "An inspection was planned" },
            Type { code: "inspection.office_called", zh: "通知参检单位", en: "An office was asked to take part" },
            Type {
                code: "inspection.result_submitted", zh: "提交检查结果", en: "An inspection result was submitted"
            },
            Type { code: "inspection.cancelled", zh: "检查取消", en: "An inspection was cancelled" },
            Type { code: "inspection.finding_reported", zh: "检查问题上报", en: "A finding was reported" },
        ],
    },
    Subject {
        kind: "hazard",
        schema: "EventDataHazard",
        about: "A hazard 隐患",
        facts: &[
            ("inspection_id", Id, "Id of the inspection."),
            ("complex_id", Id, "Id of the complex; null if none."),
            ("found_under", Id, "Id of the company that served when the hazard was found; null if none."),
            ("checklist", Code, "Code of the checklist (检查表)."),
            ("item", Code, "Code of the checklist item."),
            ("state", Code, "State after the event."),
            ("found_on", Day, "Day found."),
            ("due_on", Day, "Due date; null if there is none."),
            ("rectified_on", Day, "Day of rectification; null before."),
            ("closed_on", Day, "Day of closure (销号); null while open."),
            ("severity", Code, "Severity (隐患等级)."),
            ("missed", Flag, "True if a deadline of the hazard has passed."),
            ("evidence_count", Count, "Number of pieces of evidence."),
            ("version", Count, "Version of the resource after the event."),
        ],
        digests: &["description", "text", "evidence", "reasons"],
        types: &[
            Type { code: "hazard.found", zh: "发现隐患", en: "A hazard was found" },
            Type { code: "hazard.rectified", zh: "整改反馈", en: "A rectification report was submitted" },
            Type { code: "hazard.not_rectified", zh: "整改不到位", en: "A re-check found a hazard not rectified" },
            Type { code: "hazard.extended", zh: "整改延期", en: "The due date of a hazard was extended" },
            Type { code: "hazard.closed", zh: "隐患销号", en: "A hazard was closed" },
            Type {
                code: "hazard.deadline_moved", zh: "期限顺延", en: "A due date was postponed with the calendar"
            },
        ],
    },
];
