//! Many concurrent decisions.

use std::collections::BTreeSet;

use futures_util::future::join_all;

use crate::on_both_databases;
use crate::support::cases::{Case, next_day, nine, notice, reasons};

/// Every act of the nine prohibitions that the social affairs office leads.
const ACTS: [&str; 6] = [
    "nine.staff_not_in_uniform",
    "nine.obstructing_infrastructure",
    "nine.abandoning_service",
    "nine.unlawful_fees_or_contract",
    "nine.common_parts_or_revenue",
    "nine.coercive_collection",
];

/// Fifty cases of one company, ready for confirmation.
async fn fifty(case: &mut Case<'_>) -> Vec<String> {
    let complexes = ["A", "B", "C", "D", "E"];
    let mut names = Vec::new();
    case.on("2026-03-02");
    for number in 0..50 {
        let name = format!("V{number}");
        let day = format!("2026-02-{:02}", 1 + number / 6);
        let input = case.report_input(ACTS[number % 6], complexes[number / 10], &day);
        let made = case.reporter().post("/v1/violations", &input).await.expect(201);
        case.name(made["id"].as_str().unwrap(), &name);
        case.officer().post(&format!("{}/notification", case.violation(&name)), &notice()).await.expect(200);
        names.push(name);
    }
    let mut last = String::new();
    for name in &names {
        let opened = case.portal().get(&case.violation(name)).await.expect(200);
        last = opened["statement_due_on"].as_str().unwrap().to_owned();
    }
    case.on(&next_day(&last));
    names
}

async fn outcome(case: &Case<'_>) -> (BTreeSet<String>, u64, u64) {
    let standing = case.standing().await;
    (case.on_file().await, standing["level"].as_u64().unwrap(), standing["credit"]["score"].as_u64().unwrap())
}

on_both_databases! {
    async fn fifty_confirmations_at_once_end_as_one_after_another(app: TestApp) {
        let mut at_once = Case::new(&app, &["A", "B", "C", "D", "E"]).await;
        let names = fifty(&mut at_once).await;
        let confirmations = names.iter().map(|name| at_once.confirm_patiently(name));
        join_all(confirmations).await;

        let mut in_turn = Case::new(&app, &["A", "B", "C", "D", "E"]).await;
        for name in fifty(&mut in_turn).await {
            in_turn.confirm(&name).await;
        }
        let (at_once, in_turn) = (outcome(&at_once).await, outcome(&in_turn).await);
        assert_eq!(at_once, in_turn);
        assert_eq!(at_once.1, 4);
    }

    async fn two_officers_confirm_the_same_violation_and_one_wins(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        let last = case.notified("V1", nine(3), "P", "2026-03-02").await;
        case.on(&next_day(&last));
        let path = format!("{}/confirmation", case.violation("V1"));
        let etag = case.officer().get(&case.violation("V1")).await.etag();
        let (officer, body) = (case.officer(), reasons());
        let calls = (0..8).map(|n| {
            let call = officer.post(&path, &body);
            let call = if n % 2 == 0 { call.if_match(&etag) } else { call };
            async { call.await }
        });
        let answers = join_all(calls.collect::<Vec<_>>()).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won, 1);
        for lost in answers.iter().filter(|answer| answer.status != 200) {
            assert!(matches!(lost.code(), "state_conflict" | "precondition_failed"), "{lost:?}");
        }
        assert_eq!(case.measures().await.iter().filter(|m| m["kind"] == "interview").count(), 1);
    }

    async fn the_same_report_sent_twenty_times_with_one_key_makes_one_row(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let (reporter, input) = (case.reporter(), case.report_input(nine(3), "P", "2026-03-02"));
        let answers = join_all((0..20).map(|_| async { reporter.post("/v1/violations", &input).key("one").await })).await;
        let rows = case.officer().get("/v1/violations").await.ids();
        assert_eq!(rows.len(), 1);
        for answer in answers {
            match answer.status {
                201 => assert_eq!(answer.id(), rows[0]),
                _ => drop(answer.problem(409, "idempotency_in_progress")),
            }
        }
    }
}
