//! Six `curl` commands that climb the ladder. Each can be run alone: it contains its token, and a file keeps the id of
//! the violation that the first command reports.

use std::path::Path;

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::register::Register;
use super::sanctions;
use super::scenario::Scenario;
use crate::access::Role;
use crate::db::{Id, Instant};

pub struct Facts {
    company: Id,
    complex: Id,
    removal: Id,
    today: NaiveDate,
    /// After the statement period of a notice that is opened today.
    heard: Instant,
}

pub async fn facts(scenario: &Scenario, register: &Register) -> anyhow::Result<Facts> {
    let company = register.company("mingcui")?.id;
    let removal = sanctions::find(scenario, company, "removal", Some(register.complex("xinghe")?.id)).await?;
    Ok(Facts {
        company,
        complex: register.complex("yunshan")?.id,
        removal,
        today: scenario.day(0),
        heard: Instant(scenario.start + TimeDelta::days(21)),
    })
}

/// Quotes a text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

pub fn lines<'a>(
    facts: &Facts,
    base_url: &str,
    folder: &Path,
    token: impl Fn(Role) -> &'a str,
) -> Vec<(&'static str, String)> {
    let file = quoted(&folder.join("reported.json").display().to_string());
    // The first id in the file. grep, head and cut are available everywhere.
    let reported = format!("$(grep -o '\"id\":\"[^\"]*' {file} | head -1 | cut -d'\"' -f4)");
    let curl = |role: Role, path: &str, body: Option<Value>| {
        let body = body.map_or(String::new(), |body| {
            format!(" -H 'Content-Type: application/json' -d {}", quoted(&body.to_string()))
        });
        let token = match token(role) {
            "" => String::new(),
            token => format!(" -H 'Authorization: Bearer {token}'"),
        };
        format!("curl -sS --fail-with-body -w '\\n' \"{base_url}{path}\"{body}{token}")
    };
    let Facts { company, complex, removal, today, heard } = facts;
    let report = json!({
        "act": "nine.abandoning_service", "company_id": company, "complex_id": complex, "found_on": today,
        "source": "inspection", "description": "保洁、秩序维护连续三日无人到岗",
        "evidence": [{ "title": "现场照片", "url": "https://example.invalid/evidence/tour-1.jpg" }],
    });
    let notice = json!({
        "facts": "巡查发现保洁、秩序维护连续三日无人到岗", "grounds": "“九不准”第 6 条",
        "intended_consequence": "拟认定违规，信用扣分并责令整改",
    });
    let confirmation = json!({ "reasons": "事实清楚，陈述申辩期内未提出异议" });
    let approval = json!({ "reasons": "三条以上违规事实清楚，告知、陈述申辩程序已履行，同意启动清退" });
    let violation = format!("/v1/violations/{reported}");
    vec![
        (
            "The community reports that nobody came to work at 云杉示范里",
            format!("{} | tee {file}", curl(Role::Community, "/v1/violations", Some(report))),
        ),
        (
            "The social affairs office notifies the company",
            curl(Role::SocialAffairsOffice, &format!("{violation}/notification"), Some(notice)),
        ),
        ("The company opens the notice, which counts as its delivery", curl(Role::PropertyCompany, &violation, None)),
        (
            "Three weeks later, after the statement period, the office confirms the violation",
            format!(
                "curl -sS --fail-with-body -w '\\n' \"{base_url}/sandbox/clock\" -H 'Content-Type: application/json' -d {} && {}",
                quoted(&json!({ "now": heard }).to_string()),
                curl(Role::SocialAffairsOffice, &format!("{violation}/confirmation"), Some(confirmation)),
            ),
        ),
        (
            "This is the fourth clause: the standing of the company is level 4, with all consequences and reasons",
            curl(Role::CountyAuthority, &format!("/v1/companies/{company}/standing"), None),
        ),
        (
            "The township leader approves the removal from 星河示范苑, which was proposed at level 3",
            curl(Role::TownshipLeader, &format!("/v1/measures/{removal}/approval"), Some(approval)),
        ),
    ]
}
