//! Inspection rules of the policy: checklists, frequencies, and time limits for hazards.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Act, ActSubject, PolicyDocument};
use super::versions::built_in;
use crate::input_error::InputError;
use crate::role::Role;
use crate::words::ratings::Star;

/// Roles that carry out inspections.
pub const INSPECTORS: &[Role] =
    &[Role::SocialAffairsOffice, Role::EnforcementOffice, Role::PoliceStation, Role::FireRescue, Role::Community];

/// A checklist item (检查项).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistItem {
    /// Code of the item, unique in its checklist (检查项代码).
    #[schema(example = "fire_lane", max_length = 60, pattern = "^[a-z][a-z0-9_]*$")]
    pub code: String,
    /// Chinese title (名称).
    #[schema(example = "消防车道畅通", min_length = 1, max_length = 100)]
    pub title_zh: String,
    /// English title.
    #[schema(example = "Fire lane clear", min_length = 1, max_length = 200)]
    pub title_en: String,
    /// Guidance for the inspector (检查要点).
    #[schema(example = "消防车道无占用、堵塞", min_length = 1, max_length = 500)]
    pub guidance: String,
    /// Code of the act that a failed item can be reported as (对应违规行为); null if none.
    #[schema(example = "safety.fire_lane_blocked", max_length = 64)]
    pub act: Option<String>,
    /// A failed item creates a hazard to be rectified within this many working days (隐患整改期限); null: it creates none.
    #[schema(example = 1, minimum = 0, maximum = 250)]
    pub hazard_working_days: Option<u32>,
}

/// Inspection frequency for a star (检查频次).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionFrequency {
    /// The star; null: complexes without a rating, and stars without an entry of their own.
    pub star: Option<Star>,
    /// Days between inspections (间隔天数).
    #[schema(example = 30, minimum = 1, maximum = 730)]
    pub every_days: u32,
}

/// A checklist (检查表).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// Code of the checklist (检查表代码).
    #[schema(example = "safety", max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub code: String,
    /// Chinese title (名称).
    #[schema(example = "安全生产检查表", min_length = 1, max_length = 100)]
    pub title_zh: String,
    /// English title.
    #[schema(example = "Safety checklist", min_length = 1, max_length = 200)]
    pub title_en: String,
    /// Roles that use the checklist (使用单位).
    #[schema(min_items = 1, max_items = 10)]
    pub roles: Vec<Role>,
    /// Inspection frequencies of complexes with a current company (检查频次); empty: no regular inspections.
    #[schema(max_items = 7)]
    pub frequency: Vec<InspectionFrequency>,
    /// Days between inspections of complexes on the focus list (重点整治名单检查间隔), if shorter; null: no difference.
    #[schema(example = 7, minimum = 1, maximum = 730)]
    pub focus_every_days: Option<u32>,
    /// Checklist items (检查项).
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<ChecklistItem>,
}

impl Checklist {
    pub fn item(&self, code: &str) -> Option<&ChecklistItem> {
        self.items.iter().find(|item| item.code == code)
    }
}

/// Inspection rules (日常检查、巡查).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionRules {
    /// Checklists (检查表).
    #[schema(min_items = 1, max_items = 20)]
    pub checklists: Vec<Checklist>,
    /// Days of grace after the due date before an inspection is overdue (宽限天数).
    #[schema(example = 5, minimum = 0, maximum = 60)]
    pub grace_days: u32,
}

impl InspectionRules {
    pub fn built_in() -> InspectionRules {
        built_in().inspections.clone()
    }

    pub fn checklist(&self, code: &str) -> Option<&Checklist> {
        self.checklists.iter().find(|one| one.code == code)
    }
}

/// Checks: codes are unique, acts are acts of companies in the catalogue, roles may inspect.
pub fn check(policy: &PolicyDocument) -> Vec<InputError> {
    let mut faults = Vec::new();
    let mut codes = BTreeSet::new();
    let known: HashMap<&str, &Act> = policy.acts.iter().map(|act| (act.code.as_str(), act)).collect();
    for (at, checklist) in policy.inspections.checklists.iter().enumerate() {
        let place = |field: &str| format!("/inspections/checklists/{at}/{field}");
        if !codes.insert(checklist.code.as_str()) {
            faults.push(InputError::new(
                place("code"),
                "duplicate",
                "检查表代码重复",
                "the checklist code is used twice",
            ));
        }
        let mut seen = BTreeSet::new();
        for (n, role) in checklist.roles.iter().enumerate() {
            let pointer = place(&format!("roles/{n}"));
            if !INSPECTORS.contains(role) {
                faults.push(InputError::new(
                    pointer,
                    "role_not_authority",
                    "该角色不开展日常检查",
                    "this role does not carry out inspections",
                ));
            } else if !seen.insert(role.code()) {
                faults.push(InputError::new(
                    pointer,
                    "duplicate_role",
                    "单位重复，请删除其一",
                    "the office is listed twice; remove one",
                ));
            }
        }
        check_frequency(checklist, &place, &mut faults);
        check_items(&known, checklist, &place, &mut faults);
    }
    faults
}

