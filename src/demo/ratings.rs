//! The star ratings of the demo: one published cycle, and one in progress.

use std::sync::Arc;

use anyhow::Context;
use chrono::{Datelike, Months, NaiveDate};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::HOME;
use super::register::Register;
use super::scenario::{DemoUser, Scenario, explain};
use crate::access::{Caller, Role, Scope};
use crate::db::{Id, Instant};
use crate::points::Points;
use crate::policy::versions::built_in;
use crate::ratings::model::RatingState;
use crate::ratings::rows::RatingRow;
use crate::ratings::{announcement, cycles, publication, publication_worker, scoring, store};
use crate::service::{Body, Tx};

/// Percentages of the points for the complexes, in the order of their names.
const SHARES: [u32; 12] = [91, 84, 72, 88, 64, 76, 93, 81, 57, 79, 70, 86];

#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// The cycle is opened and its ratings are started.
    Open(Half),
    Score(Half),
    Review(Half),
    Announce(Half),
    Object(Half),
    Answer(Half),
    Publish(Half),
    Reply(Half),
}

/// Which of the two cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    Published,
    UnderWay,
}

#[derive(Default)]
pub struct Rounds {
    published: Option<Id>,
    under_way: Option<Id>,
}

/// The steps with their times, in working days ago.
pub fn steps(scenario: &Scenario) -> Vec<(Instant, Step)> {
    use Half::{Published, UnderWay};
    let at = |ago: usize, hour: i64, step: Step| (scenario.at(scenario.working_day(ago), hour), step);
    vec![
        at(60, 9, Step::Open(Published)),
        at(58, 10, Step::Score(Published)),
        at(57, 10, Step::Review(Published)),
        at(56, 10, Step::Announce(Published)),
        at(53, 10, Step::Object(Published)),
        at(51, 10, Step::Answer(Published)),
        at(47, 9, Step::Publish(Published)),
        at(45, 9, Step::Reply(Published)),
        at(15, 9, Step::Open(UnderWay)),
        at(9, 9, Step::Score(UnderWay)),
        at(7, 9, Step::Review(UnderWay)),
    ]
}

fn office(scenario: &Scenario, note: &str) -> anyhow::Result<Arc<Caller>> {
    DemoUser::of_office(Role::SocialAffairsOffice, HOME, note).caller(&scenario.state)
}

impl Rounds {
    fn cycle(&self, half: Half) -> anyhow::Result<Id> {
        let id = if half == Half::Published { self.published } else { self.under_way };
        id.context("the cycle is opened first")
    }

    /// The ratings of a cycle by the demo's keys of their complexes, because ids differ on each run.
    fn ratings(&self, scenario: &Scenario, register: &Register, half: Half) -> anyhow::Result<Vec<RatingRow>> {
        let (cycle, system) = (self.cycle(half)?, Scope::System("the demo plays every office"));
        let rows = scenario.state.db.read_blocking(|conn| store::of_cycle(conn, &system, cycle));
        let mut rows = rows.map_err(|fail| anyhow::anyhow!("the ratings of the demo: {}", explain(&fail)))?;
        let name =
            |row: &RatingRow| register.complexes.iter().find(|(_, one)| one.id == row.complex_id).map(|(key, _)| key);
        rows.sort_by_key(|row| name(row).cloned());
        Ok(rows)
    }

    pub async fn play(
        &mut self,
        scenario: &Scenario,
        register: &Register,
        when: Instant,
        step: Step,
    ) -> anyhow::Result<()> {
        let lead = office(scenario, "")?;
        match step {
            Step::Open(half) => self.open(scenario, when, half, &lead).await,
            Step::Score(half) => {
                // In the cycle in progress, some ratings are scored, and some of those by all raters.
                for (at, row) in self.ratings(scenario, register, half)?.iter().enumerate() {
                    if half == Half::Published || at % 3 != 2 {
                        score(scenario, when, row, at, half == Half::Published || at % 3 == 0).await?;
                    }
                }
                Ok(())
            }
            Step::Review(half) => {
                for row in self.ratings(scenario, register, half)?.iter().filter(|row| row.state == RatingState::Scored)
                {
                    let body = json!({ "outcome": "confirmed", "reasons": "逐项核对，评分与事实相符" });
                    scenario.on(&lead, when, "review_rating", row.id, body, scoring::review_rating).await?;
                }
                Ok(())
            }
            Step::Announce(half) => {
                let (cycle, announce) = (self.cycle(half)?, announcement::announce_rating_cycle);
                scenario.on(&lead, when, "announce_rating_cycle", cycle, json!({}), announce).await
            }
            Step::Object(half) => {
                let row = self.low_one(scenario, register, half)?;
                let company = company_of(scenario, register, &row)?;
                let body = json!({ "text": "消防设施已于上月更换，评分未采用最新检查结果" });
                scenario.on(&company, when, "object_to_rating", row.id, body, announcement::object_to_rating).await
            }
            Step::Answer(half) => {
                let row = self.low_one(scenario, register, half)?;
                let content = scenario.state.db.read_blocking(|conn| store::content(conn, row.id));
                let content = content.map_err(|fail| anyhow::anyhow!("{}", explain(&fail)))?;
                let objection = content.proceedings.0.objections.first().context("an objection")?.id;
                let body = json!({
                    "objection_id": objection, "outcome": "dismissed",
                    "reasons": "经复查，评分依据为更换后的检查结果，异议不成立",
                });
                let decide = announcement::decide_rating_objection;
                // A different person from those who scored and reviewed.
                let leader = DemoUser::of_office(Role::TownshipLeader, HOME, "").caller(&scenario.state)?;
                scenario.on(&leader, when, "decide_rating_objection", row.id, body, decide).await
            }
            Step::Publish(half) => self.publish(scenario, when, half, &lead).await,
            Step::Reply(half) => {
                let row = self.low_one(scenario, register, half)?;
                let company = company_of(scenario, register, &row)?;
                let body = json!({ "text": "我公司已制定提升方案，三个月内完成整改" });
                scenario.on(&company, when, "reply_to_rating", row.id, body, announcement::reply_to_rating).await
            }
        }
    }

