//! `/v1/disclosure-survey`

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, notice, reasons};
use crate::support::disclosing::{content_of, disclosed};
use crate::support::rows::{a_company, a_complex, a_complex_in, a_service, end_contract, path, text};
use crate::support::{COMMUNITY, COUNTY, NEIGHBOUR, NEIGHBOUR_COMMUNITY, OTHER_TOWNSHIP, TOWNSHIP, TestApp};

const ONCE: [&str; 5] = ["service_contract", "service_content", "service_phone", "service_method", "fee_standard"];

/// Submits a disclosure and lets the office verify or reject it, according to `outcome`. Empty leaves it pending.
async fn disclose(app: &TestApp, company: &Value, complex: &Value, kind: &str, on: &str, outcome: &str) {
    let at = format!("{}/disclosures/{kind}", path("complexes", complex));
    let made = app.company(text(&company["uscc"])).post(&at, &disclosed(kind, on, content_of(kind))).await.expect(201);
    if !outcome.is_empty() {
        let body = json!({ "disclosure_id": made["id"], "outcome": outcome, "reasons": "核对了公示栏" });
        app.county_social(complex).post(&format!("{at}/verification"), &body).await.expect(200);
    }
}

trait Offices {
    fn county_social(&self, complex: &Value) -> crate::support::client::Client;
}

impl Offices for TestApp {
    /// The social affairs office of the complex.
    fn county_social(&self, complex: &Value) -> crate::support::client::Client {
        self.office(Role::SocialAffairsOffice, text(&complex["township"]))
    }
}

fn counts(survey: &Value, kind: &str) -> Vec<i64> {
    let found = survey["kinds"].as_array().expect("kinds").iter().find(|row| row["kind"] == kind).expect("the kind");
    let number = |state: &str| found["states"][state].as_i64().expect("a number");
    ["missing", "submitted", "verified", "rejected", "overdue"].map(number).to_vec()
}

fn finding(survey: &Value, kind: &str) -> i64 {
    let found = survey["findings"].as_array().expect("findings").iter().find(|row| row["finding"] == kind);
    found.expect("the finding")["count"].as_i64().expect("a number")
}

