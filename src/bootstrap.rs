//! Builds and runs a service from its settings.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant as StopWatch};

use actix_web::http::Uri;
use anyhow::Context;
use chrono::TimeDelta;

use crate::access::issuer::Issuer;
use crate::access::jwks::Pace;
use crate::access::revoked;
use crate::access::step_up::StepUp;
use crate::app::{Config, ServerOptions};
use crate::clock::Clock;
use crate::clock_watch::Limits;
use crate::db::{Conn, Db, DbOptions, Instant, Mismatch, WriteLock};
use crate::files::FilesOptions;
use crate::http::address::Proxies;
use crate::http::idempotency;
use crate::http::limits::{LimitOptions, Rate};
use crate::keys::{self, Keys};
use crate::ledger::seal::Sealer;
use crate::quotas::Quotas;
use crate::quotas::rules::Amounts;
use crate::service::Service;
use crate::service::job::{By, HOUSEKEEPING, Job};
use crate::settings::{DatabaseUrl, LogFormat, Settings};
use crate::traces::TraceOptions;
use crate::{calendar, db, deadlines, disk, divisions, ledger, personal, policy};

/// How often to look for personal data encrypted with inactive keys; and the interval after a pass that left some
/// behind.
const MOVING: Duration = Duration::from_secs(5);
const MOVING_AGAIN: Duration = Duration::from_secs(10 * 60);

/// Most open files that any deployment needs.
const MOST_FILES: u64 = 1_048_576;

/// Starts the log: one line per event on standard error, without personal data.
pub fn start_log(settings: &Settings) {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(log_filter(settings.deployment.log_level))
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr);
    match settings.deployment.log_format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).init(),
        LogFormat::Text => builder.init(),
    }
}

/// actix logs every unreadable request head as an error, and anybody can send those. They are logged from `debug` on
/// only.
fn log_filter(level: tracing::Level) -> tracing_subscriber::EnvFilter {
    // The level is a directive of its own, because a default level applies only if there are no directives.
    let quiet = if level < tracing::Level::DEBUG { ",actix_http=off" } else { "" };
    tracing_subscriber::EnvFilter::builder().parse_lossy(format!("{level}{quiet}"))
}

pub fn db_options(settings: &Settings) -> anyhow::Result<DbOptions> {
    let database = &settings.database;
    let url = match (&database.database_url, settings.postgres_url()?) {
        (_, Some(url)) => url.expose().clone(),
        (DatabaseUrl::Sqlite(path), None) => format!("sqlite:{}", path.display()),
        (DatabaseUrl::Postgres(url), None) => url.expose().clone(),
    };
    Ok(DbOptions {
        url,
        sqlite_readers: u32::try_from(database.sqlite_readers)?,
        write_queue: database.write_queue,
        pool_size: u32::try_from(database.pool_size)?,
        pool_wait: database.pool_wait_seconds,
        read_url: settings.standby_url()?.map(|url| url.expose().clone()),
        read_max_lag: database.read_max_lag_seconds,
        ..DbOptions::new("")
    })
}

