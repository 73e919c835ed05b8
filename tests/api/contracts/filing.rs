//! A contract from its draft to the filing, or through a refusal and back.

use serde_json::{Value, json};
use xiaoqu::access::Role;

use super::{draft, filed, filer, registered, submitted, upload};
use crate::api::calendar_following::{events, with_holidays};
use crate::on_both_databases;
use crate::support::cases::reasons;
use crate::support::client::Client;
use crate::support::rows::{a_company, a_complex, a_policy, a_service, contract_input, end_contract, path, text};
use crate::support::{COMMUNITY, COUNTY, NEIGHBOUR, TOWNSHIP};

on_both_databases! {
    async fn a_holiday_that_is_added_moves_the_review_and_the_hand_over(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let portal = app.company(text(&company["uscc"]));
        let sent = submitted(&portal, &draft(&complex, "2026-04-01", Some("2029-03-31"))).await;
        assert_eq!(sent["review_due_on"], "2026-03-16");
        let served = a_complex(&app).await;
        let ended = a_service(&app, &served, &company, "2025-01-01").await;
        end_contract(&app, &ended, "2026-03-31").await;
        let read = async |contract: &Value| app.county().get(&path("contracts", contract)).await.expect(200);
        let due = read(&ended).await["handover"]["due_on"].clone();
        with_holidays(&app, 2026, &["2026-03-10", text(&due)]).await;
        assert_eq!(read(&sent).await["review_due_on"], "2026-03-17");
        let moved = read(&ended).await["handover"]["due_on"].clone();
        assert!(text(&due) < text(&moved), "{due} to {moved}");
        assert_eq!(events(&app, "contract.deadline_moved"), 2);
    }

    async fn a_company_submits_the_county_refuses_and_files_what_was_mended(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let portal = app.company(text(&company["uscc"]));
        let mut input = draft(&complex, "2026-04-01", Some("2029-03-31"));
        input["selection_proof"] = json!([]);
        let made = portal.post("/v1/contracts", &input).await.expect(201);
        assert_eq!((&made["state"], &made["entered_by"], &made["in_force"]), (&json!("draft"), &json!("company"), &json!(false)));
        assert_eq!(made["fee_items"][0]["unit_price"], "1.80", "as it was written");
        let at = path("contracts", &made);
        // A draft is visible to the company only.
        app.county().get(&at).await.problem(404, "not_found");
        assert!(app.county().get("/v1/contracts").await.items().is_empty());

        let submission = format!("{at}/submission");
        let lacking = portal.post(&submission, &json!({})).await;
        lacking.problem(409, "contract_incomplete");
        assert_eq!(lacking.errors(), [("/selection_proof", "required"), ("/text", "required")]);
        let patch = json!({ "text": [{ "title": "合同文本", "attachment_id": upload(&portal).await }] });
        portal.patch(&at, &patch).if_match("\"1\"").await.expect(200);
        let proof = json!({ "selection_proof": [{ "title": "业主大会决议", "text": "业主大会表决通过" }] });
        portal.patch(&at, &proof).if_match("\"2\"").await.expect(200);
        let sent = portal.post(&submission, &json!({ "note": "请予备案" })).await.expect(200);
        // Ten working days from Monday 2 March.
        assert_eq!((&sent["state"], &sent["review_due_on"]), (&json!("submitted"), &json!("2026-03-16")));

        // The officer sees who submitted it. The policy makes the county the filing authority, not the township.
        let seen = app.county().get(&at).await.expect(200);
        assert_eq!((&seen["review"]["level"], &seen["review"]["obstacles"]), (&json!(0), &json!([])));
        assert_eq!(seen["review"]["new_complex"], true);
        assert_eq!(portal.get(&at).await.expect(200)["review"], Value::Null);
        app.social().get(&at).await.expect(200);
        app.social().post(&format!("{at}/filing"), &json!({})).await.problem(403, "forbidden");
        app.office(Role::SocialAffairsOffice, NEIGHBOUR).get(&at).await.problem(404, "not_found");
        app.office(Role::Community, COMMUNITY).get(&at).await.expect(200);

        let reasons = json!({ "reasons": "决议未附表决结果" });
        // The office is not in the directory, so its documents have no number, and it cannot decide.
        filer(&app).post(&format!("{at}/refusal"), &reasons).await.problem(409, "office_not_registered");
        registered(&app, "county_authority", COUNTY).await;
        let refused = filer(&app).post(&format!("{at}/refusal"), &reasons).await.expect(200);
        assert_eq!((&refused["state"], &refused["refusals"][0]["reasons"]), (&json!("refused"), &json!("决议未附表决结果")));
        app.county().post(&format!("{at}/filing"), &json!({})).await.problem(409, "state_conflict");
        let again = portal.post(&submission, &json!({ "note": "已补充表决结果" })).await.expect(200);
        assert_eq!(again["state"], "submitted");
        let done = filer(&app).post(&format!("{at}/filing"), &json!({})).key("file").await.expect(200);
        assert_eq!((&done["state"], &done["filing"]["number"]), (&json!("filed"), &json!("640121备〔2026〕1号")));
        assert_eq!(done["in_force"], false, "from its first day on");
        let about = portal.get(&format!("/v1/documents?subject_id={}", text(&made["id"]))).await;
        let kinds: Vec<&str> = about.items().iter().map(|row| text(&row["kind"])).collect();
        assert_eq!(kinds, ["filing_receipt", "filing_refusal"]);
        assert_eq!(about.items()[0]["id"], done["filing"]["receipt_id"]);
        let page = portal.get(&format!("/v1/documents/{}/content", text(&done["filing"]["receipt_id"]))).await;
        let page = String::from_utf8(page.bytes).unwrap();
        assert!(page.contains("640121备〔2026〕1号") && page.contains(text(&about.items()[0]["code"])));
        let replayed = filer(&app).post(&format!("{at}/filing"), &json!({})).key("file").await;
        assert_eq!((replayed.status, replayed.header("idempotent-replayed")), (200, "true"));
        portal.patch(&at, &json!({ "project_manager": "丁某" })).if_match("*").await.problem(409, "state_conflict");

        app.set_clock("2026-04-01T01:00:00Z");
        let shown = app.social().get(&path("complexes", &complex)).await.expect(200);
        assert_eq!(shown["service"]["company_id"], company["id"]);
        assert_eq!(shown["service"]["effective_to"], "2029-03-31");
        // The company is visible wherever it serves.
        app.social().get(&path("companies", &company)).await.expect(200);
        app.entries_about(text(&made["id"])).await;
        let events = app.county().get(&format!("/v1/events?subject_id={}", text(&made["id"]))).await;
        let kinds: Vec<&str> = events.items().iter().map(|event| text(&event["type"])).collect();
        assert_eq!(kinds, ["contract.submitted", "contract.refused", "contract.submitted", "contract.filed"]);
    }

    async fn whoever_submitted_does_not_file(app: TestApp) {
        registered(&app, "county_authority", COUNTY).await;
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let county = app.county();
        let mut input = draft(&complex, "2026-01-01", None);
        input["company_id"] = company["id"].clone();
        input["text"] = json!([{ "title": "合同文本", "attachment_id": upload(&county).await }]);
        let made = county.post("/v1/contracts", &input).await.expect(201);
        let at = path("contracts", &made);
        county.post(&format!("{at}/submission"), &json!({})).await.expect(200);
        county.post(&format!("{at}/filing"), &json!({})).await.problem(403, "same_person");
        let done = filer(&app).post(&format!("{at}/filing"), &json!({})).await.expect(200);
        assert_eq!(done["in_force"], true);
    }

    async fn an_offices_record_gives_way_to_the_contract_that_the_company_files(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let record = a_service(&app, &complex, &company, "2026-01-01").await;
        let contract = filed(&app, &company, &draft(&complex, "2026-01-01", Some("2028-12-31"))).await;
        assert_eq!(contract["in_force"], true);
        let record = app.county().get(&path("contracts", &record)).await.expect(200);
        assert_eq!((&record["in_force"], &record["termination"]["ground"]), (&json!(false), &json!("succession")));
        let services = app.county().get(&format!("{}/service", path("complexes", &complex))).await;
        assert_eq!(services.ids(), [text(&contract["id"])]);
    }

    async fn a_regular_contract_ends_the_preliminary_one(app: TestApp) {
        registered(&app, "county_authority", COUNTY).await;
        let (developer_s, owners_s) = (a_company(&app).await, a_company(&app).await);
        let complex = a_complex(&app).await;
        let mut preliminary = draft(&complex, "2024-01-01", Some("2027-12-31"));
        preliminary["kind"] = json!("preliminary");
        let portal = app.company(text(&developer_s["uscc"]));
        preliminary["text"] = json!([{ "title": "合同文本", "attachment_id": upload(&portal).await }]);
        let made = portal.post("/v1/contracts", &preliminary).await.expect(201);
        let wrong = portal.post(&format!("{}/submission", path("contracts", &made)), &json!({})).await;
        wrong.problem(409, "contract_incomplete");
        assert_eq!(wrong.errors(), [("/party_a_kind", "wrong_party"), ("/selection", "wrong_party")]);
        let patch = json!({ "party_a_kind": "developer", "party_a_name": "测试置业有限公司", "selection": "tender" });
        portal.patch(&path("contracts", &made), &patch).if_match("*").await.expect(200);
        portal.post(&format!("{}/submission", path("contracts", &made)), &json!({})).await.expect(200);
        let first = filer(&app).post(&format!("{}/filing", path("contracts", &made)), &json!({})).await.expect(200);
        assert_eq!(first["in_force"], true);

        let second = filed(&app, &owners_s, &draft(&complex, "2026-04-01", None)).await;
        let ended = portal.get(&path("contracts", &first)).await.expect(200);
        assert_eq!((&ended["last_day"], &ended["termination"]["ground"]), (&json!("2026-03-31"), &json!("succession")));
        assert_eq!(ended["handover"]["due_on"], "2026-04-15");
        assert!(ended["handover"]["items"].as_array().is_some_and(|items| items.len() == 6));
        assert_eq!(second["last_day"], Value::Null);
    }

    async fn two_contracts_filed_at_the_same_instant_leave_one_in_force(app: TestApp) {
        registered(&app, "county_authority", COUNTY).await;
        let complex = a_complex(&app).await;
        let mut filings = Vec::new();
        for _ in 0..2 {
            let company = a_company(&app).await;
            let portal = app.company(text(&company["uscc"]));
            let sent = submitted(&portal, &draft(&complex, "2026-03-01", None)).await;
            filings.push(format!("{}/filing", path("contracts", &sent)));
        }
        let filer = filer(&app);
        let both = filings.iter().map(|at| async { filer.post(at, &json!({})).await });
        let answers = futures_util::future::join_all(both).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let lost = answers.iter().find(|answer| answer.status == 409).unwrap();
        lost.problem(409, "contract_overlaps");
        let in_force = app.county().get(&format!("/v1/contracts?complex_id={}", text(&complex["id"]))).await;
        assert_eq!(in_force.items().iter().filter(|row| row["in_force"] == true).count(), 1);
    }

    async fn serial_numbers_have_no_gaps(app: TestApp) {
        registered(&app, "county_authority", COUNTY).await;
        let company = a_company(&app).await;
        let portal = app.company(text(&company["uscc"]));
        let mut filings = Vec::new();
        for _ in 0..6 {
            let complex = a_complex(&app).await;
            let sent = submitted(&portal, &draft(&complex, "2026-03-01", None)).await;
            filings.push(format!("{}/filing", path("contracts", &sent)));
        }
        let filer = filer(&app);
        let all = filings.iter().map(|at| async { filer.post(at, &json!({})).await.expect(200)["filing"]["number"].clone() });
        let mut numbers: Vec<String> =
            futures_util::future::join_all(all).await.iter().map(|number| text(number).to_owned()).collect();
        numbers.sort();
        let expected: Vec<String> = (1..=6).map(|n| format!("640121备〔2026〕{n}号")).collect();
        assert_eq!(numbers, expected);
    }

    async fn by_delegation_the_township_files(app: TestApp) {
        registered(&app, "social_affairs_office", TOWNSHIP).await;
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let current = app.county().get("/v1/policies/current").await.expect(200);
        let mut document = current["document"].clone();
        document["contract_filing_authority"] = json!("social_affairs_office");
        a_policy(&app, "2026-03-02", &document).await;
        let sent = submitted(&app.company(text(&company["uscc"])), &draft(&complex, "2026-03-01", None)).await;
        let filing = format!("{}/filing", path("contracts", &sent));
        app.county().post(&filing, &json!({})).await.problem(403, "forbidden");
        let done = app.social().post(&filing, &json!({})).await.expect(200);
        assert_eq!(done["filing"]["number"], "640121102备〔2026〕1号");
    }

    async fn what_waits_stands_in_the_inbox(app: TestApp) {
        registered(&app, "county_authority", COUNTY).await;
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let portal = app.company(text(&company["uscc"]));
        let sent = submitted(&portal, &draft(&complex, "2026-03-01", Some("2026-03-31"))).await;
        let waits = async |client: &Client| {
            let inbox = client.get("/v1/inbox").await;
            let about = |item: &&Value| item["subject_id"] == sent["id"];
            let found: Vec<String> = inbox.items().iter().filter(about).map(|item| text(&item["kind"]).to_owned()).collect();
            found.join(" ")
        };
        assert_eq!((waits(&app.county()).await, waits(&app.social()).await), ("review_contract".into(), String::new()));
        let at = path("contracts", &sent);
        filer(&app).post(&format!("{at}/refusal"), &reasons()).await.expect(200);
        assert_eq!((waits(&app.county()).await, waits(&portal).await), (String::new(), "correct_contract".into()));
        portal.post(&format!("{at}/submission"), &json!({})).await.expect(200);
        filer(&app).post(&format!("{at}/filing"), &json!({})).await.expect(200);
        assert_eq!(waits(&portal).await, "");
        app.set_clock("2026-04-01T01:00:00Z");
        assert_eq!((waits(&portal).await, waits(&app.social()).await), ("hand_over".into(), "receive_handover".into()));
    }

    async fn a_company_neither_guesses_nor_enters_for_another(app: TestApp) {
        let (own, other) = (a_company(&app).await, a_company(&app).await);
        let complex = a_complex(&app).await;
        let portal = app.company(text(&own["uscc"]));
        let mut input = draft(&complex, "2026-03-01", None);
        input["company_id"] = other["id"].clone();
        portal.post("/v1/contracts", &input).await.faults(&[("/company_id", "unknown_reference")]);
        let theirs = app.company(text(&other["uscc"])).post("/v1/contracts", &draft(&complex, "2026-03-01", None)).await.expect(201);
        let at = path("contracts", &theirs);
        portal.get(&at).await.problem(404, "not_found");
        portal.post(&format!("{at}/submission"), &json!({})).await.problem(404, "not_found");
        portal.post(&format!("{at}/filing"), &json!({})).await.problem(403, "forbidden");
        app.county().post(&format!("{at}/refusal"), &reasons()).await.problem(404, "not_found");
        let record = contract_input(&complex, &own, "2026-01-01");
        let mine = app.county().post("/v1/contracts", &record).await.expect(201);
        app.company(text(&other["uscc"])).get(&path("contracts", &mine)).await.problem(404, "not_found");
    }
}
