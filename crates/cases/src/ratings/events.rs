//! Ledger events of ratings, cycles and plaques.

use crate::service::events::Fact::{Code, Count, Day, Flag, Id, Step, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[
    Subject {
        kind: "rating_cycle",
        schema: "EventDataRatingCycle",
        about: "A rating cycle 评定周期",
        facts: &[
            ("kind", Code),
            ("division", Code),
            ("state", Code),
            ("period_from", Day),
            ("period_to", Day),
            ("opens_on", Day),
            ("closes_on", Day),
            ("published_on", Day),
            ("version", Count),
            ("step", Step),
        ],
        digests: &["name", "note", "reasons"],
        types: &[
            Type { code: "rating_cycle.opened", zh: "评定周期开始", en: "A cycle was opened" },
            Type {
                code: "rating_cycle.announced", zh: "评定周期公示", en: "The ratings of a cycle were announced"
            },
            Type {
                code: "rating_cycle.published", zh: "评定周期发布", en: "The ratings of a cycle were published"
            },
            Type { code: "rating_cycle.cancelled", zh: "评定周期取消", en: "A cycle was cancelled" },
        ],
    },
    Subject {
        kind: "rating",
        schema: "EventDataRating",
        about: "A star rating 星级评定",
        facts: &[
            ("cycle_id", Id),
            ("complex_id", Id),
            ("state", Code),
            ("total", Text),
            ("raw_star", Count),
            ("star", Count),
            ("announcement_ends_on", Day),
            ("published_on", Day),
            ("withdrawn_on", Day),
            ("is_current", Flag),
            ("focus_since", Day),
            ("version", Count),
            ("step", Step),
        ],
        digests: &["items", "vetoes", "bonus", "evidence", "note", "reasons", "text"],
        types: &[
            Type { code: "rating.started", zh: "评定开始", en: "A rating was started" },
            Type { code: "rating.scored", zh: "评分", en: "A rating was scored" },
            Type { code: "rating.reviewed", zh: "复核", en: "A rating was reviewed" },
            Type { code: "rating.announced", zh: "公示", en: "A rating was announced" },
            Type { code: "rating.objected", zh: "提出异议", en: "An objection was made" },
            Type { code: "rating.objection_decided", zh: "异议处理", en: "An objection was decided" },
            Type { code: "rating.replied", zh: "企业回应", en: "The company replied" },
            Type { code: "rating.published", zh: "发布", en: "A rating was published" },
            Type { code: "rating.adjusted", zh: "星级调整", en: "The star was adjusted" },
            Type { code: "rating.withdrawn", zh: "撤回", en: "A rating was withdrawn" },
            Type { code: "rating.restored", zh: "恢复", en: "A rating was restored" },
            Type { code: "rating.deadline_moved", zh: "期限变更", en: "A due day moved with the calendar" },
        ],
    },
    Subject {
        kind: "plaque",
        schema: "EventDataPlaque",
        about: "A plaque 星级铭牌",
        facts: &[
            ("rating_id", Id),
            ("star", Count),
            ("state", Code),
            ("issued_on", Day),
            ("ended_on", Day),
            ("supersedes", Text),
        ],
        digests: &[],
        types: &[
            Type { code: "plaque.issued", zh: "铭牌发放", en: "A plaque was issued" },
            Type { code: "plaque.ended", zh: "铭牌失效", en: "A plaque ended" },
            Type { code: "plaque.restored", zh: "铭牌恢复", en: "A plaque was restored" },
        ],
    },
];
