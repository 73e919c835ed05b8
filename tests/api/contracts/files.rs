//! The text of a contract is seen by exactly those who see the contract.

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
        // Another company cannot claim it, whether or not it guesses the id.
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
}
