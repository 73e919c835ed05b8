//! The ledger: each change records its event in the same transaction, without personal data in clear text.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use xiaoqu::ledger;

use crate::on_both_databases;
use crate::support::cases::{Case, nine, notice};
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

/// Does a leaf contain the digest of this text with its own salt?
fn is_digest_of(app: &TestApp, leaf: &Value, field: &str, value: &str) -> bool {
    let place = if field == "actor.sub" { &leaf["actor"]["sub"] } else { &leaf["data"][field] };
    let Some(digest) = place["hmac_sha256"].as_str() else { return false };
    let id = text(&leaf["id"]);
    let sql = format!("SELECT salt AS value FROM ledger_salts WHERE event_id = '{id}' AND field = '{field}'");
    let key = hmac::Key::new(hmac::HMAC_SHA256, app.values(&sql)[0].as_bytes());
    hex::encode(hmac::sign(&key, value.as_bytes())) == digest
}

on_both_databases! {
    async fn each_change_leaves_one_event(app: TestApp) {
        let (company, complex) = a_served_complex(&app).await;
        let (company, complex) = (path("companies", &company), path("complexes", &complex));
        app.county().patch(&company, &json!({ "name": "测试更名" })).if_match("*").await.expect(200);
        app.county().patch(&complex, &json!({ "grid": "WG-1" })).if_match("*").await.expect(200);
        assert_eq!(
            kinds(&app),
            ["company.registered", "complex.registered", "contract.recorded", "company.changed", "complex.changed"]
        );
        let leaf = leaves(&app).remove(4);
        assert_eq!((&leaf["township"], &leaf["actor"]["role"]), (&json!("640121102"), &json!("county_authority")));
        assert_eq!(&leaf["data"]["grid"], &json!("WG-1"));
        assert!(is_digest_of(&app, &leaf, "actor.sub", "county_authority-1"), "who acted is proved, and not named");
        assert!(!leaf.to_string().contains("county_authority-1"), "{leaf}");
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
        // The response is stored last. If that fails, neither the row nor its event may remain.
        app.execute(match app.kind() {
            Kind::Sqlite => {
                "CREATE TRIGGER no BEFORE INSERT ON idempotency_keys BEGIN SELECT RAISE(ABORT, 'no'); END"
            }
            Kind::Postgres => "ALTER TABLE idempotency_keys ADD CONSTRAINT no CHECK (false) NOT VALID",
        });
        let salts = app.count("ledger_salts");
        let answer = app.county().post("/v1/complexes", &complex_input()).key("k").await;
        answer.problem(500, "internal");
        assert!(answer.json.get("detail").is_none() && answer.errors().is_empty(), "nothing inside is shown");
        assert_eq!((app.count("complexes"), app.count(EVENTS), app.count("ledger_salts")), (0, 0, salts));
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
                if is_digest_of(&app, &leaf, field, value) {
                    digests.push((field, value));
                }
            }
        }
        let expected =
            [("legal_representative", "甲某"), ("project_manager", "乙某"), ("legal_representative", "丙某人")];
        assert_eq!(digests, expected, "each digest is that of its field under its own salt");
        let salts = app.values("SELECT salt AS value FROM ledger_salts WHERE field IN ('legal_representative', 'project_manager')");
        assert_eq!(salts.iter().collect::<std::collections::HashSet<_>>().len(), 3);
    }

    async fn what_was_said_in_each_step_can_be_proved_and_is_not_in_the_leaf(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("v", nine(3), "P", "2026-03-02").await;
        let (violation, said) = (case.violation("v"), json!({ "text": "当日为新员工培训", "evidence": [{ "title": "照片", "text": "甲" }] }));
        case.portal().post(&format!("{violation}/statement"), &said).await.expect(200);
        case.officer().post(&format!("{violation}/statement-answer"), &json!({ "reasons": "培训不免除着装" })).await.expect(200);
        case.on("2026-03-10");
        let decision = json!({ "reasons": "事实清楚，证据确凿，陈述不成立" });
        case.officer().post(&format!("{violation}/confirmation"), &decision).await.expect(200);
        let leaves = leaves(&app);
        let of = |kind: &str| leaves.iter().find(|leaf| leaf["type"] == kind).unwrap_or_else(|| panic!("{kind}"));
        let evidence = r#"[{"title":"照片","text":"甲","url":null}]"#;
        for (kind, field, value) in [
            ("violation.notified", "facts", text(&notice()["facts"])),
            ("violation.notified", "grounds", text(&notice()["grounds"])),
            ("violation.notified", "intended_consequence", text(&notice()["intended_consequence"])),
            ("violation.statement_submitted", "text", "当日为新员工培训"),
            ("violation.statement_submitted", "evidence", evidence),
            ("violation.statement_answered", "reasons", "培训不免除着装"),
            ("violation.confirmed", "reasons", "事实清楚，证据确凿，陈述不成立"),
        ] {
            assert!(is_digest_of(&app, of(kind), field, value), "{kind} {field}");
            assert!(!is_digest_of(&app, of(kind), field, "另一理由"), "{kind} {field}");
            assert!(leaves.iter().all(|leaf| !leaf.to_string().contains(value)), "{value}");
        }
    }

    async fn an_entry_is_disclosed_with_the_salts_of_its_digests(app: TestApp) {
        a_company(&app).await;
        app.sealed().await;
        let seq: i64 = app.values("SELECT CAST(seq AS TEXT) AS value FROM ledger_entries WHERE kind = 'company.registered'")[0].parse().expect("a number");
        let shown = ledger::disclose(&app.state.db, seq).expect("a sealed entry");
        let leaf: Value = serde_json::from_str(&shown.leaf).expect("JSON");
        assert_eq!(leaf["type"], "company.registered");
        assert!(is_digest_of(&app, &leaf, "legal_representative", "甲某"));
        assert!(is_digest_of(&app, &leaf, "actor.sub", "county_authority-1"));
        assert_eq!(shown.salts.keys().collect::<Vec<_>>(), ["actor.sub", "legal_representative"]);
        assert!(ledger::disclose(&app.state.db, seq + 1000).is_err());
    }

    async fn a_leaf_is_not_guessed_from_its_content(app: TestApp) {
        a_company(&app).await;
        let leaf = leaves(&app).remove(0);
        assert_eq!(text(&leaf["nonce"]).len(), 32);
        assert_eq!((&leaf["county"], &leaf["audience"]), (&json!(COUNTY), &json!("parties")));
    }
}