fn check_frequency(checklist: &Checklist, place: &dyn Fn(&str) -> String, faults: &mut Vec<InputError>) {
    let all = &checklist.frequency;
    let mut seen = BTreeSet::new();
    for (n, one) in all.iter().enumerate() {
        if !seen.insert(one.star.map(|star| star.code())) {
            let pointer = place(&format!("frequency/{n}/star"));
            faults.push(InputError::new(
                pointer,
                "duplicate",
                "每一星级只能有一个检查频次",
                "each star must have one inspection frequency only",
            ));
        }
    }
    if !all.is_empty() && all.iter().all(|one| one.star.is_some()) {
        let (zh, en) = ("须填写未评级小区的检查频次", "add an inspection frequency for unrated complexes");
        faults.push(InputError::new(place("frequency"), "required", zh, en));
    }
    if all.is_empty() && checklist.focus_every_days.is_some() {
        let (zh, en) = (
            "未设检查频次的检查表不得设重点整治小区的频次",
            "a checklist without an inspection frequency must not have one for the focus list",
        );
        faults.push(InputError::new(place("focus_every_days"), "conflict", zh, en));
    }
}

fn check_items(
    known: &HashMap<&str, &Act>,
    checklist: &Checklist,
    place: &dyn Fn(&str) -> String,
    faults: &mut Vec<InputError>,
) {
    let mut codes = BTreeSet::new();
    for (n, item) in checklist.items.iter().enumerate() {
        if !codes.insert(item.code.as_str()) {
            let pointer = place(&format!("items/{n}/code"));
            faults.push(InputError::new(pointer, "duplicate", "检查项代码重复", "the item code is used twice"));
        }
        let Some(code) = &item.act else { continue };
        let pointer = place(&format!("items/{n}/act"));
        match known.get(code.as_str()) {
            None => {
                faults.push(InputError::new(
                    pointer,
                    "unknown_act",
                    "目录中没有此行为",
                    "the catalogue has no such act",
                ));
            }
            Some(act) if act.subject != ActSubject::Company => {
                let (zh, en) = (
                    "检查项须对应物业服务企业的行为",
                    "a checklist item must refer to an act of property service companies",
                );
                faults.push(InputError::new(pointer, "wrong_subject", zh, en));
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_safety_checklist_covers_every_act_of_task_five() {
        let document = built_in();
        assert_eq!(check(document), []);
        let safety = document.inspections.checklist("safety").unwrap();
        for act in document.acts.iter().filter(|act| act.task == 5) {
            let covered = safety.items.iter().any(|item| item.act.as_deref() == Some(&act.code));
            assert!(covered, "{}", act.code);
        }
        assert!(safety.items.iter().all(|item| item.hazard_working_days.is_some()));
    }

    #[test]
    fn every_fault_of_a_checklist_is_told_at_its_place() {
        let mut policy = built_in().clone();
        let lists = &mut policy.inspections.checklists;
        lists[0].roles = vec![Role::PropertyCompany, Role::Community, Role::Community];
        lists[0].frequency.retain(|one| one.star.is_some());
        lists[0].frequency[1].star = lists[0].frequency[0].star;
        lists[1].code = "general".into();
        lists[1].items[1].code = lists[1].items[0].code.clone();
        lists[1].items[2].act = Some("safety.no_such_act".into());
        lists[1].items[3].act = Some("resident.animals".into());
        lists[2].focus_every_days = Some(7);
        let told: Vec<(String, &str)> = check(&policy).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
        let expected = [
            ("0/roles/0", "role_not_authority"),
            ("0/roles/2", "duplicate_role"),
            ("0/frequency/1/star", "duplicate"),
            ("0/frequency", "required"),
            ("1/code", "duplicate"),
            ("1/items/1/code", "duplicate"),
            ("1/items/2/act", "unknown_act"),
            ("1/items/3/act", "wrong_subject"),
            ("2/focus_every_days", "conflict"),
        ];
        assert_eq!(told, expected.map(|(at, code)| (format!("/inspections/checklists/{at}"), code)));
    }
}
