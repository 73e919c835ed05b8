//! Ledger events of ratings, cycles and plaques.

use crate::service::events::Fact::{Code, Count, Day, Flag, Id, Step, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[
    Subject {
        kind: "rating_cycle",
        schema: "EventDataRatingCycle",
        about: "A rating cycle 评定周期",
        facts: &[
            ("kind", Code, "Kind, a code of the vocabulary."),
            ("division", Code, "Division code."),
            ("state", Code, "State after the event."),
            ("period_from", Day, "First day of the period."),
            ("period_to", Day, "Last day of the period."),
            ("opens_on", Day, "First day of scoring."),
            ("closes_on", Day, "Last day of scoring."),
            ("published_on", Day, "Day of publication; null before."),
            ("version", Count, "Version of the resource after the event."),
            ("step", Step, "Details of this event only. Companies and committees do not get them."),
        ],
        digests: &["name", "note", "reasons"],
        types: &[
            Type { code: "rating_cycle.opened", zh: "评定周期开始", en: "A rating cycle was opened" },
            Type {
                code: "rating_cycle.announced", zh: "评定周期公示", en: "The ratings of a cycle were announced"
            },
            Type {
                code: "rating_cycle.published", zh: "评定周期发布", en: "The ratings of a cycle were published"
            },
            Type { code: "rating_cycle.cancelled", zh: "评定周期取消", en: "A rating cycle was cancelled" },
        ],
    },
    Subject {
        kind: "rating",
        schema: "EventDataRating",
        about: "A star rating 星级评定",
        facts: &[
            ("cycle_id", Id, "Id of the rating cycle."),
            ("complex_id", Id, "Id of the complex; null if none."),
            ("state", Code, "State after the event."),
            ("total", Text, "Total points, a decimal; null before scoring."),
            ("raw_star", Count, "Star before the ladder adjustment; null before scoring."),
            ("star", Count, "Star, 0 for below standard; null before scoring."),
            ("announcement_ends_on", Day, "Last day of the announcement period (公示期); null before."),
            ("published_on", Day, "Day of publication; null before."),
            ("withdrawn_on", Day, "Day of withdrawal; null if not withdrawn."),
            ("is_current", Flag, "True if it is the current rating of the complex."),
            ("focus_since", Day, "Day since which the complex is on the focus list; null if it is not."),
            ("version", Count, "Version of the resource after the event."),
            ("step", Step, "Details of this event only. Companies and committees do not get them."),
        ],
        digests: &["items", "vetoes", "bonus", "evidence", "note", "reasons", "text"],
        types: &[
            Type { code: "rating.started", zh: "评定开始", en: "A rating was started" },
            Type { code: "rating.scored", zh: "评分", en: "A rating was scored" },
            Type { code: "rating.reviewed", zh: "评定复核", en: "A rating was reviewed" },
            Type { code: "rating.announced", zh: "评定公示", en: "A rating was announced" },
            Type { code: "rating.objected", zh: "提出异议", en: "An objection was made" },
            Type { code: "rating.objection_decided", zh: "异议处理", en: "An objection was decided" },
            Type { code: "rating.replied", zh: "企业回应", en: "The company replied to a rating" },
            Type { code: "rating.published", zh: "评定发布", en: "A rating was published" },
            Type { code: "rating.adjusted", zh: "星级调整", en: "The star of a rating was adjusted" },
            Type { code: "rating.withdrawn", zh: "评定撤回", en: "A rating was withdrawn" },
            Type { code: "rating.restored", zh: "评定恢复", en: "A rating was restored" },
            Type {
                code: "rating.deadline_moved", zh: "期限顺延", en: "A due date was postponed with the calendar"
            },
        ],
    },
    Subject {
        kind: "plaque",
        schema: "EventDataPlaque",
        about: "A plaque 星级铭牌",
        facts: &[
            ("rating_id", Id, "Id of the rating."),
            ("star", Count, "Star, 0 for below standard; null before scoring."),
            ("state", Code, "State after the event."),
            ("issued_on", Day, "Day of issue."),
            ("ended_on", Day, "Day on which it ended; null while valid."),
            ("supersedes", Text, "Number of the plaque that it replaces; null if none."),
        ],
        digests: &[],
        types: &[
            Type { code: "plaque.issued", zh: "铭牌发放", en: "A plaque was issued" },
            Type { code: "plaque.ended", zh: "铭牌失效", en: "A plaque became invalid" },
            Type { code: "plaque.restored", zh: "铭牌恢复", en: "A plaque was restored" },
        ],
    },
];
