use futures_util::future::join_all;
use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::client::Client;
use crate::support::files::evidence;
use crate::support::inspecting::{result, unplanned, visit};
use crate::support::rows::{a_complex_in, a_served_complex, text};
use crate::support::systems::client_input;
use crate::support::{COMMUNITY, COUNTY, NEIGHBOUR_COMMUNITY, TOWNSHIP, TestApp};

const AT: &str = "2026-03-02T00:30:00Z";

async fn send(client: &Client, results: &[Value]) -> Value {
    client.post("/v1/inspection-results", &json!({ "results": results })).await.expect(200)
}

fn counts(answer: &Value) -> (u64, u64, u64) {
    let count = |name: &str| answer[name].as_u64().expect("a count");
    (count("created"), count("already_received"), count("refused"))
}

/// Two hundred results for two complexes. Every tenth finds a blocked fire lane.
fn two_hundred(complexes: [&Value; 2]) -> Vec<Value> {
    let one = |n: usize| {
        let failed: &[&str] = if n.is_multiple_of(10) { &["fire_lane"] } else { &[] };
        unplanned(complexes[n % 2], "safety", AT, failed)
    };
    (0..200).map(one).collect()
}

/// Number of inspections, parts, hazards and keys.
fn on_file(app: &TestApp) -> [usize; 4] {
    ["inspections", "inspection_parts", "hazards", "inspection_keys"].map(|table| app.count(table))
}

