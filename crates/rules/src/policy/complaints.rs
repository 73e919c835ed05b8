//! Complaint rules of the policy: categories with their offices and time limits, and the periods of the procedure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::PolicyDocument;
use super::versions::built_in;
use crate::coded_enum;
use crate::input_error::InputError;
use crate::role::{Role, RoleKind};

coded_enum! {
    /// Unit of a category's time limits (期限计算方式).
    #[schema(example = "working_days")]
    pub enum DeadlineClock {
        WorkingDays "working_days" "工作日" "Working days"
        Hours "hours" "小时" "Hours, including nights and public holidays"
    }
}

coded_enum! {
    /// Service of a utility operator (专业运营类别).
    #[schema(example = "water")]
    pub stored enum UtilityKind {
        Water "water" "供水" "Water"
        Drainage "drainage" "排水" "Drainage"
        Gas "gas" "供气" "Gas"
        Heat "heat" "供热" "Heat"
        Telecom "telecom" "通信" "Telecom"
        Tv "tv" "有线电视" "Cable TV"
    }
}

/// A complaint category (诉求分类).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintCategory {
    /// Code of the category (分类代码).
    #[schema(example = "service.lift", max_length = 64, pattern = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
    pub code: String,
    /// Group of the category, in Chinese (大类).
    #[schema(example = "物业服务", min_length = 1, max_length = 40)]
    pub group_zh: String,
    /// Chinese name (名称).
    #[schema(example = "电梯故障", min_length = 1, max_length = 100)]
    pub name_zh: String,
    /// English name.
    #[schema(example = "Lift failure", min_length = 1, max_length = 200)]
    pub name_en: String,
    /// First handler (首办单位).
    pub first_handler: Role,
    /// Supervising office (督办单位).
    pub supervising_office: Role,
    /// Unit of the time limits (期限计算方式).
    pub clock: DeadlineClock,
    /// Time limit for acceptance (受理期限), in the unit of `clock`, from the submission.
    #[schema(example = 1, minimum = 1, maximum = 250)]
    pub accept_within: u32,
    /// Time limit for the reply (办结期限), in the unit of `clock`, also from the submission.
    #[schema(example = 24, minimum = 1, maximum = 720)]
    pub resolve_within: u32,
    /// True if complaints may be published, without personal data (可公开).
    #[schema(example = true)]
    pub public: bool,
    /// Codes of acts that such a complaint may reveal (对应违规行为).
    #[schema(max_items = 20)]
    pub related_acts: Vec<String>,
    /// Kinds of utility (专业运营类别), one of which a complaint names. Empty if no utility operator handles it.
    #[schema(max_items = 6)]
    pub organisations: Vec<UtilityKind>,
}

/// Office hours (办公时段): a span of the day in local time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkingHours {
    /// Start (开始), `HH:MM`.
    #[schema(example = "08:30", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub from: String,
    /// End (结束), `HH:MM`, later than the start.
    #[schema(example = "12:00", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub to: String,
}

impl WorkingHours {
    /// Start and end in minutes of the day; `None` if a text is not a time or the span is empty.
    pub fn minutes(&self) -> Option<(u32, u32)> {
        let (from, to) = (minute_of_day(&self.from)?, minute_of_day(&self.to)?);
        (from < to).then_some((from, to))
    }
}

/// Minute of the day of a time `HH:MM` with two digits each.
fn minute_of_day(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let number = |part: &str, below: u32| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|n: &u32| digits && *n < below)
    };
    Some(number(hour, 24)? * 60 + number(minute, 60)?)
}

