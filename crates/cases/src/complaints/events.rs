//! What is recorded of it in the ledger.

use crate::service::events::Fact::{Code, Count, Id, Instant, Step};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[
    Subject {
        kind: "complaint",
        schema: "EventDataComplaint",
        about: "A complaint 投诉诉求",
        facts: &[
            ("kind", Code),
            ("channel", Code),
            ("category", Code),
            ("organisation", Code),
            ("state", Code),
            ("complex_id", Id),
            ("handler_role", Code),
            ("handler_division", Code),
            ("accept_due", Instant),
            ("resolve_due", Instant),
            ("red_cards", Count),
            ("version", Count),
            ("step", Step),
        ],
        digests: &[
            "description",
            "evidence",
            "text",
            "reasons",
            "location",
            "contact_name",
            "contact_phone",
            "contact_address",
            "public_summary",
            "hotline_number",
        ],
        types: &[
            Type { code: "complaint.submitted", zh: "提交诉求", en: "A complaint was submitted" },
            Type { code: "complaint.accepted", zh: "受理", en: "It was accepted" },
            Type { code: "complaint.rejected", zh: "不予受理", en: "It was rejected" },
            Type { code: "complaint.transferred", zh: "转办", en: "It was transferred" },
            Type { code: "complaint.returned", zh: "退回", en: "It was returned" },
            Type { code: "complaint.extension_requested", zh: "申请延期", en: "An extension was asked for" },
            Type { code: "complaint.extension_granted", zh: "同意延期", en: "An extension was granted" },
            Type { code: "complaint.extension_refused", zh: "不同意延期", en: "An extension was refused" },
            Type { code: "complaint.information_requested", zh: "要求补充", en: "Information was asked for" },
            Type { code: "complaint.information_given", zh: "补充信息", en: "Information was given" },
            Type { code: "complaint.mediation_started", zh: "启动调解", en: "A mediation was started" },
            Type { code: "complaint.mediation_ended", zh: "调解结束", en: "A mediation ended" },
            Type { code: "complaint.replied", zh: "答复", en: "It was replied to" },
            Type { code: "complaint.satisfaction", zh: "满意度评价", en: "The complainant rated the reply" },
            Type { code: "complaint.reopened", zh: "重新办理", en: "It was reopened" },
            Type { code: "complaint.closed", zh: "办结", en: "It was closed" },
            Type { code: "complaint.merged", zh: "并入其他工单", en: "It was merged into another" },
            Type { code: "complaint.merged_in", zh: "其他工单并入", en: "Another was merged into it" },
            Type { code: "complaint.comment", zh: "留言", en: "A comment was made" },
            Type { code: "complaint.linked", zh: "关联", en: "It was linked" },
            Type { code: "complaint.violation_reported", zh: "转为违规", en: "A violation was reported from it" },
            Type {
                code: "complaint.consent_given",
                zh: "同意提供联系方式",
                en: "The complainant consented to pass the contact on",
            },
            Type { code: "complaint.consent_withdrawn", zh: "撤回同意", en: "The consent was withdrawn" },
            Type { code: "complaint.contact_read", zh: "查看联系方式", en: "The contact was read in full" },
            Type { code: "complaint.yellow_card", zh: "黄牌", en: "A yellow card" },
            Type { code: "complaint.red_card", zh: "红牌", en: "A red card" },
            Type { code: "complaint.escalated", zh: "升级", en: "It was escalated" },
            Type { code: "complaint.erased", zh: "删除个人信息", en: "Personal data were erased" },
            Type { code: "complaint.deadline_moved", zh: "期限变更", en: "A due time moved with the calendar" },
            Type {
                code: "complaint.point_released", zh: "公开具体位置", en: "The office released the exact point"
            },
            Type {
                code: "complaint.point_withheld",
                zh: "不公开具体位置",
                en: "The office withheld the exact point again",
            },
            Type { code: "complaint.restricted_read", zh: "查看受限工单", en: "A restricted ticket was read" },
        ],
    },
    Subject {
        kind: "complaint_search",
        schema: "EventDataComplaintSearch",
        about: "A search for a caller 按来电查询",
        facts: &[("found", Count)],
        digests: &["phone"],
        types: &[Type {
            code: "complaint.caller_searched", zh: "按来电查询", en: "A search for a caller's tickets"
        }],
    },
];
