//! Brings ratings through their states with the API, as the offices would.

use serde_json::{Value, json};
use xiaoqu::access::Role;
use xiaoqu::policy::versions::built_in;

use super::cases::next_day;
use super::client::Client;
use super::rows::{path, text};
use super::{COMMUNITY, TOWNSHIP, TestApp};

/// The second half of 2025, scored in the spring of 2026.
pub fn cycle_input() -> Value {
    json!({
        "name": "2025 年下半年星级评定", "kind": "half_year", "period_from": "2025-07-01",
        "opens_on": "2026-01-05", "closes_on": "2026-04-30",
    })
}

/// The next half-year.
pub fn next_cycle_input() -> Value {
    json!({
        "name": "2026 年上半年星级评定", "kind": "half_year", "period_from": "2026-01-01",
        "opens_on": "2026-07-01", "closes_on": "2026-08-31",
    })
}

/// Every item of the rubric with this percentage of its points.
pub fn items(share: i64) -> Vec<Value> {
    let points = |most: &str| {
        let hundredths = (most.parse::<f64>().expect("points") * 100.0).round() as i64 * share / 100;
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    };
    built_in()
        .ratings
        .items()
        .map(|(_, item)| json!({ "item": item.code, "points": points(&item.points.to_string()), "note": "现场检查情况" }))
        .collect()
}

/// The score sheet of a rater who gives the same share of points for everything.
pub fn sheet(rater: &str, share: i64) -> Value {
    match rater {
        "owners" => json!({ "rater": "owners", "satisfaction": share.to_string(), "respondents": 120 }),
        _ => json!({ "rater": rater, "items": items(share) }),
    }
}

pub fn scorer(app: &TestApp) -> Client {
    app.officer(Role::SocialAffairsOffice, TOWNSHIP, "scorer")
}

pub fn community(app: &TestApp) -> Client {
    app.office(Role::Community, COMMUNITY)
}

/// Opens a cycle as the test's township.
pub async fn a_cycle(app: &TestApp, input: &Value) -> Value {
    app.social().post("/v1/rating-cycles", input).await.expect(201)
}

/// Starts the rating of a complex in a cycle.
pub async fn begin_rating(app: &TestApp, cycle: &Value, complex: &str) -> Value {
    let input = json!({ "cycle_id": cycle["id"], "complex_id": complex });
    app.social().post("/v1/ratings", &input).await.expect(201)
}

pub fn at(rating: &Value) -> String {
    path("ratings", &rating["summary"])
}

/// Fills in all three score sheets with the same share of points, and adds `more` to the office's sheet.
pub async fn scored_with(app: &TestApp, rating: &Value, share: i64, more: Value) -> Value {
    let scores = format!("{}/scores", at(rating));
    community(app).post(&scores, &sheet("community", share)).await.expect(200);
    scorer(app).post(&scores, &sheet("owners", share)).await.expect(200);
    let mut office = sheet("office", share);
    for (name, value) in more.as_object().expect("an object") {
        office[name] = value.clone();
    }
    scorer(app).post(&scores, &office).await.expect(200)
}

/// Scores and reviews a rating.
pub async fn reviewed(app: &TestApp, rating: &Value, share: i64) -> Value {
    scored_with(app, rating, share, json!({})).await;
    app.social().post(&format!("{}/review", at(rating)), &json!({ "outcome": "confirmed" })).await.expect(200)
}

/// Reviews and announces a rating. Returns it with the last day of its announcement period.
pub async fn announced(app: &TestApp, cycle: &Value, complex: &str, share: i64) -> (Value, String) {
    let rating = begin_rating(app, cycle, complex).await;
    reviewed(app, &rating, share).await;
    let rating = app.social().post(&format!("{}/announcement", at(&rating)), &json!({})).await.expect(200);
    let last = text(&rating["summary"]["announcement_ends_on"]).to_owned();
    (rating, last)
}

/// Brings a rating to its publication. The clock is then on the day after the announcement period.
pub async fn published(app: &TestApp, cycle: &Value, complex: &str, share: i64) -> Value {
    let (rating, last) = announced(app, cycle, complex, share).await;
    app.set_clock(&format!("{}T01:00:00Z", next_day(&last)));
    app.social().post(&format!("{}/publication", at(&rating)), &json!({})).await.expect(200)
}

/// Waits until all consequences of a publication are processed.
pub async fn settled(app: &TestApp, cycle: &Value) -> Value {
    for _ in 0..200 {
        let now = app.social().get(&path("rating-cycles", cycle)).await.expect(200);
        if now["progress"]["consequences_pending"] == json!(0) {
            return now;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the consequences of the publication never came");
}
