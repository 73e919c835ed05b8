//! The ledger: each change leaves its event in the same transaction, and no personal data in clear text.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::rows::{a_company, a_served_complex, company_input, complex_input, path, text};
use crate::support::sql::EVENTS;
use crate::support::{COUNTY, Kind, TestApp};

fn leaves(app: &TestApp) -> Vec<Value> {
    let all =
        app.values("SELECT leaf AS value FROM ledger_events WHERE actor_role <> 'program' ORDER BY recorded_at, id");
    all.iter().map(|leaf| serde_json::from_str(leaf).expect("JSON")).collect()
}

fn kinds(app: &TestApp) -> Vec<String> {
    app.values("SELECT kind AS value FROM ledger_events WHERE actor_role <> 'program' ORDER BY recorded_at, id")
}

on_both_databases! {
    async fn each_change_leaves_one_event(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let (company, complex) = (path("companies", &company), path("complexes", &complex));
        app.county().patch(&company, &json!({ "name": "测试更名" })).if_match("*").await.expect(200);
        app.county().patch(&complex, &json!({ "grid": "WG-1" })).if_match("*").await.expect(200);
        assert_eq!(
            kinds(&app),
            ["company.registered", "complex.registered", "complex.service_recorded", "company.changed", "complex.changed"]
        );
        let leaf = leaves(&app).remove(4);
        assert_eq!((&leaf["township"], &leaf["actor"]["role"]), (&json!("640121102"), &json!("county_authority")));
        assert_eq!((&leaf["actor"]["sub"], &leaf["data"]["grid"]), (&json!("county_authority-1"), &json!("WG-1")));
        assert!(text(&leaf["business_time"]).starts_with("2026-03-02T01:0"));
    }

    async fn what_fails_or_is_replayed_leaves_none(app: TestApp) {
        let input = company_input();
        app.county().post("/v1/companies", &input).key("k").await.expect(201);
        app.county().post("/v1/companies", &input).key("k").await.expect(201);
        app.county().post("/v1/companies", &input).await.expect(409);
        app.county().post("/v1/companies", &json!({})).await.expect(400);
        assert_eq!(kinds(&app), ["company.registered"]);
    }

    async fn an_event_goes_with_its_transaction(app: TestApp) {
        // The answer is stored last: where that fails, neither the row nor its event may stay.
        app.execute(match app.kind() {
            Kind::Sqlite => {
                "CREATE TRIGGER no BEFORE INSERT ON idempotency_keys BEGIN SELECT RAISE(ABORT, 'no'); END"
            }
            Kind::Postgres => "ALTER TABLE idempotency_keys ADD CONSTRAINT no CHECK (false) NOT VALID",
        });
        let answer = app.county().post("/v1/complexes", &complex_input()).key("k").await;
        answer.problem(500, "internal");
        assert!(answer.json.get("detail").is_none() && answer.errors().is_empty(), "nothing inside is shown");
        assert_eq!((app.count("complexes"), app.count(EVENTS), app.count("ledger_salts")), (0, 0, 0));
        app.county().post("/v1/complexes", &complex_input()).await.expect(201);
        assert_eq!((app.count("complexes"), app.count(EVENTS)), (1, 1));
    }

    async fn personal_fields_are_salted_digests(app: TestApp) {
        let (company, _) = a_served_complex(&app).await;
        let input = json!({ "legal_representative": "丙某人" });
        app.county().patch(&path("companies", &company), &input).if_match("*").await.expect(200);
        let mut digests = Vec::new();
        for leaf in leaves(&app) {
            let whole = leaf.to_string();
            for name in ["甲某", "乙某", "丙某人"] {
                assert!(!whole.contains(name), "{whole}");
            }
            for (field, value) in [("legal_representative", "甲某"), ("legal_representative", "丙某人"), ("project_manager", "乙某")] {
                let Some(digest) = leaf["data"][field]["hmac_sha256"].as_str() else { continue };
                let id = text(&leaf["id"]);
                let salt = app.values(&format!(
                    "SELECT salt AS value FROM ledger_salts WHERE event_id = '{id}' AND field = '{field}'"
                ));
                let key = hmac::Key::new(hmac::HMAC_SHA256, salt[0].as_bytes());
                if hex::encode(hmac::sign(&key, value.as_bytes())) == digest {
                    digests.push((field, value));
                }
            }
        }
        let expected =
            [("legal_representative", "甲某"), ("project_manager", "乙某"), ("legal_representative", "丙某人")];
        assert_eq!(digests, expected, "each digest is that of its field under its own salt");
        let salts = app.values("SELECT salt AS value FROM ledger_salts");
        assert_eq!(salts.iter().collect::<std::collections::HashSet<_>>().len(), 3);
    }

    async fn a_leaf_is_not_guessed_from_its_content(app: TestApp) {
        a_company(&app).await;
        let leaf = leaves(&app).remove(0);
        assert_eq!(text(&leaf["nonce"]).len(), 32);
        assert_eq!((&leaf["county"], &leaf["audience"]), (&json!(COUNTY), &json!("parties")));
    }
}
