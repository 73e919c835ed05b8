use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, nine, notice, reasons};
use crate::support::client::Client;
use crate::support::rows::{a_company, text};
use crate::support::{COUNTY, NEIGHBOUR, OTHER_COUNTY, TOWNSHIP, TestApp};

/// Every event that a caller may see, page by page.
async fn feed(app: &TestApp, client: &Client, filter: &str) -> Vec<Value> {
    app.sealed().await;
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/v1/events?limit=3{filter}{after}")).await;
        all.extend(page.items().iter().cloned());
        match page.json["next_cursor"].as_str() {
            Some(cursor) => after = format!("&cursor={cursor}"),
            None => return all,
        }
    }
}

/// The leaf of an event of this type, as a caller sees it.
async fn leaf_of(app: &TestApp, client: &Client, filter: &str, kind: &str) -> Value {
    let seen = feed(app, client, filter).await;
    let event = seen.iter().find(|event| event["type"] == kind).unwrap_or_else(|| panic!("{kind}: {seen:?}"));
    let number: i64 = text(&event["sequence"]).parse().expect("a number");
    client.get(&format!("/v1/ledger/entries/{number}")).await.expect(200)["leaf"].clone()
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| text(&event["type"])).collect()
}

fn sequences(events: &[Value]) -> Vec<i64> {
    events.iter().map(|event| text(&event["sequence"]).parse().expect("a number")).collect()
}

