//! `/v1/complexes/{id}/disclosures`

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::client::Response;
use crate::support::disclosing::{content_of, disclosed, fees, revenue};
use crate::support::rows::{a_company, a_complex, a_served_complex, a_service, end_contract, path, text};
use crate::support::{COMMUNITY, COUNTY, OTHER_COUNTY, TestApp};

/// The path of a kind at a complex.
fn at(complex: &Value, kind: &str) -> String {
    format!("{}/disclosures/{kind}", path("complexes", complex))
}

async fn verify(app: &TestApp, complex: &Value, kind: &str, disclosure: &Value, outcome: &str) -> Response {
    let mut body = json!({ "disclosure_id": disclosure["id"], "outcome": outcome });
    if outcome == "rejected" {
        body["reasons"] = json!("公示栏与报送内容不一致");
    }
    let community = app.office(Role::Community, COMMUNITY);
    community.post(&format!("{}/verification", at(complex, kind)), &body).await
}

async fn states(app: &TestApp, complex: &Value) -> Vec<(String, String)> {
    let list = app.social().get(&format!("{}/disclosures", path("complexes", complex))).await;
    let pair = |row: &Value| (text(&row["kind"]).to_owned(), text(&row["state"]).to_owned());
    list.items().iter().map(pair).collect()
}

async fn state_of(app: &TestApp, complex: &Value, kind: &str) -> String {
    let found = app.social().get(&at(complex, kind)).await.expect(200);
    text(&found["status"]["state"]).to_owned()
}

