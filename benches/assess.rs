//! Measures `compute_standing` for a company with 1,000 violations. Prints the median in microseconds as one JSON
//! object.

use std::sync::Arc;
use std::time::Instant;

use chrono::{Days, NaiveDate};
use uuid::Uuid;
use xiaoqu::policy::model::Act;
use xiaoqu::policy::versions::{Policies, PolicyVersion, built_in};
use xiaoqu::standing::model::{CompanyFacts, Territory, ViolationFact};
use xiaoqu::standing::rules::compute_standing;

const VIOLATIONS: usize = 1000;
const ROUNDS: usize = 300;

fn violation(at: usize, act: &Act, complexes: usize, first: NaiveDate) -> ViolationFact {
    let found_on = first + Days::new((at * 389 % 600) as u64);
    ViolationFact {
        id: Uuid::from_u128((at * 7919 % 1009) as u128),
        company_id: Uuid::nil(),
        act: act.code.clone(),
        policy_version: 1,
        complex_id: Some(Uuid::from_u128((at % complexes) as u128)),
        place: Arc::new(Territory {
            county: "640121".into(),
            township: Some("640121102".into()),
            community: Some("640121102001".into()),
        }),
        found_on,
        decided_on: found_on + Days::new(4),
        revoked_on: None,
        appeal_pending: false,
        rectified_in_time_on: None,
        lead_role: act.lead_role,
    }
}

/// The violations are of the nine prohibitions in turn, or of every act of the policy. All are inside the window.
fn median_microseconds(complexes: usize, nine_only: bool) -> f64 {
    let document = built_in();
    let acts: Vec<Act> = document.acts.iter().filter(|act| !nine_only || act.clause.is_some()).cloned().collect();
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let policies = Policies::new(vec![PolicyVersion::new(1, day("2020-01-01"), document.clone())]).expect("policies");
    let violations =
        (0..VIOLATIONS).map(|at| violation(at, &acts[at * 7 % acts.len()], complexes, day("2025-01-01"))).collect();
    let facts = CompanyFacts { company_id: Uuid::nil(), listed: false, violations };
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            std::hint::black_box(compute_standing(std::hint::black_box(&facts), &policies, day("2026-10-01")));
            began.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

fn main() {
    println!(
        "{{\"20 complexes\": {:.0}, \"20 complexes, every act\": {:.0}, \"1000 complexes\": {:.0}}}",
        median_microseconds(20, true),
        median_microseconds(20, false),
        median_microseconds(1000, true)
    );
}
