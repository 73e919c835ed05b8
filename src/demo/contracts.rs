//! The contracts that the demo's companies submit, and their filing. All texts and photographs are invented.

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};

use super::register::{COUNTY, Register};
use super::scenario::{DemoUser, Scenario};
use crate::access::Role;
use crate::contracts::actions::{create_contract, submit_contract};
use crate::contracts::filing::{file_contract, refuse_contract};
use crate::db::{Id, Instant};

const TEXT: &[u8] = include_bytes!("data/contract.pdf");

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Submitted,
    Filed,
    Refused,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    complex: String,
    company: String,
    /// Working days ago.
    ago: usize,
    /// First and last day of the term, in days ago.
    start: i64,
    end: Option<i64>,
    /// Unit price in high-rise buildings.
    price: String,
    outcome: Outcome,
    #[serde(default)]
    preliminary: bool,
}

#[derive(Clone, Copy)]
pub enum Step {
    Submit,
    Decide,
}

pub struct ContractData {
    pub all: Vec<Paper>,
    ids: Vec<Option<Id>>,
}

impl Paper {
    pub fn steps(&self, scenario: &Scenario) -> Vec<(Instant, Step)> {
        let submitted = scenario.working_day(self.ago);
        let mut steps = vec![(scenario.at(submitted, 9), Step::Submit)];
        if self.outcome != Outcome::Submitted {
            steps.push((scenario.at(scenario.later(submitted, 3), 16), Step::Decide));
        }
        steps
    }

    fn body(&self, scenario: &Scenario, complex: Id, text: Id) -> Value {
        let fee = |name: &str, charged_to: &str, price: &str, unit: &str| {
            json!({
                "name": name, "charged_to": charged_to, "unit_price": price, "unit": unit, "pricing_basis": "market",
            })
        };
        let (kind, party, name, selection, proof) = if self.preliminary {
            ("preliminary", "developer", "宁夏示范房地产开发有限公司", "tender", "中标通知书")
        } else {
            ("regular", "owners_committee", "示范业主委员会", "owners_vote", "业主大会决议")
        };
        json!({
            "kind": kind, "complex_id": complex, "project_manager": "演示经理",
            "effective_from": scenario.day(self.start), "effective_to": self.end.map(|ago| scenario.day(ago)),
            "party_a_kind": party, "party_a_name": name, "selection": selection,
            "selection_proof": [{ "title": proof, "text": "（演示文本）依法选聘" }],
            "signed_on": scenario.day(self.start.max(0) + 20),
            "fee_items": [
                fee("高层住宅物业服务费", "owner", &self.price, "m2_month"),
                fee("地面停车费", "vehicle_user", "120.00", "space_month"),
            ],
            "text": [{ "title": "合同文本", "attachment_id": text }],
        })
    }
}

impl ContractData {
    pub fn read() -> anyhow::Result<ContractData> {
        let all: Vec<Paper> = serde_json::from_str(include_str!("data/contracts.json"))?;
        Ok(ContractData { ids: vec![None; all.len()], all })
    }

    pub async fn play(
        &mut self,
        scenario: &Scenario,
        register: &Register,
        at: usize,
        when: Instant,
        step: Step,
    ) -> anyhow::Result<()> {
        let paper = &self.all[at];
        match (step, paper.outcome) {
            (Step::Submit, _) => {
                let company = DemoUser::of_company(&register.company(&paper.company)?.uscc).caller(&scenario.state)?;
                let text = scenario.attach(&company, when, "物业服务合同.pdf", "application/pdf", TEXT).await?;
                let body = paper.body(scenario, register.complex(&paper.complex)?.id, text);
                let made = scenario.act(&company, when, "create_contract", body, create_contract).await?;
                self.ids[at] = Some(made.id);
                let note = json!({ "note": "请予备案" });
                scenario.on(&company, when, "submit_contract", made.id, note, submit_contract).await
            }
            (Step::Decide, outcome) => {
                let id = self.ids[at].with_context(|| paper.complex.clone())?;
                let county = DemoUser::of_office(Role::CountyAuthority, COUNTY, "-filing").caller(&scenario.state)?;
                if outcome == Outcome::Refused {
                    let body = json!({ "reasons": "业主大会决议未附表决结果，请补充后重新提交" });
                    return scenario.on(&county, when, "refuse_contract", id, body, refuse_contract).await;
                }
                scenario.on(&county, when, "file_contract", id, json!({}), file_contract).await
            }
        }
    }
}
