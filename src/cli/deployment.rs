//! `xiaoqu deployment`: shows and changes the identity stored in the database.

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::json;

use super::SettingFlags;
use super::database::{store_of, unreadable, wait};
use crate::db::{Conn, Instant, WorkResult, WriteLock};
use crate::deployment::{Facts, PUBLIC_URL, TIME_ZONE, store};
use crate::ledger::{self, Event, Origin};
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum DeploymentCommand {
    /// Compare the identity stored in the database with the settings
    Show,
    /// Store the value of a setting in the database, to confirm an intended change. Then restart the service
    Accept(AcceptArgs),
}

#[derive(Args)]
#[group(required = true, multiple = true)]
pub struct AcceptArgs {
    /// The time zone in the settings. Stored deadlines keep their instants
    #[arg(long)]
    time_zone: bool,
    /// The public URL in the settings. Tokens of the service become invalid, and printed QR codes keep the old address
    #[arg(long)]
    public_url: bool,
}

pub fn run(flags: &SettingFlags, command: &DeploymentCommand) -> anyhow::Result<()> {
    let settings = Settings::load(&flags.sources())?;
    let db = store_of(&settings)?;
    let facts = db.read_blocking(store::facts).map_err(unreadable)?;
    let own = |name: &str| match name {
        TIME_ZONE => settings.deployment.time_zone.name().to_owned(),
        _ => settings.http.public_url.clone(),
    };
    match command {
        DeploymentCommand::Show => {
            for name in [TIME_ZONE, PUBLIC_URL] {
                let theirs = of(&facts, name).unwrap_or("(not set)");
                println!("{name}: {theirs} in the database, {} in the settings", own(name));
            }
        }
        DeploymentCommand::Accept(args) => {
            facts.id.as_ref().context("no service has used this database yet: there is nothing to change")?;
            for (name, _) in [(TIME_ZONE, args.time_zone), (PUBLIC_URL, args.public_url)].into_iter().filter(|it| it.1)
            {
                let (value, before) = (own(name), of(&facts, name).map(str::to_owned));
                if before.as_ref() == Some(&value) {
                    println!("{name} is {value} already; nothing was changed");
                    continue;
                }
                let new = value.clone();
                wait(db.write(WriteLock::default(), move |conn| accept(conn, name, &new, before.as_deref())))?;
                println!("{name} is now {value}; restart the service");
            }
        }
    }
    db.close();
    Ok(())
}

fn of<'a>(facts: &'a Facts, name: &str) -> Option<&'a str> {
    match name {
        TIME_ZONE => facts.time_zone.as_deref(),
        _ => facts.public_url.as_deref(),
    }
}

fn accept(conn: &mut Conn, name: &'static str, value: &str, before: Option<&str>) -> WorkResult<()> {
    store::set(conn, name, value, Instant::now())?;
    let data = json!({ "setting": name, "from": before, "to": value });
    let event = Event::new("deployment.changed", "deployment", name).data(data);
    ledger::append_from(conn, Origin::operator("deployment accept"), event).map(drop)
}