/// Complaint rules (诉求办理).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintRules {
    /// Complaint categories (诉求分类).
    #[schema(min_items = 1, max_items = 200)]
    pub categories: Vec<ComplaintCategory>,
    /// Code of the category for complaints about officials (反映基层作风的分类). Such complaints name the office complained of
    /// and are never handled by it.
    #[schema(example = "officials.inaction", max_length = 64)]
    pub officials_category: String,
    /// First handler of company categories if no company serves the complex (无物业企业时的首办单位).
    pub handler_without_company: Role,
    /// Supervising office in that case, if the category's supervising office would be the handler (无物业企业时的督办单位).
    pub supervising_office_without_company: Role,
    /// Working days within which a handler may return a complaint, once and with a reason (退回期限).
    #[schema(example = 2, minimum = 1, maximum = 30)]
    pub return_within_working_days: u32,
    /// Longest extension in working days; it must not exceed the original time limit either (延期上限).
    #[schema(example = 10, minimum = 0, maximum = 60)]
    pub extension_most_working_days: u32,
    /// The yellow card comes this many working days before the due date (黄牌提前工作日数).
    #[schema(example = 1, minimum = 0, maximum = 30)]
    pub yellow_working_days: u32,
    /// The yellow card comes this many hours before the deadline, for categories in hours (黄牌提前小时数).
    #[schema(example = 4, minimum = 1, maximum = 240)]
    pub yellow_hours: u32,
    /// Working days after the reply within which the complainant may reopen the complaint, once (重新办理申请期限).
    #[schema(example = 15, minimum = 1, maximum = 120)]
    pub reopening_within_working_days: u32,
    /// Lowest satisfaction rating (1 to 5) that counts as satisfied (满意起点).
    #[schema(example = 3, minimum = 2, maximum = 5)]
    pub satisfied_from: u32,
    /// Two complaints may be similar if at most this many days apart (重复诉求的时间范围).
    #[schema(example = 14, minimum = 1, maximum = 365)]
    pub duplicate_days: u32,
    /// Two complaints may be similar if at most this many metres apart (重复诉求的距离范围).
    #[schema(example = 300, minimum = 0, maximum = 10000)]
    pub duplicate_metres: u32,
    /// Retention period of personal data after closure, in months (个人信息保存期限).
    #[schema(example = 24, minimum = 1, maximum = 120)]
    pub retention_months: u32,
    /// Office hours of a working day, in ascending order; statistics count hours by them (办公时间).
    #[schema(min_items = 1, max_items = 6)]
    pub working_hours: Vec<WorkingHours>,
}

impl ComplaintRules {
    pub fn built_in() -> ComplaintRules {
        built_in().complaints.clone()
    }

    pub fn category(&self, code: &str) -> Option<&ComplaintCategory> {
        self.categories.iter().find(|one| one.code == code)
    }
}

/// True for roles that may handle complaints: offices, agencies, utility operators and companies.
pub fn may_handle(role: Role) -> bool {
    matches!(role.row().kind, RoleKind::Government | RoleKind::Utility | RoleKind::Partner | RoleKind::Company)
}

/// True for offices that see their whole territory. Others would not see what they supervise.
fn may_supervise(role: Role) -> bool {
    role.row().kind == RoleKind::Government && !role.is_addressed()
}

/// Checks: codes are unique, acts are in the catalogue, no office supervises itself, complaints about officials are not
/// public, office hours are in order.
pub fn check(policy: &PolicyDocument) -> Vec<InputError> {
    let mut faults = Vec::new();
    let rules = &policy.complaints;
    let mut codes = BTreeSet::new();
    let known: BTreeSet<&str> = policy.acts.iter().map(|act| act.code.as_str()).collect();
    for (at, category) in rules.categories.iter().enumerate() {
        let place = |field: &str| format!("/complaints/categories/{at}/{field}");
        if !codes.insert(category.code.as_str()) {
            faults.push(InputError::new(
                place("code"),
                "duplicate",
                "诉求分类代码重复",
                "the category code is used twice",
            ));
        }
        let handler = (place("first_handler"), category.first_handler);
        check_offices(handler, (place("supervising_office"), category.supervising_office), &mut faults);
        if category.accept_within > category.resolve_within {
            let (zh, en) = (
                "受理期限不得长于办理期限",
                "the time limit for acceptance must not be longer than the time limit for resolution",
            );
            faults.push(InputError::new(place("accept_within"), "conflict", zh, en));
        }
        check_acts(&known, category, &place, &mut faults);
        check_organisations(category, &place, &mut faults);
    }
    check_officials(rules, &mut faults);
    let at = |field: &str| format!("/complaints/{field}");
    let handler = (at("handler_without_company"), rules.handler_without_company);
    if may_handle(handler.1) && !may_supervise(handler.1) {
        let (zh, en) =
            ("没有物业服务企业的，承办单位须为政府单位", "without a company, the handler must be a government office");
        faults.push(InputError::new(at("handler_without_company"), "role_not_authority", zh, en));
    }
    check_offices(
        handler,
        (at("supervising_office_without_company"), rules.supervising_office_without_company),
        &mut faults,
    );
    check_hours(&rules.working_hours, &mut faults);
    faults
}

