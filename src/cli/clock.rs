//! `xiaoqu clock`: shows and confirms the system clock.

use clap::Subcommand;
use serde_json::json;

use super::SettingFlags;
use super::database::{store_of, unreadable, wait};
use crate::clock_watch::store::{self, Watched};
use crate::db::{Conn, Instant, WriteLock};
use crate::ledger::{self, Event, Origin};
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum ClockCommand {
    /// Show the system clock, the database's clock, the last recorded time, and whether background jobs are paused
    Status,
    /// Confirm that the system clock is right. Background jobs resume, and act on every deadline that has passed
    Confirm,
}

pub fn run(flags: &SettingFlags, command: &ClockCommand) -> anyhow::Result<()> {
    let settings = Settings::load(&flags.sources())?;
    let db = store_of(&settings)?;
    let found = db.read_blocking(|conn| Ok((store::find(conn)?, store::database_now(conn)?))).map_err(unreadable);
    let (watched, database) = found?;
    let now = Instant::now();
    match command {
        ClockCommand::Status => print!("{}", page(now, database, watched.as_ref())),
        ClockCommand::Confirm => {
            if let Some(database) = database {
                let apart = (now.0 - database.0).abs();
                anyhow::ensure!(
                    apart.to_std()? <= settings.deployment.clock_jump_limit_minutes,
                    "the clocks of this host ({}) and of the database ({}) differ by {} min: correct the wrong one, then \
                     confirm",
                    format_instant(now),
                    format_instant(database),
                    apart.num_minutes()
                );
            }
            wait(db.write(WriteLock::default(), move |conn| confirm(conn, now)))?;
            println!("confirmed at {}: background jobs resume within seconds", format_instant(now));
        }
    }
    db.close();
    Ok(())
}

fn confirm(conn: &mut Conn, now: Instant) -> crate::db::WorkResult<()> {
    let before = store::find(conn)?;
    store::confirm(conn, now)?;
    let data = json!({
        "confirmed": now,
        "last_recorded": before.as_ref().map(|before| before.seen_at),
        "stopped_at": before.as_ref().and_then(|before| before.stopped_at),
        "reason": before.and_then(|before| before.reason),
    });
    let event = Event::new("clock.confirmed", "deployment", "clock").data(data);
    ledger::append_from(conn, Origin::operator("clock confirm"), event).map(drop)
}

fn format_instant(at: Instant) -> String {
    at.0.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn page(now: Instant, database: Option<Instant>, watched: Option<&Watched>) -> String {
    let mut page = format!("system clock        {}\n", format_instant(now));
    if let Some(database) = database {
        page += &format!("database clock      {}\n", format_instant(database));
    }
    let recorded = watched.map_or("never".into(), |watched| format_instant(watched.seen_at));
    page += &format!("last recorded time  {recorded}\n");
    match watched.and_then(|watched| Some((watched.stopped_at?, watched.reason.as_deref().unwrap_or_default()))) {
        Some((at, reason)) => {
            page += &format!(
                "background jobs     paused since {}: {reason}\n\
                 Correct the clock, then run `xiaoqu clock confirm`.\n",
                format_instant(at)
            );
        }
        None => page += "background jobs     running\n",
    }
    page
}
