use serde_json::{Value, json};
use xiaoqu::access::{Role, Scope};
use xiaoqu::db::Id;
use xiaoqu::inspections;

use crate::on_both_databases;
use crate::support::inspecting::{unplanned, visit};
use crate::support::rows::{a_company, a_complex, a_complex_in, a_service, path, text};
use crate::support::{COMMUNITY, NEIGHBOUR, NEIGHBOUR_COMMUNITY, TOWNSHIP, TestApp};

async fn inspected(app: &TestApp, complex: &Value, checklist: &str, at: &str, failed: &[&str]) {
    let office = app.office(Role::SocialAffairsOffice, text(&complex["township"]));
    let body = json!({ "results": [unplanned(complex, checklist, at, failed)] });
    let taken = office.post("/v1/inspection-results", &body).await.expect(200);
    assert_eq!(taken["created"], 1, "{taken}");
}

on_both_databases! {
    async fn the_plan_follows_what_is_on_file(app: TestApp) {
        let (company, complex) = (a_company(&app).await, a_complex(&app).await);
        a_service(&app, &complex, &company, "2026-01-15").await;
        let (unserved, beside) = (a_complex(&app).await, a_complex_in(&app, NEIGHBOUR_COMMUNITY).await);
        a_service(&app, &beside, &company, "2026-02-20").await;
        // Never inspected: counted from the company's first day. The general checklist is due after 30 days, and
        // overdue after 5 more.
        let list = async |query: &str| app.county().get(&format!("/v1/inspection-plan?with_total=true{query}")).await;
        let all = list("").await;
        let told: Vec<(&str, &str, &str, bool)> = all.items().iter()
            .map(|row| (text(&row["complex_id"]), text(&row["checklist"]), text(&row["due_on"]), row["overdue"].as_bool().unwrap()))
            .collect();
        let (own, other) = (text(&complex["id"]), text(&beside["id"]));
        assert_eq!(told, [
            (own, "general", "2026-02-14", true), (other, "general", "2026-03-22", false),
            (own, "safety", "2026-04-15", false), (other, "safety", "2026-05-21", false),
        ]);
        let row = &all.items()[0];
        assert_eq!((&row["reason"], &row["every_days"], &row["star"], &row["last_inspected_on"]), (&json!("not_rated"), &json!(30), &Value::Null, &Value::Null));
        assert_eq!((&row["company_id"], text(&row["company_name"])), (&company["id"], text(&company["name"])));
        for (query, count) in [
            ("&overdue=true", 1), ("&overdue=false", 3), ("&due_within=30", 2), ("&checklist=safety", 2), ("&checklist=guard", 0),
            (&format!("&township={NEIGHBOUR}"), 2), (&format!("&community={COMMUNITY}"), 2),
            (&format!("&township={NEIGHBOUR}&community={COMMUNITY}"), 0),
        ] {
            let page = list(query).await;
            assert_eq!((page.json["total"].as_i64(), page.items().len()), (Some(count), count as usize), "{query}");
        }
        assert_eq!(app.office(Role::Community, COMMUNITY).get("/v1/inspection-plan").await.items().len(), 2);
        let first = list("&limit=3").await;
        let rest = list(&format!("&limit=3&cursor={}", text(&first.json["next_cursor"]))).await;
        assert_eq!((first.items().len(), rest.items().len(), &rest.json["next_cursor"]), (3, 1, &Value::Null));
        assert_eq!(rest.items()[0], all.items()[3]);

        // A result moves the due date. A result from an earlier day that arrives later does not move it back.
        inspected(&app, &complex, "general", "2026-03-02T00:30:00Z", &[]).await;
        inspected(&app, &complex, "general", "2026-02-20T00:30:00Z", &[]).await;
        inspected(&app, &unserved, "general", "2026-03-02T00:30:00Z", &[]).await;
        app.social().post("/v1/inspections", &visit(&complex, "2026-03-30", &[("community", "general")])).await.expect(201);
        let row = list(&format!("&community={COMMUNITY}&checklist=general")).await.items()[0].clone();
        assert_eq!((&row["last_inspected_on"], &row["due_on"], &row["planned_on"]), (&json!("2026-03-02"), &json!("2026-04-01"), &json!("2026-03-30")));
    }

    async fn the_statistics_count_inspections_and_hazards_of_each_part(app: TestApp) {
        let company = a_company(&app).await;
        let (one, two, three) = (a_complex(&app).await, a_complex(&app).await, a_complex(&app).await);
        let beside = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        for complex in [&one, &two, &three, &beside] {
            a_service(&app, complex, &company, "2026-01-01").await;
        }
        inspected(&app, &one, "safety", "2026-03-02T00:30:00Z", &["fire_lane", "facade", "fire_equipment"]).await;
        inspected(&app, &one, "general", "2026-03-02T00:40:00Z", &["uniform"]).await;
        inspected(&app, &two, "safety", "2026-02-20T00:40:00Z", &[]).await;
        inspected(&app, &beside, "safety", "2026-03-02T00:30:00Z", &["fire_lane"]).await;
        app.social().post("/v1/inspections", &visit(&three, "2026-03-03", &[("social_affairs_office", "safety"), ("community", "general")])).await.expect(201);
        let hazards = app.social().get("/v1/hazards").await;
        let of = |item: &str| path("hazards", hazards.items().iter().find(|row| row["item"] == item).expect("the hazard"));
        let closing = json!({ "outcome": "closed", "reasons": "现场复查，已整改" });
        app.social().post(&format!("{}/recheck", of("facade")), &closing).await.expect(200);
        app.set_clock("2026-03-06T01:00:00Z");
        app.social().post(&format!("{}/recheck", of("fire_lane")), &closing).await.expect(200);

        let get = async |query: &str| app.county().get(&format!("/v1/statistics/inspections{query}")).await;
        let march = get("?from=2026-03-01&to=2026-03-31").await.expect(200);
        let total = &march["total"];
        assert_eq!((&total["complexes"], &total["inspected"], &total["coverage_percent"]), (&json!(4), &json!(2), &json!("50.0")));
        assert_eq!(total["hazards"], json!({ "found": 4, "open": 2, "overdue": 1, "closed_in_time": 1, "closed_late": 1 }));
        assert_eq!(total["checklists"], json!([
            { "checklist": "general", "done": 1, "overdue": 1 }, { "checklist": "safety", "done": 2, "overdue": 1 },
        ]));
        let areas = march["areas"].as_array().unwrap();
        let parts: Vec<(&str, &Value, &Value)> = areas.iter().map(|area| (text(&area["division"]), &area["coverage_percent"], &area["hazards"]["open"])).collect();
        assert_eq!(parts, [(NEIGHBOUR, &json!("100.0"), &json!(1)), (TOWNSHIP, &json!("33.3"), &json!(1))]);
        assert!(!text(&areas[0]["name"]).is_empty() && march["as_of"] == "2026-03-06");
        let year = get("").await.expect(200);
        assert_eq!((&year["from"], &year["to"], &year["total"]["coverage_percent"]), (&json!("2026-01-01"), &json!("2026-03-06"), &json!("75.0")));
        let township = get(&format!("?division={TOWNSHIP}")).await.expect(200);
        assert_eq!(township["areas"][0]["division"], COMMUNITY);
        assert_eq!(app.social().get("/v1/statistics/inspections").await.json, township);
        get("?from=2026-03-02&to=2026-03-01").await.faults(&[("query/to", "before_start")]);
        for outside in [NEIGHBOUR, "640121", "640122"] {
            app.social().get(&format!("/v1/statistics/inspections?division={outside}")).await.problem(404, "not_found");
        }

        // The facts for the raters of the complex.
        let (complex, company): (Id, Id) = (text(&one["id"]).parse().unwrap(), text(&company["id"]).parse().unwrap());
        let period = ("2026-03-01".parse().unwrap(), "2026-03-31".parse().unwrap());
        let today = "2026-03-06".parse().unwrap();
        let facts = app.state.db.read(move |conn| inspections::facts_of(conn, complex, company, period, today)).await.expect("facts");
        assert_eq!((facts.inspections, facts.failed.len(), facts.hazards.found, facts.hazards.overdue), (2, 4, 3, 0));
        let failed: Vec<(&str, String)> = facts.failed.iter().map(|one| (one.item.as_str(), one.on.to_string())).collect();
        assert!(failed.contains(&("uniform", "2026-03-02".to_owned())), "{failed:?}");
        let scope = Scope::Township(TOWNSHIP.into());
        let counted = app.state.db.read(move |conn| inspections::statistics::counts(conn, &scope, TOWNSHIP, period, today)).await;
        assert_eq!(counted.expect("counts").total.inspected, 1);
    }
}
