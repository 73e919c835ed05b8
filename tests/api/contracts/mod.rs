//! `/v1/contracts`

mod files;
mod filing;
mod handover;
mod listed;
mod prices;
mod service_periods;
mod termination;

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::support::client::Client;
use crate::support::rows::{office_input, path, text};
use crate::support::{COUNTY, TestApp};

/// A contract from a company's portal, complete except for its text.
pub fn draft(complex: &Value, from: &str, to: Option<&str>) -> Value {
    json!({
        "kind": "regular", "complex_id": complex["id"], "project_manager": "乙某", "effective_from": from,
        "effective_to": to, "party_a_kind": "owners_committee", "party_a_name": "测试花园业主委员会",
        "selection": "owners_vote", "signed_on": "2026-02-20",
        "selection_proof": [{ "title": "业主大会决议", "text": "业主大会表决通过" }],
        "fee_items": [
            { "name": "物业服务费", "charged_to": "owner", "unit_price": "1.80", "unit": "m2_month", "pricing_basis": "market" },
            { "name": "车位管理费", "charged_to": "vehicle_user", "unit_price": "60", "unit": "space_month",
              "pricing_basis": "government_guided", "approval_document": "永发改发〔2025〕12号" },
        ],
    })
}

pub fn a_pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n".to_vec()
}

/// Uploads the text of a contract.
pub async fn upload(client: &Client) -> String {
    let upload = client.call(reqwest::Method::POST, "/v1/attachments?name=contract.pdf");
    let made = upload.body("application/pdf", a_pdf()).await.expect(201);
    text(&made["id"]).to_owned()
}

/// Drafts the contract with its text in the company's portal, and submits it.
pub async fn submitted(portal: &Client, input: &Value) -> Value {
    let mut input = input.clone();
    input["text"] = json!([{ "title": "合同文本", "attachment_id": upload(portal).await }]);
    let made = portal.post("/v1/contracts", &input).await.expect(201);
    portal.post(&format!("{}/submission", path("contracts", &made)), &json!({})).await.expect(200)
}

/// The officer of the county who files.
pub fn filer(app: &TestApp) -> Client {
    app.officer(Role::CountyAuthority, COUNTY, "filer")
}

/// Registers the authority in the directory with the document prefix for its receipts.
pub async fn registered(app: &TestApp, role: &str, division: &str) {
    app.county().post("/v1/offices", &office_input(role, division)).await.expect(201);
}

/// Drafts, submits and files a contract.
pub async fn filed(app: &TestApp, company: &Value, input: &Value) -> Value {
    if app.county().get("/v1/offices?role=county_authority").await.items().is_empty() {
        registered(app, "county_authority", COUNTY).await;
    }
    let contract = submitted(&app.company(text(&company["uscc"])), input).await;
    filer(app).post(&format!("{}/filing", path("contracts", &contract)), &json!({})).await.expect(200)
}
