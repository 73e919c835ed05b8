//! Somebody with access to the database changes the ledger. The offline verifier names what was changed, and how.

use std::io::BufReader;

use serde_json::Value;
use xiaoqu::access::Role;
use xiaoqu::ledger::checkpoint::Verifiers;
use xiaoqu::ledger::verify::{Finding, Kept, Report, verify};
use xiaoqu::ledger::{export, head_checkpoint};

use crate::on_both_databases;
use crate::support::rows::a_company;
use crate::support::{COUNTY, Kind, TestApp};

fn keys(app: &TestApp) -> Verifiers {
    let keys = app.state.parts.get::<xiaoqu::ledger::seal::Sealer>().public_keys("xiaoqu.test/ledger");
    Verifiers::parse(keys.iter().map(String::as_str)).expect("the keys")
}

fn exported(app: &TestApp) -> Vec<u8> {
    let mut file = Vec::new();
    export::write(&app.state.db, &mut file).expect("an export");
    file
}

fn checked(app: &TestApp, file: &[u8], kept: &[&str]) -> Report {
    let kept: Vec<Kept> = kept.iter().map(|text| Kept { name: "kept".into(), text: (*text).to_owned() }).collect();
    verify(BufReader::new(file), &keys(app), &kept, |_, _| {})
}

fn checkpoint(app: &TestApp) -> String {
    head_checkpoint(&app.state.db).expect("a checkpoint")
}

/// A sealed ledger of eleven companies and the built-in rows, with the service stopped.
async fn a_ledger(app: &mut TestApp) -> String {
    for _ in 0..11 {
        a_company(app).await;
    }
    app.sealed().await;
    app.stop();
    assert_eq!(checked(app, &exported(app), &[]).findings, []);
    checkpoint(app)
}

fn event_of(app: &TestApp, seq: u64) -> String {
    app.values(&format!("SELECT CAST(event_id AS TEXT) AS value FROM ledger_entries WHERE seq = {seq}"))[0].clone()
}

fn head_of(app: &TestApp) -> u64 {
    app.values("SELECT CAST(size AS TEXT) AS value FROM ledger_head")[0].parse().expect("a number")
}

