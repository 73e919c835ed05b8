//! A whole cycle: opened, scored, with objections, and published at once.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::cases::{Case, next_day};
use crate::support::rating::*;
use crate::support::rows::{path, text};

/// Sixty complexes of one company, in three groups of twenty by points.
const COMPLEXES: usize = 60;

fn share(at: usize) -> i64 {
    [92, 74, 55][at / 20]
}

on_both_databases! {
    async fn sixty_complexes_go_from_opening_to_publication_with_objections(app: TestApp) {
        let names: Vec<String> = (0..COMPLEXES).map(|at| format!("C{at}")).collect();
        let case = Case::new(&app, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let cycle = a_cycle(&app, &cycle_input()).await;
        let at_cycle = path("rating-cycles", &cycle);
        let begun = app.social().post(&format!("{at_cycle}/ratings"), &json!({})).await.expect(200);
        assert_eq!(begun["progress"]["moved"], json!(COMPLEXES));
        let ratings = app.social().get("/v1/ratings?limit=200").await.items().clone();
        let of_complex: BTreeMap<&str, String> =
            ratings.iter().map(|one| (text(&one["complex_id"]), path("ratings", one))).collect();
        let of = |at: usize| of_complex[case.id(&names[at])].clone();
        for at in 0..COMPLEXES {
            let scores = format!("{}/scores", of(at));
            community(&app).post(&scores, &sheet("community", share(at))).await.expect(200);
            scorer(&app).post(&scores, &sheet("owners", share(at))).await.expect(200);
            scorer(&app).post(&scores, &sheet("office", share(at))).await.expect(200);
            // The last one is not reviewed.
            if at + 1 < COMPLEXES {
                app.social().post(&format!("{}/review", of(at)), &json!({ "outcome": "confirmed" })).await.expect(200);
            }
        }
        app.social().post(&format!("{at_cycle}/publication"), &json!({})).await.problem(409, "state_conflict");
        let announced = app.social().post(&format!("{at_cycle}/announcement"), &json!({})).await.expect(200);
        assert_eq!(announced["progress"]["moved"], json!(COMPLEXES - 1));
        let last = text(&app.social().get(&of(0)).await.expect(200)["summary"]["announcement_ends_on"]).to_owned();
        // The companies and committees that may object are notified of each rating.
        settled(&app, &cycle).await;
        app.entries_about(of(0).rsplit('/').next().unwrap()).await;
        let told = case.portal().get("/v1/events?limit=200&type=rating.announced").await;
        assert_eq!(told.items().len(), COMPLEXES - 1);
        let page = app.nobody().get(&format!("/public/data/complexes/{}", case.id(&names[0]))).await.expect(200);
        assert_eq!(page["announced_ratings"][0]["star"], json!("five"));
        // Two objections: one is dismissed, one is still open when the cycle is published.
        for at in [20, 40] {
            case.portal().post(&format!("{}/objection", of(at)), &json!({ "text": "评分依据不足" })).await.expect(200);
        }
        let objection = app.social().get(&of(20)).await.expect(200)["objections"][0]["id"].clone();
        let dismissed = json!({ "objection_id": objection, "outcome": "dismissed", "reasons": "评分依据充分" });
        case.leader().post(&format!("{}/objection-decision", of(20)), &dismissed).await.expect(200);
        app.social().post(&format!("{at_cycle}/publication"), &json!({})).await.problem(409, "state_conflict");

        case.on(&next_day(&last));
        let published = app.social().post(&format!("{at_cycle}/publication"), &json!({})).await.expect(200);
        assert_eq!((&published["state"], &published["progress"]["moved"]), (&json!("published"), &json!(COMPLEXES - 2)));
        let now = settled(&app, &cycle).await;
        let count = |state: &str| {
            let all = now["progress"]["ratings"].as_array().unwrap();
            all.iter().find(|one| one["state"] == state).map_or(json!(0), |one| one["count"].clone())
        };
        assert_eq!([count("published"), count("announced"), count("scored")], [json!(58), json!(1), json!(1)]);
        let stars = |star: &str| format!("/v1/ratings?limit=200&with_total=true&current=true&star={star}");
        for (star, expected) in [("five", 20), ("three", 20), ("one", 18)] {
            assert_eq!(app.social().get(&stars(star)).await.expect(200)["total"], json!(expected), "{star}");
        }
        let focus = app.social().get("/v1/focus-list?with_total=true").await.expect(200);
        assert_eq!(focus["total"], json!(18));
        assert_eq!(focus["items"][0]["since"], json!(next_day(&last)));
        assert_eq!(focus["items"][0]["reason_zh"], json!("2025 年下半年星级评定得分55分，评为一星级"));
        // One plaque for each, numbered without gaps.
        let mut numbers = Vec::new();
        for page in app.social().get("/v1/ratings?limit=200&state=published").await.items() {
            numbers.extend(page["plaque"].as_str().map(str::to_owned));
        }
        numbers.sort();
        let expected: Vec<String> = (1..=58).map(|serial| format!("640121-2026-{serial:04}")).collect();
        assert_eq!(numbers, expected);
        // Each has its event, on behalf of the person who published.
        let events = app.entries_about(of(0).rsplit('/').next().unwrap()).await;
        assert!(!events.is_empty());
        let told = case.portal().get("/v1/events?limit=200&type=rating.published").await;
        assert_eq!(told.items().len(), 58);

        // The rating with the open objection is published later by itself.
        let objection = app.social().get(&of(40)).await.expect(200)["objections"][0]["id"].clone();
        let dismissed = json!({ "objection_id": objection, "outcome": "dismissed", "reasons": "评分依据充分" });
        case.leader().post(&format!("{}/objection-decision", of(40)), &dismissed).await.expect(200);
        let late = app.social().post(&format!("{}/publication", of(40)), &json!({})).await.expect(200);
        assert_eq!(late["summary"]["plaque"], json!("640121-2026-0059"));
    }

    async fn nothing_is_announced_before_its_period_is_over(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let mut input = next_cycle_input();
        input["opens_on"] = json!("2026-01-05");
        let cycle = a_cycle(&app, &input).await;
        let rating = begin_rating(&app, &cycle, case.id("P")).await;
        reviewed(&app, &rating, 80).await;
        for path in [at(&rating), path("rating-cycles", &cycle)] {
            app.social().post(&format!("{path}/announcement"), &json!({})).await.problem(409, "state_conflict");
        }
        case.on("2026-07-01");
        app.social().post(&format!("{}/announcement", at(&rating)), &json!({})).await.expect(200);
    }

    async fn a_cycle_excludes_others_of_the_same_days(app: TestApp) {
        let cycle = a_cycle(&app, &cycle_input()).await;
        app.social().post("/v1/rating-cycles", &cycle_input()).await.problem(409, "already_exists");
        app.county().post("/v1/rating-cycles", &cycle_input()).await.problem(409, "already_exists");
        app.neighbour().post("/v1/rating-cycles", &cycle_input()).await.expect(201);
        let mut bad = cycle_input();
        (bad["period_from"], bad["closes_on"]) = (json!("2025-08-01"), json!("2026-01-01"));
        app.social().post("/v1/rating-cycles", &bad).await
            .faults(&[("/period_from", "not_a_period"), ("/closes_on", "before_start")]);
        app.neighbour().get(&path("rating-cycles", &cycle)).await.problem(404, "not_found");
        assert_eq!(community(&app).get("/v1/rating-cycles").await.ids(), [text(&cycle["id"])]);
        let why = json!({ "reasons": "周期设置有误" });
        app.county().post(&format!("{}/cancellation", path("rating-cycles", &cycle)), &why).await.problem(403, "forbidden");
        app.social().post(&format!("{}/cancellation", path("rating-cycles", &cycle)), &why).await.expect(200);
        app.social().post("/v1/rating-cycles", &cycle_input()).await.expect(201);
    }

    async fn ratings_as_of_a_day_have_the_stars_of_that_day(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let first = published(&app, &a_cycle(&app, &cycle_input()).await, case.id("P"), 92).await;
        let day = text(&first["summary"]["published_on"]).to_owned();
        case.on("2026-07-06");
        let second = published(&app, &a_cycle(&app, &next_cycle_input()).await, case.id("P"), 66).await;
        let later = text(&second["summary"]["published_on"]).to_owned();
        let on = |day: &str| {
            let path = format!("/v1/ratings?as_of={day}&complex_id={}", case.id("P"));
            let office = app.social();
            async move {
                let items = office.get(&path).await.items().clone();
                items.iter().map(|one| (text(&one["id"]).to_owned(), text(&one["star"]).to_owned())).collect::<Vec<_>>()
            }
        };
        let id = |rating: &Value| text(&rating["summary"]["id"]).to_owned();
        assert_eq!(on("2026-03-02").await, []);
        assert_eq!(on(&day).await, [(id(&first), "five".to_owned())]);
        assert_eq!(on(&later).await, [(id(&second), "two".to_owned())]);
        let history = app.social().get(&format!("/v1/ratings?complex_id={}", case.id("P"))).await;
        assert_eq!(history.ids(), [id(&second), id(&first)]);
    }
}
