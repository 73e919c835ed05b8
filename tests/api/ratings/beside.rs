//! Resources related to a rating: the fact sheet, the inbox, and the company's standing.

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::TOWNSHIP;
use crate::support::cases::{Case, nine};
use crate::support::client::Client;
use crate::support::inspecting::unplanned;
use crate::support::rating::*;
use crate::support::rows::text;

async fn waits(client: &Client) -> Vec<(String, Value)> {
    let items = client.get("/v1/inbox?limit=200").await.items().clone();
    let rating = |one: &&Value| text(&one["subject_kind"]).starts_with("rating");
    items.iter().filter(rating).map(|one| (text(&one["kind"]).to_owned(), one["due_on"].clone())).collect()
}

fn kind(kind: &str, due: Value) -> Vec<(String, Value)> {
    vec![(kind.to_owned(), due)]
}

on_both_databases! {
    async fn the_fact_sheet_holds_what_the_system_knows_of_the_period(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("uniform", nine(3), "P", "2026-03-02").await;
        case.confirmed("fees", nine(7), "P", "2026-03-09").await;
        let complex = app.social().get(&format!("/v1/complexes/{}", case.id("P"))).await.expect(200);
        let result = unplanned(&complex, "safety", "2026-03-02T00:30:00Z", &["fire_lane"]);
        app.social().post("/v1/inspection-results", &json!({ "results": [result] })).await.expect(200);
        case.on("2026-07-06");
        let rating = begin_rating(&app, &a_cycle(&app, &next_cycle_input()).await, case.id("P")).await;
        let sheet = app.social().get(&format!("{}/fact-sheet", at(&rating))).await.expect(200);
        assert_eq!(sheet["dimensions"].as_array().unwrap().len(), 7);
        let beside = |dimension: &str| {
            let all = sheet["dimensions"].as_array().unwrap();
            let found = all.iter().find(|one| one["dimension"] == dimension).unwrap();
            found["violations"].as_array().unwrap().iter().map(|one| text(&one["act"]).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(beside("order"), [nine(3)]);
        assert_eq!(beside("disclosure"), [nine(7)]);
        assert_eq!(sheet["disclosures"].as_array().unwrap().len(), 6);
        assert_eq!((&sheet["contract"], &sheet["inspections"]["inspections"]), (&Value::Null, &json!(1)));
        assert_eq!(sheet["inspections"]["failed"][0]["item"], json!("fire_lane"));
        case.portal().get(&format!("{}/fact-sheet", at(&rating))).await.problem(404, "not_found");
    }

    async fn what_a_rating_waits_for_stands_in_the_inbox(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let cycle = a_cycle(&app, &cycle_input()).await;
        let rating = begin_rating(&app, &cycle, case.id("P")).await;
        let closes = cycle["closes_on"].clone();
        assert_eq!(waits(&app.social()).await, kind("score_ratings", closes.clone()));
        assert_eq!(waits(&community(&app)).await, kind("score_ratings", closes));
        scored_with(&app, &rating, 72, json!({})).await;
        assert_eq!(waits(&app.social()).await, kind("review_rating", json!("2026-03-16")));
        app.social().post(&format!("{}/review", at(&rating)), &json!({ "outcome": "confirmed" })).await.expect(200);
        assert_eq!(waits(&app.social()).await, kind("announce_ratings", json!("2026-05-25")));
        let announced = app.social().post(&format!("{}/announcement", at(&rating)), &json!({})).await.expect(200);
        let last = announced["summary"]["announcement_ends_on"].clone();
        assert_eq!(waits(&case.portal()).await, kind("object_to_rating", last.clone()));
        assert!(waits(&app.social()).await.is_empty());
        case.portal().post(&format!("{}/objection", at(&rating)), &json!({ "text": "评分依据不足" })).await.expect(200);
        assert_eq!(waits(&app.social()).await, kind("decide_objection", json!("2026-03-16")));
        // When it is overdue, the leader above the office sees it with the office's name.
        app.set_clock("2026-03-17T01:00:00Z");
        let leader = app.office(Role::TownshipLeader, TOWNSHIP);
        assert_eq!(waits(&leader).await, kind("decide_objection", json!("2026-03-16")), "who may decide it, too");
        let item = app.social().get("/v1/inbox?kind=decide_objection").await.items()[0].clone();
        assert_eq!((&item["card"], &item["level"]), (&json!("red"), &json!("leader")));
    }

    async fn a_companys_standing_shows_its_ratings(app: TestApp) {
        let case = Case::new(&app, &["P", "Q"]).await;
        let cycle = a_cycle(&app, &cycle_input()).await;
        published(&app, &cycle, case.id("P"), 91).await;
        case.on("2026-03-16");
        published(&app, &cycle, case.id("Q"), 63).await;
        let path = format!("/v1/companies/{}/standing", text(&case.company["id"]));
        for client in [app.social(), case.portal()] {
            let ratings = client.get(&path).await.expect(200)["ratings"].clone();
            let stars: Vec<&str> = ratings.as_array().unwrap().iter().map(|one| text(&one["star"])).collect();
            assert_eq!(stars, ["two", "five"]);
            assert!(ratings[0]["focus_since"].is_string() && ratings[1]["focus_since"].is_null());
        }
    }
}
