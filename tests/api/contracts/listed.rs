//! A company that may not take on new complexes cannot file a contract for one.

use serde_json::json;
use xiaoqu::access::Role;

use super::{draft, filed, filer, registered, submitted, upload};
use crate::on_both_databases;
use crate::support::COUNTY;
use crate::support::cases::{Case, nine, reasons};
use crate::support::rows::{a_complex, path, text};

/// Four clauses, and the county lists the company.
async fn listed(case: &mut Case<'_>) {
    for (name, clause, day) in
        [("V1", 3, "2026-03-02"), ("V2", 7, "2026-04-08"), ("V3", 9, "2026-05-11"), ("V4", 8, "2026-06-08")]
    {
        case.confirmed(name, nine(clause), "P", day).await;
    }
    let blacklist = case.measure("blacklist").await;
    case.after_hearing_period(&blacklist, &case.app.officer(Role::CountyAuthority, COUNTY, "clerk")).await;
    case.decisions_are_final().await;
    case.name_the_regulation(&case.app.state.clock.today().to_string()).await;
    case.app.county().post(&format!("{blacklist}/approval"), &reasons()).await.expect(200);
}

on_both_databases! {
    async fn a_blacklisted_company_is_refused_at_submission_and_at_filing_and_may_renew(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        registered(&app, "county_authority", COUNTY).await;
        let fresh = a_complex(&app).await;
        // Submitted before the company was listed.
        let waiting = submitted(&case.portal(), &draft(&fresh, "2026-09-01", None)).await;
        listed(&mut case).await;
        let at = path("contracts", &waiting);
        let seen = app.county().get(&at).await.expect(200);
        assert_eq!(seen["review"]["obstacles"], json!(["company_blacklisted"]));
        filer(&app).post(&format!("{at}/filing"), &json!({})).await.problem(409, "company_blacklisted");
        assert_eq!(app.county().get(&at).await.expect(200)["state"], "submitted", "nothing changed");

        let another = a_complex(&app).await;
        let made = case.portal().post("/v1/contracts", &draft(&another, "2026-09-01", None)).await;
        let refused = if made.status == 201 {
            let text_of = json!({ "text": [{ "title": "合同文本", "attachment_id": upload(&case.portal()).await }] });
            let at = path("contracts", &made.json);
            case.portal().patch(&at, &text_of).if_match("*").await.expect(200);
            case.portal().post(&format!("{at}/submission"), &json!({})).await
        } else {
            made
        };
        refused.problem(409, "company_blacklisted");
        // It may still file a contract for a complex that it already serves, so that the residents keep one.
        let own = json!({ "id": case.id("P") });
        let renewed = filed(&app, &case.company, &draft(&own, "2026-09-01", Some("2027-08-31"))).await;
        assert_eq!(renewed["state"], "filed");
        assert!(!text(&renewed["filing"]["number"]).is_empty());
    }
}
