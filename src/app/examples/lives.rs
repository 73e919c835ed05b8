//! Which members exist in which state of a resource, so that an example is not confirmed, dismissed and revoked at
//! once.

use serde_json::{Value, json};

/// The states of a schema, and the members that come with each state.
struct Life {
    schema: &'static str,
    /// The state of an example, unless the operation determines it.
    usual: &'static str,
    /// Members that are null, false or empty before their state is reached.
    parts: &'static [&'static str],
    states: &'static [(&'static str, &'static [&'static str])],
    /// For an operation: the state after it, and members in addition to those of the state.
    after: &'static [(&'static str, &'static str, &'static [&'static str])],
}

const LIVES: &[Life] = &[
    Life {
        schema: "Violation",
        usual: "confirmed",
        parts: &[
            "notification",
            "delivery",
            "statement_due_on",
            "statement",
            "statement_answer",
            "confirmation",
            "decided_on",
            "dismissal",
            "decision_delivery",
            "appeal_due_on",
            "appeal",
            "appeal_decision",
            "revocation",
            "revoked_on",
            "rectified_on",
            "distinct_fact_reason",
            "subject_name",
        ],
        states: &[
            ("reported", &[]),
            ("notified", &["notification"]),
            ("confirmed", &["notification", "delivery", "statement_due_on", "confirmation", "decided_on"]),
            (
                "dismissed",
                &["notification", "delivery", "statement_due_on", "statement", "statement_answer", "dismissal"],
            ),
            (
                "appealed",
                &[
                    "notification",
                    "delivery",
                    "statement_due_on",
                    "confirmation",
                    "decided_on",
                    "decision_delivery",
                    "appeal_due_on",
                    "appeal",
                ],
            ),
            (
                "upheld",
                &[
                    "notification",
                    "delivery",
                    "statement_due_on",
                    "confirmation",
                    "decided_on",
                    "decision_delivery",
                    "appeal_due_on",
                    "appeal",
                    "appeal_decision",
                ],
            ),
            (
                "revoked",
                &[
                    "notification",
                    "delivery",
                    "statement_due_on",
                    "confirmation",
                    "decided_on",
                    "revocation",
                    "revoked_on",
                ],
            ),
        ],
        after: &[
            ("report_violation", "reported", &[]),
            ("report_survey_problem", "reported", &[]),
            ("report_inspection_finding", "reported", &[]),
            ("report_complaint_violation", "reported", &[]),
            ("report_late_handover", "reported", &[]),
            ("notify_violation", "notified", &[]),
            ("record_violation_delivery", "notified", &["delivery", "statement_due_on"]),
            ("submit_violation_statement", "notified", &["delivery", "statement_due_on", "statement"]),
            (
                "answer_violation_statement",
                "notified",
                &["delivery", "statement_due_on", "statement", "statement_answer"],
            ),
            ("confirm_violation", "confirmed", &[]),
            ("dismiss_violation", "dismissed", &[]),
            ("appeal_violation", "appealed", &[]),
            ("decide_violation_appeal", "upheld", &[]),
            ("revoke_violation", "revoked", &[]),
        ],
    },
    Life {
        schema: "Measure",
        usual: "approved",
        parts: &[
            "notification",
            "delivery",
            "statement",
            "statement_answer",
            "hearing_request_due_on",
            "hearing_request",
            "hearing",
            "approval",
            "rejection",
            "completion",
            "cancellation",
            "reverses",
            "violation_id",
        ],
        states: &[
            ("proposed", &[]),
            ("approved", &["notification", "delivery", "hearing_request_due_on", "approval"]),
            ("rejected", &["notification", "delivery", "statement", "statement_answer", "rejection"]),
            ("done", &["notification", "delivery", "approval", "completion"]),
            ("cancelled", &["cancellation"]),
        ],
        after: &[
            ("notify_measure", "proposed", &["notification"]),
            ("record_measure_delivery", "proposed", &["notification", "delivery", "hearing_request_due_on"]),
            (
                "submit_measure_statement",
                "proposed",
                &["notification", "delivery", "hearing_request_due_on", "statement"],
            ),
            (
                "answer_measure_statement",
                "proposed",
                &["notification", "delivery", "hearing_request_due_on", "statement", "statement_answer"],
            ),
            (
                "request_measure_hearing",
                "proposed",
                &["notification", "delivery", "hearing_request_due_on", "hearing_request"],
            ),
            (
                "record_measure_hearing",
                "proposed",
                &["notification", "delivery", "hearing_request_due_on", "hearing_request", "hearing"],
            ),
            ("approve_measure", "approved", &[]),
            ("reject_measure", "rejected", &[]),
            ("complete_measure", "done", &[]),
            ("cancel_measure", "cancelled", &[]),
        ],
    },
    Life {
        schema: "Complaint",
        usual: "accepted",
        parts: &[
            "accepted_at",
            "accepted_on_time",
            "resolved_at",
            "resolved_on_time",
            "closed_at",
            "paused_since",
            "extension",
            "escalated_at",
            "satisfaction",
            "erased_at",
            "merged_into",
            "complained_office",
            "organisation",
            "links",
            "hotline_number",
        ],
        states: &[
            ("submitted", &[]),
            ("accepted", &["accepted_at", "accepted_on_time"]),
            ("assigned", &[]),
            ("returned", &[]),
            ("waiting_for_complainant", &["accepted_at", "accepted_on_time", "paused_since"]),
            ("in_mediation", &["accepted_at", "accepted_on_time", "paused_since"]),
            ("replied", &["accepted_at", "accepted_on_time", "resolved_at", "resolved_on_time"]),
            ("reopened", &["accepted_at", "accepted_on_time"]),
            ("closed", &["accepted_at", "accepted_on_time", "resolved_at", "resolved_on_time", "closed_at"]),
            ("rejected", &["closed_at"]),
            ("merged", &["closed_at", "merged_into"]),
        ],
        after: &[
            ("create_complaint", "submitted", &[]),
            ("accept_complaint", "accepted", &[]),
            ("reject_complaint", "rejected", &[]),
            ("transfer_complaint", "assigned", &[]),
            ("return_complaint", "returned", &[]),
            ("request_complaint_extension", "accepted", &["extension"]),
            ("decide_complaint_extension", "accepted", &["extension"]),
            ("request_complaint_information", "waiting_for_complainant", &[]),
            ("begin_complaint_mediation", "in_mediation", &[]),
            ("reply_to_complaint", "replied", &[]),
            ("rate_complaint", "closed", &["satisfaction"]),
            ("reopen_complaint", "reopened", &[]),
            ("close_complaint", "closed", &[]),
            ("merge_complaint", "merged", &[]),
            ("link_complaint", "accepted", &["links"]),
            ("erase_complaint_persons", "closed", &["erased_at"]),
        ],
    },
    Life {
        schema: "Contract",
        usual: "filed",
        parts: &[
            "submission",
            "review_due_on",
            "review",
            "refusals",
            "filing",
            "removal_id",
            "ending",
            "interim_until",
            "handover",
        ],
        states: &[
            ("draft", &[]),
            ("submitted", &["submission", "review_due_on", "review"]),
            ("filed", &["submission", "filing"]),
            ("refused", &["submission", "refusals"]),
            ("withdrawn", &["submission"]),
        ],
        after: &[
            ("create_contract", "draft", &[]),
            ("update_contract", "draft", &[]),
            ("submit_contract", "submitted", &[]),
            ("withdraw_contract", "withdrawn", &[]),
            ("file_contract", "filed", &[]),
            ("refuse_contract", "refused", &[]),
            ("terminate_contract", "filed", &["ending"]),
            ("record_interim_service", "filed", &["ending", "interim_until"]),
            ("record_contract_handover", "filed", &["ending", "handover"]),
        ],
    },
    Life {
        schema: "RatingSummary",
        usual: "published",
        parts: &[
            "total",
            "raw_star",
            "star",
            "announced_on",
            "publicity_ends_on",
            "published_on",
            "is_current",
            "superseded_on",
            "withdrawn_on",
            "focus_since",
            "plaque",
        ],
        states: &[
            ("draft", &[]),
            ("scored", &["total", "raw_star", "star"]),
            ("reviewed", &["total", "raw_star", "star"]),
            ("announced", &["total", "raw_star", "star", "announced_on", "publicity_ends_on"]),
            (
                "published",
                &[
                    "total",
                    "raw_star",
                    "star",
                    "announced_on",
                    "publicity_ends_on",
                    "published_on",
                    "is_current",
                    "plaque",
                ],
            ),
            ("withdrawn", &["total", "raw_star", "star", "withdrawn_on"]),
        ],
        after: &[
            ("create_rating", "draft", &[]),
            ("update_rating", "draft", &[]),
            ("submit_rating_scores", "scored", &[]),
            ("review_rating", "reviewed", &[]),
            ("announce_rating", "announced", &[]),
            ("object_to_rating", "announced", &[]),
            ("decide_rating_objection", "announced", &[]),
            ("reply_to_rating", "announced", &[]),
            ("publish_rating", "published", &[]),
            ("withdraw_rating", "withdrawn", &[]),
        ],
    },
    Life {
        schema: "Rating",
        usual: "",
        parts: &["review", "objections", "reply", "withdrawal", "corrects", "missing"],
        states: &[("", &["review"])],
        after: &[
            ("create_rating", "", &["missing"]),
            ("object_to_rating", "", &["review", "objections"]),
            ("decide_rating_objection", "", &["review", "objections"]),
            ("reply_to_rating", "", &["review", "reply"]),
            ("withdraw_rating", "", &["review", "withdrawal"]),
        ],
    },
    Life {
        schema: "RatingCycle",
        usual: "open",
        parts: &["published_on"],
        states: &[("open", &[]), ("published", &["published_on"]), ("cancelled", &[])],
        after: &[("publish_rating_cycle", "published", &[]), ("cancel_rating_cycle", "cancelled", &[])],
    },
    Life {
        schema: "Hazard",
        usual: "open",
        parts: &["rectified_on", "closed_on"],
        states: &[("open", &[]), ("rectified", &["rectified_on"]), ("closed", &["rectified_on", "closed_on"])],
        after: &[("rectify_hazard", "rectified", &[]), ("recheck_hazard", "closed", &[])],
    },
    Life {
        schema: "Inspection",
        usual: "done",
        parts: &["done_on", "cancellation"],
        states: &[("planned", &[]), ("in_progress", &[]), ("done", &["done_on"]), ("cancelled", &["cancellation"])],
        after: &[("create_inspection", "planned", &[]), ("cancel_inspection", "cancelled", &[])],
    },
    Life {
        schema: "OfficialDocument",
        usual: "valid",
        parts: &["withdrawn_on", "withdrawal_reason"],
        states: &[("valid", &[]), ("withdrawn", &["withdrawn_on", "withdrawal_reason"])],
        after: &[],
    },
    Life {
        schema: "PublicDocument",
        usual: "valid",
        parts: &["withdrawn_on", "withdrawal_reason"],
        states: &[("valid", &[]), ("withdrawn", &["withdrawn_on", "withdrawal_reason"])],
        after: &[],
    },
    Life {
        schema: "RegisteredClient",
        usual: "active",
        parts: &["approved_by", "approved_at", "company", "complex_id", "organisation"],
        states: &[
            ("pending", &[]),
            ("active", &["approved_by", "approved_at"]),
            ("suspended", &["approved_by", "approved_at"]),
            ("revoked", &["approved_by", "approved_at"]),
        ],
        after: &[
            ("create_client", "pending", &[]),
            ("update_client", "pending", &[]),
            ("suspend_client", "suspended", &[]),
            ("revoke_client", "revoked", &[]),
        ],
    },
    Life {
        schema: "Listing",
        usual: "in_force",
        parts: &["removed_on", "removal_reason", "credit_repair"],
        states: &[
            ("in_force", &[]),
            ("expired", &["removed_on", "removal_reason"]),
            ("removed", &["removed_on", "removal_reason"]),
        ],
        after: &[
            ("apply_for_credit_repair", "in_force", &["credit_repair"]),
            ("refuse_credit_repair", "in_force", &["credit_repair"]),
            ("remove_from_blacklist", "removed", &[]),
        ],
    },
    Life {
        schema: "TypicalCase",
        usual: "published",
        parts: &["withdrawn_on", "withdrawal"],
        states: &[("published", &[]), ("withdrawn", &["withdrawn_on", "withdrawal"])],
        after: &[("withdraw_typical_case", "withdrawn", &[])],
    },
    Life {
        schema: "DisclosureVersion",
        usual: "verified",
        parts: &["verification", "verified_on", "replaced_on"],
        states: &[("submitted", &[]), ("verified", &["verification", "verified_on"]), ("rejected", &["verification"])],
        after: &[("submit_disclosure", "submitted", &[])],
    },
    Life {
        schema: "PublicPlaque",
        usual: "valid",
        parts: &["ended_on", "superseded_by"],
        states: &[("valid", &[]), ("superseded", &["ended_on", "superseded_by"]), ("withdrawn", &["ended_on"])],
        after: &[],
    },
    Life {
        schema: "Plaque",
        usual: "valid",
        parts: &["ended_on", "superseded_by"],
        states: &[("valid", &[]), ("superseded", &["ended_on", "superseded_by"]), ("withdrawn", &["ended_on"])],
        after: &[],
    },
    Life {
        schema: "Revocation",
        usual: "",
        parts: &["withdrawn_at"],
        states: &[("", &[])],
        after: &[("withdraw_revocation", "", &["withdrawn_at"])],
    },
    // The caller of the example is an officer.
    Life {
        schema: "Me",
        usual: "",
        parts: &["company", "complex", "organisation", "tasks", "client"],
        states: &[("", &[])],
        after: &[],
    },
];

/// Removes members that the state of an example does not have.
pub fn keep_to_the_state(schema: &str, operation: &str, example: &mut Value) {
    let Some(life) = LIVES.iter().find(|life| life.schema == schema) else { return };
    let after = life.after.iter().find(|(name, ..)| *name == operation);
    let (state, more) = after.map_or((life.usual, &[] as &[&str]), |(_, state, more)| (*state, *more));
    let own = life.states.iter().find(|(name, _)| *name == state).map(|(_, parts)| *parts).unwrap_or_default();
    let Some(fields) = example.as_object_mut() else { return };
    if let Some(member) = fields.get_mut("state").filter(|_| !state.is_empty()) {
        *member = json!(state);
    }
    if schema == "Complaint"
        && let Some(open) = fields.get_mut("open")
    {
        *open = json!(!matches!(state, "replied" | "closed" | "rejected" | "merged"));
    }
    for part in life.parts.iter().filter(|part| !own.contains(part) && !more.contains(part)) {
        if let Some(member) = fields.get_mut(*part) {
            *member = match member {
                Value::Bool(_) => json!(false),
                Value::Array(_) => json!([]),
                _ => Value::Null,
            };
        }
    }
}
