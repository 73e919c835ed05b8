//! Consequences of stars, and effects of the ladder on them.

use serde_json::json;

use crate::on_both_databases;
use crate::support::cases::{Case, next_day, nine, notice, reasons};
use crate::support::rating::*;
use crate::support::rows::{a_company, contract_input, end_contract, text};

/// Removals for a complex, as `state: number of ratings`.
async fn removals(case: &Case<'_>) -> Vec<String> {
    let measures = case.app.county().get("/v1/measures?limit=200&kind=removal").await.items().clone();
    let shown = |one: &serde_json::Value| {
        format!("{}: {}", text(&one["state"]), one["rating_grounds"].as_array().unwrap().len())
    };
    measures.iter().map(shown).collect()
}

on_both_databases! {
    async fn a_violation_takes_a_star_and_its_revocation_gives_it_back(app: TestApp) {
        let mut case = Case::new(&app, &["P", "Q"]).await;
        let cycle = a_cycle(&app, &cycle_input()).await;
        let rating = published(&app, &cycle, case.id("P"), 72).await;
        let plaque = text(&rating["summary"]["plaque"]).to_owned();
        case.confirmed("first", nine(3), "P", "2026-03-16").await;
        let star = |client: crate::support::client::Client| {
            let at = at(&rating);
            async move { client.get(&at).await.expect(200)["summary"]["star"].clone() }
        };
        assert_eq!(star(app.social()).await, json!("three"), "level 1 lowers nothing");
        // Level 2: one star less at each complex of a counted violation.
        case.confirmed("second", nine(7), "P", "2026-03-23").await;
        let lowered = case.portal().get(&at(&rating)).await.expect(200);
        assert_eq!(lowered["summary"]["star"], json!("two"));
        let adjustment = &lowered["derivation"]["adjustments"][0];
        assert_eq!((&adjustment["kind"], &adjustment["from"], &adjustment["to"]),
            (&json!("star_downgrade"), &json!("three"), &json!("two")));
        assert!(text(&adjustment["reason_zh"]).contains("第3条"), "{adjustment}");
        let focus = app.social().get("/v1/focus-list").await;
        assert_eq!(focus.items()[0]["star"], json!("two"));
        // The plaque with three stars is no longer valid. Another one replaces it.
        let check = app.nobody().get(&format!("/v1/plaques/{plaque}")).await.expect(200);
        assert_eq!(check["state"], json!("superseded"));
        let second = app.nobody().get(&format!("/v1/plaques/{}", text(&check["superseded_by"]))).await.expect(200);
        assert_eq!((&second["state"], &second["star"]), (&json!("valid"), &json!("two")));

        // A new rating is lowered from the start.
        let fresh = begin_rating(&app, &cycle, case.id("Q")).await;
        assert_eq!(reviewed(&app, &fresh, 85).await["derivation"]["star"], json!("four"), "nothing was counted at Q");

        // The second violation is revoked on appeal, which undoes everything.
        let opened = case.portal().get(&case.violation("second")).await.expect(200);
        case.on(text(&opened["decided_on"]));
        case.portal().post(&format!("{}/appeal", case.violation("second")), &json!({ "text": "收费已经业主大会同意" })).await.expect(200);
        let revoked = json!({ "outcome": "revoked", "reasons": "收费已经业主大会表决同意" });
        app.county().post(&format!("{}/appeal-decision", case.violation("second")), &revoked).await.expect(200);
        let restored = case.portal().get(&at(&rating)).await.expect(200);
        assert_eq!((&restored["summary"]["star"], &restored["derivation"]["adjustments"]), (&json!("three"), &json!([])));
        assert!(app.social().get("/v1/focus-list").await.items().is_empty());
        let check = app.nobody().get(&format!("/v1/plaques/{plaque}")).await.expect(200);
        assert_eq!(check["state"], json!("valid"), "the plaque that hung before may hang again");
        let stars: Vec<&str> = restored["stars"].as_array().unwrap().iter().map(|one| text(&one["star"])).collect();
        assert_eq!(stars.last(), Some(&"three"));
    }

    async fn two_low_cycles_under_one_company_propose_one_removal(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        published(&app, &a_cycle(&app, &cycle_input()).await, case.id("P"), 65).await;
        assert!(removals(&case).await.is_empty());
        case.on("2026-07-06");
        let second = published(&app, &a_cycle(&app, &next_cycle_input()).await, case.id("P"), 52).await;
        assert_eq!(removals(&case).await, ["proposed: 2"]);
        let since = app.social().get("/v1/focus-list").await.items()[0]["since"].clone();
        assert_eq!(since, json!("2026-03-12"), "it has been on the list since the first of them");
        let removal = case.measure("removal:P").await;
        let seen = case.portal().get(&removal).await.expect(200);
        assert!(text(&seen["reason_zh"]).contains("连续2个已发布评定周期为低星级"), "{seen}");
        // Due process as for every removal. The notice names the ratings.
        app.social().post(&format!("{removal}/notification"), &notice()).await.expect(200);
        let opened = case.portal().get(&removal).await.expect(200);
        assert_eq!(opened["rating_grounds"][0]["in_notice"], json!(true));
        // Withdrawing a rating withdraws its consequences.
        app.social().post(&format!("{}/withdrawal", at(&second)), &reasons()).await.expect(200);
        assert_eq!(removals(&case).await, ["cancelled: 0"]);
        let cancelled = case.portal().get(&removal).await.expect(200);
        assert!(text(&cancelled["cancellation"]["reason_zh"]).contains("星级评定已撤回"), "{cancelled}");
        let standing = app.social().get("/v1/focus-list").await;
        assert_eq!(standing.items()[0]["star"], json!("two"), "the rating before it stands again");
    }

    async fn a_change_of_company_between_two_low_cycles_proposes_nothing(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        published(&app, &a_cycle(&app, &cycle_input()).await, case.id("P"), 65).await;
        case.on("2026-04-13");
        let contracts = app.county().get(&format!("/v1/contracts?complex_id={}", case.id("P"))).await.items().clone();
        end_contract(&app, &contracts[0], "2026-04-30").await;
        let complex = app.county().get(&format!("/v1/complexes/{}", case.id("P"))).await.expect(200);
        let other = a_company(&app).await;
        app.county().post("/v1/contracts", &contract_input(&complex, &other, "2026-05-01")).await.expect(201);
        case.on("2026-07-06");
        let second = published(&app, &a_cycle(&app, &next_cycle_input()).await, case.id("P"), 52).await;
        assert_eq!(second["summary"]["company_id"], other["id"]);
        assert!(removals(&case).await.is_empty());
        let plaque = app.nobody().get(&format!("/v1/plaques/{}", text(&second["summary"]["plaque"]))).await.expect(200);
        assert_eq!(plaque["still_serves"], json!(true));
        // The company that left sees its own rating, but not its successor's.
        assert_eq!(case.portal().get("/v1/ratings").await.items().len(), 1);
    }

    async fn an_unqualified_rating_proposes_a_removal_and_the_ladder_shares_it(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let rating = published(&app, &a_cycle(&app, &cycle_input()).await, case.id("P"), 40).await;
        assert_eq!((&rating["summary"]["star"], &rating["summary"]["plaque"]), (&json!("unqualified"), &json!(null)));
        assert_eq!(removals(&case).await, ["proposed: 1"]);
        for (name, clause) in [("a", 3), ("b", 7), ("c", 9)] {
            let day = next_day(&app.state.clock.today().to_string());
            case.confirmed(name, nine(clause), "P", &day).await;
        }
        assert_eq!(case.level().await, 3);
        assert_eq!(removals(&case).await, ["proposed: 1"], "one removal, with all its grounds");
        let removal = case.measure("removal:P").await;
        let seen = app.social().get(&removal).await.expect(200);
        assert_eq!((seen["grounds"].as_array().unwrap().len(), seen["rating_grounds"].as_array().unwrap().len()), (3, 1));
        // Without the rating, the violations still justify the measure.
        app.social().post(&format!("{}/withdrawal", at(&rating)), &reasons()).await.expect(200);
        assert_eq!(removals(&case).await, ["proposed: 0"]);
        // Without the violations, nothing does.
        case.leader().post(&format!("{}/revocation", case.violation("c")), &reasons()).await.expect(200);
        assert_eq!(removals(&case).await, ["cancelled: 0"]);
    }

    async fn what_the_leader_approves_makes_a_rating_unqualified(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let rating = published(&app, &a_cycle(&app, &cycle_input()).await, case.id("P"), 88).await;
        for (name, clause) in [("a", 3), ("b", 7), ("c", 9)] {
            let day = next_day(&app.state.clock.today().to_string());
            case.confirmed(name, nine(clause), "P", &day).await;
        }
        let unqualified = case.measure("rating_unqualified:P").await;
        let now = |client: crate::support::client::Client| {
            let at = at(&rating);
            async move { client.get(&at).await.expect(200)["summary"]["star"].clone() }
        };
        assert_eq!(now(app.social()).await, json!("three"), "proposed, it lowers nothing; the downgrade does");
        case.after_hearing_period(&unqualified, &app.social()).await;
        case.decisions_are_final().await;
        case.leader().post(&format!("{unqualified}/approval"), &reasons()).await.expect(200);
        assert_eq!(now(app.social()).await, json!("unqualified"));
        assert_eq!(removals(&case).await, ["proposed: 1"], "shared with the ladder's");
        case.leader().post(&format!("{}/revocation", case.violation("c")), &reasons()).await.expect(200);
        assert_eq!(now(app.social()).await, json!("three"), "level 2 is left");
    }
}
