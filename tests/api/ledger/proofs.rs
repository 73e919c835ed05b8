use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tlog_tiles::{Hash, check_record, check_tree, record_hash};
use xiaoqu::access::Role;
use xiaoqu::ledger::checkpoint::{Head, Verifiers};

use crate::on_both_databases;
use crate::support::cases::{Case, nine};
use crate::support::rows::{a_company, a_served_complex, text};
use crate::support::{COUNTY, TestApp};

fn hash(value: &Value) -> Hash {
    Hash(STANDARD.decode(text(value)).expect("base64").try_into().expect("32 bytes"))
}

fn hashes(value: &Value) -> Vec<Hash> {
    value.as_array().expect("hashes").iter().map(hash).collect()
}

/// The head, verified with the keys that the service publishes.
async fn head(app: &TestApp) -> Head {
    app.sealed().await;
    let answer = app.nobody().get("/v1/ledger/head").await.expect(200);
    let keys = Verifiers::parse(answer["keys"].as_array().expect("keys").iter().map(text)).expect("the keys");
    let head = keys.open(text(&answer["checkpoint"])).expect("a signed checkpoint");
    assert_eq!((head.size as i64, head.root), (answer["size"].as_i64().expect("a size"), hash(&answer["root"])));
    assert_eq!(keys.origin, text(&answer["origin"]));
    head
}

on_both_databases! {
    async fn an_outsider_checks_every_entry_against_the_signed_head(app: TestApp) {
        a_served_complex(&app).await;
        let head = head(&app).await;
        assert!(head.size >= 4, "the built-in rows are in the ledger too");
        let auditor = app.office(Role::Auditor, COUNTY);
        for seq in 0..head.size {
            let entry = auditor.get(&format!("/v1/ledger/entries/{seq}")).await.expect(200);
            let leaf = record_hash(text(&entry["leaf"]).as_bytes());
            assert_eq!(leaf, hash(&entry["leaf_hash"]));
            check_record(&hashes(&entry["inclusion_proof"]), head.size, head.root, seq, leaf).expect("proved");
            assert!(check_record(&hashes(&entry["inclusion_proof"]), head.size, head.root, seq, record_hash(b"x")).is_err());
        }
    }

    async fn a_later_head_holds_an_earlier_one(app: TestApp) {
        a_company(&app).await;
        let before = head(&app).await;
        for _ in 0..5 {
            a_company(&app).await;
        }
        let after = head(&app).await;
        assert_eq!(after.size, before.size + 5);
        let path = format!("/v1/ledger/consistency?from={}&to={}", before.size, after.size);
        let proof = app.nobody().get(&path).await.expect(200);
        assert_eq!((hash(&proof["from_root"]), hash(&proof["to_root"])), (before.root, after.root));
        check_tree(&hashes(&proof["proof"]), after.size, after.root, before.size, before.root).expect("proved");
        // An entry can also be proved for an earlier head that somebody kept.
        let path = format!("/v1/ledger/entries/0?tree_size={}", before.size);
        let entry = app.office(Role::Auditor, COUNTY).get(&path).await.expect(200);
        assert_eq!(entry["checkpoint"], Value::Null);
        check_record(&hashes(&entry["inclusion_proof"]), before.size, before.root, 0, hash(&entry["leaf_hash"])).expect("proved");
    }

    async fn what_cannot_be_proved_is_told(app: TestApp) {
        a_company(&app).await;
        let size = head(&app).await.size;
        let consistency = |from: u64, to: u64| app.nobody().get(&format!("/v1/ledger/consistency?from={from}&to={to}"));
        consistency(0, 1).await.faults(&[("query/from", "out_of_range")]);
        consistency(2, 1).await.faults(&[("query/from", "out_of_range")]);
        consistency(1, size + 1).await.faults(&[("query/to", "out_of_range")]);
        app.nobody().get("/v1/ledger/consistency").await.faults(&[("query/from", "required")]);
        app.nobody().get("/v1/ledger/consistency?from=x&y=1").await.problem(400, "invalid_input");
        let auditor = app.office(Role::Auditor, COUNTY);
        auditor.get(&format!("/v1/ledger/entries/{size}")).await.problem(404, "not_found");
        auditor.get("/v1/ledger/entries/-1").await.faults(&[("path/seq", "invalid_format")]);
        auditor.get("/v1/ledger/entries/1?tree_size=1").await.faults(&[("query/tree_size", "out_of_range")]);
    }

    async fn the_ledger_goes_on_over_a_restart(app: TestApp) {
        a_company(&app).await;
        let before = head(&app).await;
        let app = app.restart(crate::support::Setup::default());
        a_company(&app).await;
        let after = head(&app).await;
        let path = format!("/v1/ledger/consistency?from={}", before.size);
        let proof = app.nobody().get(&path).await.expect(200);
        check_tree(&hashes(&proof["proof"]), after.size, after.root, before.size, before.root).expect("proved");
    }

    async fn a_company_proves_a_decision_once_it_is_served(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V", nine(3), "P", "2026-03-02").await;
        let confirmed = app.entries_about(case.id("V")).await;
        let last = confirmed.last().expect("an entry");
        let entry = format!("/v1/ledger/entries/{last}");
        let before = case.portal().get(&entry).await.expect(200);
        assert_eq!(before["leaf"], Value::Null, "the decision is not served yet");
        case.portal().get(&case.violation("V")).await.expect(200);
        app.sealed().await;
        let after = case.portal().get(&entry).await.expect(200);
        let leaf: Value = serde_json::from_str(text(&after["leaf"])).expect("JSON");
        assert_eq!(leaf["type"], json!("violation.confirmed"));
        assert_eq!(hash(&after["leaf_hash"]), record_hash(text(&after["leaf"]).as_bytes()));
        // The report is visible to offices only.
        case.portal().get(&format!("/v1/ledger/entries/{}", confirmed[0])).await.problem(404, "not_found");
    }
}
