//! The disclosures of the demo's companies, their verification, and the published typical cases.

use std::collections::HashMap;

use anyhow::Context;
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use serde_json::{Value, json};

use super::cases::Cases;
use super::register::{Company, Complex, Register};
use super::scenario::{DemoUser, Scenario};
use crate::access::Role;
use crate::db::{Id, Instant};
use crate::disclosures::actions::{submit_disclosure, verify_disclosure};
use crate::disclosures::model::DisclosureKind;
use crate::disclosures::state_rules::{Period, period_of};
use crate::policy::disclosures::DisclosurePeriod;
use crate::typical_cases;

const PHOTOGRAPH: &[u8] = include_bytes!("data/board.png");

/// The disclosures of a company for a complex.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    complex: String,
    company: String,
    /// Working days ago.
    ago: usize,
    #[serde(default)]
    verified: Vec<DisclosureKind>,
    #[serde(default)]
    submitted: Vec<DisclosureKind>,
    #[serde(default)]
    rejected: Vec<DisclosureKind>,
    /// Unit price in high-rise buildings.
    price: String,
    /// Number of past quarters whose public revenue is disclosed.
    quarters: usize,
    /// First and last day of the contract, in days ago.
    #[serde(default = "long_ago")]
    term: (i64, Option<i64>),
    /// Whether the proof is an uploaded photograph; otherwise it is a link.
    #[serde(default)]
    photograph: bool,
}

