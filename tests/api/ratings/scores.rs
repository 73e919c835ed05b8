//! `/v1/ratings/{id}/scores` and `/review`: from points to a star, with the reason for each step.

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::NEIGHBOUR_COMMUNITY;
use crate::support::cases::Case;
use crate::support::files::evidence;
use crate::support::rating::*;
use crate::support::rows::{a_company, a_complex, text};

on_both_databases! {
    async fn a_missing_item_is_refused_and_nothing_is_changed(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let rating = begin_rating(&app, &a_cycle(&app, &cycle_input()).await, case.id("P")).await;
        let scores = format!("{}/scores", at(&rating));
        let mut office = sheet("office", 90);
        office["items"].as_array_mut().unwrap().remove(0);
        office["items"][0]["points"] = json!("40");
        office["items"][1]["item"] = json!("no.such_item");
        office["items"][2].as_object_mut().unwrap().remove("note");
        office["satisfaction"] = json!("80");
        scorer(&app).post(&scores, &office).await.faults(&[
            ("/items/0/points", "out_of_range"), ("/items/1/item", "unknown_value"), ("/items/2/note", "required"),
            ("/items", "required"), ("/items", "required"), ("/satisfaction", "conflict"),
        ]);
        office["items"][0]["points"] = json!("4.555");
        scorer(&app).post(&scores, &office).await.problem(400, "invalid_input");
        let after = app.social().get(&at(&rating)).await.expect(200);
        assert_eq!((&after["summary"]["state"], &after["sheets"]), (&json!("draft"), &json!([])));
        assert_eq!(after["missing"], json!(["office", "community", "owners"]));
    }

    async fn the_derivation_shows_points_vetoes_and_bonus_each_with_its_ground(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let rating = begin_rating(&app, &a_cycle(&app, &cycle_input()).await, case.id("P")).await;
        let photo = scorer(&app).a_picture().await;
        let rating = scored_with(&app, &rating, 80, json!({
            "bonus": [{ "code": "bonus.honour", "points": "1.25", "ground": "获县级“文明小区”表彰" }],
            "vetoes": [{ "code": "veto.refused_rectification", "ground": "到期的责令整改至今未落实", "evidence": evidence(&photo) }],
        })).await;
        let derivation = &rating["derivation"];
        assert_eq!((&derivation["total"], &derivation["raw_star"]), (&json!("81.25"), &json!("four")));
        assert_eq!((&derivation["vetoed_star"], &derivation["star"]), (&json!("two"), &json!("two")));
        assert_eq!(derivation["vetoes"][0]["from"], json!("four"));
        assert_eq!(derivation["vetoes"][0]["ground"], json!("到期的责令整改至今未落实"));
        assert_eq!(derivation["raters"][0]["weighted"], json!("48"));
        assert_eq!(derivation["raters"][0]["dimensions"][3]["points"], json!("16"));
        assert_eq!(rating["summary"]["state"], json!("scored"));
        // The photograph is visible with the rating.
        let content = format!("/v1/attachments/{}/content", photo);
        assert_eq!(app.social().get(&content).await.status, 200);
        app.neighbour().get(&content).await.problem(404, "not_found");
    }

    async fn a_ground_that_will_be_published_names_no_person(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let rating = begin_rating(&app, &a_cycle(&app, &cycle_input()).await, case.id("P")).await;
        let mut office = sheet("office", 90);
        office["bonus"] = json!([{ "code": "bonus.honour", "points": "1", "ground": "获表彰，联系电话13800001234" }]);
        office["vetoes"] = json!([{ "code": "veto.refused_rectification", "ground": "业主640121199001010018投诉" }]);
        scorer(&app).post(&format!("{}/scores", at(&rating)), &office).await
            .faults(&[("/vetoes/0/ground", "personal_data"), ("/bonus/0/ground", "personal_data")]);
    }

    async fn a_sheet_that_is_given_again_takes_the_place_of_the_one_before(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let rating = begin_rating(&app, &a_cycle(&app, &cycle_input()).await, case.id("P")).await;
        let first = scored_with(&app, &rating, 80, json!({})).await;
        let again = scorer(&app).post(&format!("{}/scores", at(&rating)), &sheet("office", 100)).await.expect(200);
        assert_eq!((&first["derivation"]["total"], &again["derivation"]["total"]), (&json!("80"), &json!("92")));
        assert_eq!(again["sheets"].as_array().unwrap().len(), 3);
    }

    async fn each_office_gives_its_own_sheet_and_another_person_reviews(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let rating = begin_rating(&app, &a_cycle(&app, &cycle_input()).await, case.id("P")).await;
        let (scores, review) = (format!("{}/scores", at(&rating)), format!("{}/review", at(&rating)));
        community(&app).post(&scores, &sheet("office", 90)).await.faults(&[("/rater", "conflict")]);
        scorer(&app).post(&scores, &sheet("community", 90)).await.faults(&[("/rater", "conflict")]);
        app.social().post(&review, &json!({ "outcome": "confirmed" })).await.problem(409, "state_conflict");
        scored_with(&app, &rating, 90, json!({})).await;
        scorer(&app).post(&review, &json!({ "outcome": "confirmed" })).await.problem(403, "same_person");
        app.social().post(&review, &json!({ "outcome": "returned" })).await.faults(&[("/reasons", "required")]);
        let returned = app.social().post(&review, &json!({ "outcome": "returned", "reasons": "消防项目未附检查记录" })).await;
        assert_eq!(returned.expect(200)["summary"]["state"], json!("draft"));
        // After a return it is scored again, even if the scoring period is over.
        case.on("2026-05-11");
        scorer(&app).post(&scores, &sheet("office", 91)).await.expect(200);
        let done = app.social().post(&review, &json!({ "outcome": "confirmed" })).await.expect(200);
        assert_eq!(done["summary"]["state"], json!("reviewed"));
        scorer(&app).post(&scores, &sheet("office", 92)).await.problem(409, "state_conflict");
    }

    async fn scores_are_given_between_the_days_of_the_cycle(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let mut input = cycle_input();
        input["opens_on"] = json!("2026-03-10");
        let rating = begin_rating(&app, &a_cycle(&app, &input).await, case.id("P")).await;
        let scores = format!("{}/scores", at(&rating));
        scorer(&app).post(&scores, &sheet("office", 90)).await.problem(409, "state_conflict");
        case.on("2026-03-10");
        scorer(&app).post(&scores, &sheet("office", 90)).await.expect(200);
        case.on("2026-05-06");
        community(&app).post(&scores, &sheet("community", 90)).await.problem(409, "deadline_passed");
    }

    async fn what_is_not_announced_is_the_offices_own_and_then_no_rater_is_named(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let rating = begin_rating(&app, &a_cycle(&app, &cycle_input()).await, case.id("P")).await;
        reviewed(&app, &rating, 72).await;
        let committee = app.office(Role::ComplexCommittee, case.id("P"));
        for client in [case.portal(), committee.clone(), app.neighbour()] {
            client.get(&at(&rating)).await.problem(404, "not_found");
            assert!(client.get("/v1/ratings").await.items().is_empty());
        }
        app.social().post(&format!("{}/announcement", at(&rating)), &json!({})).await.expect(200);
        let seen = case.portal().get(&at(&rating)).await.expect(200);
        assert_eq!(seen["derivation"]["star"], json!("three"));
        assert_eq!(seen["sheets"][0]["items"].as_array().unwrap().len(), items(72).len());
        assert_eq!(seen["sheets"][0]["by"]["role"], json!("social_affairs_office"));
        assert_eq!(seen["sheets"][0]["by"]["subject"], Value::Null, "who scored is hidden by the policy");
        assert_eq!(app.social().get(&at(&rating)).await.expect(200)["sheets"][0]["by"]["subject"], json!("scorer"));
        committee.get(&at(&rating)).await.expect(200);
        let stranger = a_company(&app).await;
        app.company(text(&stranger["uscc"])).get(&at(&rating)).await.problem(404, "not_found");
    }

    async fn a_complex_is_rated_once_in_a_cycle_and_not_without_a_company(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let cycle = a_cycle(&app, &cycle_input()).await;
        begin_rating(&app, &cycle, case.id("P")).await;
        let input = |complex: &Value| json!({ "cycle_id": cycle["id"], "complex_id": complex });
        app.social().post("/v1/ratings", &input(&json!(case.id("P")))).await.problem(409, "already_exists");
        let empty = a_complex(&app).await;
        app.social().post("/v1/ratings", &input(&empty["id"])).await.faults(&[("/complex_id", "not_serving")]);
        app.neighbour().post("/v1/ratings", &input(&empty["id"])).await
            .faults(&[("/cycle_id", "unknown_reference"), ("/complex_id", "unknown_reference")]);
        let there = app.county().post("/v1/complexes", &{
            let mut input = crate::support::rows::complex_input();
            input["community"] = json!(NEIGHBOUR_COMMUNITY);
            input
        }).await.expect(201);
        app.county().post("/v1/ratings", &input(&there["id"])).await.faults(&[("/complex_id", "conflict")]);
    }
}