on_both_databases! {
    async fn a_company_submits_again_what_was_rejected_and_a_new_version_replaces_what_was_verified(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let portal = app.company(text(&company["uscc"]));
        let fee = at(&complex, "fee_standard");
        let first = portal.post(&fee, &disclosed("fee_standard", "2026-03-02", fees(&[("物业费", "2.00")]))).await;
        assert_eq!(first.header("location"), fee);
        let first = first.expect(201);
        assert_eq!((&first["state"], &first["number"]), (&json!("submitted"), &json!(1)));
        let rejected = verify(&app, &complex, "fee_standard", &first, "rejected").await.expect(200);
        assert_eq!(rejected["verification"]["reasons"], "公示栏与报送内容不一致");
        let seen = portal.get(&fee).await.expect(200);
        assert_eq!(seen["status"]["state"], "rejected");
        assert_eq!(seen["current"]["verification"]["reasons"], "公示栏与报送内容不一致");
        assert_eq!(seen["current"]["verification"]["by"]["subject"], Value::Null, "a company is not told who");

        let second = disclosed("fee_standard", "2026-03-02", fees(&[("物业费", "1.80")]));
        let second = portal.post(&fee, &second).await.expect(201);
        assert_eq!(second["number"], 2);
        verify(&app, &complex, "fee_standard", &first, "verified").await.problem(409, "state_conflict");
        verify(&app, &complex, "fee_standard", &second, "verified").await.expect(200);
        verify(&app, &complex, "fee_standard", &second, "verified").await.problem(409, "state_conflict");
        assert_eq!(state_of(&app, &complex, "fee_standard").await, "verified");

        // A new version is pending. The verified one stays valid until the new one is verified.
        app.set_clock("2026-03-09T01:00:00Z");
        let third = disclosed("fee_standard", "2026-03-09", fees(&[("物业费", "1.70")]));
        let third = portal.post(&fee, &third).await.expect(201);
        let seen = app.social().get(&fee).await.expect(200);
        assert_eq!(seen["status"]["state"], "submitted");
        assert_eq!((&seen["current"]["number"], &seen["in_effect"]["number"]), (&json!(3), &json!(2)));
        assert_eq!(seen["in_effect"]["replaced_on"], Value::Null);
        verify(&app, &complex, "fee_standard", &third, "verified").await.expect(200);
        let seen = app.social().get(&fee).await.expect(200);
        assert_eq!((&seen["current"]["number"], &seen["in_effect"]), (&json!(3), &Value::Null));
        let history = app.social().get(&format!("{fee}/history?with_total=true")).await;
        let told: Vec<_> = history.items().iter().map(|row| (row["number"].clone(), row["replaced_on"].clone())).collect();
        assert_eq!(told, [(json!(3), json!(null)), (json!(2), json!("2026-03-09")), (json!(1), json!("2026-03-02"))]);
        assert_eq!(history.json["total"], 3);
        let page = app.social().get(&format!("{fee}/history?limit=2")).await;
        let next = app.social().get(&format!("{fee}/history?limit=2&cursor={}", text(&page.json["next_cursor"]))).await;
        assert_eq!((next.items().len(), &next.json["next_cursor"]), (1, &Value::Null));
    }

    async fn each_kind_is_said_in_its_own_member_and_every_fault_has_its_place(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let portal = app.company(text(&company["uscc"]));
        for kind in ["service_contract", "service_content", "service_phone", "service_method", "fee_standard"] {
            portal.post(&at(&complex, kind), &disclosed(kind, "2026-03-02", content_of(kind))).await.expect(201);
        }
        let all = states(&app, &complex).await;
        assert_eq!(all.len(), 6);
        assert!(all[..5].iter().all(|(_, state)| state == "submitted"), "{all:?}");

        let fee = at(&complex, "fee_standard");
        let wrong = disclosed("service_phone", "2026-03-02", content_of("service_phone"));
        portal.post(&fee, &wrong).await.faults(&[("/content/fee_standard", "required"), ("/content/service_phone", "conflict")]);
        let mut body = disclosed("fee_standard", "2026-03-03", fees(&[("物业费", "1.80"), ("　物业费 ", "1.90")]));
        body["proof"] = json!([]);
        portal.post(&fee, &body).await.faults(&[
            ("/published_on", "in_the_future"),
            ("/proof", "required"),
            ("/content/fee_standard/items/1", "duplicate"),
        ]);
        let mut body = disclosed("fee_standard", "2026-03-02", fees(&[("物业费", "1.80001")]));
        body["content"]["fee_standard"]["complaint_phones"] = json!([]);
        portal.post(&fee, &body).await.faults(&[
            ("/content/fee_standard/items/0/unit_price", "invalid_format"),
            ("/content/fee_standard/complaint_phones", "too_few"),
        ]);
        let mut contract = content_of("service_contract");
        contract["filing_number"] = Value::Null;
        contract["effective_to"] = json!("2024-12-31");
        portal.post(&at(&complex, "service_contract"), &disclosed("service_contract", "2026-03-02", contract)).await.faults(
            &[("/content/service_contract/filing_number", "required"), ("/content/service_contract/effective_to", "before_start")],
        );
        let own = json!({ "mode": "self", "outsourced": [{ "service": "电梯维保", "provider": "示范公司" }] });
        portal.post(&at(&complex, "service_method"), &disclosed("service_method", "2026-03-02", own)).await
            .faults(&[("/content/service_method/outsourced", "conflict")]);
        let nothing = json!({ "disclosure_id": complex["id"], "outcome": "rejected" });
        app.social().post(&format!("{fee}/verification"), &nothing).await
            .faults(&[("/disclosure_id", "unknown_reference"), ("/reasons", "required")]);
        portal.get(&at(&complex, "no_such_kind")).await.problem(404, "not_found");
        portal.post(&at(&complex, "no_such_kind"), &json!({})).await.problem(404, "not_found");
    }

    async fn a_revenue_sheet_that_is_one_fen_off_is_refused_at_the_line(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        a_service(&app, &complex, &company, "2025-01-01").await;
        let portal = app.company(text(&company["uscc"]));
        let here = at(&complex, "public_revenue");
        let third = revenue("2025-07-01", "2025-09-30", 1_000_000, 250_000, 100_000);
        let submit = async |content: Value| portal.post(&here, &disclosed("public_revenue", "2026-03-02", content)).await;
        let mut off = third.clone();
        off["closing_balance_fen"] = json!(1_150_001);
        let answer = submit(off).await;
        answer.faults(&[("/content/public_revenue/closing_balance_fen", "does_not_add_up")]);
        let told = text(&answer.json["errors"][0]["detail"]);
        assert!(told.contains("相差0.01元") && told.contains("11,500.00元"), "{told}");
        let mut off = third.clone();
        off["income_total_fen"] = json!(249_999);
        submit(off).await.faults(&[
            ("/content/public_revenue/income_total_fen", "does_not_add_up"),
            ("/content/public_revenue/closing_balance_fen", "does_not_add_up"),
        ]);
        submit(third).await.expect(201);
        // The next quarter opens with the closing balance of this one.
        let fourth = |opening| revenue("2025-10-01", "2025-12-31", opening, 10, 20);
        submit(fourth(1_150_001)).await.faults(&[("/content/public_revenue/opening_balance_fen", "does_not_add_up")]);
        submit(fourth(1_150_000)).await.expect(201);
        submit(revenue("2026-01-01", "2026-03-31", 1_149_990, 0, 0)).await
            .faults(&[("/content/public_revenue/period_to", "in_the_future")]);
        submit(revenue("2024-10-01", "2024-12-31", 0, 0, 0)).await.faults(&[("/content/public_revenue/period_to", "before_start")]);
        // Two periods exist; the state is that of the newer one.
        let seen = app.social().get(&here).await.expect(200);
        assert_eq!((&seen["status"]["period_to"], &seen["status"]["state"]), (&json!("2025-12-31"), &json!("submitted")));
        let history = app.social().get(&format!("{here}/history")).await;
        assert!(history.items().iter().all(|row| row["is_current"] == json!(true)));
    }

    async fn what_is_not_disclosed_by_its_due_day_is_overdue(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        a_service(&app, &complex, &company, "2026-03-02").await;
        let portal = app.company(text(&company["uscc"]));
        let seen = app.social().get(&at(&complex, "service_phone")).await.expect(200);
        let status = &seen["status"];
        // The fifteenth working day after 2 March.
        assert_eq!((&status["state"], &status["due_on"]), (&json!("missing"), &json!("2026-03-23")));
        app.set_clock("2026-03-23T15:59:00Z");
        assert_eq!(state_of(&app, &complex, "service_phone").await, "missing");
        app.set_clock("2026-03-23T16:00:00Z");
        let status = app.social().get(&at(&complex, "service_phone")).await.expect(200)["status"].clone();
        assert_eq!((&status["state"], &status["since"]), (&json!("overdue"), &json!("2026-03-24")));
        let body = disclosed("service_phone", "2026-03-24", content_of("service_phone"));
        portal.post(&at(&complex, "service_phone"), &body).await.expect(201);
        assert_eq!(state_of(&app, &complex, "service_phone").await, "submitted");
        // The first quarter is due after its end, on the fifteenth working day of April.
        let status = app.social().get(&at(&complex, "public_revenue")).await.expect(200)["status"].clone();
        assert_eq!((&status["state"], &status["due_period_to"]), (&json!("missing"), &json!("2026-03-31")));
        let due = text(&status["due_on"]).to_owned();
        app.set_clock(&format!("{due}T16:00:00Z"));
        assert_eq!(state_of(&app, &complex, "public_revenue").await, "overdue");
    }

    async fn only_the_company_that_serves_discloses_and_only_those_concerned_see(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let first = a_service(&app, &complex, &company, "2026-01-01").await;
        let portal = app.company(text(&company["uscc"]));
        let fee = at(&complex, "fee_standard");
        let body = disclosed("fee_standard", "2026-03-02", content_of("fee_standard"));
        let made = portal.post(&fee, &body).key("once").await.expect(201);
        assert_eq!(portal.post(&fee, &body).key("once").await.expect(201)["id"], made["id"]);
        let other = a_company(&app).await;
        let stranger = app.company(text(&other["uscc"]));
        stranger.get(&fee).await.problem(404, "not_found");
        stranger.post(&fee, &body).await.problem(404, "not_found");
        app.neighbour().get(&fee).await.problem(404, "not_found");
        app.social().post(&fee, &body).await.problem(403, "forbidden");
        let supervision = |county| app.office(Role::MarketSupervision, county);
        assert_eq!(supervision(COUNTY).get(&fee).await.expect(200)["current"]["id"], made["id"]);
        assert_eq!(supervision(COUNTY).get(&format!("{fee}/history")).await.items().len(), 1);
        supervision(OTHER_COUNTY).get(&fee).await.problem(404, "not_found");
        app.office(Role::FireRescue, COUNTY).get(&fee).await.problem(403, "forbidden");
        let committee = app.office(Role::ComplexCommittee, text(&complex["id"]));
        assert_eq!(committee.get(&fee).await.expect(200)["current"]["id"], made["id"]);

        // Another company takes over. The first one's disclosures become history that only it can see, without a state.
        end_contract(&app, &first, "2026-03-01").await;
        a_service(&app, &complex, &other, "2026-03-02").await;
        assert_eq!(state_of(&app, &complex, "fee_standard").await, "missing");
        portal.post(&fee, &body).await.problem(403, "forbidden");
        portal.get(&fee).await.problem(404, "not_found");
        assert_eq!(portal.get(&format!("{fee}/history")).await.items().len(), 1);
        stranger.post(&fee, &body).await.expect(201);
        assert_eq!(stranger.get(&format!("{fee}/history")).await.items().len(), 1);
        assert_eq!(app.social().get(&format!("{fee}/history")).await.items().len(), 2);
        verify(&app, &complex, "fee_standard", &made, "verified").await
            .faults(&[("/disclosure_id", "unknown_reference")]);
        // A complex without a company has nothing to disclose.
        let empty = a_complex(&app).await;
        assert_eq!(states(&app, &empty).await, []);
        app.social().get(&at(&empty, "fee_standard")).await.problem(404, "not_found");
    }

    async fn a_version_that_changed_meanwhile_is_not_replaced(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let portal = app.company(text(&company["uscc"]));
        let fee = at(&complex, "fee_standard");
        let body = disclosed("fee_standard", "2026-03-02", content_of("fee_standard"));
        let before = portal.get(&fee).await.etag();
        let made = portal.post(&fee, &body).if_match(&before).await.expect(201);
        portal.post(&fee, &body).if_match(&before).await.problem(412, "precondition_failed");
        let looked = app.social().get(&fee).await.etag();
        let decision = json!({ "disclosure_id": made["id"], "outcome": "verified" });
        let at = format!("{fee}/verification");
        app.social().post(&at, &decision).if_match(&before).await.problem(412, "precondition_failed");
        app.social().post(&at, &decision).if_match(&looked).await.expect(200);
    }
}

