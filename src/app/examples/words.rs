//! Example values by name, for members without an example. A test fails for a member that has no line here and no other
//! format, so that no example says "text".

use serde_json::{Value, json};

/// Texts.
const TEXTS: &[(&str, &str)] = &[
    ("act", "nine.staff_not_in_uniform"),
    ("acts", "nine.staff_not_in_uniform"),
    ("client", "019c51d0-a2f6-7c1a-9b34-0f2d1f0a4b11"),
    ("company", "91640121DEMXX0049W"),
    ("cursor", "eyJpZCI6IjAxOWM1MWQwIn0"),
    ("description", "3 号楼保洁、秩序维护人员未按岗位统一着装"),
    ("detail", "发现日期不得晚于今天"),
    ("digest", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("distinct_fact_reason", "与前一起发生在不同楼栋、不同日期"),
    ("due", "notice_letter"),
    ("en", "Lift"),
    ("facts", "2026年3月2日检查时，3 号楼保洁人员未着工装"),
    ("facts_en", "the board shows no fee standard"),
    ("facts_zh", "公示栏未公开收费标准"),
    ("ground", "现场检查记录"),
    ("grounds", "“九不准”第 3 条"),
    ("hotline_number", "12345-20260302-0017"),
    ("inclusion_proof", "qJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE="),
    ("instance", "urn:uuid:019c51d0-a2f6-7c1a-9b34-0f2d1f0a4b12"),
    ("intended_consequence", "拟认定违规并扣减信用分"),
    ("legal_basis", "《宁夏回族自治区物业管理条例》第六十条"),
    ("name", "张明"),
    ("note", "现场核实"),
    ("operations", "report_violation"),
    ("organisation", "water"),
    ("outcome", "已约谈，企业书面承诺整改"),
    ("overlaps", "nine.abandoning_service"),
    ("party_a_name", "星河示范苑业主委员会"),
    ("permissions", "list_violations"),
    ("proof", "qJ8cWqTQ9xKRjJ4tW3mZ1jvJr5p0o0dX0E1g8o8eCkE="),
    ("public_summary", "小区北门电梯停运，已安排维修"),
    ("publicity", "县级物业主管部门网站"),
    ("purpose", "季度例行检查"),
    ("reason", "36 个月内 4 条“九不准”经认定"),
    ("reason_en", "three of the nine prohibitions were confirmed within 36 months"),
    ("reason_zh", "36 个月内 3 条“九不准”经认定"),
    ("reasons", "事实清楚，证据充分，期内未陈述申辩"),
    ("receiver", "望远镇示范社区"),
    ("record", "听证会于 2026年4月1日举行，双方陈述了意见"),
    ("related_acts", "nine.staff_not_in_uniform"),
    ("removal_reason", "列入期限届满"),
    ("scopes_supported", "report_violation"),
    ("subject_name", "某装修公司"),
    ("summary", "某物业企业未按约定配备秩序维护人员，已责令整改"),
    ("text", "已安排保洁人员当日清理，并增加巡查次数"),
    ("title", "输入有误"),
    ("title_en", "A serious safety accident"),
    ("title_zh", "发生较大安全事故"),
    ("urgent_reason", "正在危及人身安全，须立即制止"),
    ("uscc_override_reason", "登记机关核发的代码校验位不符，已核对营业执照"),
    ("warnings", "calendar_year_missing: 2027 has no holiday calendar; only weekends are rest days"),
    ("zh", "电梯"),
];

/// Days, in the order of a case and of a contract.
const DAYS: &[(&str, &str)] = &[
    ("appeal_due_on", "2026-03-31"),
    ("as_of", "2026-06-15"),
    ("announced_on", "2026-07-06"),
    ("closed_on", "2026-03-20"),
    ("closes_on", "2026-07-31"),
    ("completed_on", "2026-04-15"),
    ("decided_on", "2026-03-09"),
    ("delivered_on", "2026-03-04"),
    ("done_on", "2026-03-12"),
    ("due_on", "2026-03-16"),
    ("due_period_from", "2026-01-01"),
    ("due_period_to", "2026-03-31"),
    ("effective_from", "2026-04-01"),
    ("effective_to", "2029-03-31"),
    ("ended_on", "2027-01-15"),
    ("filed_on", "2026-03-13"),
    ("focus_since", "2026-07-20"),
    ("from", "2026-01-01"),
    ("handed_over_on", "2026-04-03"),
    ("hearing_request_due_on", "2026-03-13"),
    ("held_on", "2026-04-01"),
    ("interim_until", "2026-06-30"),
    ("last_day", "2029-03-31"),
    ("last_inspected_on", "2026-02-11"),
    ("listed_from", "2026-04-02"),
    ("listed_until", "2028-04-01"),
    ("notice_given_on", "2026-01-30"),
    ("opens_on", "2026-07-01"),
    ("period_from", "2026-01-01"),
    ("period_to", "2026-06-30"),
    ("planned_on", "2026-03-12"),
    ("publicity_ends_on", "2026-07-15"),
    ("quarter_end", "2026-03-31"),
    ("received_on", "2026-04-08"),
    ("rectified_on", "2026-03-12"),
    ("removed_on", "2028-04-03"),
    ("replaced_on", "2026-05-06"),
    ("replied_on", "2026-07-08"),
    ("review_due_on", "2026-03-24"),
    ("revoked_on", "2026-04-10"),
    ("signed_on", "2026-03-01"),
    ("star_since", "2026-07-20"),
    ("statement_due_on", "2026-03-09"),
    ("superseded_on", "2027-01-15"),
    ("to", "2026-06-30"),
    ("verified_on", "2026-03-18"),
    ("visited_on", "2026-03-12"),
    ("withdrawn_on", "2026-08-03"),
];

const INSTANTS: &[(&str, &str)] = &[
    ("accept_due", "2026-03-04T16:00:00Z"),
    ("accepted_at", "2026-03-02T09:10:00Z"),
    ("approved_at", "2026-03-03T02:00:00Z"),
    ("closed_at", "2026-03-10T03:20:00Z"),
    ("due_at", "2026-03-09T16:00:00Z"),
    ("erased_at", "2028-03-13T18:00:00Z"),
    ("escalated_at", "2026-03-09T16:00:00Z"),
    ("expected_datetime", "2026-03-09T16:00:00Z"),
    ("expires_at", "2026-03-02T20:00:00Z"),
    ("paused_since", "2026-03-03T06:30:00Z"),
    ("resolve_due", "2026-03-09T16:00:00Z"),
    ("resolved_at", "2026-03-06T07:45:00Z"),
    ("updated_at", "2026-03-10T03:20:00Z"),
    ("updated_datetime", "2026-03-10T03:20:00Z"),
    ("visited_at", "2026-03-12T01:30:00Z"),
    ("withdrawn_at", "2026-04-02T01:00:00Z"),
    ("yellow_at", "2026-03-05T16:00:00Z"),
];

const NUMBERS: &[(&str, i64)] = &[
    ("agreed_nonrenewal_notice_days", 90),
    ("agreed_notice_days", 60),
    ("clause", 3),
    ("closing_balance_fen", 1_860_000),
    ("complexes", 32),
    ("consequences_pending", 0),
    ("count", 4),
    ("credit_score", 90),
    ("every_days", 30),
    ("expected", 30),
    ("expense_total_fen", 640_000),
    ("followers", 2),
    ("handled", 15),
    ("income_total_fen", 2_500_000),
    ("inspected", 28),
    ("inspections", 30),
    ("level", 1),
    ("on_time", 12),
    ("passed", 24),
    ("rated", 30),
    ("received", 17),
    ("replies", 12),
    ("respondents", 210),
    ("satisfaction", 4),
    ("satisfied", 9),
    ("score", 90),
    ("served", 31),
    ("verified", 24),
    ("weight_percent", 40),
];

/// Booleans that are true in an example. All others are false.
pub const TRUE: &[&str] =
    &["is_current", "in_force", "public", "masked", "following", "still_serves", "planned", "open"];

fn named<T: Copy>(table: &[(&str, T)], field: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == field).map(|(_, value)| *value)
}

pub fn text(field: &str, schema: &Value) -> Value {
    match schema["format"].as_str() {
        Some("date-time") => json!(named(INSTANTS, field).unwrap_or("2026-03-02T08:00:00Z")),
        Some("date") => json!(named(DAYS, field).unwrap_or("2026-03-02")),
        Some("uri") => json!("https://wuye.example.gov.cn/"),
        _ => named(TEXTS, field).map_or(Value::Null, |words| json!(words)),
    }
}

/// Is the value a day or an instant, which is derived from the member's name?
pub fn is_time(schema: &Value) -> bool {
    matches!(schema["format"].as_str(), Some("date-time" | "date"))
}

pub fn number(field: &str, schema: &Value) -> Value {
    let least = schema["minimum"].as_i64().unwrap_or(0);
    let most = schema["maximum"].as_i64().unwrap_or(i64::MAX);
    match named(NUMBERS, field) {
        Some(number) if (least..=most).contains(&number) => json!(number),
        _ => schema.get("minimum").cloned().unwrap_or(json!(1)),
    }
}
