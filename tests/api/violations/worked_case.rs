//! The worked case of the design, over HTTP, with a clock that the test moves.

use std::collections::BTreeSet;

use serde_json::json;

use crate::on_both_databases;
use crate::support::cases::{Case, nine, reasons, set};

async fn new_since(case: &Case<'_>, before: &mut BTreeSet<String>) -> BTreeSet<String> {
    let now = case.on_file().await;
    let new = now.difference(before).cloned().collect();
    *before = now;
    new
}

on_both_databases! {
    async fn the_worked_case_climbs_the_ladder_and_a_revocation_takes_back_what_it_raised(app: TestApp) {
        let mut case = Case::new(&app, &["P", "Q", "R"]).await;
        let mut file = BTreeSet::new();

        case.confirmed("V1", nine(3), "P", "2026-03-02").await;
        assert_eq!(case.level().await, 1);
        assert_eq!(new_since(&case, &mut file).await, set([
            "credit_deduction:V1 done", "rectification_order:V1 approved", "interview approved",
            "manager_advice:P approved",
        ]));

        case.confirmed("V2", nine(3), "Q", "2026-04-10").await;
        assert_eq!(case.level().await, 1, "one distinct clause still");
        assert_eq!(new_since(&case, &mut file).await, set([
            "credit_deduction:V2 done", "rectification_order:V2 approved", "manager_advice:Q approved",
        ]));

        case.confirmed("V3", nine(7), "Q", "2026-05-06").await;
        assert_eq!(case.level().await, 2);
        assert_eq!(new_since(&case, &mut file).await, set([
            "credit_deduction:V3 done", "rectification_order:V3 approved", "referral:V3:market_supervision approved",
            "star_downgrade:P approved", "star_downgrade:Q approved",
        ]));

        case.confirmed("V4", nine(9), "P", "2026-06-01").await;
        assert_eq!(case.level().await, 3);
        assert_eq!(new_since(&case, &mut file).await, set([
            "credit_deduction:V4 done", "rectification_order:V4 approved", "referral:V4:enforcement_office approved",
            "rating_unqualified:P proposed", "rating_unqualified:Q proposed",
            "removal:P proposed", "removal:Q proposed",
        ]));

        case.confirmed("V5", nine(2), "R", "2026-06-20").await;
        assert_eq!(case.level().await, 4);
        assert_eq!(new_since(&case, &mut file).await, set([
            "credit_deduction:V5 done", "rectification_order:V5 approved", "manager_advice:R approved",
            "star_downgrade:R approved", "rating_unqualified:R proposed", "removal:R proposed",
            "blacklist proposed", "restriction proposed", "joint_punishment proposed",
        ]));

        case.on("2026-07-01");
        case.leader().post(&format!("{}/revocation", case.violation("V3")), &reasons()).await.expect(200);
        let standing = case.standing().await;
        assert_eq!((&standing["level"], &standing["count"]), (&json!(3), &json!(3)));
        assert_eq!(new_since(&case, &mut file).await, set([
            "blacklist cancelled", "restriction cancelled", "joint_punishment cancelled",
            "credit_deduction:V3 cancelled", "rectification_order:V3 cancelled",
            "referral:V3:market_supervision cancelled",
        ]));
        let blacklist = app.county().get(&case.measure("blacklist").await).await.expect(200);
        assert_eq!(blacklist["cancellation"]["revoked"], json!([case.id("V3")]), "the reason names the revocation");
        assert_eq!(blacklist["cancellation"]["by"], json!(null));
        // Q remains because of clause 3, R because of clause 2.
        for (removal, ground) in [("removal:Q", "V2"), ("removal:R", "V5")] {
            let removal = app.county().get(&case.measure(removal).await).await.expect(200);
            assert_eq!(removal["grounds"][0]["violation_id"], json!(case.id(ground)));
            assert_eq!(removal["grounds"].as_array().map(Vec::len), Some(1));
        }

        // As of the day before: four clauses.
        let path = format!("/v1/companies/{}/standing?as_of=2026-06-30", case.company["id"].as_str().unwrap());
        assert_eq!(app.county().get(&path).await.expect(200)["standing"]["level"], json!(4));

        // 36 months: the violation found on 2026-03-02 counts until 2029-03-02; clause 3 then counts through Q.
        case.on("2029-03-02");
        let counted = |standing: &serde_json::Value| {
            let all = standing["violations"].as_array().expect("violations");
            all.iter().map(|v| v["found_on"].as_str().expect("a day").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(counted(&case.standing().await), ["2026-03-02", "2026-04-10", "2026-06-01", "2026-06-20"]);
        case.on("2029-03-03");
        let standing = case.standing().await;
        assert_eq!(counted(&standing), ["2026-04-10", "2026-06-01", "2026-06-20"]);
        assert_eq!(standing["level"], json!(3));
        assert!(new_since(&case, &mut file).await.is_empty(), "the passing of the window cancels nothing");
    }
}
