//! The measures that follow from the cases: notices, hearings, approvals and completion.

use anyhow::Context;
use serde::Deserialize;
use serde_json::json;

use super::cases::Cases;
use super::register::Register;
use super::scenario::{DemoUser, Scenario, explain};
use crate::access::Scope;
use crate::companies;
use crate::db::{Id, Instant};
use crate::measures::model::MeasureRow;
use crate::measures::{actions, decisions, store};
use crate::policy::model::MeasureKind;

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Do {
    /// The office notifies, and the company opens the notice on the same day.
    Notify,
    State,
    RequestHearing,
    HoldHearing,
    Approve,
    Reject,
    Complete,
    Cancel,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sanction {
    /// Working days ago.
    ago: usize,
    company: String,
    kind: String,
    /// Selects the measure about this complex, if there are several of the kind.
    complex: Option<String>,
    /// Selects the measure whose only ground is this violation.
    case: Option<String>,
    #[serde(rename = "do")]
    act: Do,
    text: Option<String>,
}

pub fn read() -> anyhow::Result<Vec<Sanction>> {
    Ok(serde_json::from_str(include_str!("data/sanctions.json"))?)
}

impl Sanction {
    pub fn when(&self, scenario: &Scenario) -> Instant {
        let hour = match self.act {
            Do::Notify => 11,
            Do::HoldHearing => 12,
            Do::State | Do::RequestHearing => 14,
            Do::Approve | Do::Reject => 15,
            Do::Complete | Do::Cancel => 16,
        };
        scenario.at(scenario.working_day(self.ago), hour)
    }

    fn told(&self, otherwise: &str) -> String {
        self.text.clone().unwrap_or_else(|| otherwise.to_owned())
    }
}

async fn measures_of(scenario: &Scenario, company: Id) -> anyhow::Result<Vec<MeasureRow>> {
    let everything = Scope::System("the demo plays every office");
    let rows = scenario.state.db.read(move |conn| {
        let family = companies::family::of(conn, company)?;
        store::of_family(conn, &everything, &family)
    });
    let rows = rows.await;
    rows.map_err(|fail| anyhow::anyhow!(explain(&fail)))
}

/// The open measure of a kind against a company about a complex.
pub async fn find(scenario: &Scenario, company: Id, kind: &str, complex: Option<Id>) -> anyhow::Result<Id> {
    let open = |row: &MeasureRow| row.state.is_open();
    let rows = measures_of(scenario, company).await?;
    let found = rows.iter().find(|row| open(row) && row.kind.code() == kind && row.complex_id == complex);
    Ok(found.with_context(|| format!("no open {kind}"))?.id)
}

async fn measure(
    scenario: &Scenario,
    register: &Register,
    cases: &Cases,
    sanction: &Sanction,
) -> anyhow::Result<MeasureRow> {
    let complex = sanction.complex.as_deref().map(|key| register.complex(key)).transpose()?.map(|one| one.id);
    let violation = sanction.case.as_ref().map(|key| cases.ids.get(key).copied().context(key.clone())).transpose()?;
    let rows = measures_of(scenario, register.company(&sanction.company)?.id).await?;
    let fits = |row: &MeasureRow| {
        row.kind.code() == sanction.kind
            && complex.is_none_or(|id| row.complex_id == Some(id))
            && violation.is_none_or(|id| row.violation_id == Some(id))
            && row.state.is_open()
    };
    rows.into_iter().find(fits).context("no such open measure")
}

pub async fn play(scenario: &Scenario, register: &Register, cases: &Cases, sanction: &Sanction) -> anyhow::Result<()> {
    let told = || format!("{} working days ago, {}: {}", sanction.ago, sanction.company, sanction.kind);
    let row = measure(scenario, register, cases, sanction).await.with_context(told)?;
    act(scenario, register, sanction, row).await.with_context(told)
}

async fn act(scenario: &Scenario, register: &Register, sanction: &Sanction, row: MeasureRow) -> anyhow::Result<()> {
    let when = sanction.when(scenario);
    let id = row.id;
    let office = DemoUser::of_office(row.office_role, &row.office_division, "-case").caller(&scenario.state)?;
    let company = DemoUser::of_company(&register.company(&sanction.company)?.uscc).caller(&scenario.state)?;
    let approver = || -> anyhow::Result<_> {
        let role = row.approver_role.context("no approver")?;
        let place = if row.community.is_empty() { &row.office_division } else { &row.community };
        DemoUser::of_office(role, place, "").caller(&scenario.state)
    };
    let day = scenario.state.clock.day_of(when);
    match sanction.act {
        Do::Notify => {
            let level = row.level.map_or(String::new(), |level| format!("第{level}级"));
            let body = json!({
                "facts": row.reason_zh, "grounds": format!("物业服务行业“九不准”惩戒阶梯规定{level}"),
                "intended_consequence": format!("拟作出“{}”的处理，可在期限内陈述申辩或者申请听证", row.kind.zh()),
            });
            scenario.on(&office, when, "notify_measure", id, body, actions::notify_measure).await?;
            scenario.open(&company, when, "get_measure", id, actions::open_notice).await?;
        }
        Do::State => {
            let body = json!({ "text": sanction.told("请求从轻处理。") });
            scenario
                .on(&company, when, "submit_measure_statement", id, body, actions::submit_measure_statement)
                .await?;
            let body = json!({ "reasons": "陈述内容已核实，将在决定时一并考虑。" });
            scenario.on(&office, when, "answer_measure_statement", id, body, actions::answer_measure_statement).await?;
        }
        Do::RequestHearing => {
            let body = json!({ "reasons": sanction.told("申请听证。") });
            scenario.on(&company, when, "request_measure_hearing", id, body, actions::request_measure_hearing).await?;
        }
        Do::HoldHearing => {
            let body = json!({ "held_on": day, "record": sanction.told("听证会如期举行。") });
            scenario.on(&office, when, "record_measure_hearing", id, body, actions::record_measure_hearing).await?;
        }
        Do::Approve => {
            let body = json!({ "reasons": sanction.told("事实清楚，程序已履行，同意") });
            scenario.on(&approver()?, when, "approve_measure", id, body, decisions::approve_measure).await?;
        }
        Do::Reject => {
            let body = json!({ "reasons": sanction.told("暂无必要，不予批准") });
            scenario.on(&approver()?, when, "reject_measure", id, body, decisions::reject_measure).await?;
        }
        Do::Complete => {
            let removal = row.kind == MeasureKind::Removal;
            let evidence = json!([{ "title": "终止协议", "url": "https://example.invalid/evidence/agreement.pdf" }]);
            let done = match row.kind {
                MeasureKind::Interview => "已约谈企业主要负责人，企业当场提交整改承诺书",
                MeasureKind::ManagerAdvice => "已向企业发出更换项目经理人的书面建议，并告知小区业主",
                MeasureKind::StarDowngrade => "已按规定降星，并书面告知企业",
                MeasureKind::RatingUnqualified => "星级已按规定调整为不达标，并书面告知企业",
                MeasureKind::Referral => "案件材料已移交，接收单位已签收",
                _ => "已完成整改，经复查符合要求",
            };
            let body = json!({
                "completed_on": day, "outcome": sanction.told(done),
                "removal_ground": removal.then_some("agreement"),
                "evidence": if removal { evidence } else { json!([]) },
            });
            scenario.on(&office, when, "complete_measure", id, body, decisions::complete_measure).await?;
        }
        Do::Cancel => {
            let body = json!({ "reasons": sanction.told("已无必要，予以终止") });
            scenario.on(&office, when, "cancel_measure", id, body, decisions::cancel_measure).await?;
        }
    }
    Ok(())
}
