//! The text of a contract is visible to exactly those who may see the contract.

use serde_json::json;
use xiaoqu::access::Role;

use super::{draft, upload};
use crate::on_both_databases;
use crate::support::rows::{a_company, a_complex, path, text};
use crate::support::{COMMUNITY, NEIGHBOUR};

on_both_databases! {
    async fn a_text_follows_its_contract_from_the_draft_on(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let portal = app.company(text(&company["uscc"]));
        let other = a_company(&app).await;
        let rival = app.company(text(&other["uscc"]));
        let file = upload(&portal).await;
        let at = format!("/v1/attachments/{file}");
        // Another company cannot link it, even if it guesses the id.
        let mut stolen = draft(&complex, "2026-04-01", None);
        stolen["text"] = json!([{ "title": "合同文本", "attachment_id": file }]);
        rival.post("/v1/contracts", &stolen).await.faults(&[("/text/0/attachment_id", "unknown_reference")]);
        let made = portal.post("/v1/contracts", &stolen).await.expect(201);
        assert_eq!(portal.get(&at).await.expect(200)["owner_id"], made["id"]);
        let offices = [app.county(), app.social(), app.office(Role::Community, COMMUNITY)];
        for office in &offices {
            office.get(&at).await.problem(404, "not_found");
        }
        portal.post(&format!("{}/submission", path("contracts", &made)), &json!({})).await.expect(200);
        for office in offices.iter().chain([&portal]) {
            office.get(&at).await.expect(200);
            assert_eq!(office.get(&format!("{at}/content")).await.status, 200);
        }
        for client in [app.office(Role::SocialAffairsOffice, NEIGHBOUR), rival] {
            client.get(&path("contracts", &made)).await.problem(404, "not_found");
            client.get(&at).await.problem(404, "not_found");
            client.get(&format!("{at}/content")).await.problem(404, "not_found");
        }
        assert_eq!(app.nobody().get(&format!("/public/files/{file}")).await.status, 404);
    }

    async fn what_is_taken_out_of_a_draft_is_its_uploaders_alone_again(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let portal = app.company(text(&company["uscc"]));
        let (wrong, right) = (upload(&portal).await, upload(&portal).await);
        let named = |id: &str| json!([{ "title": "合同文本", "attachment_id": id }]);
        let mut input = draft(&complex, "2026-04-01", None);
        input["text"] = named(&wrong);
        input["selection_proof"] = named(&wrong);
        portal.post("/v1/contracts", &input).await.faults(&[("/text/0/attachment_id", "duplicate")]);
        input["selection_proof"] = draft(&complex, "2026-04-01", None)["selection_proof"].clone();
        let made = portal.post("/v1/contracts", &input).await.expect(201);
        let at = path("contracts", &made);
        portal.patch(&at, &json!({ "text": named(&right) })).if_match("*").await.expect(200);
        portal.post(&format!("{at}/submission"), &json!({})).await.expect(200);
        app.county().get(&format!("/v1/attachments/{right}")).await.expect(200);
        app.county().get(&format!("/v1/attachments/{wrong}")).await.problem(404, "not_found");
        assert_eq!(portal.get(&format!("/v1/attachments/{wrong}")).await.expect(200)["owner_id"], serde_json::Value::Null);
        // The offices' feed does not show a company's uploads. The company's own feed does.
        app.entries_about(&wrong).await;
        let about = format!("/v1/events?subject_id={wrong}");
        assert!(app.county().get(&about).await.items().is_empty());
        assert_eq!(portal.get(&about).await.items().len(), 1);
    }
}
