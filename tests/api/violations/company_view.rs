use serde_json::json;

use crate::on_both_databases;
use crate::support::NEIGHBOUR_COMMUNITY;
use crate::support::cases::{Case, nine, notice};
use crate::support::rows::{a_company, a_complex_in, a_service, text};

on_both_databases! {
    async fn a_company_sees_its_case_from_the_notice_on_and_never_who_reported_it(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.reported("V1", nine(3), "P", "2026-03-02").await;
        let path = case.violation("V1");
        case.portal().get(&path).await.problem(404, "not_found");
        assert!(case.portal().get("/v1/violations").await.items().is_empty());
        case.officer().post(&format!("{path}/notification"), &notice()).await.expect(200);
        let seen = case.portal().get(&path).await.expect(200);
        assert_eq!(seen["reporter"], json!(null));
        assert_eq!(seen["notification"]["by"]["subject"], json!(null), "the office, not the officer");
        assert_eq!(seen["evidence"][0]["title"], "现场照片");
        assert!(!seen.to_string().contains("reporter-"), "{seen}");
        let rival = a_company(&app).await;
        app.company(text(&rival["uscc"])).get(&path).await.problem(404, "not_found");
    }

    async fn a_company_pages_through_its_own_cases_by_the_day_they_were_found(app: TestApp) {
        let mut case = Case::new(&app, &["P", "Q"]).await;
        // Not in the order of days, and with two on one day.
        for (name, complex, day) in [("V3", "P", "2026-03-05"), ("V1", "P", "2026-03-02"), ("V2", "P", "2026-03-03"), ("V4", "Q", "2026-03-05")] {
            case.reported(name, nine(3), complex, day).await;
            case.officer().post(&format!("{}/notification", case.violation(name)), &notice()).await.expect(200);
        }
        case.reported("unseen", nine(7), "P", "2026-03-04").await;
        let office = app.social().get("/v1/violations").await.ids();
        let unseen = case.id("unseen");
        let ids: Vec<&str> = office.iter().map(String::as_str).filter(|id| *id != unseen).collect();
        assert_eq!((ids[2], ids[3]), (case.id("V2"), case.id("V1")));
        let (mut met, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = case.portal().get(&format!("/v1/violations?limit=1{cursor}")).await;
            met.extend(page.ids());
            let Some(next) = page.json["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(met, ids);
        let some = case.portal().get("/v1/violations?found_from=2026-03-03&found_to=2026-03-04").await;
        assert_eq!(some.ids(), [case.id("V2")]);
        let of_state = case.portal().get("/v1/violations?state=notified").await;
        assert_eq!(of_state.ids(), ids);
        let none = case.portal().get("/v1/violations?state=dismissed").await;
        assert!(none.items().is_empty());
    }

    async fn a_township_reads_the_rest_of_the_county_by_clause_day_and_division_only(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        let other = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        a_service(&app, &other, &case.company, "2025-01-01").await;
        let path = format!("/v1/companies/{}/standing", text(&case.company["id"]));
        let seen = app.neighbour().get(&path).await.expect(200);
        let standing = &seen["standing"];
        assert_eq!(standing["level"], json!(1), "it counts the whole county");
        let foreign = &standing["violations"][0];
        assert_eq!((&foreign["violation"], &foreign["complex_id"]), (&json!(null), &json!(null)));
        assert_eq!((&foreign["clause"], &foreign["found_on"]), (&json!(3), &json!("2026-03-02")));
        assert!(!seen.to_string().contains(case.id("V1")), "no id of the neighbour's case");
        assert!(!seen.to_string().contains(case.id("P")));
        assert_eq!(seen["measures"], json!([]));
        // The company itself sees everything.
        assert!(case.portal().get(&path).await.expect(200).to_string().contains(case.id("V1")));
    }
}
