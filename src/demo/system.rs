//! A client that is registered, has a secret and is approved, so that `/oauth/token` can be tried.

use serde::Serialize;
use serde_json::json;

use super::HOME;
use super::scenario::{DemoUser, Scenario};
use crate::access::Role;
use crate::clients::actions;
use crate::clients::model::SecretIn;
use crate::db::Id;
use crate::service::{Body, Tx};

/// An OAuth client with its secret.
#[derive(Clone, Debug, Serialize)]
pub struct System {
    pub client_id: Id,
    pub client_secret: String,
}

pub async fn register(scenario: &Scenario) -> anyhow::Result<System> {
    let administrator = DemoUser::of_office(Role::SystemAdministrator, HOME, "").caller(&scenario.state)?;
    let county = DemoUser::of_office(Role::CountyAuthority, HOME, "").caller(&scenario.state)?;
    let at = |hour| scenario.at(scenario.working_day(20), hour);
    let input = json!({
        "name": "望远居委会智慧社区平台（示范）", "contact": "永宁县大数据中心 李建华 0951-0000260",
        "role": "community", "division": HOME,
    });
    let client = scenario.act(&administrator, at(9), "create_client", input, actions::create_client).await?;
    let rotate = move |tx: &mut Tx, body: &Body<SecretIn>| actions::rotate_client_secret(tx, client.id, body);
    let overlap = json!({ "overlap_hours": 0 });
    let secret = scenario.act(&administrator, at(10), "rotate_client_secret", overlap, rotate).await?;
    let reason = json!({ "reason": "望远居委会智慧社区平台对接，已核实运营单位和联系人" });
    scenario.on(&county, at(11), "approve_client", client.id, reason, actions::approve_client).await?;
    Ok(System { client_id: client.id, client_secret: secret.client_secret })
}
