//! Events become numbered leaves, however writers and sealers compete.

use std::collections::BTreeSet;

use xiaoqu::ledger::checkpoint::Verifiers;
use xiaoqu::ledger::export;
use xiaoqu::ledger::verify::verify;
use xiaoqu::standing::replay::Replay;

use crate::on_both_databases;
use crate::support::cases::{Case, nine};
use crate::support::rows::{a_company, text};
use crate::support::{Kind, TestApp};

fn sound(app: &TestApp, mut each: impl FnMut(u64, &str)) -> u64 {
    let mut file = Vec::new();
    export::write(&app.state.db, &mut file).expect("an export");
    let keys = app.state.parts.get::<xiaoqu::ledger::seal::Sealer>().public_keys("xiaoqu.test/ledger");
    let keys = Verifiers::parse(keys.iter().map(String::as_str)).expect("the keys");
    let report = verify(file.as_slice(), &keys, &[], &mut each);
    assert_eq!(report.findings, []);
    report.size
}

on_both_databases! {
    async fn sealers_that_race_give_each_event_one_number(app: TestApp) {
        // Many independent sealers in addition to the service's own, while others write.
        let sealers: Vec<_> = (0..6)
            .map(|_| {
                let (sealer, db) = (app.state.parts.get::<xiaoqu::ledger::seal::Sealer>().clone(), app.state.db.clone());
                std::thread::spawn(move || {
                    crate::support::block_on(async {
                        for _ in 0..40 {
                            let _ = sealer.seal_all(&db).await;
                            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                        }
                    });
                })
            })
            .collect();
        for _ in 0..30 {
            a_company(&app).await;
        }
        for sealer in sealers {
            sealer.join().expect("a sealer");
        }
        app.sealed().await;
        let mut ids = BTreeSet::new();
        let size = sound(&app, |_, leaf| {
            let leaf: serde_json::Value = serde_json::from_str(leaf).expect("JSON");
            assert!(ids.insert(text(&leaf["id"]).to_owned()), "an event is sealed once");
        });
        assert_eq!((size as usize, ids.len()), (app.count("ledger_events"), app.count("ledger_events")));
    }

    async fn what_is_answered_on_sqlite_is_sealed_already(app: TestApp) {
        a_company(&app).await;
        if app.kind() == Kind::Sqlite {
            assert_eq!(app.count("ledger_unsealed"), 0, "the batch sealed itself before its commit");
        }
        app.sealed().await;
        assert_eq!(app.count("ledger_entries"), app.count("ledger_events"));
    }

    async fn events_about_one_thing_are_sealed_in_the_order_of_their_versions(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V", nine(3), "P", "2026-03-02").await;
        app.sealed().await;
        let mut versions = Vec::new();
        sound(&app, |_, leaf| {
            let leaf: serde_json::Value = serde_json::from_str(leaf).expect("JSON");
            if leaf["subject"]["id"].as_str() == Some(case.id("V")) {
                versions.push(leaf["data"]["version"].as_i64().unwrap_or(1));
            }
        });
        assert!(versions.len() >= 4 && versions.is_sorted(), "{versions:?}");
    }

    async fn a_standing_recomputed_from_an_export_alone_is_the_one_served(app: TestApp) {
        let mut case = Case::new(&app, &["P", "Q"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        case.confirmed("V2", nine(7), "Q", "2026-05-06").await;
        case.confirmed("V3", nine(9), "P", "2026-06-01").await;
        let revoked = case.violation("V2");
        case.leader().post(&format!("{revoked}/revocation"), &crate::support::cases::reasons()).await.expect(200);
        app.sealed().await;
        let mut replay = Replay::default();
        sound(&app, |_, leaf| replay.take(leaf));
        for day in ["2026-03-10", "2026-05-20", "2026-06-10", "2029-03-03"] {
            let path = format!("/v1/companies/{}/standing?as_of={day}", text(&case.company["id"]));
            let served = app.county().get(&path).await.expect(200)["standing"].clone();
            let replayed = replay.standing(text(&case.company["uscc"]), None, day.parse().expect("a day")).expect("a standing");
            assert_eq!(serde_json::to_value(&replayed).expect("JSON"), served, "{day}");
        }
        assert!(replay.standing("91640121MA76ABCD0B", None, "2026-03-10".parse().expect("a day")).is_err());
    }
}
