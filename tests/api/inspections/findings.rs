use futures_util::future::join_all;
use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::TOWNSHIP;
use crate::support::cases::notice;
use crate::support::files::evidence;
use crate::support::inspecting::unplanned;
use crate::support::rows::{a_complex, a_served_complex, path, text};

const AT: &str = "2026-03-02T00:30:00Z";

on_both_databases! {
    async fn a_finding_becomes_a_violation_with_its_photograph_once(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let officer = app.officer(Role::EnforcementOffice, TOWNSHIP, "inspector");
        let photo = officer.a_picture().await;
        let mut body = unplanned(&complex, "safety", AT, &["fire_lane", "facade"]);
        body["items"][6]["evidence"] = evidence(&photo);
        let taken = officer.post("/v1/inspection-results", &json!({ "results": [body] })).await.expect(200);
        let inspection = format!("/v1/inspections/{}", text(&taken["results"][0]["inspection_id"]));
        let before = officer.get(&inspection).await.expect(200);
        let part = &before["parts"][0]["id"];
        let at = format!("{inspection}/violation");
        let report = |item: &str| json!({ "part_id": part, "item": item, "description": "现场已告知项目经理，拒不清理" });

        app.neighbour().post(&at, &report("fire_lane")).await.problem(404, "not_found");
        officer.post(&at, &report("fire_equipment")).await.faults(&[("/item", "unknown_value")]);
        let mut wrong = report("fire_lane");
        wrong["part_id"] = complex["id"].clone();
        wrong["act"] = json!("resident.animals");
        officer.post(&at, &wrong).await.faults(&[("/part_id", "unknown_reference")]);
        wrong["part_id"] = part.clone();
        let faults = officer.post(&at, &wrong).await;
        assert!(faults.errors().contains(&("/company_id", "wrong_subject")), "{}", faults.json);

        let made = officer.post(&at, &report("fire_lane")).key("once").await;
        let violation = made.json.clone();
        assert_eq!((made.status, made.header("location")), (201, path("violations", &violation).as_str()));
        assert_eq!((&violation["source"], &violation["act"]), (&json!("inspection"), &json!("safety.fire_lane_blocked")));
        assert_eq!((&violation["company_id"], &violation["found_on"]), (&company["id"], &json!("2026-03-02")));
        let description = text(&violation["description"]);
        assert!(description.contains("消防车道畅通") && description.contains("拒不清理"), "{description}");
        let proof = violation["evidence"].as_array().unwrap();
        assert!(text(&proof[0]["text"]).contains("2026年3月2日") && proof.len() == 2);
        let copy = text(&proof[1]["attachment_id"]);
        assert_ne!(copy, photo);
        let info = officer.get(&format!("/v1/attachments/{copy}")).await.expect(200);
        assert_eq!((&info["owner_kind"], &info["owner_id"]), (&json!("violation"), &violation["id"]));

        let again = officer.post(&at, &report("fire_lane")).key("once").await;
        assert_eq!(again.json["id"], violation["id"]);
        officer.post(&at, &report("fire_lane")).await.problem(409, "already_exists");
        let after = officer.get(&inspection).await.expect(200);
        let item = &after["parts"][0]["items"][6];
        assert_eq!((&item["violation_id"], &after["version"]), (&violation["id"], &json!(2)));
        // The company learns of the violation from its notice only.
        let portal = app.company(text(&company["uscc"]));
        let seen = portal.get(&inspection).await.expect(200);
        assert_eq!((&seen["parts"][0]["items"][6]["violation_id"], &seen["parts"][0]["items"][6]["outcome"]), (&Value::Null, &json!("fail")));
        // As an act of the nine prohibitions, if the officer says so.
        let mut nine = report("facade");
        nine["act"] = json!("nine.common_parts_or_revenue");
        let answers = join_all((0..4).map(|_| async { officer.post(&at, &nine).await })).await;
        let (made, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert_eq!((made.len(), &made[0].json["clause"]), (1, &json!(8)));
        for answer in &lost {
            answer.problem(409, "already_exists");
        }
        // From here on it is a normal violation: another person confirms it.
        let notice = crate::support::cases::notice();
        officer.post(&format!("{}/notification", path("violations", &violation)), &notice).await.expect(200);
    }

    async fn where_nobody_serves_there_is_a_hazard_and_nobody_to_report(app: TestApp) {
        let complex = a_complex(&app).await;
        let officer = app.social();
        let body = unplanned(&complex, "general", AT, &["greening", "facilities"]);
        let taken = officer.post("/v1/inspection-results", &json!({ "results": [body] })).await.expect(200);
        let inspection = format!("/v1/inspections/{}", text(&taken["results"][0]["inspection_id"]));
        let part = officer.get(&inspection).await.json["parts"][0]["id"].clone();
        let report = |item: &str| json!({ "part_id": part, "item": item, "description": "现场核实" });
        let at = format!("{inspection}/violation");
        officer.post(&at, &report("greening")).await.faults(&[("/act", "required")]);
        officer.post(&at, &report("facilities")).await.problem(409, "state_conflict");
        let hazard = officer.get("/v1/hazards").await.items()[0].clone();
        assert_eq!((&hazard["company_id"], &hazard["company_name"]), (&Value::Null, &Value::Null));
        let closing = json!({ "outcome": "closed", "reasons": "社区已组织修复" });
        officer.post(&format!("{}/recheck", path("hazards", &hazard)), &closing).await.expect(200);
    }

    async fn whoever_found_it_does_not_confirm_it_whoever_reports_it(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let inspector = app.officer(Role::EnforcementOffice, TOWNSHIP, "inspector");
        let body = unplanned(&complex, "safety", AT, &["facade"]);
        let taken = inspector.post("/v1/inspection-results", &json!({ "results": [body] })).await.expect(200);
        let inspection = format!("/v1/inspections/{}", text(&taken["results"][0]["inspection_id"]));
        let part = inspector.get(&inspection).await.expect(200)["parts"][0]["id"].clone();
        let report = json!({ "part_id": part, "item": "facade", "description": "外立面脱落风险" });
        let community = app.office(Role::Community, text(&complex["community"]));
        let violation = community.post(&format!("{inspection}/violation"), &report).await.expect(201);
        let at = path("violations", &violation);
        inspector.post(&format!("{at}/notification"), &notice()).await.expect(200);
        app.company(text(&company["uscc"])).get(&at).await.expect(200);
        let urgent = json!({ "reasons": "事实清楚", "urgent_reason": "危及居民安全" });
        inspector.post(&format!("{at}/confirmation"), &urgent).await.problem(403, "same_person");
        let other = app.officer(Role::EnforcementOffice, TOWNSHIP, "decider");
        other.post(&format!("{at}/confirmation"), &urgent).await.expect(200);
    }
}
