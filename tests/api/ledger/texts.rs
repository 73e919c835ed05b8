//! Free texts are in the ledger as salted digests only.

use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::cases::{Case, nine, notice, reasons};
use crate::support::rating::{a_cycle, announced, at, cycle_input};
use crate::support::rows::{a_complex, a_service, end_contract, path, text};
use crate::support::{COUNTY, TestApp};

/// Texts of this test, and of the helpers that it uses.
fn texts() -> Vec<String> {
    let own = ["私密的陈述", "私密的异议", "私密的变更理由", "私密的修复申请", "私密的结果"];
    let mut all: Vec<String> = own.map(str::to_owned).to_vec();
    for helper in [notice(), reasons()] {
        all.extend(helper.as_object().expect("an object").values().map(|one| text(one).to_owned()));
    }
    all.push("检查时发现的违规事实".to_owned());
    all
}

/// A policy is an exception: its text is published.
fn leaves(app: &TestApp) -> Vec<String> {
    app.values("SELECT leaf AS value FROM ledger_events WHERE kind <> 'policy.published' ORDER BY id")
}

on_both_databases! {
    async fn no_text_of_a_step_stands_in_the_ledger_in_clear(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let clerk = app.officer(Role::CountyAuthority, COUNTY, "clerk");
        let evidence = json!({ "text": "私密的陈述", "evidence": [] });
        for (name, clause, day) in [("V1", 3, "2026-03-02"), ("V2", 7, "2026-04-08"), ("V3", 9, "2026-05-11"), ("V4", 8, "2026-06-08")] {
            let last = case.notified(name, nine(clause), "P", day).await;
            let at = case.violation(name);
            case.portal().post(&format!("{at}/statement"), &evidence).await.expect(200);
            case.officer().post(&format!("{at}/statement-answer"), &reasons()).await.expect(200);
            case.on(&crate::support::cases::next_day(&last));
            case.confirm(name).await;
        }
        let blacklist = case.measure("blacklist").await;
        case.after_hearing_period(&blacklist, &clerk).await;
        case.decisions_are_final().await;
        let today = app.state.clock.today().to_string();
        case.name_the_regulation(&today).await;
        app.county().post(&format!("{blacklist}/approval"), &reasons()).await.expect(200);
        let entry = app.county().get("/v1/blacklist").await.items()[0].clone();
        let at_entry = format!("/v1/blacklist/{}", text(&entry["id"]));
        let repair = json!({ "text": "私密的修复申请" });
        case.portal().post(&format!("{at_entry}/credit-repair"), &repair).await.expect(200);
        app.county().post(&format!("{at_entry}/credit-repair-refusal"), &reasons()).await.expect(200);
        app.county().post(&format!("{}/revocation", case.violation("V4")), &reasons()).await.expect(200);
        let id = blacklist.rsplit('/').next().unwrap().to_owned();
        let reversal = case.measure(&format!("reversal:{id}")).await;
        let done = json!({ "completed_on": today, "outcome": "私密的结果" });
        app.county().post(&format!("{reversal}/completion"), &done).await.expect(200);

        let change = json!({ "service_hotline": "0951-0000009", "reason": "私密的变更理由" });
        let proposed = app.county().post(&format!("{}/changes", path("companies", &case.company)), &change).await.expect(201);
        app.social().post(&format!("{}/refusal", path("company-changes", &proposed)), &reasons()).await.problem(403, "forbidden");
        app.officer(Role::CountyAuthority, COUNTY, "second").post(&format!("{}/refusal", path("company-changes", &proposed)), &reasons()).await.expect(200);
        assert_clear(&app);
    }

    async fn nor_one_of_a_rating_or_a_contract(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let cycle = a_cycle(&app, &cycle_input()).await;
        let (rating, _) = announced(&app, &cycle, case.id("P"), 72).await;
        case.portal().post(&format!("{}/objection", at(&rating)), &json!({ "text": "私密的异议" })).await.expect(200);
        let complex = a_complex(&app).await;
        let contract = a_service(&app, &complex, &case.company, "2025-01-01").await;
        end_contract(&app, &contract, "2026-03-31").await;
        assert_clear(&app);
    }
}

fn assert_clear(app: &TestApp) {
    let leaves = leaves(app);
    assert!(leaves.len() > 10, "{}", leaves.len());
    for needle in texts() {
        let found = leaves.iter().find(|leaf| leaf.contains(&needle));
        assert!(found.is_none(), "{needle} in {found:?}");
    }
    // The digests are there instead.
    assert!(leaves.iter().any(|leaf| leaf.contains("hmac_sha256")));
}
