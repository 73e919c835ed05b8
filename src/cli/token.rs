//! `xiaoqu token issue`: signs an access token and records it in the ledger.

use std::sync::Arc;

use chrono::{SecondsFormat, Utc};
use serde_json::json;

use super::{SettingFlags, database};
use crate::access::Caller;
use crate::access::issuer::LocalIssuer;
use crate::access::token::Verifier;
use crate::bootstrap;
use crate::db::{self, Db, StoreMetrics, WriteLock};
use crate::deployment::{self, Expected};
use crate::divisions;
use crate::keys::Keys;
use crate::ledger::{self, Event, Origin, Place};
use crate::settings::Settings;
use crate::token_issuing::{TokenArgs, issue};

/// Records the new token in the ledger, and refuses one for an unknown division. Before the first start on SQLite there
/// is no ledger yet, and the known divisions are those in the program.
fn record(settings: &Settings, keys: Arc<Keys>, caller: &Caller) -> anyhow::Result<()> {
    let options = bootstrap::db_options(settings)?;
    if !options.is_postgres() && !std::path::Path::new(&db::sqlite_path(&options.url)).exists() {
        let built_in = divisions::store::built_in()?;
        let known = |code: &String| built_in.iter().any(|division| division.code == *code);
        anyhow::ensure!(caller.division.as_ref().is_none_or(known), no_division(caller));
        eprintln!(
            "xiaoqu: there is no database yet ({}): the ledger has no record of this token",
            db::sqlite_path(&options.url)
        );
        return Ok(());
    }
    let expected = Expected {
        keys,
        time_zone: settings.deployment.time_zone.name().into(),
        public_url: settings.http.public_url.clone(),
    };
    let db = Db::open_with(&options, StoreMetrics::unregistered()?, None, Some(deployment::check(expected)))?;
    let caller = caller.clone();
    let refused = no_division(&caller);
    let recorded = database::wait(db.write(WriteLock::default(), move |conn| {
        let known = match &caller.division {
            Some(code) => divisions::find(conn, code)?.is_some(),
            None => true,
        };
        if known {
            ledger::append_from(conn, Origin::operator("token issue"), issued(&caller))?;
        }
        Ok(known)
    }));
    let refusal = db.refusal();
    db.close();
    match (recorded, refusal) {
        (Ok(known), _) => {
            anyhow::ensure!(known, refused);
            Ok(())
        }
        (Err(_), Some(refusal)) => Err(anyhow::anyhow!(refusal.detail)),
        (Err(error), None) => Err(error.context("no token was issued, because the ledger could not record it")),
    }
}

fn no_division(caller: &Caller) -> String {
    format!(
        "cannot issue this token: there is no division {}; `xiaoqu migrate --divisions FILE` loads more",
        caller.division.as_deref().unwrap_or_default()
    )
}

fn issued(caller: &Caller) -> Event {
    let code = caller.division.as_deref().unwrap_or_default();
    let upto = |digits: usize| code.get(..digits).unwrap_or_default().to_owned();
    let place = Place { county: upto(6), township: upto(9), community: upto(12) };
    let data = json!({
        "role": caller.role.code(), "division": caller.division, "company": caller.company, "complex": caller.complex,
        "organisation": caller.organisation, "tasks": caller.tasks, "expires_at": caller.expires_at, "issuer": caller.iss,
    });
    let event = Event::new("token.issued", "token", &caller.token_id).data(data);
    let event = event.personal("subject", Some(&caller.sub)).personal("name", caller.name.as_deref());
    if place.county.is_empty() { event } else { event.in_territory(place) }
}

pub fn run(flags: &SettingFlags, args: &TokenArgs) -> anyhow::Result<()> {
    let settings = Settings::load(&flags.sources())?;
    let default = i64::try_from(settings.access.access_token_minutes.as_secs() / 60)?;
    let minutes = args.minutes.unwrap_or(default);
    anyhow::ensure!((1..=1440).contains(&minutes), "--minutes takes 1 to 1440");
    let keys = Arc::new(Keys::open(settings.keyring()?)?);
    let issuer = LocalIssuer::new(&settings.http.public_url, &settings.access.audience, keys.clone());
    let token = issue(&issuer, args, minutes)?;
    // Printed with the token, so that it can be revoked by its id.
    let caller = Verifier::new(vec![issuer.verifier()]).verify(&token, Utc::now())?;
    record(&settings, keys, &caller)?;
    eprintln!("jti {}, until {}", caller.token_id, caller.expires_at.0.to_rfc3339_opts(SecondsFormat::Secs, true));
    println!("{token}");
    Ok(())
}
