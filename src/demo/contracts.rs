//! The contracts that the demo's companies submit, and what the county makes of them. Their texts and photographs are of the
//! demo's own making.

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};

use super::register::{COUNTY, Register};
use super::stage::{Person, Stage};
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
    /// Price of the service in tall houses.
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

pub struct Papers {
    pub all: Vec<Paper>,
    ids: Vec<Option<Id>>,
}

impl Paper {
    pub fn steps(&self, stage: &Stage) -> Vec<(Instant, Step)> {
        let submitted = stage.working_day(self.ago);
        let mut steps = vec![(stage.at(submitted, 9), Step::Submit)];
        if self.outcome != Outcome::Submitted {
            steps.push((stage.at(stage.later(submitted, 3), 16), Step::Decide));
        }
        steps
    }

    fn body(&self, stage: &Stage, complex: Id, text: Id) -> Value {
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
            "effective_from": stage.day(self.start), "effective_to": self.end.map(|ago| stage.day(ago)),
            "party_a_kind": party, "party_a_name": name, "selection": selection,
            "selection_proof": [{ "title": proof, "text": "（演示文本）依法选聘" }],
            "signed_on": stage.day(self.start.max(0) + 20),
            "fee_items": [
                fee("高层住宅物业服务费", "owner", &self.price, "m2_month"),
                fee("地面停车费", "vehicle_user", "120.00", "space_month"),
            ],
            "text": [{ "title": "合同文本", "attachment_id": text }],
        })
    }
}

impl Papers {
    pub fn read() -> anyhow::Result<Papers> {
        let all: Vec<Paper> = serde_json::from_str(include_str!("data/contracts.json"))?;
        Ok(Papers { ids: vec![None; all.len()], all })
    }

    pub async fn play(
        &mut self,
        stage: &Stage,
        register: &Register,
        at: usize,
        when: Instant,
        step: Step,
    ) -> anyhow::Result<()> {
        let paper = &self.all[at];
        match (step, paper.outcome) {
            (Step::Submit, _) => {
                let company = Person::of_company(&register.company(&paper.company)?.uscc).caller(&stage.state)?;
                let text = stage.attach(&company, when, "物业服务合同.pdf", "application/pdf", TEXT).await?;
                let body = paper.body(stage, register.complex(&paper.complex)?.id, text);
                let made = stage.act(&company, when, "create_contract", body, create_contract).await?;
                self.ids[at] = Some(made.id);
                let note = json!({ "note": "请予备案" });
                stage.on(&company, when, "submit_contract", made.id, note, submit_contract).await
            }
            (Step::Decide, outcome) => {
                let id = self.ids[at].with_context(|| paper.complex.clone())?;
                let county = Person::of_office(Role::CountyAuthority, COUNTY, "-filing").caller(&stage.state)?;
                if outcome == Outcome::Refused {
                    let body = json!({ "reasons": "业主大会决议未附表决结果，请补充后重新提交" });
                    return stage.on(&county, when, "refuse_contract", id, body, refuse_contract).await;
                }
                stage.on(&county, when, "file_contract", id, json!({}), file_contract).await
            }
        }
    }
}