/// Locks an SQLite file for one process. A second writer would wait for the first in every transaction.
pub fn hold(options: &DbOptions) -> anyhow::Result<Option<std::fs::File>> {
    if options.is_postgres() {
        return Ok(None);
    }
    let path = format!("{}.lock", db::sqlite_path(&options.url));
    db::sqlite_folder(&db::sqlite_path(&options.url))?;
    let file = std::fs::File::create(&path).with_context(|| format!("cannot write {path}"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => {
            anyhow::bail!("another process serves this SQLite file (it holds {path})")
        }
        Err(std::fs::TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {path}")),
    }
}

/// Migrates, and inserts the initial data of every deployment: divisions, the built-in policy and the holiday calendar.
pub fn prepare(options: &DbOptions) -> anyhow::Result<Vec<String>> {
    prepare_at(options, Instant::now())
}

/// [`prepare`] at an instant of business time.
pub fn prepare_at(options: &DbOptions, now: Instant) -> anyhow::Result<Vec<String>> {
    let applied = db::migrate(options)?;
    let db = Db::open(options)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let seeded = runtime.block_on(db.write(WriteLock::default(), move |conn| {
        divisions::seed(conn)?;
        policy::seed(conn, now)?;
        calendar::seed(conn, now)
    }));
    db.close();
    seeded.map_err(|fail| anyhow::anyhow!("cannot put in the first rows: {fail}"))?;
    Ok(applied)
}

pub fn config(settings: &Settings) -> anyhow::Result<Config> {
    let access = &settings.access;
    let pace = Pace { refresh: access.jwks_refresh_minutes, retry: access.jwks_retry_seconds };
    Ok(Config {
        db: db_options(settings)?,
        clock: Clock::real(settings.deployment.time_zone),
        clock_limits: clock_limits(settings)?,
        issuer: settings.http.public_url.clone(),
        audience: access.audience.clone(),
        token_life: access.access_token_minutes,
        keys: Arc::new(open_keys(settings)?),
        trusted_issuers: access
            .trusted_issuers
            .iter()
            .map(|one| Issuer::trusted(one, pace))
            .collect::<anyhow::Result<_>>()?,
        ledger_origin: settings.ledger_origin(),
        body_limit: settings.http.json_body_limit_bytes,
        request_timeout: settings.http.request_timeout_seconds,
        files: FilesOptions::of(settings)?,
        disk_warning: settings.files.disk_warning_megabytes as u64,
        limits: limits(settings),
        quotas: quotas(settings),
        step_up: StepUp { max_age: access.step_up_minutes, acr_values: access.step_up_acr_values.clone() },
        secret_life: (access.client_secret_days > 0)
            .then(|| chrono::Duration::days(i64::try_from(access.client_secret_days).unwrap_or(i64::MAX / 86_400_000))),
        metrics_on_api: false,
        traces: settings
            .deployment
            .otlp_endpoint
            .clone()
            .map(|endpoint| TraceOptions { endpoint, percent: settings.deployment.trace_percent }),
        page_life: settings.http.public_page_cache_seconds,
    })
}

/// Opens the keys of a service. A keyring without an index key is refused here and not when it is read, so that
/// commands can add the key.
fn open_keys(settings: &Settings) -> anyhow::Result<Keys> {
    let source = settings.keyring()?;
    let file = source.file.display().to_string();
    let keys = Keys::open(source)?;
    anyhow::ensure!(
        !keys.ring().index_keys().is_empty(),
        "the keyring {file} has no index key, by which callers are found: `xiaoqu keys rotate --use index` adds one"
    );
    Ok(keys)
}

fn limits(settings: &Settings) -> LimitOptions {
    let limits = &settings.limits;
    LimitOptions {
        caller: Rate::new(limits.caller_requests_per_second, limits.caller_burst),
        address: Rate::new(limits.address_requests_per_second, limits.address_burst),
        refused_tokens: Rate::new(limits.refused_tokens_per_second, limits.refused_tokens_burst),
        forged_tokens: Rate::new(limits.forged_tokens_per_second, limits.forged_tokens_burst),
        token_requests: Rate::new(limits.token_requests_per_second, limits.token_requests_burst),
        at_once: limits.address_requests_at_once,
        probes: Rate::new(limits.probe_requests_per_second, limits.probe_requests_burst),
        proxies: Proxies { trusted: limits.trusted_proxies.clone(), header: limits.forwarded_header },
    }
}

fn quotas(settings: &Settings) -> Quotas {
    let quotas = &settings.quotas;
    let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let other = Amounts {
        files: whole(quotas.files_per_day),
        bytes: whole(quotas.bytes_per_day),
        complaints: whole(quotas.complaints_per_day),
        unmaskings: whole(quotas.unmaskings_per_day),
        phone_searches: whole(quotas.phone_searches_per_day),
    };
    let resident = Amounts {
        files: whole(quotas.resident_files_per_day),
        bytes: whole(quotas.resident_bytes_per_day),
        complaints: whole(quotas.resident_complaints_per_day),
        ..other
    };
    Quotas { resident, other }
}

pub fn server_options(settings: &Settings) -> ServerOptions {
    let http = &settings.http;
    ServerOptions {
        listen: http.listen.to_string(),
        workers: http.workers,
        max_connections: http.max_connections,
        keep_alive: http.keep_alive_seconds,
        header_timeout: http.header_read_timeout_seconds,
        shutdown_timeout: http.shutdown_timeout_seconds,
    }
}

fn clock_limits(settings: &Settings) -> anyhow::Result<Limits> {
    Ok(Limits {
        jump: TimeDelta::from_std(settings.deployment.clock_jump_limit_minutes)?,
        downtime: TimeDelta::from_std(settings.deployment.clock_downtime_limit_hours)?,
    })
}

/// Loads the state that a replica needs before it serves. A database that is unreachable or not migrated is tried again
/// later. One with another keyring or other settings ends the start.
pub fn load(state: &Service) -> anyhow::Result<()> {
    match state.db.recheck_blocking() {
        Ok(()) => {
            warn_of_lost_index_keys(state);
            state.revoked.refresh_blocking(&state.db).map_err(|fail| anyhow::anyhow!("revocations: {fail}"))
        }
        Err(fail) => match state.db.refusal() {
            Some(refusal) if refusal.mismatch == Mismatch::NotMigrated => Ok(()),
            Some(refusal) => Err(anyhow::anyhow!(refusal.detail)),
            None => {
                tracing::warn!(
                    %fail,
                    "the database is unreachable: nothing is written and no token is accepted until it is known to belong to \
                     this keyring"
                );
                Ok(())
            }
        },
    }
}

/// Warns at each start if the ledger has, or will get, the name of a loopback address, because the name cannot be
/// changed later.
pub fn warn_of_ledger_name(state: &Service, settings: &Settings) {
    match state.db.read_blocking(ledger::origin) {
        Ok(Some(name)) if is_loopback(&name) => tracing::warn!(
            name,
            "the ledger has the name of a loopback address, by which auditors cannot tell it from another ledger; the name \
             cannot be changed any more"
        ),
        Ok(None) if is_loopback(&settings.ledger_origin()) => tracing::warn!(
            name = settings.ledger_origin(),
            "the ledger gets the name of a loopback address, which cannot be changed later: set public_url or \
             ledger_origin first"
        ),
        _ => {}
    }
}

/// Is the host of this ledger name (`host:port/ledger`) the machine itself?
fn is_loopback(name: &str) -> bool {
    let url = format!("http://{name}").parse::<Uri>().ok();
    let host = url.as_ref().and_then(Uri::host).unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback() || ip.is_unspecified())
}

/// Warns of lost index keys. Only phone searches are affected: the digests are rebuilt from the contacts.
fn warn_of_lost_index_keys(state: &Service) {
    let ring = state.keys.ring();
    let used = state.db.read_blocking(personal::store::index_keys_in_use).unwrap_or_default();
    let lost = |id: &&String| !ring.index_keys().iter().any(|one| one.key.id == **id);
    for key in used.iter().filter(lost) {
        tracing::warn!(
            key,
            "phone numbers are indexed with an index key that the keyring does not have: phone searches find them again \
             once the service has re-indexed them, which starts now"
        );
    }
}

async fn watch_keyring(state: &Service) {
    let before = state.keys.generation();
    state.keys.refresh();
    if state.keys.generation() != before {
        state.verifier.forget();
    }
    // Records new data keys before their first use, and again until the database has them.
    let ring = state.keys.ring();
    let new = ring.unknown_to_store();
    if !new.is_empty() {
        let ids = new.clone();
        let remember = move |conn: &mut Conn| keys::store::remember(conn, &ids, Instant::now());
        if state.db.write(WriteLock::default(), remember).await.is_ok() {
            ring.known_to_store(&new);
        }
    }
}

/// Raises the limit of open files, because each connection is one. The soft limit of a shell or of systemd (1024) is
/// meant for programs that use select(2). This program uses the hard limit.
pub fn raise_file_limit(options: &ServerOptions) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.unwrap_or(MOST_FILES).min(MOST_FILES);
    let raised = current.is_none_or(|now| now >= wanted)
        || setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_ok();
    let files = if raised { wanted.max(current.unwrap_or(MOST_FILES)) } else { current.unwrap_or(MOST_FILES) };
    let connections = (options.workers * options.max_connections) as u64;
    // The database, the log and the listener need some, too.
    if connections + 200 > files {
        tracing::warn!(
            files,
            connections,
            "the limit of open files is lower than the number of connections: raise it (LimitNOFILE)"
        );
    }
}

