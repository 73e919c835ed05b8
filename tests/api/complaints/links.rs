use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::complaining::{at, complaint, of, step};
use crate::support::files::evidence;
use crate::support::inspecting::unplanned;
use crate::support::rows::{a_served_complex, text};

on_both_databases! {
    async fn a_complaint_becomes_a_violation_in_one_call_and_shows_what_became_of_it(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let mut input = complaint("fees.overcharging", &complex);
        input["evidence"] = evidence(&resident.a_picture().await);
        let ticket = resident.post("/v1/complaints", &input).await.expect(201);
        let (social, portal) = (app.social(), app.company(text(&company["uscc"])));
        let report = json!({
            "act": "nine.unlawful_fees_or_contract", "description": "经核查，擅自提高车位费", "with_evidence": true,
        });
        app.neighbour().post(&at(&ticket, "violation"), &report).await.problem(404, "not_found");
        let wrong = json!({ "act": "no.such_act", "description": "经核查，擅自提高车位费" });
        social.post(&at(&ticket, "violation"), &wrong).await.faults(&[("/act", "not_in_policy")]);
        let made = social.post(&at(&ticket, "violation"), &report).key("v-1").await.expect(201);
        assert_eq!(social.post(&at(&ticket, "violation"), &report).key("v-1").await.expect(201)["id"], made["id"]);
        assert_eq!((text(&made["source"]), made["evidence"].as_array().expect("evidence").len()), ("complaint", 2));
        assert!(!made.to_string().contains("楼道垃圾"), "the complainant's words are not the company's to read");
        let seen = social.get(&of(&ticket)).await.expect(200);
        assert_eq!(seen["links"], json!([{ "kind": "violation", "id": made["id"], "state": "reported" }]));
        assert_eq!(resident.get(&of(&ticket)).await.expect(200)["links"], seen["links"]);
        portal.get(&of(&ticket)).await.problem(404, "not_found");
        // The violation has its own copy of the picture. The original stays with the complaint.
        let dismissed = json!({ "reasons": "证据不足" });
        let case = format!("/v1/violations/{}/dismissal", text(&made["id"]));
        app.officer(Role::SocialAffairsOffice, crate::support::TOWNSHIP, "decider").post(&case, &dismissed).await.expect(200);
        assert_eq!(resident.get(&of(&ticket)).await.expect(200)["links"][0]["state"], "dismissed");
    }

    async fn what_a_resident_did_is_not_reported_as_the_company_s(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = resident.post("/v1/complaints", &complaint("building.illegal_construction", &complex)).await.expect(201);
        let office = app.office(Role::EnforcementOffice, crate::support::TOWNSHIP);
        let report = json!({ "act": "resident.private_building", "description": "经核查，顶楼业主私搭阳光房" });
        let made = office.post(&at(&ticket, "violation"), &report).await.expect(201);
        assert_eq!((&made["company_id"], &made["complex_id"]), (&json!(null), &complex["id"]));
    }

    async fn a_complaint_is_linked_to_the_hazard_that_it_is_about(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let social = app.social();
        let found = json!({ "results": [unplanned(&complex, "safety", "2026-03-02T00:30:00Z", &["fire_lane"])] });
        social.post("/v1/inspection-results", &found).await.expect(200);
        let hazard = social.get("/v1/hazards").await.items()[0].clone();
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = resident.post("/v1/complaints", &complaint("safety.fire_lane", &complex)).await.expect(201);
        let office = app.office(Role::EnforcementOffice, crate::support::TOWNSHIP);
        let link = json!({ "kind": "hazard", "id": hazard["id"] });
        social.post(&at(&ticket, "links"), &link).await.problem(403, "forbidden");
        office.post(&at(&ticket, "links"), &json!({ "kind": "inspection", "id": hazard["id"] })).await.faults(&[("/id", "unknown_reference")]);
        let linked = step(&office, &ticket, "links", link.clone()).await;
        assert_eq!(linked["links"][0]["state"], "open");
        office.post(&at(&ticket, "links"), &link).await.problem(409, "state_conflict");
        assert_eq!(resident.get(&of(&ticket)).await.expect(200)["links"], json!([]), "an office's own cross-reference");
    }

    async fn a_file_is_read_by_those_who_read_the_step_that_it_belongs_to(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let (social, portal) = (app.social(), app.company(text(&company["uscc"])));
        let picture = resident.a_picture().await;
        let mut input = complaint("service.facilities", &complex);
        input["evidence"] = evidence(&picture);
        let ticket = resident.post("/v1/complaints", &input).await.expect(201);
        let inner = social.a_picture().await;
        let comment = json!({ "audience": "offices", "text": "现场照片", "evidence": evidence(&inner) });
        social.post(&at(&ticket, "comments"), &comment).await.expect(201);
        for (who, told, office) in [(&resident, 200, 404), (&portal, 200, 404), (&social, 200, 200), (&app.neighbour(), 404, 404)] {
            assert_eq!(who.get(&format!("/v1/attachments/{picture}/content")).await.status, told);
            assert_eq!(who.get(&format!("/v1/attachments/{inner}/content")).await.status, office);
        }
    }
}