    /// The announced or published rating with the fewest points.
    fn low_one(&self, scenario: &Scenario, register: &Register, half: Half) -> anyhow::Result<RatingRow> {
        let shown = self.ratings(scenario, register, half)?.into_iter().filter(|row| row.shared);
        shown.min_by_key(|row| row.total).context("a rating that was announced")
    }

    async fn open(&mut self, scenario: &Scenario, when: Instant, half: Half, lead: &Arc<Caller>) -> anyhow::Result<()> {
        let today = scenario.state.clock.day_of(when);
        // The half-year that had ended when the first cycle was opened, and the next one.
        let first = half_year_before(scenario.state.clock.day_of(scenario.at(scenario.working_day(60), 9)));
        let from = if half == Half::Published { first } else { first + Months::new(6) };
        let name = format!("{}年{}半年星级评定", from.year(), if from.month() == 1 { "上" } else { "下" });
        let body = json!({
            "name": name, "kind": "half_year", "period_from": from, "opens_on": today,
            "closes_on": today + chrono::Days::new(45),
        });
        let made = scenario.act(lead, when, "create_rating_cycle", body, cycles::create_rating_cycle).await?;
        match half {
            Half::Published => self.published = Some(made.id),
            Half::UnderWay => self.under_way = Some(made.id),
        }
        scenario.on(lead, when, "begin_ratings", made.id, json!({}), cycles::begin_ratings).await
    }

    async fn publish(&self, scenario: &Scenario, when: Instant, half: Half, lead: &Arc<Caller>) -> anyhow::Result<()> {
        let (cycle, publish) = (self.cycle(half)?, publication::publish_rating_cycle);
        scenario.on(lead, when, "publish_rating_cycle", cycle, json!({}), publish).await?;
        while publication_worker::process_pending(&scenario.state)
            .await
            .map_err(|problem| anyhow::anyhow!("{problem}"))?
            > 0
        {}
        Ok(())
    }
}

/// The first day of the last half-year that ended before this day.
fn half_year_before(day: NaiveDate) -> NaiveDate {
    let this = day.with_day(1).and_then(|day| day.with_month(if day.month() < 7 { 1 } else { 7 })).unwrap_or(day);
    this - Months::new(6)
}

fn company_of(scenario: &Scenario, register: &Register, row: &RatingRow) -> anyhow::Result<Arc<Caller>> {
    let company = register.companies.values().find(|one| one.id == row.company_id);
    DemoUser::of_company(&company.context("the company of a rating")?.uscc).caller(&scenario.state)
}

async fn score(scenario: &Scenario, when: Instant, row: &RatingRow, at: usize, all: bool) -> anyhow::Result<()> {
    let (scorer, community) = (
        office(scenario, "-scorer")?,
        DemoUser::of_office(Role::Community, &row.community, "").caller(&scenario.state)?,
    );
    let share = SHARES[at % SHARES.len()];
    let submit = |tx: &mut Tx, id: Id, body: &Body<_>| scoring::submit_rating_scores(tx, id, body);
    let sheet = |rater: &str, share: u32| json!({ "rater": rater, "items": items(share) });
    scenario.on(&scorer, when, "submit_rating_scores", row.id, sheet("office", share), submit).await?;
    if all {
        let body = sheet("community", (share + 2).min(100));
        scenario.on(&community, when, "submit_rating_scores", row.id, body, submit).await?;
        let owners = json!({ "rater": "owners", "satisfaction": (share - 3).to_string(), "respondents": 80 + at });
        scenario.on(&scorer, when, "submit_rating_scores", row.id, owners, submit).await?;
    }
    Ok(())
}

/// Every item of the rubric with this percentage of its points.
fn items(share: u32) -> Vec<Value> {
    let points = |most: Points| Points((most.0 * Decimal::new(share.into(), 2)).round_dp(2));
    let note = "按现场检查情况扣分";
    let all = built_in().ratings.items();
    all.map(|(_, item)| json!({ "item": item.code, "points": points(item.points), "note": note })).collect()
}
