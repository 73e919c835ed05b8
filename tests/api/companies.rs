use serde_json::{Value, json};
use xiaoqu::access::Role;

use super::contracts::{draft, submitted};
use crate::on_both_databases;
use crate::support::client::Client;
use crate::support::rows::{
    a_change, a_company, a_complex, a_complex_in, a_service, a_uscc, company_input, end_contract, path, text,
};
use crate::support::{COMMUNITY, COUNTY, NEIGHBOUR, NEIGHBOUR_COMMUNITY, OTHER_COUNTY, TOWNSHIP};

fn wrong_check() -> String {
    let mut code = a_uscc();
    let last = if code.ends_with('0') { "1" } else { "0" };
    code.replace_range(17.., last);
    code
}

on_both_databases! {
    async fn a_company_is_registered_and_read_back(app: TestApp) {
        let answer = app.county().post("/v1/companies", &company_input()).await;
        let (id, etag) = (answer.id().to_owned(), answer.etag());
        assert_eq!(answer.header("location"), format!("/v1/companies/{id}"));
        let made = answer.expect(201);
        assert_eq!((&made["version"], &made["county"]), (&json!(1), &json!(COUNTY)));
        assert_eq!(made["created_at"], made["updated_at"]);
        let read = app.county().get(&path("companies", &made)).await;
        assert_eq!(read.etag(), etag);
        assert_eq!(read.expect(200), made);
    }

    async fn every_fault_of_a_company_is_told_at_once(app: TestApp) {
        let input = json!({
            "uscc": "91640121MA0000000I", "name": "一", "service_hotline": "call me", "parent_id": "x", "colour": "red",
        });
        app.county().post("/v1/companies", &input).await.faults(&[
            ("/uscc", "invalid_format"),
            ("/name", "too_short"),
            ("/legal_representative", "required"),
            ("/service_hotline", "invalid_format"),
            ("/parent_id", "invalid_format"),
            ("/colour", "unknown_field"),
        ]);
        // Errors that only the rules and the database can detect are reported together.
        let mut input = company_input();
        input["uscc"] = json!(wrong_check());
        input["parent_id"] = json!("019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11");
        let answer = app.county().post("/v1/companies", &input).await;
        answer.faults(&[("/uscc", "check_character"), ("/parent_id", "unknown_reference")]);
        assert!(app.county().get("/v1/companies").await.items().is_empty());
    }

    async fn a_code_that_fails_its_check_needs_the_county_and_a_reason(app: TestApp) {
        let mut input = company_input();
        input["uscc"] = json!(wrong_check());
        app.county().post("/v1/companies", &input).await.faults(&[("/uscc", "check_character")]);
        input["uscc_override_reason"] = json!("登记机关核发的代码即为此码");
        let refused = app.social().post("/v1/companies", &input).await;
        refused.faults(&[("/uscc_override_reason", "conflict")]);
        let made = app.county().post("/v1/companies", &input).await.expect(201);
        assert_eq!(made["uscc_override_reason"], input["uscc_override_reason"]);
        // A reason that was not needed is not stored.
        let mut good = company_input();
        good["uscc_override_reason"] = json!("以防万一");
        good["uscc_override_reason"] = json!("以防万一而已");
        let made = app.county().post("/v1/companies", &good).await.expect(201);
        assert_eq!(made["uscc_override_reason"], Value::Null);
    }

    async fn a_code_is_registered_once(app: TestApp) {
        let input = company_input();
        app.county().post("/v1/companies", &input).await.expect(201);
        app.social().post("/v1/companies", &input).await.problem(409, "already_exists");
        let other = app.office(Role::CountyAuthority, OTHER_COUNTY);
        other.post("/v1/companies", &input).await.problem(409, "already_exists");
    }

    async fn a_township_sees_a_company_once_it_serves_there(app: TestApp) {
        let company = a_company(&app).await;
        let at = path("companies", &company);
        app.county().get(&at).await.expect(200);
        app.social().get(&at).await.problem(404, "not_found");
        let complex = a_complex(&app).await;
        a_service(&app, &complex, &company, "2026-04-01").await;
        app.social().get(&at).await.expect(200);
        app.office(Role::Community, COMMUNITY).get(&at).await.expect(200);
        app.neighbour().get(&at).await.problem(404, "not_found");
        assert!(app.neighbour().get("/v1/companies").await.items().is_empty());
        assert_eq!(app.neighbour().get("/v1/companies?with_total=true").await.json["total"], 0);
        app.neighbour().patch(&at, &json!({ "name": "改名" })).if_match("\"1\"").await.problem(404, "not_found");
        let other = app.office(Role::CountyAuthority, OTHER_COUNTY);
        other.get(&at).await.problem(404, "not_found");
    }

    async fn an_office_sees_what_it_registered(app: TestApp) {
        let made = app.social().post("/v1/companies", &company_input()).await.expect(201);
        app.social().get(&path("companies", &made)).await.expect(200);
        app.county().get(&path("companies", &made)).await.expect(200);
        app.neighbour().get(&path("companies", &made)).await.problem(404, "not_found");
    }

    async fn a_company_sees_itself_and_no_other(app: TestApp) {
        let (own, other) = (a_company(&app).await, a_company(&app).await);
        let company = app.company(text(&own["uscc"]));
        company.get(&path("companies", &own)).await.expect(200);
        company.get(&path("companies", &other)).await.problem(404, "not_found");
        assert_eq!(company.get("/v1/companies").await.ids(), [text(&own["id"])]);
        let foreign = format!("/v1/companies?uscc={}", text(&other["uscc"]));
        assert!(company.get(&foreign).await.items().is_empty());
    }

    async fn a_committee_sees_who_serves_or_served_its_complex(app: TestApp) {
        let (first, second, other) = (a_company(&app).await, a_company(&app).await, a_company(&app).await);
        let complex = a_complex(&app).await;
        let contract = a_service(&app, &complex, &first, "2025-01-01").await;
        end_contract(&app, &contract, "2025-12-31").await;
        a_service(&app, &complex, &second, "2026-01-01").await;
        let committee = app.office(Role::ComplexCommittee, text(&complex["id"]));
        committee.get(&path("companies", &first)).await.expect(200);
        committee.get(&path("companies", &second)).await.expect(200);
        committee.get(&path("companies", &other)).await.problem(404, "not_found");
    }

    async fn a_merge_patch_keeps_what_is_absent_and_clears_what_is_null(app: TestApp) {
        let parent = a_company(&app).await;
        let mut input = company_input();
        input["parent_id"] = parent["id"].clone();
        let branch = app.county().post("/v1/companies", &input).await;
        let (at, etag) = (path("companies", &branch.json), branch.etag());
        let changed = app.county().patch(&at, &json!({ "name": "测试更名有限公司" })).if_match(&etag).await;
        let etag = changed.etag();
        let row = changed.expect(200);
        assert_eq!((&row["version"], &row["name"]), (&json!(2), &json!("测试更名有限公司")));
        assert_eq!((&row["parent_id"], &row["uscc"]), (&parent["id"], &branch.json["uscc"]));
        let nothing = json!({ "name": null, "uscc": "91350100M000100Y43" });
        let answer = app.county().patch(&at, &nothing).if_match(&etag).await;
        answer.faults(&[("/name", "wrong_type"), ("/uscc", "unknown_field")]);
        let patch = app.county().patch(&at, &json!({ "parent_id": null })).if_match(&etag);
        patch.await.faults(&[("/parent_id", "conflict")]);
        a_change(&app, &branch.json, &json!({ "parent_id": null })).await;
        assert_eq!(app.county().get(&at).await.expect(200)["parent_id"], Value::Null);
        let text = r#"{"name":"测试再更名"}"#;
        let merge = app.county().call(reqwest::Method::PATCH, &at).body("application/merge-patch+json", text);
        assert_eq!(merge.if_match("*").await.expect(200)["version"], 4);
    }

    async fn a_parent_is_no_branch_and_not_the_company_itself(app: TestApp) {
        let parent = a_company(&app).await;
        let mut input = company_input();
        input["parent_id"] = parent["id"].clone();
        let branch = app.county().post("/v1/companies", &input).await.expect(201);
        input["uscc"] = json!(a_uscc());
        input["parent_id"] = branch["id"].clone();
        app.county().post("/v1/companies", &input).await.faults(&[("/parent_id", "unknown_reference")]);
        let own = json!({ "parent_id": parent["id"] });
        let propose = async |change: &Value| {
            let mut input = change.clone();
            input["reason"] = json!("企业申请");
            app.county().post(&format!("{}/changes", path("companies", &parent)), &input).await
        };
        let answer = propose(&own).await;
        answer.faults(&[("/parent_id", "unknown_reference")]);
        // A company with branches cannot become a branch, because its branches would count for a company that is not
        // responsible for them.
        let other = a_company(&app).await;
        let under = json!({ "parent_id": other["id"] });
        let answer = propose(&under).await;
        answer.faults(&[("/parent_id", "conflict")]);
    }

    /// A company that serves in two townships and in two counties.
    async fn a_company_is_written_by_its_home_register_and_seen_where_it_works(app: TestApp) {
        let company = app.social().post("/v1/companies", &company_input()).await.expect(201);
        assert_eq!((&company["county"], &company["division"]), (&json!(COUNTY), &json!(TOWNSHIP)));
        let at = path("companies", &company);
        let nearby = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        a_service(&app, &nearby, &company, "2026-01-01").await;
        let far = app.office(Role::CountyAuthority, OTHER_COUNTY);
        let mut input = crate::support::rows::complex_input();
        input["community"] = json!("640122100200");
        let complex = far.post("/v1/complexes", &input).await.expect(201);
        // The company itself applies in the other county.
        let portal = app.company(text(&company["uscc"]));
        submitted(&portal, &draft(&complex, "2026-03-02", None)).await;
        for office in [&app.neighbour(), &far] {
            let seen = office.get(&at).await;
            let etag = seen.etag();
            assert_eq!(seen.expect(200)["name"], company["name"]);
            let hotline = json!({ "service_hotline": "0951-0000009" });
            office.patch(&at, &hotline).if_match(&etag).await.problem(403, "forbidden");
            let mut proposal = hotline.clone();
            proposal["reason"] = json!("企业在本辖区更换了热线");
            let proposed = office.post(&format!("{at}/changes"), &proposal).await.expect(201);
            assert_eq!(proposed["state"], "proposed");
            // The application is in the inbox of the registering office only.
            let waits = async |who: &Client| who.get("/v1/inbox?kind=decide_company_change").await.items().clone();
            let item = waits(&app.social()).await[0].clone();
            assert_eq!((&item["href"], &item["due_on"]), (&json!(path("company-changes", &proposed)), &json!("2026-03-16")));
            assert_eq!(item["company_name"], company["name"]);
            assert!(waits(office).await.is_empty() && waits(&app.county()).await.is_empty());
            let change = path("company-changes", &proposed);
            office.post(&format!("{change}/approval"), &json!({ "reasons": "自行批准" })).await.problem(403, "forbidden");
            assert_eq!(app.county().get(&at).await.expect(200)["service_hotline"], company["service_hotline"]);
            let other = app.officer(Role::SocialAffairsOffice, TOWNSHIP, "second-person");
            let done = other.post(&format!("{change}/refusal"), &json!({ "reasons": "材料不齐" })).await.expect(200);
            assert_eq!(done["state"], "refused");
            other.post(&format!("{change}/approval"), &json!({ "reasons": "材料齐全" })).await.problem(409, "state_conflict");
        }
        // The registering office may change the company.
        let etag = app.social().get(&at).await.etag();
        let changed = app.social().patch(&at, &json!({ "service_hotline": "0951-0000007" })).if_match(&etag).await;
        assert_eq!(changed.expect(200)["service_hotline"], "0951-0000007");
        portal.get(&at).await.expect(200);
    }

    async fn another_parent_needs_two_persons_and_both_companies_hear_of_it(app: TestApp) {
        let (company, parent) = (a_company(&app).await, a_company(&app).await);
        let at = path("companies", &company);
        let alone = json!({ "parent_id": parent["id"] });
        let etag = app.county().get(&at).await.etag();
        app.county().patch(&at, &alone).if_match(&etag).await.faults(&[("/parent_id", "conflict")]);
        let mut input = alone.clone();
        input["reason"] = json!("并入集团");
        let proposed = app.county().post(&format!("{at}/changes"), &input).await.expect(201);
        let approval = format!("{}/approval", path("company-changes", &proposed));
        let reasons = json!({ "reasons": "登记材料齐全" });
        app.county().post(&approval, &reasons).await.problem(403, "same_person");
        let second = app.officer(Role::CountyAuthority, COUNTY, "second-person");
        assert_eq!(second.post(&approval, &reasons).await.expect(200)["state"], "approved");
        assert_eq!(app.county().get(&at).await.expect(200)["parent_id"], parent["id"]);
        let listed = app.county().get(&format!("{at}/changes?with_total=true")).await;
        assert_eq!((listed.items().len(), &listed.json["total"]), (1, &json!(1)));
        app.sealed().await;
        for (uscc, kind) in [(&company["uscc"], "company.changed"), (&parent["uscc"], "company.branch_joined")] {
            let events = app.company(text(uscc)).get(&format!("/v1/events?type={kind}")).await;
            assert_eq!(events.items().len(), 1, "{kind}: {}", events.json);
        }
        let nothing = json!({ "reason": "没有内容" });
        app.county().post(&format!("{at}/changes"), &nothing).await.faults(&[("", "required")]);
        let same = json!({ "name": company["name"], "parent_id": parent["id"], "reason": "与登记内容相同" });
        app.county().post(&format!("{at}/changes"), &same).await.faults(&[("", "required")]);
    }

    async fn a_change_is_not_carried_out_over_something_newer(app: TestApp) {
        let company = a_company(&app).await;
        let at = path("companies", &company);
        let input = json!({ "service_hotline": "0951-0000002", "name": company["name"], "reason": "热线变更" });
        let proposed = app.county().post(&format!("{at}/changes"), &input).await.expect(201);
        assert_eq!(proposed["change"], json!({ "service_hotline": "0951-0000002" }), "only what differs");
        assert_eq!(proposed["before"], json!({ "service_hotline": company["service_hotline"] }));
        let again = app.county().post(&format!("{at}/changes"), &input).await;
        assert_eq!(again.problem(409, "already_exists")["related"]["id"], proposed["id"]);
        let etag = app.county().get(&at).await.etag();
        app.county().patch(&at, &json!({ "service_hotline": "0951-0000003" })).if_match(&etag).await.expect(200);
        let second = app.officer(Role::CountyAuthority, COUNTY, "second-person");
        let approval = format!("{}/approval", path("company-changes", &proposed));
        second.post(&approval, &json!({ "reasons": "同意" })).await.problem(409, "state_conflict");
        assert_eq!(app.county().get(&at).await.expect(200)["service_hotline"], "0951-0000003");
        app.sealed().await;
        let filter = format!("/v1/events?type=company.change_proposed&company_id={}", text(&company["id"]));
        assert_eq!(app.county().get(&filter).await.items().len(), 1);
    }

    async fn companies_are_found_by_part_of_their_name_and_by_code(app: TestApp) {
        for name in ["甲100%服务", "乙_线服务", "丙\\斜服务", "丁Abc服务"] {
            let mut input = company_input();
            input["name"] = json!(name);
            app.county().post("/v1/companies", &input).await.expect(201);
        }
        for (q, names) in [
            ("%25", vec!["甲100%服务"]),
            ("_", vec!["乙_线服务"]),
            ("%5C", vec!["丙\\斜服务"]),
            ("%E6%9C%8D%E5%8A%A1", vec!["丁Abc服务", "丙\\斜服务", "乙_线服务", "甲100%服务"]),
            ("%25%25", vec![]),
            ("Abc", vec!["丁Abc服务"]),
        ] {
            let found = app.county().get(&format!("/v1/companies?q={q}&with_total=true")).await;
            let given: Vec<&str> = found.items().iter().map(|row| text(&row["name"])).collect();
            assert_eq!(given, names, "{q}");
            assert_eq!(found.json["total"], names.len());
        }
        let one = a_company(&app).await;
        let found = app.county().get(&format!("/v1/companies?uscc={}", text(&one["uscc"]))).await;
        assert_eq!(found.ids(), [text(&one["id"])]);
    }

    async fn a_search_does_not_depend_on_the_case_of_latin_letters_on_one_database_only(app: TestApp) {
        let mut input = company_input();
        input["name"] = json!("测试ABC物业");
        app.county().post("/v1/companies", &input).await.expect(201);
        assert_eq!(app.county().get("/v1/companies?q=abc").await.items().len(), 1);
    }

    async fn registered_by_one_office_at_the_same_time_as_another_it_is_one_company(app: TestApp) {
        let input = company_input();
        let (county, township) = (app.county(), app.office(Role::SocialAffairsOffice, TOWNSHIP));
        let neighbour = app.office(Role::SocialAffairsOffice, NEIGHBOUR);
        let answers = futures_util::future::join_all(
            [&county, &township, &neighbour].map(|who| async { who.post("/v1/companies", &input).await.status }),
        );
        let mut statuses = answers.await;
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409]);
    }
}