on_both_databases! {
    async fn a_survey_counts_states_problems_and_parts_of_its_area(app: TestApp) {
        let (company, other) = (a_company(&app).await, a_company(&app).await);
        let (one, two, _) = (a_complex(&app).await, a_complex(&app).await, a_complex(&app).await);
        let beside = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        a_service(&app, &one, &company, "2025-01-01").await;
        a_service(&app, &two, &other, "2026-02-26").await;
        a_service(&app, &beside, &company, "2025-01-01").await;
        for kind in ONCE {
            disclose(&app, &company, &one, kind, "2026-03-01", "verified").await;
        }
        disclose(&app, &other, &two, "fee_standard", "2026-03-01", "rejected").await;
        disclose(&app, &other, &two, "service_phone", "2026-03-01", "").await;

        let survey = app.social().get("/v1/disclosure-survey").await.expect(200);
        assert_eq!((&survey["division"], &survey["complexes"], &survey["unserved"]), (&json!(TOWNSHIP), &json!(3), &json!(1)));
        // missing, submitted, verified, rejected, overdue
        assert_eq!(counts(&survey, "fee_standard"), [0, 0, 1, 1, 0]);
        assert_eq!(counts(&survey, "service_phone"), [0, 1, 1, 0, 0]);
        assert_eq!(counts(&survey, "service_method"), [1, 0, 1, 0, 0]);
        assert_eq!(counts(&survey, "public_revenue"), [1, 0, 0, 0, 1]);
        assert_eq!(survey["verified_percent"], json!("41.7"), "5 of 12");
        let late = (finding(&survey, "disclosure_overdue"), finding(&survey, "disclosure_rejected"));
        assert_eq!(late, (1, 0), "there is a time to correct it");
        assert_eq!((finding(&survey, "disclosure_missing"), finding(&survey, "contract_not_filed")), (0, 2));
        let areas = survey["areas"].as_array().expect("areas");
        assert_eq!((areas.len(), &areas[0]["division"], &areas[0]["complexes"]), (1, &json!(COMMUNITY), &json!(3)));
        assert!(!text(&areas[0]["name"]).is_empty());

        let county = app.county().get("/v1/disclosure-survey").await.expect(200);
        assert_eq!((&county["complexes"], &county["unserved"]), (&json!(4), &json!(1)));
        assert_eq!(finding(&county, "disclosure_missing"), 5);
        let parts: Vec<&str> = county["areas"].as_array().expect("areas").iter().map(|row| text(&row["division"])).collect();
        assert_eq!(parts, [NEIGHBOUR, TOWNSHIP]);
        let narrowed = app.county().get(&format!("/v1/disclosure-survey?division={TOWNSHIP}")).await.expect(200);
        assert_eq!(narrowed, survey);
        let community = app.office(Role::Community, COMMUNITY).get("/v1/disclosure-survey").await.expect(200);
        assert_eq!((&community["complexes"], &community["areas"]), (&json!(3), &json!([])));
        let supervision = app.office(Role::MarketSupervision, COUNTY).get("/v1/disclosure-survey").await.expect(200);
        assert_eq!(supervision["complexes"], 4);
        for outside in [NEIGHBOUR, COUNTY, OTHER_TOWNSHIP, "640121999"] {
            app.social().get(&format!("/v1/disclosure-survey?division={outside}")).await.problem(404, "not_found");
        }
    }

    async fn the_trend_tells_what_was_verified_when_each_quarter_ended(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        let first = a_service(&app, &complex, &company, "2025-04-01").await;
        app.set_clock("2025-06-30T01:00:00Z");
        disclose(&app, &company, &complex, "fee_standard", "2025-06-30", "verified").await;
        app.set_clock("2025-07-01T01:00:00Z");
        disclose(&app, &company, &complex, "service_phone", "2025-07-01", "verified").await;
        // A version that replaces another counts once.
        app.set_clock("2025-11-03T01:00:00Z");
        disclose(&app, &company, &complex, "fee_standard", "2025-11-03", "verified").await;
        let at = format!("{}/disclosures/public_revenue", path("complexes", &complex));
        let portal = app.company(text(&company["uscc"]));
        for (from, to, now) in [("2025-04-01", "2025-06-30", "2025-07-10"), ("2025-07-01", "2025-09-30", "2025-11-03")] {
            app.set_clock(&format!("{now}T01:00:00Z"));
            let body = disclosed("public_revenue", now, crate::support::disclosing::revenue(from, to, 0, 5, 5));
            let made = portal.post(&at, &body).await.expect(201);
            let decision = json!({ "disclosure_id": made["id"], "outcome": "verified" });
            app.social().post(&format!("{at}/verification"), &decision).await.expect(200);
        }
        app.set_clock("2026-03-02T01:00:00Z");
        // Another company serves since January. The first one's verified disclosures no longer count.
        let other = a_company(&app).await;
        end_contract(&app, &first, "2025-12-31").await;
        a_service(&app, &complex, &other, "2026-01-01").await;
        let survey = app.social().get("/v1/disclosure-survey").await.expect(200);
        let trend: Vec<(&str, i64, i64)> = survey["trend"].as_array().expect("a trend").iter()
            .map(|row| (text(&row["quarter_end"]), row["expected"].as_i64().unwrap(), row["verified"].as_i64().unwrap()))
            .collect();
        assert_eq!(trend, [
            ("2024-03-31", 0, 0), ("2024-06-30", 0, 0), ("2024-09-30", 0, 0), ("2024-12-31", 0, 0), ("2025-03-31", 0, 0),
            // At the end of June, none of the quarters that the company served was due. At the end of September its
            // second quarter was due, and at the end of the year its third.
            ("2025-06-30", 6, 1), ("2025-09-30", 6, 3), ("2025-12-31", 6, 3),
        ]);
        assert_eq!(counts(&survey, "fee_standard"), [0, 0, 0, 0, 1]);
        app.set_clock("2026-04-01T01:00:00Z");
        let survey = app.social().get("/v1/disclosure-survey").await.expect(200);
        let last = &survey["trend"][7];
        assert_eq!((&last["quarter_end"], &last["expected"], &last["verified"]), (&json!("2026-03-31"), &json!(6), &json!(0)));
    }

    async fn problems_are_listed_in_one_order_with_what_they_can_be_reported_under(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        a_service(&app, &complex, &company, "2025-01-01").await;
        let beside = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        a_service(&app, &beside, &company, "2025-01-01").await;
        disclose(&app, &company, &complex, "fee_standard", "2026-03-01", "rejected").await;
        // The company has five working days to correct it. Until then it is not a finding.
        app.set_clock("2026-03-09T01:00:00Z");
        let none = app.social().get("/v1/disclosure-survey/findings?finding=disclosure_rejected").await;
        assert!(none.items().is_empty(), "{none:?}");
        app.set_clock("2026-03-10T01:00:00Z");
        let list = |query: &str| format!("/v1/disclosure-survey/findings?with_total=true&{query}");
        let all = app.social().get(&list("")).await;
        let told: Vec<(&str, &str)> =
            all.items().iter().map(|row| (text(&row["finding"]), row["kind"].as_str().unwrap_or("-"))).collect();
        assert_eq!(told, [
            ("disclosure_missing", "service_contract"), ("disclosure_missing", "service_content"),
            ("disclosure_missing", "service_phone"), ("disclosure_missing", "service_method"),
            ("disclosure_overdue", "public_revenue"), ("disclosure_rejected", "fee_standard"), ("contract_not_filed", "-"),
        ]);
        let row = &all.items()[5];
        assert_eq!((&row["since"], &row["company_id"], &row["complex_id"]), (&json!("2026-03-02"), &company["id"], &complex["id"]));
        assert_eq!(row["acts"][0]["act"], "company.fee_disclosure");
        assert!(text(&row["facts_zh"]).contains("收费标准") && text(&row["facts_en"]).contains("Fee standard"));
        let overdue = &all.items()[4];
        assert!(text(&overdue["facts_zh"]).contains("2025年10月1日至2025年12月31日"), "{overdue}");
        assert_eq!(overdue["acts"][0]["act"], "company.disclosure_missing");
        // If the act overlaps a clause of the nine prohibitions, the clause comes first.
        let acts = all.items()[6]["acts"].as_array().expect("acts");
        let codes: Vec<&str> = acts.iter().map(|act| text(&act["act"])).collect();
        assert_eq!(codes, ["nine.unlawful_fees_or_contract", "company.contract_not_filed"]);

        let total = async |query: String| app.county().get(&list(&query)).await.json["total"].as_i64().expect("a total");
        assert_eq!(total(String::new()).await, 14);
        assert_eq!(total(format!("township={NEIGHBOUR}")).await, 7);
        // The survey and its findings have the same filters.
        for filter in ["division", "township"] {
            assert_eq!(total(format!("{filter}={NEIGHBOUR}")).await, 7);
            let survey = app.county().get(&format!("/v1/disclosure-survey?{filter}={NEIGHBOUR}")).await.expect(200);
            assert_eq!(survey["division"], NEIGHBOUR);
        }
        assert_eq!(total(format!("community={COMMUNITY}")).await, 7);
        assert_eq!(total(format!("township={TOWNSHIP}&community={NEIGHBOUR_COMMUNITY}")).await, 0);
        assert_eq!(total(format!("township={OTHER_TOWNSHIP}")).await, 0);
        assert_eq!(total("finding=disclosure_missing".into()).await, 9);
        assert_eq!(total("kind=public_revenue".into()).await, 2);
        assert_eq!(total(format!("complex_id={}", text(&complex["id"]))).await, 7);
        assert_eq!(total(format!("company_id={}", text(&complex["id"]))).await, 0);
        let mut path = "/v1/disclosure-survey/findings?limit=3".to_owned();
        let mut keys = Vec::new();
        loop {
            let page = app.county().get(&path).await;
            keys.extend(page.items().iter().map(|row| text(&row["key"]).to_owned()));
            let Some(cursor) = page.json["next_cursor"].as_str() else { break };
            path = format!("/v1/disclosure-survey/findings?limit=3&cursor={cursor}");
        }
        let (count, mut unique) = (keys.len(), keys.clone());
        unique.sort();
        unique.dedup();
        assert_eq!((count, unique.len()), (14, 14));
    }

    async fn a_problem_becomes_a_violation_that_moves_the_standing(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let complex = json!({ "id": case.id("P"), "township": TOWNSHIP });
        disclose(&app, &case.company, &complex, "fee_standard", "2026-03-01", "rejected").await;
        case.on("2026-03-10");
        let rejected = app.social().get("/v1/disclosure-survey/findings?finding=disclosure_rejected").await.items()[0].clone();
        let at = |finding: &Value| format!("/v1/disclosure-survey/findings/{}/violation", text(&finding["key"]));
        let body = json!({ "description": "现场核对公示栏，与报送内容不一致" });
        app.neighbour().post(&at(&rejected), &body).await.problem(404, "not_found");
        let wrong = json!({ "act": "nine.coercive_collection", "description": "现场核对公示栏" });
        case.reporter().post(&at(&rejected), &wrong).await.faults(&[("/act", "unknown_value")]);
        let made = case.reporter().post(&at(&rejected), &body).key("once").await;
        let violation = made.json.clone();
        assert_eq!((made.status, made.header("location")), (201, path("violations", &violation).as_str()));
        assert_eq!((&violation["source"], &violation["act"]), (&json!("survey"), &json!("company.fee_disclosure")));
        assert!(text(&violation["description"]).contains("核验不通过") && text(&violation["description"]).contains("现场核对公示栏"));
        // The figures as text, and the proof of the disclosure.
        let evidence = violation["evidence"].as_array().expect("evidence");
        assert_eq!(evidence.len(), 2);
        assert!(text(&evidence[0]["text"]).contains("2026年3月2日"));
        assert_eq!(evidence[1]["title"], "公示栏照片");
        let again = case.reporter().post(&at(&rejected), &body).key("once").await;
        assert_eq!((again.status, again.json["id"].clone()), (201, violation["id"].clone()));
        case.reporter().post(&at(&rejected), &body).await.problem(409, "overlapping_violation");

        // The finding to which a clause of the nine prohibitions applies, through to its confirmation: level 1.
        let unfiled = app.social().get("/v1/disclosure-survey/findings?finding=contract_not_filed").await.items()[0].clone();
        let made = case.reporter().post(&at(&unfiled), &body).await.expect(201);
        assert_eq!((&made["act"], &made["clause"]), (&json!("nine.unlawful_fees_or_contract"), &json!(7)));
        assert_eq!(case.level().await, 0);
        let violation = path("violations", &made);
        case.officer().post(&format!("{violation}/notification"), &notice()).await.expect(200);
        let opened = case.portal().get(&violation).await.expect(200);
        case.on(&crate::support::cases::next_day(text(&opened["statement_due_on"])));
        case.officer().post(&format!("{violation}/confirmation"), &reasons()).await.expect(200);
        assert_eq!(case.level().await, 1);

        // A new disclosure removes the finding, which can then not be reported.
        disclose(&app, &case.company, &complex, "fee_standard", "2026-03-02", "").await;
        case.reporter().post(&at(&rejected), &body).await.problem(409, "state_conflict");
        let unknown = format!("/v1/disclosure-survey/findings/{}.nothing/violation", case.id("P"));
        case.reporter().post(&unknown, &body).await.problem(404, "not_found");
        case.reporter().post("/v1/disclosure-survey/findings/x/violation", &body).await.faults(&[("path/key", "invalid_format")]);
    }
}
