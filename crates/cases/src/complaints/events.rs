//! The events of complaints in the ledger.

use crate::service::events::Fact::{Code, Count, Id, Instant, Step};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[
    Subject {
        kind: "complaint",
        schema: "EventDataComplaint",
        about: "A complaint 诉求",
        facts: &[
            ("kind", Code, "Kind, a code of the vocabulary."),
            ("channel", Code, "Channel (受理渠道)."),
            ("category", Code, "Code of the complaint category (诉求分类)."),
            ("organisation", Code, "Kind of utility operator; null if none."),
            ("state", Code, "State after the event."),
            ("complex_id", Id, "Id of the complex; null if none."),
            ("handler_role", Code, "Role of the handler (承办单位)."),
            ("handler_division", Code, "Division of the handler."),
            ("accept_due", Instant, "Acceptance deadline (受理期限); null after acceptance."),
            ("resolve_due", Instant, "Resolution deadline (办理期限)."),
            ("red_cards", Count, "Number of red cards."),
            ("version", Count, "Version of the resource after the event."),
            ("step", Step, "Details of this event only. Companies and committees do not get them."),
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
            Type { code: "complaint.accepted", zh: "受理", en: "A complaint was accepted" },
            Type { code: "complaint.rejected", zh: "不予受理", en: "A complaint was rejected" },
            Type { code: "complaint.transferred", zh: "转办", en: "A complaint was transferred" },
            Type { code: "complaint.returned", zh: "退回", en: "A complaint was returned" },
            Type { code: "complaint.extension_requested", zh: "申请延期", en: "An extension was requested" },
            Type { code: "complaint.extension_granted", zh: "同意延期", en: "An extension was granted" },
            Type { code: "complaint.extension_refused", zh: "不同意延期", en: "An extension was refused" },
            Type { code: "complaint.information_requested", zh: "要求补充", en: "Information was requested" },
            Type { code: "complaint.information_given", zh: "补充信息", en: "Information was provided" },
            Type { code: "complaint.mediation_started", zh: "启动调解", en: "A mediation was started" },
            Type { code: "complaint.mediation_ended", zh: "调解结束", en: "A mediation ended" },
            Type { code: "complaint.replied", zh: "答复", en: "A complaint was replied to" },
            Type { code: "complaint.satisfaction", zh: "满意度评价", en: "The complainant rated the reply" },
            Type { code: "complaint.reopened", zh: "重新办理", en: "A complaint was reopened" },
            Type { code: "complaint.closed", zh: "办结", en: "A complaint was closed" },
            Type { code: "complaint.merged", zh: "并入其他诉求", en: "A complaint was merged into another one" },
            Type {
                code: "complaint.merged_in", zh: "其他诉求并入", en: "Another complaint was merged into this one"
            },
            Type { code: "complaint.comment", zh: "备注", en: "A comment was made" },
            Type { code: "complaint.linked", zh: "关联", en: "A complaint was linked" },
            Type {
                code: "complaint.violation_reported",
                zh: "上报违规",
                en: "A violation was reported from a complaint",
            },
            Type {
                code: "complaint.consent_given",
                zh: "同意提供联系方式",
                en: "Consent to share the contact was given",
            },
            Type {
                code: "complaint.consent_withdrawn",
                zh: "撤回同意",
                en: "Consent to share the contact was withdrawn",
            },
            Type { code: "complaint.contact_read", zh: "查看完整联系方式", en: "A contact was unmasked" },
            Type { code: "complaint.yellow_card", zh: "黄牌", en: "A complaint got a yellow card" },
            Type { code: "complaint.red_card", zh: "红牌", en: "A complaint got a red card" },
            Type { code: "complaint.escalated", zh: "升级督办", en: "A complaint was escalated" },
            Type { code: "complaint.erased", zh: "删除个人信息", en: "Personal data of a complaint were erased" },
            Type {
                code: "complaint.deadline_moved", zh: "期限顺延", en: "A deadline was postponed with the calendar"
            },
            Type { code: "complaint.point_released", zh: "公开坐标", en: "The exact point was released" },
            Type {
                code: "complaint.point_withheld", zh: "停止公开坐标", en: "The exact point was withheld again"
            },
            Type { code: "complaint.restricted_read", zh: "查看受限诉求", en: "A restricted complaint was read" },
        ],
    },
    Subject {
        kind: "complaint_search",
        schema: "EventDataComplaintSearch",
        about: "A phone search 按来电号码查询",
        facts: &[("found", Count, "Number of complaints found.")],
        digests: &["phone"],
        types: &[Type {
            code: "complaint.phone_searched",
            zh: "按来电号码查询",
            en: "Complaints were searched by phone number",
        }],
    },
];
