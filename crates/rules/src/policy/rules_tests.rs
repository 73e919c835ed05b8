use super::*;
use crate::policy::model::Assumption;
use crate::policy::versions::built_in;

fn faults_after(change: impl FnOnce(&mut PolicyDocument)) -> Vec<(String, &'static str)> {
    let mut policy = built_in().clone();
    change(&mut policy);
    check(&policy).into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

fn rule(policy: &mut PolicyDocument, kind: MeasureKind) -> &mut MeasureRule {
    policy.measures.iter_mut().find(|rule| rule.kind == kind).unwrap()
}

#[test]
fn the_built_in_policy_has_no_fault_and_reads_back_the_same() {
    assert_eq!(check(built_in()), []);
    let text = serde_json::to_string(built_in()).unwrap();
    assert_eq!(&serde_json::from_str::<PolicyDocument>(&text).unwrap(), built_in());
    let unknown = text.replacen("\"title\"", "\"titel\"", 1);
    assert!(serde_json::from_str::<PolicyDocument>(&unknown).is_err());
}

#[test]
fn its_acts_are_those_of_the_catalogue() {
    let text = include_str!("../../../../data/acts.csv");
    let list = |field: &str| field.split('|').filter(|s| !s.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let mut rows = 0;
    for (record, act) in csv::Reader::from_reader(text.as_bytes()).records().zip(&built_in().acts) {
        let record = record.unwrap();
        let expected = serde_json::json!({
            "code": record[0],
            "task": record[1].parse::<u8>().unwrap(),
            "clause": record[2].parse::<u8>().ok(),
            "subject": record[3],
            "title_zh": record[4],
            "title_en": record[5],
            "lead_role": record[6],
            "refer_to": list(&record[7]),
            "legal_basis": Some(&record[8]).filter(|s| !s.is_empty()),
            "deduction": record[9].parse::<u32>().unwrap(),
            "overlaps": list(&record[10]),
        });
        assert_eq!(serde_json::to_value(act).unwrap(), expected);
        rows += 1;
    }
    assert_eq!(rows, 70);
    assert_eq!(built_in().acts.len(), rows);
}

#[test]
fn listings_have_no_legal_basis_until_a_county_names_one() {
    for kind in [MeasureKind::Blacklist, MeasureKind::Restriction, MeasureKind::JointPunishment] {
        let rule = built_in().measure(kind).unwrap();
        assert!(rule.requires_legal_basis && rule.legal_basis.is_none());
    }
}

#[test]
fn levels_and_bands_begin_where_the_policy_says() {
    let levels = built_in().ladder.thresholds;
    assert_eq!([0, 1, 2, 3, 4, 9].map(|count| levels.level(count)), [0, 1, 2, 3, 4, 4]);
    let bands = built_in().credit.bands;
    assert_eq!(
        [100, 90, 89, 75, 74, 60, 59, 0].map(|s| bands.band(s).code()),
        ["a", "a", "b", "b", "c", "c", "d", "d"]
    );
}

#[test]
fn every_fault_is_reported_at_once() {
    let found = faults_after(|policy| {
        policy.title = " ".into();
        policy.ladder.window_months = 121;
        policy.ladder.thresholds.level_3 = 2;
        policy.credit.bands.b = 90;
        policy.process.hearing_request_working_days = 4;
        policy.measures.retain(|rule| rule.kind != MeasureKind::Referral);
    });
    let expected = [
        ("/title", "text_length"),
        ("/ladder/window_months", "out_of_range"),
        ("/ladder/thresholds/level_3", "thresholds_not_increasing"),
        ("/credit/bands/b", "bands_not_decreasing"),
        ("/process/hearing_request_working_days", "out_of_range"),
        ("/measures", "measure_missing"),
        // Notes on the rules after the removed one now point past the end.
        ("/assumptions/*/pointer", "pointer_unknown"),
    ];
    assert_eq!(&found[..6], &expected.map(|(p, c)| (p.to_owned(), c))[..6]);
    assert!(found[6..].iter().all(|(_, code)| *code == "pointer_unknown"));
}

#[test]
fn faults_of_acts() {
    type Change = fn(&mut PolicyDocument);
    let cases: &[(Change, &str, &str)] = &[
        (|p| p.acts[1].code = p.acts[0].code.clone(), "/acts/1/code", "duplicate_act"),
        (|p| p.acts[20].code = "Company.x".into(), "/acts/20/code", "act_code"),
        (|p| p.acts[20].task = 9, "/acts/20/task", "out_of_range"),
        (|p| p.acts[0].clause = Some(2), "/acts/1/clause", "duplicate_clause"),
        (|p| p.acts[0].clause = None, "/acts", "clause_missing"),
        (|p| p.acts[0].clause = Some(10), "/acts/0/clause", "out_of_range"),
        (|p| p.acts[20].clause = Some(1), "/acts/20/clause", "clause_outside_nine"),
        (|p| p.acts[0].subject = ActSubject::Utility, "/acts/0/subject", "subject_not_company"),
        (|p| p.acts[0].deduction = 101, "/acts/0/deduction", "out_of_range"),
        (|p| p.acts[69].deduction = 1, "/acts/69/deduction", "deduction_without_company"),
        (|p| p.acts[0].lead_role = Role::PropertyCompany, "/acts/0/lead_role", "role_not_authority"),
        (|p| p.acts[0].refer_to = vec![Role::Resident], "/acts/0/refer_to/0", "role_not_authority"),
        (|p| p.acts[0].refer_to = vec![p.acts[0].lead_role], "/acts/0/refer_to/0", "referred_to_lead"),
        (|p| p.acts[0].refer_to = vec![Role::FireRescue; 2], "/acts/0/refer_to/1", "duplicate_role"),
        (|p| p.acts[0].overlaps = vec!["nine.no".into()], "/acts/0/overlaps/0", "unknown_act"),
        (|p| p.acts[0].overlaps = vec![p.acts[0].code.clone()], "/acts/0/overlaps/0", "unknown_act"),
        (|p| p.acts[0].overlaps = vec![p.acts[1].code.clone(); 2], "/acts/0/overlaps/1", "duplicate_overlap"),
        (|p| p.acts[0].title_zh = "长".repeat(201), "/acts/0/title_zh", "text_length"),
    ];
    for (change, pointer, code) in cases {
        let found = faults_after(change);
        assert!(found.contains(&((*pointer).to_owned(), code)), "{pointer} {code}: {found:?}");
    }
}

#[test]
fn faults_of_measures() {
    use MeasureKind::*;
    type Change = fn(&mut PolicyDocument);
    let cases: &[(Change, &str)] = &[
        (|p| rule(p, Removal).level = None, "out_of_range"),
        (|p| rule(p, Removal).level = Some(5), "out_of_range"),
        (|p| rule(p, Referral).level = Some(1), "level_off_ladder"),
        (|p| rule(p, Removal).approver = Some(Role::SocialAffairsOffice), "approver_rank"),
        (|p| rule(p, Removal).approver = None, "approver_missing"),
        (|p| rule(p, Blacklist).adverse = false, "due_process_required"),
        (|p| rule(p, Interview).self_executing = true, "not_self_executing"),
        (|p| rule(p, CreditDeduction).approver = Some(Role::TownshipLeader), "approver_of_self_executing"),
        (|p| rule(p, Referral).office = OfficeRule::County, "office_rule"),
        (|p| rule(p, Interview).office = OfficeRule::ReferredAgency, "office_rule"),
        (|p| rule(p, Restriction).requires_legal_basis = false, "legal_basis_required"),
        (|p| rule(p, Blacklist).listing_months = None, "out_of_range"),
        (|p| rule(p, Removal).listing_months = Some(1), "not_a_listing"),
        (|p| rule(p, Removal).due_working_days = 251, "out_of_range"),
        (|p| rule(p, Removal).legal_basis = Some(String::new()), "text_length"),
        (|p| rule(p, Removal).kind = Blacklist, "duplicate_measure"),
    ];
    for (change, code) in cases {
        let found = faults_after(change);
        assert!(found.iter().any(|(p, c)| p.starts_with("/measures") && c == code), "{code}: {found:?}");
    }
}

#[test]
fn an_assumption_points_at_a_value() {
    let note = |pointer: &str| Assumption { pointer: pointer.into(), note_zh: "说明".into(), note_en: "Note".into() };
    for pointer in ["", "/ladder/colour", "ladder"] {
        let found = faults_after(|policy| policy.assumptions = vec![note(pointer)]);
        assert_eq!(found, [("/assumptions/0/pointer".to_owned(), "pointer_unknown")]);
    }
    assert_eq!(faults_after(|policy| policy.assumptions = vec![note("/ladder")]), []);
}

/// The pointers of all lists in the document.
fn lists(value: &serde_json::Value, at: &str, all: &mut Vec<String>) {
    match value {
        serde_json::Value::Array(items) => {
            all.push(at.to_owned());
            for (n, item) in items.iter().enumerate().take(1) {
                lists(item, &format!("{at}/{n}"), all);
            }
        }
        serde_json::Value::Object(fields) => {
            fields.iter().for_each(|(name, one)| lists(one, &format!("{at}/{name}"), all))
        }
        _ => {}
    }
}

#[test]
fn no_list_of_a_megabyte_costs_more_than_its_length() {
    let document = serde_json::to_value(built_in()).unwrap();
    let mut all = Vec::new();
    lists(&document, "", &mut all);
    assert!(all.len() > 15, "{all:?}");
    let mut slowest = (std::time::Duration::ZERO, String::new());
    for pointer in all {
        let mut grown = document.clone();
        let list = grown.pointer_mut(&pointer).and_then(serde_json::Value::as_array_mut).unwrap();
        let Some(item) = list.first().cloned() else { continue };
        let times = (1 << 20) / (item.to_string().len() + 1);
        list.extend(std::iter::repeat_n(item, times));
        let policy: PolicyDocument = serde_json::from_value(grown).unwrap();
        let began = std::time::Instant::now();
        std::hint::black_box(check(&policy));
        let took = began.elapsed();
        if took > slowest.0 {
            slowest = (took, pointer);
        }
    }
    // Generous for an unoptimised build on a busy machine. Quadratic behaviour would take minutes.
    assert!(slowest.0 < std::time::Duration::from_secs(5), "{slowest:?}");
}
