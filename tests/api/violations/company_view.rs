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
        // The company itself sees all of it.
        assert!(case.portal().get(&path).await.expect(200).to_string().contains(case.id("V1")));
    }
}