/// Background jobs that belong to no feature.
const JOBS: &[Job] = &[
    Job::every(
        Duration::from_secs(2),
        "keyring",
        By::EachReplica,
        "the keyring could not be checked; this is retried",
        |state| {
            Box::pin(async move {
                watch_keyring(&state).await;
                Ok(())
            })
        },
    )
    .first_after(Duration::ZERO),
    Job::every(disk::POLL, "disks", By::EachReplica, "the disks could not be checked; this is retried", |state| {
        Box::pin(async move {
            // A network file system may block.
            let _ = actix_web::rt::task::spawn_blocking(move || state.disks.refresh()).await;
            Ok(())
        })
    }),
    // Checks that the database still belongs to this deployment. The result is stored where the database is used.
    Job::every(
        Duration::from_secs(2),
        "database",
        By::EachReplica,
        "the database could not be checked; this is retried",
        |state| {
            Box::pin(async move {
                let _ = state.db.recheck().await;
                Ok(())
            })
        },
    ),
    Job::every(
        HOUSEKEEPING,
        "idempotency_keys",
        By::Background,
        "old idempotency keys could not be deleted; this is retried",
        |state| {
            Box::pin(async move {
                let now = state.clock.system();
                // In chunks, so that the job never holds the writer for long.
                let forget = || state.db.write(WriteLock::default(), move |conn| idempotency::forget_old(conn, now));
                while let Ok(500..) = forget().await {}
                Ok(())
            })
        },
    )
    .polling_every(Duration::from_secs(1)),
    deadlines::JOB,
];

