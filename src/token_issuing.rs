//! Issuing tokens of the service's own issuer, for operators and for the demo.

use chrono::Utc;
use clap::Args;
use serde_json::{Map, Value, json};

use crate::access::issuer::LocalIssuer;
use crate::access::token::Verifier;
use crate::role::{ROLES, Role, RoleKind};

/// Claims of the token.
#[derive(Args, Clone, Debug)]
pub struct TokenArgs {
    /// Role, such as social_affairs_office
    #[arg(long, value_parser = role)]
    pub role: Role,
    /// Subject: the person, as the office identifies them
    #[arg(long)]
    pub subject: String,
    /// Division of the role, GB/T 2260 (6, 9 or 12 digits)
    #[arg(long)]
    pub division: Option<String>,
    /// USCC, for property_company
    #[arg(long)]
    pub company: Option<String>,
    /// Id of the complex, for complex_committee
    #[arg(long)]
    pub complex: Option<String>,
    /// Organisation, for utility_operator
    #[arg(long)]
    pub organisation: Option<String>,
    /// Tasks in the charge of a township_leader, comma-separated numbers
    #[arg(long, value_delimiter = ',')]
    pub tasks: Vec<u8>,
    /// Name of the person
    #[arg(long)]
    pub name: Option<String>,
    /// Lifetime of the token in minutes [default: the setting access_token_minutes]
    #[arg(long)]
    pub minutes: Option<i64>,
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_code(text)
        .ok_or_else(|| format!("one of {}", ROLES.iter().map(|r| r.code).collect::<Vec<_>>().join(", ")))
}

/// Signs a token. Refuses one that the service itself would not accept.
pub fn issue(issuer: &LocalIssuer, args: &TokenArgs, minutes: i64) -> anyhow::Result<String> {
    let now = Utc::now();
    let mut claims = Map::from_iter([
        ("iss".to_owned(), json!(issuer.url)),
        ("aud".to_owned(), json!(issuer.audience)),
        ("sub".to_owned(), json!(args.subject)),
        ("iat".to_owned(), json!(now.timestamp())),
        ("nbf".to_owned(), json!(now.timestamp())),
        ("exp".to_owned(), json!(now.timestamp() + minutes * 60)),
        ("jti".to_owned(), json!(uuid::Uuid::new_v4())),
        ("role".to_owned(), json!(args.role)),
    ]);
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value);
        }
    };
    add("division", args.division.as_ref().map(|v| json!(v)));
    add("company", args.company.as_ref().map(|v| json!(v)));
    add("complex", args.complex.as_ref().map(|v| json!(v)));
    add("organisation", args.organisation.as_ref().map(|v| json!(v)));
    add("name", args.name.as_ref().map(|v| json!(v)));
    add("tasks", (!args.tasks.is_empty()).then(|| json!(args.tasks)));
    let token = issuer.sign(&Value::Object(claims))?;
    Verifier::new(vec![issuer.verifier()])
        .verify(&token, now)
        .map_err(|refusal| anyhow::anyhow!("cannot issue this token ({refusal}): {}", wants(args.role)))?;
    Ok(token)
}

/// Describes the claims that a role requires, for the error message.
fn wants(role: Role) -> String {
    let row = role.row();
    let own = match row.kind {
        RoleKind::Company => "--company (18 characters, the last one checks the others) and ",
        RoleKind::Committee => "--complex and ",
        _ if role == Role::UtilityOperator => "--organisation and ",
        _ => "",
    };
    let division = match row.division_digits {
        0 => "no --division".to_owned(),
        digits => format!("a --division of {digits} digits"),
    };
    format!("{} takes {own}{division}", row.code)
}
