//! `/v1/policies` and `/v1/acts`

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::client::{Client, Response};
use crate::support::rows::text;
use crate::support::{COUNTY, OTHER_COUNTY, TestApp};

async fn version(app: &TestApp, effective_from: &str) -> Value {
    let mut document = app.county().get("/v1/policies/current").await.json["document"].clone();
    document["title"] = json!("测试版本");
    json!({ "effective_from": effective_from, "document": document })
}

/// Approves a draft as another person of the county.
async fn approve(app: &TestApp, draft: &Value) -> Response {
    let second = app.officer(Role::CountyAuthority, COUNTY, "second-person");
    second.post(&format!("/v1/policies/{}/approval", draft["version"]), &json!({ "note": "集体讨论通过" })).await
}

on_both_databases! {
    async fn a_version_takes_effect_only_when_a_second_person_agrees_and_not_before_the_next_day(app: TestApp) {
        let mut input = version(&app, "2026-03-02").await;
        app.county().post("/v1/policies", &input).await.faults(&[("/effective_from", "out_of_range")]);
        input["effective_from"] = json!("2026-03-03");
        // A version without the two-person rule still needs it for itself, and so do later versions.
        input["document"]["process"]["two_person_rule"] = json!(false);
        let draft = app.county().post("/v1/policies", &input).await.expect(201);
        assert_eq!((&draft["state"], &draft["published_at"]), (&json!("draft"), &Value::Null));
        let at = format!("/v1/policies/{}", draft["version"]);
        // A draft is visible to the county authority only.
        app.social().get(&at).await.problem(404, "not_found");
        app.office(Role::CountyAuthority, OTHER_COUNTY).get(&at).await.problem(404, "not_found");
        assert_eq!(app.social().get("/v1/policies").await.items().len(), 1);
        assert_eq!(app.county().get("/v1/policies").await.items()[0]["state"], "draft");
        let approval = format!("{at}/approval");
        app.county().post(&approval, &json!({})).await.problem(403, "same_person");
        app.social().post(&approval, &json!({})).await.problem(403, "forbidden");
        app.office(Role::CountyAuthority, OTHER_COUNTY).post(&approval, &json!({})).await.problem(404, "not_found");
        app.set_clock("2026-03-03T01:00:00Z");
        assert_eq!(app.county().get("/v1/policies/current").await.expect(200)["version"], 1);
        // Too late: its effective day has come.
        approve(&app, &draft).await.problem(409, "state_conflict");
        input["effective_from"] = json!("2026-03-04");
        let draft = app.county().post("/v1/policies", &input).await.expect(201);
        let done = approve(&app, &draft).await.expect(200);
        assert_eq!(done["state"], "approved");
        approve(&app, &draft).await.problem(409, "state_conflict");
        app.set_clock("2026-03-04T01:00:00Z");
        assert_eq!(app.social().get("/v1/policies/current").await.expect(200)["version"], draft["version"]);
        input["effective_from"] = json!("2026-03-05");
        let next = app.county().post("/v1/policies", &input).await.expect(201);
        let approval = format!("/v1/policies/{}/approval", next["version"]);
        app.county().post(&approval, &json!({})).await.problem(403, "same_person");
    }

    async fn a_draft_waits_for_the_other_persons_of_the_county_and_may_be_taken_back(app: TestApp) {
        let input = version(&app, "2026-04-01").await;
        let draft = app.county().post("/v1/policies", &input).await.expect(201);
        let at = format!("/v1/policies/{}", draft["version"]);
        let second = app.officer(Role::CountyAuthority, COUNTY, "second-person");
        let waits = async |who: &Client| {
            let items = who.get("/v1/inbox?kind=approve_policy").await.items().clone();
            items.iter().map(|item| (item["href"].clone(), item["due_on"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(waits(&second).await, [(json!(at), json!("2026-03-31"))], "its first day would be the next");
        let far = app.office(Role::CountyAuthority, OTHER_COUNTY);
        for nobody in [app.county(), app.social(), far.clone()] {
            assert!(waits(&nobody).await.is_empty());
        }
        let (withdrawal, reasons) = (format!("{at}/withdrawal"), json!({ "reasons": "条文有误，另行提交" }));
        app.social().post(&withdrawal, &reasons).await.problem(403, "forbidden");
        far.post(&withdrawal, &reasons).await.problem(404, "not_found");
        far.post("/v1/policies/1/withdrawal", &reasons).await.problem(403, "forbidden");
        app.county().post(&withdrawal, &json!({})).await.faults(&[("/reasons", "required")]);
        let done = app.county().post(&withdrawal, &reasons).await.expect(200);
        assert_eq!((&done["state"], &done["published_at"]), (&json!("withdrawn"), &Value::Null));
        assert!(done["withdrawn_at"].is_string());
        approve(&app, &draft).await.problem(409, "state_conflict");
        app.county().post(&withdrawal, &reasons).await.problem(409, "state_conflict");
        assert!(waits(&second).await.is_empty());
        // The same document may be submitted again under another number. An approved version cannot be withdrawn.
        let again = app.county().post("/v1/policies", &input).await.expect(201);
        assert_ne!(again["version"], draft["version"]);
        approve(&app, &again).await.expect(200);
        let withdrawal = format!("/v1/policies/{}/withdrawal", again["version"]);
        app.county().post(&withdrawal, &reasons).await.problem(409, "state_conflict");
    }

    async fn of_two_drafts_for_one_day_the_earlier_is_not_approved_after_the_later(app: TestApp) {
        let mut input = version(&app, "2026-04-01").await;
        let first = app.county().post("/v1/policies", &input).await.expect(201);
        input["document"]["title"] = json!("第二稿");
        let second = app.county().post("/v1/policies", &input).await.expect(201);
        approve(&app, &second).await.expect(200);
        approve(&app, &first).await.problem(409, "state_conflict");
    }

    async fn a_version_governs_from_its_day_on(app: TestApp) {
        let first = app.social().get("/v1/policies/current").await.expect(200);
        assert_eq!(first["version"], 1);
        let answer = app.county().post("/v1/policies", &version(&app, "2026-04-01").await).await;
        assert_eq!(answer.header("location"), "/v1/policies/2");
        let second = answer.expect(201);
        assert_eq!((&second["version"], &second["state"], &second["county"]), (&json!(2), &json!("draft"), &json!(COUNTY)));
        approve(&app, &second).await.expect(200);
        let current = async || app.social().get("/v1/policies/current").await.json["version"].clone();
        assert_eq!(current().await, 1);
        app.set_clock("2026-03-31T16:00:00Z");
        assert_eq!(current().await, 2);
        assert_eq!(app.social().get("/v1/policies/1").await.expect(200), first, "a version never changes");
        let list = app.office(Role::Resident, "").get("/v1/policies?limit=1&with_total=true").await;
        assert_eq!((&list.items()[0]["version"], &list.json["total"]), (&json!(2), &json!(2)));
        assert_eq!(list.items()[0]["digest"], second["digest"]);
        let next = text(&list.json["next_cursor"]);
        let list = app.social().get(&format!("/v1/policies?limit=1&cursor={next}")).await;
        assert_eq!((&list.items()[0]["version"], &list.json["next_cursor"]), (&json!(1), &Value::Null));
    }

    async fn every_fault_of_a_version_is_told_with_its_place(app: TestApp) {
        let mut input = version(&app, "2026-03-01").await;
        let acts = input["document"]["acts"].as_array_mut().expect("acts");
        let twin = acts[0].clone();
        acts.push(twin);
        let last = acts.len() - 1;
        for path in ["/v1/policies", "/v1/policies?dry_run=true"] {
            let answer = app.county().post(path, &input).await;
            answer.problem(400, "invalid_input");
            let errors = answer.errors();
            assert!(errors.contains(&("/effective_from", "out_of_range")), "{errors:?}");
            let twice = format!("/document/acts/{last}/code");
            assert!(errors.iter().any(|(pointer, _)| *pointer == twice), "{errors:?}");
        }
        input["document"]["colour"] = json!("red");
        input["document"]["acts"] = json!([]);
        let answer = app.county().post("/v1/policies", &input).await;
        assert!(answer.errors().contains(&("/document/colour", "unknown_field")), "{:?}", answer.errors());
        assert_eq!(app.county().get("/v1/policies").await.items().len(), 1);
    }

    async fn a_dry_run_tells_what_would_change_and_stores_nothing(app: TestApp) {
        let input = version(&app, "2026-04-01").await;
        let preview = app.county().post("/v1/policies?dry_run=true", &input).await.expect(200);
        assert_eq!(preview, json!({ "as_of": "2026-04-01", "changes": [] }));
        assert_eq!(app.county().get("/v1/policies").await.items().len(), 1);
        let odd = app.county().post("/v1/policies?dry_run=maybe", &input).await;
        odd.faults(&[("query/dry_run", "wrong_type")]);
    }

    async fn only_a_county_publishes(app: TestApp) {
        let input = version(&app, "2026-04-01").await;
        app.social().post("/v1/policies", &input).await.problem(403, "forbidden");
        app.office(Role::Auditor, "640121").post("/v1/policies", &input).await.problem(403, "forbidden");
    }

    async fn versions_published_at_once_get_numbers_of_their_own(app: TestApp) {
        let input = version(&app, "2026-04-01").await;
        let counties = [app.county(), app.office(Role::CountyAuthority, OTHER_COUNTY), app.county(), app.county()];
        let inputs = (0..counties.len()).map(|number| {
            let mut input = input.clone();
            input["document"]["title"] = json!(format!("第 {number} 稿"));
            input
        });
        let answers =
            counties.iter().zip(inputs).map(|(county, input)| async move { county.post("/v1/policies", &input).await });
        let answers = futures_util::future::join_all(answers).await;
        let mut versions: Vec<i64> =
            answers.into_iter().map(|answer| answer.expect(201)["version"].as_i64().expect("a number")).collect();
        versions.sort_unstable();
        assert_eq!(versions, [2, 3, 4, 5]);
    }

    async fn the_same_version_is_not_published_twice_and_a_wrong_one_is_mended_by_the_next(app: TestApp) {
        let input = version(&app, "2026-04-01").await;
        app.county().post("/v1/policies", &input).await.expect(201);
        app.county().post("/v1/policies", &input).await.problem(409, "already_exists");
        let mut earlier = input.clone();
        earlier["effective_from"] = json!("2026-03-20");
        app.county().post("/v1/policies", &earlier).await.expect(201);
        let mut far = input;
        far["effective_from"] = json!("2099-01-01");
        app.county().post("/v1/policies", &far).await.faults(&[("/effective_from", "out_of_range")]);
    }

    async fn a_version_that_does_not_exist_is_not_found(app: TestApp) {
        app.social().get("/v1/policies/99").await.problem(404, "not_found");
        app.social().get("/v1/policies/one").await.faults(&[("path/version", "invalid_format")]);
    }

    async fn the_acts_of_the_policy_in_force_are_listed(app: TestApp) {
        let all = app.office(Role::Resident, "").get("/v1/acts").await;
        let nine = all.items().iter().filter(|act| text(&act["code"]).starts_with("nine.")).count();
        assert_eq!(nine, 9);
        let some = app.social().get("/v1/acts?task=2&lead_role=social_affairs_office").await;
        assert!(!some.items().is_empty() && some.items().len() < all.items().len());
        assert!(some.items().iter().all(|act| act["task"] == 2 && act["lead_role"] == "social_affairs_office"));
        let bad = app.social().get("/v1/acts?task=9&lead_role=king").await;
        bad.faults(&[("query/task", "out_of_range"), ("query/lead_role", "unknown_value")]);
    }
}
