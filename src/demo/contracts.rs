//! The contracts that the demo's companies submit, and their filing. All texts and photographs are invented.

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};

use super::register::{COUNTY, Company, Complex, Register};
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

    fn body(&self, scenario: &Scenario, complex: &Complex, company: &Company, text: Id) -> anyhow::Result<Value> {
        let fee = |name: &str, charged_to: &str, price: &str, unit: &str| {
            json!({
                "name": name, "charged_to": charged_to, "unit_price": price, "unit": unit, "pricing_basis": "market",
            })
        };
        let (party, party_name) = complex.party_a();
        let (kind, selection, proof, told) = if self.preliminary {
            ("preliminary", "tender", "中标通知书", format!("经公开招标，确定{}为中标人。", company.name))
        } else if self.outcome == Outcome::Refused {
            ("regular", "owners_vote", "业主共同决定的书面材料", format!("业主共同决定选聘{}。", company.name))
        } else {
            let told =
                format!("专有部分面积占比71.6%、人数占比69.4%的业主参与表决，其中过半数同意选聘{}。", company.name);
            ("regular", "owners_vote", "业主共同决定及表决结果", told)
        };
        Ok(json!({
            "kind": kind, "complex_id": complex.id, "project_manager": complex.manager(&self.company)?,
            "effective_from": scenario.day(self.start), "effective_to": self.end.map(|ago| scenario.day(ago)),
            "party_a_kind": party, "party_a_name": party_name, "selection": selection,
            "selection_proof": [{ "title": proof, "text": told }],
            "signed_on": scenario.day(self.start.max(0) + 20),
            "fee_items": [
                fee("高层住宅物业服务费", "owner", &self.price, "m2_month"),
                fee("地面停车费", "vehicle_user", "120.00", "space_month"),
            ],
            "text": [{ "title": "合同文本", "attachment_id": text }],
        }))
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
                let party_b = register.company(&paper.company)?;
                let company = DemoUser::of_company(&party_b.uscc).caller(&scenario.state)?;
                let text = scenario.attach(&company, when, "物业服务合同.pdf", "application/pdf", TEXT).await?;
                let body = paper.body(scenario, register.complex(&paper.complex)?, party_b, text)?;
                let made = scenario.act(&company, when, "create_contract", body, create_contract).await?;
                self.ids[at] = Some(made.id);
                let note = json!({ "note": "合同已签订，请予备案" });
                scenario.on(&company, when, "submit_contract", made.id, note, submit_contract).await
            }
            (Step::Decide, outcome) => {
                let id = self.ids[at].with_context(|| paper.complex.clone())?;
                let county = DemoUser::of_office(Role::CountyAuthority, COUNTY, "-filing").caller(&scenario.state)?;
                if outcome == Outcome::Refused {
                    let body = json!({ "reasons": "业主共同决定的书面材料未附表决结果，请补充后重新提交" });
                    return scenario.on(&county, when, "refuse_contract", id, body, refuse_contract).await;
                }
                scenario.on(&county, when, "file_contract", id, json!({}), file_contract).await
            }
        }
    }
}
