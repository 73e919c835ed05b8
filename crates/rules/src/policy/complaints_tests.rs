use super::*;

#[test]
fn the_categories_are_those_of_the_table() {
    let text = include_str!("../../../../data/complaint-categories.csv");
    let list = |field: &str| field.split('|').filter(|s| !s.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let mut rows = 0;
    let categories = &built_in().complaints.categories;
    for (record, category) in csv::Reader::from_reader(text.as_bytes()).records().zip(categories) {
        let record = record.unwrap();
        // The table has no column for the kind of utility.
        let organisations = match &record[0] {
            "utility.water_drainage" => vec!["water", "drainage"],
            "utility.heat_gas" => vec!["gas", "heat"],
            "utility.telecom_tv" => vec!["telecom", "tv"],
            _ => vec![],
        };
        let expected = serde_json::json!({
            "code": record[0],
            "group_zh": record[1],
            "name_zh": record[2],
            "name_en": record[3],
            "first_handler": record[4],
            "supervising_office": record[5],
            "clock": record[6],
            "accept_within": record[7].parse::<u32>().unwrap(),
            "resolve_within": record[8].parse::<u32>().unwrap(),
            "public": record[9] == *"yes",
            "related_acts": list(&record[10]),
            "organisations": organisations,
        });
        assert_eq!(serde_json::to_value(category).unwrap(), expected);
        rows += 1;
    }
    assert_eq!(rows, 35);
    assert_eq!(categories.len(), rows);
}

#[test]
fn the_built_in_rules_have_no_fault() {
    assert_eq!(check(built_in()), []);
    let rules = ComplaintRules::built_in();
    assert_eq!(rules.category("service.lift").unwrap().clock, DeadlineClock::Hours);
    assert!(rules.category("service.no_such_category").is_none());
    let hidden: Vec<&str> = rules.categories.iter().filter(|one| !one.public).map(|one| one.code.as_str()).collect();
    assert_eq!(hidden, ["privacy.leak", "committee.conduct", "officials.inaction"]);
    let hours: Vec<_> = rules.working_hours.iter().map(|one| one.minutes()).collect();
    assert_eq!(hours, [Some((510, 720)), Some((840, 1080))]);
}

#[test]
fn a_version_that_says_nothing_of_complaints_goes_by_the_built_in_rules() {
    let mut text = serde_json::to_value(built_in()).unwrap();
    text.as_object_mut().unwrap().remove("complaints");
    // The notes on this part then point to the built-in rules, which apply once the document is parsed.
    let read: PolicyDocument = serde_json::from_value(text).unwrap();
    assert_eq!(&read, built_in());
}

#[test]
fn every_fault_of_complaints_is_told_at_its_place() {
    type Change = fn(&mut ComplaintRules);
    let hours = |from: &str, to: &str| WorkingHours { from: from.into(), to: to.into() };
    let cases: &[(Change, &str, &str)] = &[
        (|r| r.categories[1].code = r.categories[0].code.clone(), "categories/1/code", "duplicate"),
        (|r| r.categories[0].first_handler = Role::Resident, "categories/0/first_handler", "role_not_handler"),
        (|r| r.categories[0].first_handler = Role::ComplexCommittee, "categories/0/first_handler", "role_not_handler"),
        (|r| r.categories[0].first_handler = Role::Auditor, "categories/0/first_handler", "role_not_handler"),
        (
            |r| r.categories[0].supervising_office = Role::PropertyCompany,
            "categories/0/supervising_office",
            "role_not_authority",
        ),
        (
            |r| r.categories[0].supervising_office = Role::FireRescue,
            "categories/0/supervising_office",
            "role_not_authority",
        ),
        (
            |r| r.categories[6].supervising_office = Role::SocialAffairsOffice,
            "categories/6/supervising_office",
            "own_supervising_office",
        ),
        (|r| r.categories[0].accept_within = 6, "categories/0/accept_within", "conflict"),
        (
            |r| r.categories[0].related_acts = vec!["nine.no_such_act".into()],
            "categories/0/related_acts/0",
            "unknown_act",
        ),
        (
            |r| r.categories[5].related_acts = vec!["nine.staff_not_in_uniform".into(); 2],
            "categories/5/related_acts/1",
            "duplicate",
        ),
        (|r| r.categories[0].organisations = vec![UtilityKind::Gas], "categories/0/organisations", "conflict"),
        (|r| r.categories[27].organisations.clear(), "categories/27/organisations", "required"),
        (
            |r| r.categories[27].organisations = vec![UtilityKind::Water; 2],
            "categories/27/organisations/1",
            "duplicate",
        ),
        (|r| r.officials_category = "officials".into(), "officials_category", "unknown_value"),
        (|r| r.categories[33].public = true, "categories/33/public", "conflict"),
        (|r| r.handler_without_company = Role::PropertyCompany, "handler_without_company", "role_not_authority"),
        (|r| r.handler_without_company = Role::Resident, "handler_without_company", "role_not_handler"),
        (
            |r| r.supervising_office_without_company = Role::Community,
            "supervising_office_without_company",
            "own_supervising_office",
        ),
        (
            |r| r.supervising_office_without_company = Role::Resident,
            "supervising_office_without_company",
            "role_not_authority",
        ),
        (|r| r.working_hours[0].from = "8:30".into(), "working_hours/0/from", "invalid_format"),
        (|r| r.working_hours[0].to = "24:00".into(), "working_hours/0/to", "invalid_format"),
        (|r| r.working_hours[0].to = "+1:00".into(), "working_hours/0/to", "invalid_format"),
        (|r| r.working_hours[1].to = "14:00".into(), "working_hours/1/to", "before_start"),
        (|r| r.working_hours[1].from = "11:59".into(), "working_hours/1/from", "conflict"),
        (|r| r.working_hours.reverse(), "working_hours/1/from", "conflict"),
    ];
    for (change, pointer, code) in cases {
        let mut policy = built_in().clone();
        change(&mut policy.complaints);
        let told: Vec<(String, &str)> = check(&policy).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
        assert_eq!(told, [(format!("/complaints/{pointer}"), *code)]);
    }
    // Adjacent spans do not overlap.
    let mut policy = built_in().clone();
    policy.complaints.working_hours = vec![hours("00:00", "12:00"), hours("12:00", "23:59")];
    assert_eq!(check(&policy), []);
}