fn long_ago() -> (i64, Option<i64>) {
    (900, None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypicalCaseData {
    case: String,
    /// Working days ago.
    ago: usize,
    title: String,
    summary: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosing {
    pub boards: Vec<Board>,
    pub typical_cases: Vec<TypicalCaseData>,
    /// Versions by board, kind and first day of the period.
    #[serde(skip)]
    ids: HashMap<(usize, DisclosureKind, Option<NaiveDate>), Id>,
}

#[derive(Clone, Copy, Debug)]
pub enum Step {
    Submit(DisclosureKind, Option<Period>),
    Verify(DisclosureKind, Option<Period>, &'static str),
}

impl Board {
    pub fn steps(&self, scenario: &Scenario) -> Vec<(Instant, Step)> {
        let (submitted, decided) = (scenario.working_day(self.ago), scenario.working_day(self.ago - 3));
        let mut steps = Vec::new();
        for kind in self.verified.iter().chain(&self.submitted).chain(&self.rejected) {
            steps.push((scenario.at(submitted, 10), Step::Submit(*kind, None)));
        }
        for (kinds, outcome) in [(&self.verified, "verified"), (&self.rejected, "rejected")] {
            let decisions = kinds.iter().map(|kind| Step::Verify(*kind, None, outcome));
            steps.extend(decisions.map(|step| (scenario.at(decided, 15), step)));
        }
        // Each quarter is disclosed on the eighth working day after its end. Future days are skipped.
        for quarter in self.quarters(scenario) {
            let (submitted, decided) = (scenario.later(quarter.to, 8), scenario.later(quarter.to, 10));
            let kind = DisclosureKind::PublicRevenue;
            let of_quarter = [
                (scenario.at(submitted, 11), Step::Submit(kind, Some(quarter))),
                (scenario.at(decided, 11), Step::Verify(kind, Some(quarter), "verified")),
            ];
            steps.extend(of_quarter.into_iter().filter(|(when, _)| when.0 < scenario.start));
        }
        steps
    }

    /// The last completed quarters, oldest first.
    fn quarters(&self, scenario: &Scenario) -> Vec<Period> {
        let mut all = Vec::new();
        let mut quarter = period_of(DisclosurePeriod::Quarter, scenario.day(0));
        for _ in 0..self.quarters {
            quarter = period_of(DisclosurePeriod::Quarter, quarter.from - Days::new(1));
            all.push(quarter);
        }
        all.reverse();
        all
    }

    fn content(
        &self,
        scenario: &Scenario,
        complex: &Complex,
        company: &Company,
        kind: DisclosureKind,
        quarter: Option<Period>,
    ) -> anyhow::Result<Value> {
        Ok(match kind {
            DisclosureKind::ServiceContract => json!({
                "summary": format!(
                    "服务范围：共用部位和共用设施设备维护、环境卫生、绿化养护、公共秩序维护。\
                     收费标准：高层住宅物业服务费每平方米每月{}元，地面停车费每车位每月120.00元。\
                     合同终止时，企业应当移交物业服务用房和全部资料。",
                    self.price
                ),
                "party_a": complex.party_a().1,
                "party_b": company.name, "effective_from": scenario.day(self.term.0),
                "effective_to": self.term.1.map(|ago| scenario.day(ago)),
            }),
            DisclosureKind::ServiceContent => json!({
                "items": [
                    { "name": "楼道保洁", "standard": "地面无明显污渍、无杂物堆放", "frequency": "每日 1 次" },
                    { "name": "秩序维护", "standard": "出入口有人值守", "frequency": "24 小时" },
                    { "name": "绿化养护", "standard": "草坪平整、无明显缺株", "frequency": "每月 2 次" },
                ],
                "performance": "本期各项服务均按约完成",
            }),
            DisclosureKind::ServicePhone => json!({
                "hotline": company.hotline, "repair_phone": company.hotline,
                "persons_in_charge": [
                    { "name": complex.manager(&self.company)?, "post": "项目经理人", "phone": company.hotline },
                ],
            }),
            DisclosureKind::ServiceMethod => json!({
                "mode": "partly_outsourced",
                "outsourced": [{ "service": "电梯维护保养", "provider": "宁夏示范电梯维保有限公司" }],
            }),
            DisclosureKind::FeeStandard => {
                let fee = |name: &str, charged_to: &str, price: &str, unit: &str| {
                    json!({
                        "name": name, "charged_to": charged_to, "unit_price": price, "unit": unit, "pricing_basis": "market",
                    })
                };
                json!({
                    "items": [
                        fee("高层住宅物业服务费", "owner", &self.price, "m2_month"),
                        fee("地面停车费", "vehicle_user", "120.00", "space_month"),
                    ],
                    "basis": format!("{}物业服务合同", complex.name),
                    "complaint_phones": [{ "office": "永宁县市场监督管理局", "phone": "12315" }],
                })
            }
            DisclosureKind::PublicRevenue => self.revenue(scenario, quarter),
        })
    }

    /// Each quarter opens with the closing balance of the previous one.
    fn revenue(&self, scenario: &Scenario, quarter: Option<Period>) -> Value {
        let quarters = self.quarters(scenario);
        let at = quarters.iter().position(|one| Some(*one) == quarter).unwrap_or_default();
        const LIGHTING: i64 = 430_000;
        let figures = |at: usize| {
            let advertising = [850_000, 920_000, 1_050_000, 780_000][at % 4];
            let parking = [2_160_000, 2_240_000, 1_980_000, 2_105_000][at % 4];
            let repairs = [960_000, 3_150_000, 610_000, 1_480_000][at % 4];
            (advertising, parking, repairs, advertising + parking - LIGHTING - repairs)
        };
        let (advertising, parking, repairs, saved) = figures(at);
        let opening = 3_000_000 + (0..at).map(|earlier| figures(earlier).3).sum::<i64>();
        let line = |source: &str, amount_fen: i64| json!({ "source": source, "amount_fen": amount_fen });
        json!({
            "period_from": quarter.map(|one| one.from), "period_to": quarter.map(|one| one.to),
            "opening_balance_fen": opening,
            "income": [line("电梯广告", advertising), line("公共场地停车", parking)],
            "expense": [line("公共区域照明", LIGHTING), line("公共设施维修", repairs)],
            "income_total_fen": advertising + parking, "expense_total_fen": LIGHTING + repairs,
            "closing_balance_fen": opening + saved,
        })
    }
}

impl TypicalCaseData {
    pub fn when(&self, scenario: &Scenario) -> Instant {
        scenario.at(scenario.working_day(self.ago), 10)
    }
}

impl Disclosing {
    pub fn read() -> anyhow::Result<Disclosing> {
        Ok(serde_json::from_str(include_str!("data/disclosures.json"))?)
    }

    pub async fn play(
        &mut self,
        scenario: &Scenario,
        register: &Register,
        at: usize,
        when: Instant,
        step: Step,
    ) -> anyhow::Result<()> {
        let board = &self.boards[at];
        let complex = register.complex(&board.complex)?;
        let id = complex.id;
        match step {
            Step::Submit(kind, quarter) => {
                let today = scenario.state.clock.day_of(when);
                let party_b = register.company(&board.company)?;
                let company = DemoUser::of_company(&party_b.uscc).caller(&scenario.state)?;
                let mut proof = json!({ "title": "公示栏照片" });
                if board.photograph {
                    let picture = scenario.attach(&company, when, "公示栏.png", "image/png", PHOTOGRAPH).await?;
                    proof["attachment_id"] = json!(picture);
                } else {
                    proof["url"] = json!(format!("https://example.invalid/board/{}.jpg", board.complex));
                }
                let mut content = json!({});
                content[kind.code()] = board.content(scenario, complex, party_b, kind, quarter)?;
                let body = json!({ "published_on": today, "proof": [proof], "content": content });
                let made = scenario.act(&company, when, "submit_disclosure", body, move |tx, body| {
                    submit_disclosure(tx, id, kind, body)
                });
                let made = made.await.with_context(|| board.complex.clone())?;
                self.ids.insert((at, kind, quarter.map(|one| one.from)), made.id);
            }
            Step::Verify(kind, quarter, outcome) => {
                let version = self.ids[&(at, kind, quarter.map(|one| one.from))];
                let reasons = match outcome {
                    "verified" => "公示栏照片与报送内容一致",
                    _ => "公示栏内容与报送内容不一致，请更正后重新公开",
                };
                let body = json!({ "disclosure_id": version, "outcome": outcome, "reasons": reasons });
                let office = DemoUser::of_office(Role::Community, &complex.community, "").caller(&scenario.state)?;
                let made = scenario.act(&office, when, "verify_disclosure", body, move |tx, body| {
                    verify_disclosure(tx, id, kind, body)
                });
                made.await.with_context(|| board.complex.clone())?;
            }
        }
        Ok(())
    }

    pub async fn publish_typical_case(&self, scenario: &Scenario, cases: &Cases, at: usize) -> anyhow::Result<()> {
        let TypicalCaseData { case, title, summary, .. } = &self.typical_cases[at];
        let violation = cases.ids.get(case).with_context(|| format!("no case {case}"))?;
        let body = json!({ "violation_id": violation, "title": title, "summary": summary });
        let county = DemoUser::of_office(Role::CountyAuthority, super::register::COUNTY, "").caller(&scenario.state)?;
        let when = self.typical_cases[at].when(scenario);
        let create = typical_cases::actions::create_typical_case;
        scenario.act(&county, when, "create_typical_case", body, create).await.map(drop)
    }
}
