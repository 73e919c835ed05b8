//! Prices in a filed contract, compared with what the company discloses.

use serde_json::{Value, json};

use super::{draft, filed};
use crate::on_both_databases;
use crate::support::cases::{Case, next_day, notice, reasons};
use crate::support::disclosing::{disclosed, fees};
use crate::support::rows::{path, text};

on_both_databases! {
    async fn a_price_above_the_filed_contract_is_found_and_becomes_a_violation_that_moves_the_standing(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let complex = json!({ "id": case.id("P") });
        let contract = filed(&app, &case.company, &draft(&complex, "2026-01-01", Some("2028-12-31"))).await;
        // Higher than agreed, and a fee that is not in the contract.
        let at = format!("{}/disclosures/fee_standard", path("complexes", &complex));
        let body = disclosed("fee_standard", "2026-03-02", fees(&[("物业服务费", "2.10"), ("装修管理费", "1.00")]));
        let sent = case.portal().post(&at, &body).await.expect(201);
        let findings = sent["findings"].as_array().expect("findings");
        let told: Vec<(&str, &Value)> = findings.iter().map(|one| (text(&one["kind"]), &one["name"])).collect();
        assert_eq!(told, [("exceeds_contract", &json!("物业服务费")), ("not_in_contract", &json!("装修管理费"))]);
        assert_eq!(sent["compared_with"], contract["id"]);

        let list = "/v1/disclosure-survey/findings?finding=exceeds_contract";
        let found = app.social().get(list).await.items()[0].clone();
        let facts = text(&found["facts_zh"]);
        assert!(facts.contains("1.80") && facts.contains("2.10"), "{facts}");
        assert_eq!(found["acts"][0]["act"], "nine.unlawful_fees_or_contract");
        let report = format!("/v1/disclosure-survey/findings/{}/violation", text(&found["key"]));
        let made = case.reporter().post(&report, &json!({ "description": "公示栏现场核对属实" })).await.expect(201);
        let evidence = made["evidence"].as_array().expect("evidence");
        let said: String = evidence.iter().filter_map(|one| one["text"].as_str()).collect();
        assert!(said.contains("2.10") && said.contains(text(&contract["filing"]["number"])), "{evidence:?}");
        assert_eq!(case.standing().await["level"], 0);

        let violation = path("violations", &made);
        case.officer().post(&format!("{violation}/notification"), &notice()).await.expect(200);
        let opened = case.portal().get(&violation).await.expect(200);
        case.on(&next_day(text(&opened["statement_due_on"])));
        case.officer().post(&format!("{violation}/confirmation"), &reasons()).await.expect(200);
        let standing = case.standing().await;
        assert_eq!(standing["level"], 1);
        assert!(standing["credit"]["score"].as_u64() < Some(1000), "{standing}");
        // The agreed prices: the finding is gone.
        let body = disclosed("fee_standard", "2026-03-02", fees(&[("物业服务费", "1.80")]));
        assert_eq!(case.portal().post(&at, &body).await.expect(201)["findings"], json!([]));
        assert!(app.social().get(list).await.items().is_empty());
    }
}
