use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, nine};
use crate::support::rows::{a_company, a_complex_in, text};
use crate::support::{COMMUNITY, COUNTY, NEIGHBOUR_COMMUNITY, TOWNSHIP};

on_both_databases! {
    async fn a_report_is_read_back_with_its_act_and_its_place(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let answer = case.reporter().post("/v1/violations", &case.report_input(nine(3), "P", "2026-03-02")).await;
        let location = answer.header("location").to_owned();
        let made = answer.expect(201);
        assert_eq!(made["state"], "reported");
        assert_eq!((&made["clause"], &made["lead_role"]), (&json!(3), &json!("social_affairs_office")));
        assert_eq!((&made["county"], &made["township"], &made["community"]),
            (&json!(COUNTY), &json!(TOWNSHIP), &json!(COMMUNITY)));
        assert_eq!(made["reporter"]["subject"], "reporter");
        assert_eq!(case.officer().get(&location).await.expect(200), made);
    }

    async fn every_fault_of_a_report_is_told_at_once_and_nothing_is_stored(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let elsewhere = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        let mut input = case.report_input("nine.no_such_act", "P", "2026-03-03");
        input["complex_id"] = elsewhere["id"].clone();
        input["evidence"] = json!([{ "title": "空" }]);
        input["description"] = json!("一\u{0}二三四五");
        input["colour"] = json!("red");
        case.reporter().post("/v1/violations", &input).await.faults(&[
            ("/description", "forbidden_character"), ("/colour", "unknown_field"),
        ]);
        let mut input = case.report_input("nine.no_such_act", "P", "2026-03-03");
        input["complex_id"] = elsewhere["id"].clone();
        input["evidence"] = json!([{ "title": "空" }]);
        input["stopped_and_reported"] = json!(true);
        case.reporter().post("/v1/violations", &input).await.faults(&[
            ("/act", "not_in_policy"), ("/found_on", "in_the_future"), ("/complex_id", "unknown_reference"),
            ("/evidence/0", "required"),
        ]);
        // An id of another kind of resource.
        let mut input = case.report_input(nine(3), "P", "2026-03-02");
        input["complex_id"] = case.company["id"].clone();
        input["company_id"] = json!(case.id("P"));
        case.reporter().post("/v1/violations", &input).await
            .faults(&[("/complex_id", "unknown_reference"), ("/company_id", "unknown_reference")]);
        assert!(app.county().get("/v1/violations").await.items().is_empty());
    }

    async fn a_company_answers_for_complexes_that_it_has_served(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let other = a_complex_in(&app, COMMUNITY).await;
        let mut input = case.report_input(nine(3), "P", "2026-03-02");
        input["complex_id"] = other["id"].clone();
        case.reporter().post("/v1/violations", &input).await.faults(&[("/complex_id", "not_serving")]);
        let early = case.report_input(nine(3), "P", "1999-12-31");
        case.reporter().post("/v1/violations", &early).await
            .faults(&[("/complex_id", "not_serving"), ("/found_on", "before_start")]);
    }

    async fn one_fact_is_one_act_unless_it_says_why_it_is_another(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.reported("V1", "company.fee_increase", "P", "2026-03-02").await;
        let mut input = case.report_input(nine(7), "P", "2026-03-02");
        case.reporter().post("/v1/violations", &input).await.problem(409, "overlapping_violation");
        let again = case.report_input("company.fee_increase", "P", "2026-03-02");
        let problem = case.reporter().post("/v1/violations", &again).await;
        assert_eq!(problem.json["related"], json!({ "kind": "violation", "id": case.id("V1") }));
        assert!(problem.problem(409, "overlapping_violation")["detail"].as_str().unwrap().contains("擅自涨价、乱收费以及违规签订"),
            "the nine clause is offered first");
        input["distinct_fact_reason"] = json!("另一收费项目，与前一事实无关");
        case.reporter().post("/v1/violations", &input).await.expect(201);
        // Another day is another fact.
        case.on("2026-03-03");
        let other = case.report_input(nine(7), "P", "2026-03-03");
        case.reporter().post("/v1/violations", &other).await.expect(201);
    }

    async fn a_company_reports_acts_of_residents_and_nothing_else(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let resident = json!({
            "act": "resident.private_building", "complex_id": case.id("P"), "found_on": "2026-03-02",
            "source": "self_report", "description": "一层住户私搭阳光房", "stopped_and_reported": true,
        });
        let made = case.portal().post("/v1/violations", &resident).await.expect(201);
        case.name(text(&made["id"]), "V1");
        assert_eq!(made["stopped_and_reported"], json!(true));
        case.portal().get(&case.violation("V1")).await.expect(200);
        app.office(Role::EnforcementOffice, TOWNSHIP).get(&case.violation("V1")).await.expect(200);
        let own = case.report_input(nine(3), "P", "2026-03-02");
        case.portal().post("/v1/violations", &own).await.faults(&[("/act", "wrong_subject")]);
        let rival = a_company(&app).await;
        app.company(text(&rival["uscc"])).get(&case.violation("V1")).await.problem(404, "not_found");
        app.company(text(&rival["uscc"])).post("/v1/violations", &resident).await
            .faults(&[("/complex_id", "unknown_reference")]);
    }

    async fn a_police_station_sees_what_it_leads_and_no_more(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let police = app.office(Role::PoliceStation, TOWNSHIP);
        case.reported("V1", nine(3), "P", "2026-03-02").await;
        case.reported("V2", "nine.leaking_personal_data", "P", "2026-03-02").await;
        police.get(&case.violation("V1")).await.problem(404, "not_found");
        police.get(&case.violation("V2")).await.expect(200);
        assert_eq!(police.get("/v1/violations").await.ids(), [case.id("V2")]);
    }

    async fn a_case_about_officials_does_not_reach_the_offices_of_their_township(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let input = json!({
            "act": "official.inaction", "complex_id": case.id("P"), "found_on": "2026-03-02", "source": "complaint",
            "description": "反映的问题长期无人处理",
        });
        let discipline = app.office(Role::DisciplineOffice, COUNTY);
        let made = discipline.post("/v1/violations", &input).await.expect(201);
        case.name(text(&made["id"]), "V1");
        discipline.get(&case.violation("V1")).await.expect(200);
        app.county().get(&case.violation("V1")).await.expect(200);
        case.officer().get(&case.violation("V1")).await.problem(404, "not_found");
        case.leader().get(&case.violation("V1")).await.problem(404, "not_found");
        assert!(case.officer().get("/v1/violations").await.items().is_empty());
    }

    async fn outside_of_a_complex_a_report_carries_its_division_and_point(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let mut input = json!({
            "act": "business.noise", "subject_name": "测试餐饮店", "division": COMMUNITY, "found_on": "2026-03-02",
            "source": "inspection", "description": "夜间经营噪声扰民",
            "point": { "longitude": 106.2533, "latitude": 38.2811, "system": "wgs84" },
        });
        let made = case.reporter().post("/v1/violations", &input).await.expect(201);
        assert_eq!((&made["community"], &made["point"]["longitude"]), (&json!(COMMUNITY), &json!(106.2533)));
        input["division"] = json!(NEIGHBOUR_COMMUNITY);
        case.reporter().post("/v1/violations", &input).await.faults(&[("/division", "unknown_reference")]);
        input["division"] = json!(null);
        input["complex_id"] = json!(case.id("P"));
        case.reporter().post("/v1/violations", &input).await.faults(&[("/point", "conflict")]);
        // A natural person cannot be named here.
        let resident = json!({
            "act": "resident.animals", "subject_name": "某某", "complex_id": case.id("P"), "found_on": "2026-03-02",
            "source": "inspection", "description": "违规饲养大型犬",
        });
        case.reporter().post("/v1/violations", &resident).await.faults(&[("/subject_name", "wrong_subject")]);
    }
}