on_both_databases! {
    async fn an_untouched_ledger_is_found_sound(app: TestApp) {
        let mut app = app;
        let kept = a_ledger(&mut app).await;
        let report = checked(&app, &exported(&app), &[&kept]);
        assert_eq!((report.findings, report.size), (vec![], head_of(&app)));
    }

    async fn a_changed_entry_is_named(app: TestApp) {
        let mut app = app;
        let kept = a_ledger(&mut app).await;
        let event = event_of(&app, 5);
        app.execute(&format!("UPDATE ledger_events SET leaf = replace(leaf, 'company', 'c0mpany') WHERE id = '{event}'"));
        assert_eq!(checked(&app, &exported(&app), &[&kept]).findings, [Finding::Changed(5), Finding::Rewritten("kept".into())]);
    }

    async fn an_entry_that_is_filed_under_something_else_is_named_and_the_auditor_is_not_deceived(app: TestApp) {
        let mut app = app;
        for _ in 0..3 {
            a_company(&app).await;
        }
        app.sealed().await;
        let sound = export::write(&app.state.db, &mut Vec::new()).expect("an export");
        assert_eq!((sound.size, sound.misfiled), (head_of(&app), vec![]));
        let first: i64 = app.values("SELECT CAST(MIN(seq) AS TEXT) AS value FROM ledger_entries WHERE kind = 'company.registered'")[0].parse().expect("a number");
        app.execute(&format!("UPDATE ledger_entries SET actor_sub = 'evil' WHERE seq = {first}"));
        app.execute(&format!("UPDATE ledger_entries SET kind = 'company.changed' WHERE seq = {}", first + 1));
        app.execute(&format!("UPDATE ledger_entries SET township = '640121999' WHERE seq = {}", first + 2));
        let auditor = app.office(Role::Auditor, COUNTY);
        let shown = auditor.get("/v1/ledger/entries?limit=200&actor_role=county_authority").await;
        let rows = shown.items();
        assert_eq!(rows[0]["actor"]["sub"], Value::Null, "who is on file is not who was sealed");
        assert_eq!(rows[1]["type"], "company.registered", "as sealed, not as filed");
        assert_eq!(rows[1]["actor"]["sub"], "county_authority-1");
        app.stop();
        let misfiled = export::write(&app.state.db, &mut Vec::new()).expect("an export").misfiled;
        assert_eq!(misfiled, [first, first + 1, first + 2]);
        assert_eq!(checked(&app, &exported(&app), &[]).findings, [], "the leaves are sound");
    }

    async fn a_removed_entry_is_named_and_so_is_its_event(app: TestApp) {
        let mut app = app;
        let kept = a_ledger(&mut app).await;
        let event = event_of(&app, 7);
        app.execute("DELETE FROM ledger_entries WHERE seq = 3");
        app.execute(&format!("DELETE FROM ledger_events WHERE id = '{event}'"));
        let findings = checked(&app, &exported(&app), &[&kept]).findings;
        assert!(findings.contains(&Finding::Removed(3)) && findings.contains(&Finding::Removed(7)), "{findings:?}");
    }

    async fn swapped_entries_are_named(app: TestApp) {
        let mut app = app;
        let kept = a_ledger(&mut app).await;
        for (from, to) in [(4, -1), (9, 4), (-1, 9)] {
            app.execute(&format!("UPDATE ledger_entries SET seq = {to} WHERE seq = {from}"));
        }
        let findings = checked(&app, &exported(&app), &[&kept]).findings;
        assert!(findings.contains(&Finding::Moved(4, 9)) && findings.contains(&Finding::Moved(9, 4)), "{findings:?}");
    }

    async fn entries_that_are_cut_off_show_against_the_kept_checkpoint(app: TestApp) {
        let mut app = app;
        for _ in 0..3 {
            a_company(&app).await;
        }
        app.sealed().await;
        let (early, size) = (checkpoint(&app), head_of(&app));
        let root = app.values(match app.kind() {
            Kind::Sqlite => "SELECT hex(root) AS value FROM ledger_head",
            Kind::Postgres => "SELECT encode(root, 'hex') AS value FROM ledger_head",
        })[0].clone();
        let kept = a_ledger(&mut app).await;
        let whole = head_of(&app);
        // The old head is restored with everything that belongs to it. By itself it is valid.
        app.execute(&format!("DELETE FROM ledger_entries WHERE seq >= {size}"));
        app.execute(&format!("DELETE FROM ledger_hashes WHERE position >= {}", tlog_tiles::stored_hash_count(size)));
        let root = match app.kind() { Kind::Sqlite => format!("x'{root}'"), Kind::Postgres => format!("'\\x{root}'") };
        app.execute(&format!("UPDATE ledger_head SET size = {size}, root = {root}, checkpoint = '{early}'"));
        assert_eq!(checked(&app, &exported(&app), &[]).findings, []);
        let cut = Finding::CutOff { kept: "kept".into(), signed: whole, size };
        assert_eq!(checked(&app, &exported(&app), &[&early, &kept]).findings, [cut]);
    }

    async fn an_old_checkpoint_in_place_of_the_head_is_named(app: TestApp) {
        let mut app = app;
        a_company(&app).await;
        app.sealed().await;
        let (early, signed) = (checkpoint(&app), head_of(&app));
        a_ledger(&mut app).await;
        app.execute(&format!("UPDATE ledger_head SET checkpoint = '{early}'"));
        let report = checked(&app, &exported(&app), &[]);
        assert_eq!(report.findings, [Finding::OtherHead { signed, size: head_of(&app) }]);
    }

    async fn an_entry_that_was_slipped_in_shifts_all_after_it(app: TestApp) {
        let mut app = app;
        let kept = a_ledger(&mut app).await;
        let size = head_of(&app);
        app.execute("UPDATE ledger_entries SET seq = seq + 1000 WHERE seq >= 6");
        app.execute("UPDATE ledger_entries SET seq = seq - 999 WHERE seq >= 1000");
        let event = uuid::Uuid::now_v7();
        let copy = |table: &str, columns: &str, changed: &str, of: &str| {
            app.execute(&format!("INSERT INTO {table} ({columns}) SELECT {changed} FROM {table} WHERE {of}"));
        };
        let rest = "kind, subject_kind, subject_id, county, township, community, company_id, audience, actor_iss, actor_sub, actor_role, recorded_at";
        let forged = event_of(&app, 5);
        let id = match app.kind() { Kind::Sqlite => format!("'{event}'"), Kind::Postgres => format!("'{event}'::uuid") };
        copy("ledger_events", &format!("id, leaf, request_id, {rest}"), &format!("{id}, 'forged', request_id, {rest}"), &format!("id = '{forged}'"));
        copy("ledger_entries", &format!("seq, event_id, {rest}"), &format!("6, {id}, {rest}"), "seq = 5");
        let findings = checked(&app, &exported(&app), &[&kept]).findings;
        assert!(findings.contains(&Finding::Changed(6)) && findings.contains(&Finding::Moved(7, 6)), "{findings:?}");
        assert!(findings.contains(&Finding::Beyond(1)), "{findings:?}");
        assert_eq!(head_of(&app), size);
    }

    async fn a_ledger_rewritten_without_the_key_is_not_believed(app: TestApp) {
        let mut app = app;
        let kept = a_ledger(&mut app).await;
        // Everything except the signature: the leaf, its hash, and every hash above it.
        let mut lines: Vec<Value> = exported(&app).split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).expect("JSON")).collect();
        let leaf = lines[6]["leaf"].as_str().expect("a leaf").replace("company", "c0mpany");
        lines[6]["leaf"] = leaf.into();
        let mut tree = xiaoqu::ledger::tree::Tree::resume(0, []);
        let last = lines.len() - 1;
        for line in &mut lines[1..last] {
            let leaf = tlog_tiles::record_hash(line["leaf"].as_str().expect("a leaf").as_bytes());
            let hashes = tree.append(leaf).expect("a tree");
            line["hashes"] = hashes.iter().map(|(_, hash)| Value::from(hash.to_string())).collect();
        }
        let file: Vec<u8> = lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect();
        let report = checked(&app, &file, &[&kept]);
        let size = head_of(&app);
        assert_eq!(report.findings, [Finding::ChangedWithin(0, size - 1), Finding::Rewritten("kept".into())]);
    }

    async fn a_damaged_tree_is_told_apart_from_a_changed_entry(app: TestApp) {
        let mut app = app;
        let kept = a_ledger(&mut app).await;
        app.execute("DELETE FROM ledger_hashes WHERE position = 0");
        assert_eq!(checked(&app, &exported(&app), &[&kept]).findings, [Finding::Tree(0)]);
    }

    async fn nothing_is_sealed_on_top_of_a_ledger_that_was_changed(app: TestApp) {
        let mut app = app;
        a_ledger(&mut app).await;
        let size = head_of(&app);
        let edge = tlog_tiles::stored_hash_count(size) - 1;
        app.execute(&format!("DELETE FROM ledger_hashes WHERE position = {edge}"));
        let app = app.restart(crate::support::Setup::default());
        a_company(&app).await;
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        assert_eq!((head_of(&app), app.count("ledger_unsealed")), (size, 1), "the company is registered, its event waits");
        let ready = app.nobody().get("/readyz").await.expect(200);
        assert!(ready["warnings"].to_string().contains("ledger_not_sealed"), "{ready}");
        let metrics = app.http.get(format!("{}/metrics", app.base_url)).send().await.expect("metrics").text().await.expect("text");
        assert!(metrics.contains("xiaoqu_ledger_unsealed 1\n"), "{metrics}");
    }
}