fn check_offices(handler: (String, Role), supervising_office: (String, Role), faults: &mut Vec<InputError>) {
    if !may_handle(handler.1) {
        let (zh, en) = ("该角色不承办诉求", "this role does not handle complaints");
        faults.push(InputError::new(handler.0, "role_not_handler", zh, en));
    }
    if !may_supervise(supervising_office.1) {
        let (zh, en) = ("督办单位须为政府单位", "the supervising office must be a government office");
        faults.push(InputError::new(supervising_office.0, "role_not_authority", zh, en));
    } else if supervising_office.1 == handler.1 {
        let (zh, en) = ("督办单位不得为承办单位自身", "the supervising office must not be the handler itself");
        faults.push(InputError::new(supervising_office.0, "own_supervising_office", zh, en));
    }
}

fn check_acts(
    known: &BTreeSet<&str>,
    category: &ComplaintCategory,
    place: &dyn Fn(&str) -> String,
    faults: &mut Vec<InputError>,
) {
    let mut seen = BTreeSet::new();
    for (n, code) in category.related_acts.iter().enumerate() {
        let pointer = place(&format!("related_acts/{n}"));
        if !known.contains(code.as_str()) {
            faults.push(InputError::new(pointer, "unknown_act", "目录中没有此行为", "the catalogue has no such act"));
        } else if !seen.insert(code) {
            faults.push(InputError::new(
                pointer,
                "duplicate",
                "行为重复，请删除其一",
                "the act is listed twice; remove one",
            ));
        }
    }
}

fn check_organisations(category: &ComplaintCategory, place: &dyn Fn(&str) -> String, faults: &mut Vec<InputError>) {
    let all = &category.organisations;
    match (category.first_handler == Role::UtilityOperator, all.is_empty()) {
        (true, true) => {
            let (zh, en) = (
                "首办单位为专业运营单位的，须列明类别",
                "list the kinds of utility operator that handle this category",
            );
            faults.push(InputError::new(place("organisations"), "required", zh, en));
        }
        (false, false) => {
            let (zh, en) =
                ("首办单位不是专业运营单位的，不得列明类别", "only allowed if the first handler is a utility operator");
            faults.push(InputError::new(place("organisations"), "conflict", zh, en));
        }
        _ => {}
    }
    let mut seen = BTreeSet::new();
    for (n, kind) in all.iter().enumerate() {
        if !seen.insert(kind) {
            let pointer = place(&format!("organisations/{n}"));
            faults.push(InputError::new(
                pointer,
                "duplicate",
                "类别重复，请删除其一",
                "the kind is listed twice; remove one",
            ));
        }
    }
}

fn check_officials(rules: &ComplaintRules, faults: &mut Vec<InputError>) {
    match rules.category(&rules.officials_category) {
        None => {
            let (zh, en) = ("诉求分类中没有此分类", "the policy has no such complaint category");
            faults.push(InputError::new("/complaints/officials_category", "unknown_value", zh, en));
        }
        Some(category) if category.public => {
            let at = rules.categories.iter().position(|one| one.code == category.code).unwrap_or(0);
            let (zh, en) =
                ("反映基层工作人员的诉求不得公开", "complaints about grassroots officials must not be public");
            faults.push(InputError::new(format!("/complaints/categories/{at}/public"), "conflict", zh, en));
        }
        Some(_) => {}
    }
}

fn check_hours(all: &[WorkingHours], faults: &mut Vec<InputError>) {
    let mut last = 0;
    for (n, one) in all.iter().enumerate() {
        let place = |field: &str| format!("/complaints/working_hours/{n}/{field}");
        let (from, to) = (minute_of_day(&one.from), minute_of_day(&one.to));
        for (field, time) in [("from", from), ("to", to)] {
            if time.is_none() {
                faults.push(InputError::new(place(field), "invalid_format", "须为 HH:MM", "must be HH:MM"));
            }
        }
        let (Some(from), Some(to)) = (from, to) else { continue };
        if from >= to {
            faults.push(InputError::new(
                place("to"),
                "before_start",
                "结束时间须晚于开始时间",
                "the end must be later than the start",
            ));
        } else if from < last {
            let (zh, en) = ("不得早于前一时段的结束时间", "must not be earlier than the end of the previous period");
            faults.push(InputError::new(place("from"), "conflict", zh, en));
        }
        last = last.max(to);
    }
}

#[cfg(test)]
#[path = "complaints_tests.rs"]
mod tests;