/// The pending disclosures in the inbox: kind of item, and kind of disclosure.
async fn waiting(client: &crate::support::client::Client) -> Vec<(String, String)> {
    let items = client.get("/v1/inbox?limit=200").await.items().clone();
    let of_disclosures = items.iter().filter(|item| item["subject_kind"] == "disclosure");
    of_disclosures.map(|item| (text(&item["kind"]).to_owned(), text(&item["about"]).to_owned())).collect()
}

on_both_databases! {
    async fn what_is_to_verify_to_submit_and_to_correct_stands_in_the_inbox(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        a_service(&app, &complex, &company, "2025-01-01").await;
        let portal = app.company(text(&company["uscc"]));
        let community = app.office(Role::Community, COMMUNITY);
        let pair = |kind: &str, about: &str| (kind.to_owned(), about.to_owned());
        assert_eq!(waiting(&portal).await.len(), 6);
        let kinds = ["fee_standard", "service_phone"];
        let mut made = Vec::new();
        for kind in kinds {
            made.push(portal.post(&at(&complex, kind), &disclosed(kind, "2026-03-02", content_of(kind))).await.expect(201));
        }
        for office in [&community, &app.social()] {
            let all = waiting(office).await;
            assert_eq!(all, [pair("verify_disclosure", "fee_standard"), pair("verify_disclosure", "service_phone")]);
        }
        assert_eq!(waiting(&app.county()).await, []);
        assert_eq!(waiting(&app.neighbour()).await, []);
        verify(&app, &complex, "fee_standard", &made[0], "rejected").await.expect(200);
        verify(&app, &complex, "service_phone", &made[1], "verified").await.expect(200);
        assert_eq!(waiting(&community).await, []);
        let all = waiting(&portal).await;
        assert_eq!(all.len(), 5);
        assert!(all.contains(&pair("correct_disclosure", "fee_standard")));
        assert!(all.contains(&pair("submit_disclosure", "public_revenue")));
        let items = portal.get("/v1/inbox?kind=correct_disclosure").await.items().clone();
        assert_eq!(items[0]["href"], at(&complex, "fee_standard"));
        portal.get(text(&items[0]["href"])).await.expect(200);
        // Paging with one item per page returns all of them.
        let (mut seen, mut next) = (0, "/v1/inbox?limit=1".to_owned());
        loop {
            let page = portal.get(&next).await;
            seen += page.items().len();
            let Some(cursor) = page.json["next_cursor"].as_str() else { break };
            next = format!("/v1/inbox?limit=1&cursor={cursor}");
        }
        assert_eq!(seen, 5);
    }

    async fn the_public_sees_what_was_verified_and_the_state_of_the_rest(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        a_service(&app, &complex, &company, "2025-01-01").await;
        let portal = app.company(text(&company["uscc"]));
        let submit = async |kind: &str, content: Value| {
            portal.post(&at(&complex, kind), &disclosed(kind, "2026-03-02", content)).await.expect(201)
        };
        let sheets = [("2025-07-01", "2025-09-30", 0), ("2025-10-01", "2025-12-31", 150)];
        for (from, to, opening) in sheets {
            let made = submit("public_revenue", revenue(from, to, opening, 200, 50)).await;
            verify(&app, &complex, "public_revenue", &made, "verified").await.expect(200);
        }
        let phone = submit("service_phone", content_of("service_phone")).await;
        verify(&app, &complex, "service_phone", &phone, "rejected").await.expect(200);
        let fees_1 = submit("fee_standard", fees(&[("物业费", "1.80")])).await;
        verify(&app, &complex, "fee_standard", &fees_1, "verified").await.expect(200);
        submit("fee_standard", fees(&[("物业费", "2.80")])).await;
        let (id, by) = (text(&complex["id"]).parse().expect("an id"), text(&company["id"]).parse().expect("an id"));
        let today = "2026-03-02".parse().expect("a day");
        let state = app.state.clone();
        let public = move || {
            let policies = &state;
            let read = |conn: &mut _| xiaoqu::disclosures::public_disclosures(conn, policies, id, by, today);
            serde_json::to_value(state.db.read_blocking(read).expect("disclosures")).expect("JSON")
        };
        let all = tokio::task::spawn_blocking(public).await.expect("no panic");
        let of = |kind: &str| all.as_array().expect("six").iter().find(|row| row["kind"] == kind).expect("the kind").clone();
        let (fee, phone, money) = (of("fee_standard"), of("service_phone"), of("public_revenue"));
        assert_eq!(fee["state"], "submitted");
        assert_eq!(fee["content"]["fee_standard"]["items"][0]["unit_price"], "1.80", "the verified one");
        assert_eq!((&phone["state"], &phone["content"]), (&json!("rejected"), &Value::Null));
        assert_eq!(money["content"]["public_revenue"]["closing_balance_fen"], 300);
        assert_eq!((money["earlier"].as_array().map(Vec::len), &money["earlier"][0]["closing_balance_fen"]), (Some(1), &json!(150)));
        assert_eq!((of("service_method")["state"].clone(), &money["state"]), (json!("overdue"), &json!("verified")));
    }
}