on_both_databases! {
    async fn a_batch_that_is_sent_twice_counts_once(app: TestApp) {
        let ((_, one), (_, two)) = (a_served_complex(&app).await, a_served_complex(&app).await);
        let phone = app.social();
        let results = two_hundred([&one, &two]);
        let first = send(&phone, &results).await;
        assert_eq!(counts(&first), (200, 0, 0));
        let sent: Vec<&Value> = results.iter().map(|one| &one["key"]).collect();
        let told: Vec<&Value> = first["results"].as_array().unwrap().iter().map(|one| &one["key"]).collect();
        assert_eq!(told, sent, "in the order in which they were sent");
        let second = send(&phone, &results).await;
        assert_eq!(counts(&second), (0, 200, 0));
        let ids = |answer: &Value| answer["results"].as_array().unwrap().iter().map(|one| one["inspection_id"].clone()).collect::<Vec<_>>();
        assert_eq!(ids(&first), ids(&second));
        assert_eq!(on_file(&app), [200, 200, 20, 200]);
        // Permanently, not only for the day of an idempotency key, and for any officer of the same office.
        app.set_clock("2026-06-02T01:00:00Z");
        let later = app.officer(Role::SocialAffairsOffice, TOWNSHIP, "officer-2");
        assert_eq!(counts(&send(&later, &results[..3]).await), (0, 3, 0));
        // For each complex and checklist, one result is the last.
        assert_eq!(app.values("SELECT CAST(count(*) AS TEXT) AS value FROM inspection_parts WHERE is_last"), ["2"]);
        assert_eq!(on_file(&app), [200, 200, 20, 200]);
    }

    async fn two_phones_that_bring_the_same_results_at_once_make_each_once(app: TestApp) {
        let ((_, one), (_, two)) = (a_served_complex(&app).await, a_served_complex(&app).await);
        let results = two_hundred([&one, &two]);
        let mut turned = results.clone();
        turned.reverse();
        let phones = ["phone-1", "phone-2", "phone-3"].map(|name| app.officer(Role::SocialAffairsOffice, TOWNSHIP, name));
        let sends = phones.iter().zip([&results, &turned, &results]).map(|(phone, results)| send(phone, results));
        let answers = join_all(sends).await;
        let (created, taken, refused) = answers.iter().map(counts).fold((0, 0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2));
        assert_eq!((created, taken, refused), (200, 400, 0));
        assert_eq!(on_file(&app), [200, 200, 20, 200]);
        let last = "SELECT CAST(count(*) AS TEXT) AS value FROM inspection_parts WHERE is_last";
        assert_eq!(app.values(last), ["2"], "one of each complex, whoever was first");
        let hazards = app.social().get("/v1/hazards?with_total=true&limit=1").await;
        assert_eq!(hazards.json["total"], 20);
        // The same planned inspection from two phones with different keys: one of them is its result.
        let plan = visit(&one, "2026-03-02", &[("social_affairs_office", "safety")]);
        let planned = app.county().post("/v1/inspections", &plan).await.expect(201);
        let of_plan = || {
            let mut body = result("safety", AT, &["fire_equipment"]);
            body["key"] = json!(uuid::Uuid::new_v4());
            body["inspection_id"] = planned["id"].clone();
            body
        };
        let bodies = [of_plan(), of_plan(), of_plan()];
        let answers = join_all(phones.iter().zip(&bodies).map(|(phone, body)| send(phone, std::slice::from_ref(body)))).await;
        let created = answers.iter().filter(|answer| answer["created"] == 1).count();
        assert_eq!(created, 1);
        for lost in answers.iter().filter(|answer| answer["refused"] == 1) {
            let errors = &lost["results"][0]["errors"];
            assert_eq!((&errors[0]["pointer"], &errors[0]["code"]), (&json!("/results/0/inspection_id"), &json!("not_open")));
        }
        assert_eq!(on_file(&app), [201, 201, 21, 201]);
    }

    async fn one_bad_result_does_not_hold_up_the_others(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let elsewhere = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        let phone = app.office(Role::Community, COMMUNITY);
        let photo = phone.a_picture().await;
        let good = unplanned(&complex, "general", AT, &[]);
        let mut late = unplanned(&complex, "general", "2026-03-02T09:00:00Z", &[]);
        late["items"].as_array_mut().unwrap().pop();
        let outside = unplanned(&elsewhere, "general", AT, &[]);
        let not_ours = unplanned(&complex, "safety", AT, &[]);
        let mut nowhere = unplanned(&complex, "general", AT, &[]);
        nowhere["complex_id"] = Value::Null;
        let mut with_photo = unplanned(&complex, "general", AT, &["facilities"]);
        with_photo["items"][6]["evidence"] = evidence(&photo);
        let mut same_photo = with_photo.clone();
        same_photo["key"] = json!("ffffffff-0000-4000-8000-000000000001");
        with_photo["key"] = json!("00000000-0000-4000-8000-000000000001");
        let last = unplanned(&complex, "general", AT, &[]);
        let mut again = last.clone();
        again["note"] = json!("另一份内容");
        let batch = [good, late.clone(), outside, not_ours, nowhere, with_photo, same_photo, last, again];
        let answer = send(&phone, &batch).await;
        assert_eq!(counts(&answer), (3, 0, 6), "{answer}");
        let faults = |n: usize| -> Vec<(String, String)> {
            let errors = answer["results"][n]["errors"].as_array().unwrap().iter();
            errors.map(|one| (text(&one["pointer"]).replace(&format!("/results/{n}"), ""), text(&one["code"]).to_owned())).collect()
        };
        let told = |pairs: &[(&str, &str)]| pairs.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect::<Vec<_>>();
        assert_eq!(faults(0), []);
        assert_eq!(faults(1), told(&[("/inspected_at", "in_the_future"), ("/items", "required")]));
        assert_eq!(faults(2), told(&[("/complex_id", "unknown_reference")]));
        assert_eq!(faults(3), told(&[("/checklist", "wrong_party")]));
        assert_eq!(faults(4), told(&[("/complex_id", "required")]));
        assert_eq!(faults(6), told(&[("/items/6/evidence/0/attachment_id", "unknown_reference")]));
        assert_eq!(faults(8), told(&[("/key", "key_reused")]));
        assert_eq!(on_file(&app), [3, 3, 1, 3]);
        // A refused result does not use its key: corrected, it is accepted with the same one.
        let mut mended = unplanned(&complex, "general", AT, &[]);
        mended["key"] = late["key"].clone();
        assert_eq!(counts(&send(&phone, &[mended]).await), (1, 0, 0));
        // Keys are separate for each office.
        let other = app.social();
        let mut same_key = unplanned(&complex, "general", AT, &[]);
        same_key["key"] = late["key"].clone();
        assert_eq!(counts(&send(&other, &[same_key]).await), (1, 0, 0));
        // Partners submit their part of inspections that they were called to, but may not start one.
        let fire = app.office(Role::FireRescue, COUNTY);
        let refused = send(&fire, &[unplanned(&complex, "safety", AT, &[])]).await;
        assert_eq!(refused["results"][0]["errors"][0]["code"], "wrong_party");
        // A body that is not a batch is refused as a whole.
        let mut misshapen = unplanned(&complex, "general", AT, &[]);
        misshapen["items"][0]["outcome"] = json!("perhaps");
        let before = on_file(&app);
        let body = json!({ "results": [unplanned(&complex, "general", AT, &[]), misshapen] });
        other.post("/v1/inspection-results", &body).await.faults(&[("/results/1/items/0/outcome", "unknown_value")]);
        let many: Vec<Value> = (0..201).map(|_| unplanned(&complex, "guard", AT, &[])).collect();
        other.post("/v1/inspection-results", &json!({ "results": many })).await.faults(&[("/results", "too_many")]);
        assert_eq!(on_file(&app), before);
    }

    async fn an_idempotency_key_replays_the_answer_of_a_batch(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let body = json!({ "results": [unplanned(&complex, "general", AT, &[])] });
        let phone = app.social();
        let first = phone.post("/v1/inspection-results", &body).key("batch").await;
        assert_eq!((first.status, first.json["created"].clone()), (200, json!(1)));
        let again = phone.post("/v1/inspection-results", &body).key("batch").await;
        assert_eq!((again.header("idempotent-replayed"), &again.json), ("true", &first.json));
        let other = json!({ "results": [unplanned(&complex, "general", AT, &[])] });
        phone.post("/v1/inspection-results", &other).key("batch").await.problem(422, "idempotency_key_reused");
        assert_eq!(on_file(&app), [1, 1, 0, 1], "what the key refuses takes no step");
    }

    async fn the_backend_of_a_phone_brings_results_and_decides_nothing(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let backend = app.a_system(&client_input()).await.client(&app).await;
        let result = unplanned(&complex, "safety", AT, &["fire_lane"]);
        assert_eq!(counts(&send(&backend, std::slice::from_ref(&result)).await), (1, 0, 0));
        // The officer's token has another subject, but the office and the result are the same.
        assert_eq!(counts(&send(&app.social(), &[result]).await), (0, 1, 0));
        let hazard = format!("/v1/hazards/{}", text(&app.social().get("/v1/hazards").await.items()[0]["id"]));
        let closing = json!({ "outcome": "closed", "reasons": "现场复查" });
        backend.post(&format!("{hazard}/recheck"), &closing).await.problem(403, "person_required");
        app.social().post(&format!("{hazard}/recheck"), &closing).await.expect(200);
    }
}
