//! Fills a database with complaints of several years: `cargo run --release --example complaints -- --help`.
//!
//! The rows are the service's own types, routed and dated by its own rules. Texts are encrypted with the data key of
//! its keyring, so that the service can decrypt them. The same seed, register and end give the same complaints, except
//! for the nonces. They have no events.

mod chance;
mod life;
mod rows;
mod words;
mod world;

use anyhow::{Context, ensure};
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use clap::Parser;
use diesel::Connection;
use xiaoqu::bootstrap;
use xiaoqu::cli::SettingFlags;
use xiaoqu::db::{Conn, sqlite_path};
use xiaoqu::keys::{self, Keyring};
use xiaoqu::personal;
use xiaoqu::settings::Settings;

use chance::Chance;
use life::DrawnComplaint;
use rows::{Batch, PhoneRow};
use world::World;

/// Adds complaints of three years for the registered complexes. The service must have been started on the database
/// once, to create its tables. On SQLite, stop it while this runs.
#[derive(Parser)]
struct Args {
    #[command(flatten)]
    flags: SettingFlags,
    /// Number of complaints
    #[arg(long, default_value_t = 10_000)]
    complaints: usize,
    /// Days from the first complaint to the last
    #[arg(long, default_value_t = 1096)]
    days: u32,
    /// Instant of the last complaint [default: now]
    #[arg(long)]
    until: Option<DateTime<Utc>>,
    /// Seed of the random generator
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Leave the deadline checks of this number of hours to the service: cards, closure and erasure
    #[arg(long, default_value_t = 0)]
    clock_behind_hours: u32,
}

const CHUNK: usize = 5000;

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let settings = Settings::load(&args.flags.sources())?;
    let config = bootstrap::config(&settings)?;
    let _held = bootstrap::hold(&config.db)?;
    let mut conn = match config.db.is_postgres() {
        true => Conn::Postgres(diesel::PgConnection::establish(&config.db.url)?),
        false => Conn::Sqlite(diesel::SqliteConnection::establish(&sqlite_path(&config.db.url))?),
    };
    let now = args.until.unwrap_or_else(Utc::now);
    let now = now.with_nanosecond(0).context("a moment")?;
    ensure!(args.complaints > 0 && args.days > 0, "at least one complaint and one day");
    let world = World::read(&mut conn, settings.deployment.time_zone, config.issuer.clone(), now)?;
    let ring = config.keys.ring();
    remember_keys(&mut conn, &ring)?;
    let began = std::time::Instant::now();
    let counts = fill(&mut conn, &world, &ring, &args)?;
    println!(
        "{}",
        serde_json::json!({
            "complaints": args.complaints, "open": counts.open, "steps": counts.steps, "sealed": counts.sealed,
            "followers": counts.followers, "cards": counts.cards, "complexes": world.homes.len(),
            "seconds": began.elapsed().as_secs_f64(),
        })
    );
    Ok(())
}

/// Records the keys before they are used, as the service does.
fn remember_keys(conn: &mut Conn, ring: &Keyring) -> anyhow::Result<()> {
    keys::store::remember(conn, &ring.data_key_ids(), xiaoqu::db::Instant::now())
        .map_err(|fail| anyhow::anyhow!("the keys cannot be noted: {fail:?}"))
}

#[derive(Default)]
struct Counts {
    open: usize,
    steps: usize,
    sealed: usize,
    followers: usize,
    cards: usize,
}

fn fill(conn: &mut Conn, world: &World, ring: &Keyring, args: &Args) -> anyhow::Result<Counts> {
    let emptied = rows::begin(conn)?;
    let mut chance = Chance::new(args.seed);
    let mut counts = Counts::default();
    let mut batch = Batch::default();
    let clock_until = world.now - TimeDelta::hours(args.clock_behind_hours.into());
    for number in 0..args.complaints {
        let at = moment(world, &mut chance, number, args);
        let complaint = DrawnComplaint::draw(world, &mut chance, at, number, clock_until);
        counts.open += usize::from(complaint.row.is_open);
        counts.steps += complaint.steps.len();
        counts.followers += complaint.followers.len();
        counts.cards += complaint.cards.len();
        counts.sealed += complaint.texts.len();
        add(&mut batch, ring, complaint)?;
        if batch.complaints.len() == CHUNK {
            rows::write(conn, std::mem::take(&mut batch))?;
        }
    }
    rows::write(conn, batch)?;
    rows::end(conn, emptied)?;
    Ok(counts)
}

/// The same number each day, at typical hours, and none in the future.
fn moment(world: &World, chance: &mut Chance, number: usize, args: &Args) -> DateTime<Utc> {
    let ago = (args.complaints - 1 - number) as f64 / args.complaints as f64 * f64::from(args.days);
    let day = (world.now - TimeDelta::seconds((ago * 86_400.0) as i64)).date_naive().and_time(chrono::NaiveTime::MIN);
    let at = life::time_of_day(chance, day.and_utc());
    if at <= world.now { at } else { at - TimeDelta::days(1) }
}

fn add(batch: &mut Batch, ring: &Keyring, complaint: DrawnComplaint) -> anyhow::Result<()> {
    let subject = complaint.row.id;
    let failed = |fail| anyhow::anyhow!("a text cannot be encrypted: {fail:?}");
    for (owner, purpose, text) in &complaint.texts {
        batch.sealed.push(personal::encrypted(ring, subject, *owner, *purpose, text).map_err(failed)?);
    }
    if let Some(phone) = &complaint.phone
        && let Some((index_key, digest)) = personal::phone_digest(ring, phone).map_err(failed)?
    {
        batch.phones.push(PhoneRow { subject_id: subject, index_key, digest });
    }
    batch.complaints.push(complaint.row);
    batch.steps.extend(complaint.steps);
    batch.followers.extend(complaint.followers);
    batch.cards.extend(complaint.cards);
    Ok(())
}