/// Starts the background jobs, some in each replica and the others in one replica at a time.
pub fn start_housekeeping(state: Arc<Service>) {
    for job in JOBS.iter().chain(state.features.iter().flat_map(|feature| feature.jobs)) {
        actix_web::rt::spawn(job.follow(state.clone()));
    }
    for keys in state.verifier.fetched() {
        let forgetting = state.clone();
        actix_web::rt::spawn(keys.clone().follow(move || forgetting.verifier.forget()));
    }
    let watched = state.clone();
    actix_web::rt::spawn(async move {
        loop {
            let known = watched.revoked.refresh(&watched.db).await.is_ok();
            tokio::time::sleep(if known { revoked::POLL } else { revoked::POLL_AGAIN }).await;
        }
    });
    actix_web::rt::spawn(move_personal_data(state));
}

/// Re-encrypts personal data after each key rotation, until the service stops.
async fn move_personal_data(state: Arc<Service>) {
    // The target keys of the last pass, if it left something, and when to try again.
    let mut left: Option<((String, Option<String>), StopWatch)> = None;
    loop {
        tokio::time::sleep(MOVING).await;
        let acting = personal::reencrypt::active_keys(&state.keys.ring());
        let is_hopeless = left.as_ref().is_some_and(|(keys, again)| *keys == acting && StopWatch::now() < *again);
        if is_hopeless || !state.does_background_work().await {
            continue;
        }
        match personal::reencrypt::pass(&state).await {
            Ok(pass) => left = (pass.left > 0).then(|| (acting, StopWatch::now() + MOVING_AGAIN)),
            Err(problem) => {
                tracing::warn!(error = %problem, "personal data could not be re-encrypted; this is retried")
            }
        }
    }
}

/// Runs a server until it stops: it finishes its open requests, then the writer commits its queue.
pub async fn run(state: Arc<Service>, server: actix_web::dev::Server) -> anyhow::Result<()> {
    start_housekeeping(state.clone());
    let sealing = {
        let state = state.clone();
        actix_web::rt::spawn(async move { state.parts.get::<Sealer>().run(state.db.clone()).await })
    };
    server.await?;
    state.lease.release(&state.db).await;
    sealing.abort();
    state.db.close();
    if let Some(traces) = &state.traces {
        traces.close();
    }
    tracing::info!("stopped");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_name_of_the_machine_itself_is_recognised() {
        for (name, expected) in [
            ("127.0.0.1:8080/ledger", true),
            ("localhost/ledger", true),
            ("[::1]:8080/ledger", true),
            ("0.0.0.0:8080/ledger", true),
            ("wuye.example.gov.cn/ledger", false),
            ("localhost.example/ledger", false),
            ("10.0.0.5:8080/ledger", false),
            ("", false),
        ] {
            assert_eq!(is_loopback(name), expected, "{name}");
        }
    }

    #[test]
    fn a_second_process_does_not_serve_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let options = DbOptions::new(format!("sqlite:{}", folder.path().join("x.sqlite").display()));
        let held = hold(&options).unwrap();
        assert!(hold(&options).unwrap_err().to_string().contains("another process"));
        drop(held);
        hold(&options).unwrap();
    }
}