on_both_databases! {
    async fn events_come_in_order_inside_territory_and_audience(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.reported("V", nine(3), "P", "2026-03-02").await;
        let about = format!("&subject_id={}", case.id("V"));
        for (client, sees) in [
            (app.county(), true),
            (app.social(), true),
            (app.office(Role::Auditor, COUNTY), true),
            (app.office(Role::SocialAffairsOffice, NEIGHBOUR), false),
            (app.office(Role::CountyAuthority, OTHER_COUNTY), false),
            (app.office(Role::Auditor, OTHER_COUNTY), false),
            (app.office(Role::PoliceStation, TOWNSHIP), false),
            (app.office(Role::ComplexCommittee, case.id("P")), false),
            (case.portal(), false),
            (app.office(Role::Resident, ""), false),
        ] {
            let events = feed(&app, &client, &about).await;
            assert_eq!(events.len(), usize::from(sees), "{events:?}");
        }
        let all = feed(&app, &app.county(), "").await;
        let numbers = sequences(&all);
        assert!(numbers.is_sorted() && numbers.len() > 4, "{numbers:?}");
        let public = feed(&app, &app.office(Role::Resident, ""), "").await;
        assert!(types(&public).contains(&"policy.published") && !types(&public).contains(&"company.registered"));
    }

    async fn a_company_hears_of_its_case_from_the_notice_on_and_not_the_reasons(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V", nine(3), "P", "2026-03-02").await;
        let about = format!("&subject_id={}", case.id("V"));
        let seen = feed(&app, &case.portal(), &about).await;
        assert_eq!(types(&seen), ["violation.notified", "violation.notice_delivered", "violation.confirmed"]);
        assert!(seen.iter().all(|event| event["data"].get("step").is_none()), "{seen:?}");
        let committee = feed(&app, &app.office(Role::ComplexCommittee, case.id("P")), &about).await;
        assert_eq!(types(&committee), types(&seen));
        let office = feed(&app, &app.social(), &about).await;
        assert_eq!(office.len(), 4);
        assert!(office[3]["data"]["step"].is_object(), "{}", office[3]);
        let other = a_company(&app).await;
        let others = feed(&app, &app.company(text(&other["uscc"])), &about).await;
        assert!(others.is_empty(), "{others:?}");
    }

    async fn whoever_answers_without_opening_has_opened_and_the_ledger_says_when(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.reported("V", nine(3), "P", "2026-03-02").await;
        let violation = case.violation("V");
        case.officer().post(&format!("{violation}/notification"), &notice()).await.expect(200);
        let about = format!("&subject_id={}", case.id("V"));
        assert_eq!(leaf_of(&app, &case.portal(), &about, "violation.notified").await, Value::Null, "not served yet");
        let said = json!({ "text": "我方已按规定公示" });
        let answered = case.portal().post(&format!("{violation}/statement"), &said).await.expect(200);
        assert_eq!(answered["delivery"]["method"], "opened");
        case.officer().post(&format!("{violation}/statement-answer"), &reasons()).await.expect(200);
        case.on("2026-03-10");
        case.confirm("V").await;
        assert_eq!(leaf_of(&app, &case.portal(), &about, "violation.confirmed").await, Value::Null, "not served yet");
        case.portal().post(&format!("{violation}/appeal"), &said).await.expect(200);
        let decision = json!({ "outcome": "upheld", "reasons": "原认定事实清楚" });
        app.county().post(&format!("{violation}/appeal-decision"), &decision).await.expect(200);
        let seen = feed(&app, &case.portal(), &about).await;
        assert_eq!(
            types(&seen),
            [
                "violation.notified", "violation.notice_delivered", "violation.statement_submitted",
                "violation.statement_answered", "violation.confirmed", "violation.decision_delivered",
                "violation.appealed", "violation.appeal_decided",
            ]
        );
        for kind in types(&seen) {
            let leaf = leaf_of(&app, &case.portal(), &about, kind).await;
            assert!(leaf.is_string(), "{kind}: what was served can be proved by whom it was served on");
        }
    }

    async fn whoever_answers_the_notice_of_a_measure_has_opened_it_too(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        for (clause, day) in [(3, "2026-03-02"), (7, "2026-03-12"), (9, "2026-03-24")] {
            case.confirmed(&format!("V{clause}"), nine(clause), "P", day).await;
        }
        let removal = case.measures().await.into_iter().find(|one| one["kind"] == "removal").expect("a removal");
        let path = format!("/v1/measures/{}", text(&removal["id"]));
        case.officer().post(&format!("{path}/notification"), &notice()).await.expect(200);
        case.portal().post(&format!("{path}/hearing"), &reasons()).await.expect(200);
        let about = format!("&subject_id={}", text(&removal["id"]));
        let seen = feed(&app, &case.portal(), &about).await;
        assert_eq!(
            types(&seen),
            ["measure.created", "measure.notified", "measure.notice_delivered", "measure.hearing_requested"]
        );
        assert!(leaf_of(&app, &case.portal(), &about, "measure.notified").await.is_string());
    }

    async fn a_consumer_goes_on_where_it_stopped(app: TestApp) {
        a_company(&app).await;
        let first = feed(&app, &app.county(), "").await;
        let last = *sequences(&first).last().expect("an event");
        let after = format!("&after={last}");
        assert!(feed(&app, &app.county(), &after).await.is_empty());
        a_company(&app).await;
        let next = feed(&app, &app.county(), &after).await;
        assert_eq!((types(&next), sequences(&next)), (vec!["company.registered"], vec![last + 1]));
    }

    async fn an_event_is_a_cloud_event(app: TestApp) {
        let company = a_company(&app).await;
        let about = format!("&subject_id={}", text(&company["id"]));
        let event = &feed(&app, &app.county(), &about).await[0];
        assert_eq!(text(&event["sequence"]).len(), 20, "texts stand in the order of numbers");
        assert_eq!(event["specversion"], json!("1.0"));
        assert_eq!(event["subject"], json!(format!("company/{}", text(&company["id"]))));
        assert_eq!((&event["type"], &event["county"]), (&json!("company.registered"), &json!(COUNTY)));
        assert_eq!((&event["companyid"], &event["actorrole"]), (&company["id"], &json!("county_authority")));
        assert!(text(&event["source"]).starts_with("//") && event["data"]["uscc"] == company["uscc"]);
        for name in event.as_object().expect("an object").keys() {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase()), "{name}: attribute names of CloudEvents are lower case");
        }
    }

    async fn the_auditor_reads_with_filters(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.notified("V", nine(3), "P", "2026-03-02").await;
        app.sealed().await;
        let auditor = app.office(Role::Auditor, COUNTY);
        let list = async |filter: &str| auditor.get(&format!("/v1/ledger/entries?limit=200{filter}")).await.items().clone();
        let all = list("").await;
        assert!(all.iter().enumerate().all(|(at, row)| row["seq"] == json!(at)), "gapless: {all:?}");
        let about = list(&format!("&subject_id={}", case.id("V"))).await;
        assert_eq!(types(&about), ["violation.reported", "violation.notified", "violation.notice_delivered"]);
        assert_eq!(about[0]["actor"]["sub"], json!("reporter"));
        assert_eq!(types(&list("&actor_sub=reporter").await), ["violation.reported"]);
        assert_eq!(types(&list("&type=violation.notified").await), ["violation.notified"]);
        assert_eq!(types(&list("&actor_role=property_company").await), ["violation.notice_delivered"]);
        assert_eq!(list("&recorded_before=2020-01-01T00:00:00Z").await.len(), 0);
        assert_eq!(list("&recorded_from=2020-01-01T00:00:00Z").await.len(), all.len());
        let company = text(&case.company["id"]);
        assert_eq!(types(&list(&format!("&company_id={company}&type=company.registered")).await), ["company.registered"]);
        app.county().get("/v1/ledger/entries").await.problem(403, "forbidden");
    }

    async fn filters_of_the_feed_take_what_exists_and_refuse_the_rest(app: TestApp) {
        let mut case = Case::new(&app, &["P", "Q"]).await;
        case.notified("V", nine(3), "P", "2026-03-02").await;
        case.notified("W", nine(4), "Q", "2026-03-02").await;
        app.sealed().await;
        let office = app.social();
        let feed = async |filter: &str| office.get(&format!("/v1/events?limit=200&{filter}")).await.items().clone();
        let all = feed("").await;
        let of = |subject: &str| all.iter().filter(|one| text(&one["type"]).starts_with(subject)).count();
        assert_eq!(feed("type=violation.*").await.len(), of("violation."));
        let two = feed("type=violation.reported,violation.notified").await;
        assert_eq!(two.len(), 4);
        assert!(two.iter().all(|one| ["violation.reported", "violation.notified"].contains(&text(&one["type"]))));
        let complex = all.iter().find_map(|one| one["complexid"].as_str()).expect("an event of a complex").to_owned();
        let there = feed(&format!("complex_id={complex}")).await;
        assert!(!there.is_empty() && there.iter().all(|one| one["complexid"] == json!(complex)), "{there:?}");
        for wrong in ["nope", "violation", "violation.confirmd", "viol*", "violation.notified,nope"] {
            for list in ["/v1/events", "/v1/ledger/entries"] {
                let caller = if list == "/v1/events" { app.social() } else { app.office(Role::Auditor, COUNTY) };
                let answer = caller.get(&format!("{list}?type={wrong}")).english().await;
                answer.faults(&[("query/type", "unknown_value")]);
                assert!(text(&answer.json["errors"][0]["detail"]).contains("the nearest is"), "{wrong}");
            }
        }
        let words = app.social().get("/v1/vocabulary").await.items().clone();
        let types = words.iter().find(|one| one["name"] == "event_type").expect("event types");
        assert!(types["values"].as_array().expect("values").iter().any(|one| one["code"] == "violation.confirmed"));
    }

    async fn a_matter_led_by_the_police_is_addressed_to_them(app: TestApp) {
        let police = app.office(Role::PoliceStation, TOWNSHIP);
        let acts = app.county().get("/v1/acts?lead_role=police_station").await;
        let Some(act) = acts.items().iter().find(|act| act["clause"].is_null() || act["task"] != json!(2)).or(acts.items().first()).cloned() else {
            panic!("the police lead no act")
        };
        let mut case = Case::new(&app, &["P"]).await;
        case.on("2026-03-02");
        let mut input = case.report_input(text(&act["code"]), "P", "2026-03-02");
        input["source"] = json!("inspection");
        let answer = case.reporter().post("/v1/violations", &input).await;
        let made = if answer.status == 201 { answer.json.clone() } else {
            // Acts of residents name no company.
            input.as_object_mut().expect("an object").remove("company_id");
            case.reporter().post("/v1/violations", &input).await.expect(201)
        };
        let about = format!("&subject_id={}", text(&made["id"]));
        assert_eq!(types(&feed(&app, &police, &about).await), ["violation.reported"]);
        let next = app.office(Role::PoliceStation, NEIGHBOUR);
        assert!(feed(&app, &next, &about).await.is_empty());
        case.name(text(&made["id"]), "V");
    }
}
