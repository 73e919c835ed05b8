//! The register of companies, complexes and service periods, all invented.

use std::collections::HashMap;

use anyhow::Context;
use serde::Deserialize;
use serde_json::json;

use super::scenario::{DemoUser, Scenario};
use crate::access::Role;
use crate::db::{Id, Instant};
use crate::policy::view::PolicyApprovalIn;
use crate::service::{Body, Tx};
use crate::{companies, complexes, contracts, policy};

pub const COUNTY: &str = "640121";

/// When the register was filled and the policy published, in working days ago. It is before everything else in the
/// demo.
const OPENED: usize = 550;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanyData {
    key: String,
    uscc: String,
    name: String,
    legal_representative: String,
    service_hotline: String,
    parent: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ComplexData {
    key: String,
    name: String,
    community: String,
    grid: String,
    address: String,
    point: (f64, f64),
    area_m2: i64,
    households: i64,
    buildings: i64,
    /// Days ago, like all days below.
    delivered: i64,
    self_governance: String,
    services: Vec<ServiceData>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceData {
    company: String,
    manager: String,
    from: i64,
    to: Option<i64>,
}

#[derive(Clone)]
pub struct Company {
    pub id: Id,
    pub uscc: String,
    pub name: String,
    pub hotline: String,
}

#[derive(Clone)]
pub struct Complex {
    pub id: Id,
    pub community: String,
    pub name: String,
    self_governance: String,
    services: Vec<ServiceData>,
}

impl Complex {
    /// The project manager whom this company has here.
    pub fn manager(&self, company: &str) -> anyhow::Result<&str> {
        let service = self.services.iter().find(|service| service.company == company);
        Ok(&service.with_context(|| format!("{company} does not serve {}", self.name))?.manager)
    }

    /// Party A of the service contract: its kind and its name.
    pub fn party_a(&self) -> (&'static str, String) {
        match self.self_governance.as_str() {
            "owners_committee" => ("owners_committee", format!("{}业主委员会", self.name)),
            "management_committee" => ("management_committee", format!("{}物业管理委员会", self.name)),
            "not_eligible" => ("developer", "宁夏示范房地产开发有限公司".to_owned()),
            _ => ("owners", format!("{}全体业主", self.name)),
        }
    }
}

/// The registered companies and complexes, by the keys of the data.
#[derive(Default)]
pub struct Register {
    pub companies: HashMap<String, Company>,
    pub complexes: HashMap<String, Complex>,
    services: Vec<(Instant, String, ServiceData)>,
}

impl Register {
    pub fn company(&self, key: &str) -> anyhow::Result<&Company> {
        self.companies.get(key).with_context(|| format!("no demo company {key}"))
    }

    pub fn company_of(&self, id: Id) -> anyhow::Result<&Company> {
        self.companies.values().find(|one| one.id == id).with_context(|| format!("no demo company {id}"))
    }

    pub fn complex(&self, key: &str) -> anyhow::Result<&Complex> {
        self.complexes.get(key).with_context(|| format!("no demo complex {key}"))
    }

    /// Registers companies and complexes, and keeps the service periods for later days.
    pub async fn open(scenario: &Scenario) -> anyhow::Result<Register> {
        let mut register = Register::default();
        let county = DemoUser::of_office(Role::CountyAuthority, COUNTY, "").caller(&scenario.state)?;
        let opened = scenario.at(scenario.working_day(OPENED), 9);
        publish_policy(scenario, opened).await?;
        super::offices::register(scenario, &county, opened).await?;
        let companies: Vec<CompanyData> = serde_json::from_str(include_str!("data/companies.json"))?;
        for data in companies {
            let parent_id = data.parent.as_deref().map(|key| register.company(key)).transpose()?.map(|one| one.id);
            let body = json!({
                "uscc": data.uscc, "name": data.name, "legal_representative": data.legal_representative,
                "service_hotline": data.service_hotline, "parent_id": parent_id,
            });
            let made =
                scenario.act(&county, opened, "create_company", body, companies::actions::create_company).await?;
            let company = Company { id: made.id, uscc: data.uscc, name: data.name, hotline: data.service_hotline };
            register.companies.insert(data.key, company);
        }
        let complexes: Vec<ComplexData> = serde_json::from_str(include_str!("data/complexes.json"))?;
        for data in complexes {
            let office = DemoUser::of_office(Role::SocialAffairsOffice, &data.community, "").caller(&scenario.state)?;
            let body = json!({
                "name": data.name, "community": data.community, "grid": data.grid, "address": data.address,
                "point": { "longitude": data.point.0, "latitude": data.point.1, "system": "wgs84" },
                "area_m2": data.area_m2, "households": data.households, "buildings": data.buildings,
                "delivered_on": scenario.day(data.delivered), "self_governance": data.self_governance,
            });
            let made =
                scenario.act(&office, opened, "create_complex", body, complexes::actions::create_complex).await?;
            let dates = data.services.iter().map(|service| {
                let recorded = scenario.at(scenario.day(service.from), 10).max(opened);
                (recorded, data.key.clone(), service.clone())
            });
            register.services.extend(dates);
            let complex = Complex {
                id: made.id,
                community: data.community,
                name: data.name,
                self_governance: data.self_governance,
                services: data.services,
            };
            register.complexes.insert(data.key, complex);
        }
        register.services.sort_by_key(|service| service.0);
        Ok(register)
    }

    /// When service periods are to be recorded.
    pub fn services(&self) -> impl Iterator<Item = Instant> {
        self.services.iter().map(|(at, ..)| *at)
    }

    pub async fn record_service(&mut self, scenario: &Scenario) -> anyhow::Result<()> {
        let (at, key, service) = self.services.remove(0);
        let complex = self.complex(&key)?;
        let id = complex.id;
        let body = json!({
            "kind": "regular", "complex_id": id, "company_id": self.company(&service.company)?.id,
            "project_manager": service.manager, "effective_from": scenario.day(service.from),
            "effective_to": service.to.map(|ago| scenario.day(ago)),
        });
        let office = DemoUser::of_office(Role::SocialAffairsOffice, &complex.community, "").caller(&scenario.state)?;
        scenario.act(&office, at, "create_contract", body, contracts::actions::create_contract).await?;
        Ok(())
    }
}

/// Version 2: the built-in policy with a legal basis for the measures that need one. The regulation is invented, and its
/// title says so (示范); a county would name a real one. It is submitted on the working day before it is approved.
async fn publish_policy(scenario: &Scenario, at: Instant) -> anyhow::Result<()> {
    let mut document = serde_json::to_value(policy::versions::built_in())?;
    document["title"] = json!("永宁县物业服务行业监管规则（示范）");
    for rule in document["measures"].as_array_mut().into_iter().flatten() {
        if rule["requires_legal_basis"] == json!(true) {
            let article = match rule["kind"].as_str() {
                Some("blacklist") => "第三十二条",
                Some("restriction") => "第三十三条",
                _ => "第三十四条",
            };
            rule["legal_basis"] = json!(format!("《永宁县住宅小区物业服务管理办法（示范）》{article}"));
        }
    }
    let submitted = scenario.at(scenario.working_day(OPENED + 1), 15);
    let county = DemoUser::of_office(Role::CountyAuthority, COUNTY, "").caller(&scenario.state)?;
    let tomorrow = scenario.state.clock.day_of(at).succ_opt().unwrap_or_default();
    let body = json!({ "effective_from": tomorrow, "document": document });
    let draft = scenario.act(&county, submitted, "publish_policy", body, policy::actions::publish_policy).await?;
    let second = DemoUser::of_office(Role::CountyAuthority, COUNTY, "-2").caller(&scenario.state)?;
    let approve =
        move |tx: &mut Tx, body: &Body<PolicyApprovalIn>| policy::actions::approve_policy(tx, draft.version, body);
    let body = json!({ "note": "经局长办公会讨论通过" });
    scenario.act(&second, at, "approve_policy", body, approve).await?;
    Ok(())
}
