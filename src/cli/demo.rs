//! `xiaoqu demo`: makes a demo and serves it.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use chrono::{DateTime, Datelike, Utc};
use clap::Args;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::SettingFlags;
use crate::app::{self, ServerOptions};
use crate::bootstrap;
use crate::clock::Clock;
use crate::demo::{self, Demo, TOKEN_MINUTES};

const LISTEN: &str = "127.0.0.1:8080";

/// Options of the demo.
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// Keep the data in this folder, which must be empty or new [default: a temporary one, removed at the end]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
    /// Start of business time. Tokens use real time
    #[arg(long, value_name = "INSTANT", default_value = "2026-06-15T01:00:00Z", value_parser = instant)]
    pub clock: DateTime<Utc>,
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| "expected an instant such as 2026-06-15T01:00:00Z")?;
    let years = 2010..=2090;
    if years.contains(&instant.year()) { Ok(instant.to_utc()) } else { Err("expected a year from 2010 to 2090".into()) }
}

/// Makes a demo and serves it until SIGTERM or SIGINT.
pub fn run(flags: &SettingFlags, args: &DemoArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        flags.set.is_empty() && flags.database_url.is_none(),
        "demo takes --listen, --data, --clock and --json; other settings are for serve"
    );
    start_log();
    let listen = flags.listen.as_deref().unwrap_or(LISTEN);
    try_address(listen)?;
    let made = Arc::new(Made::default());
    made.clone().removed_on_a_signal()?;
    let temporary = match args.data {
        None => Some(made.folder()?),
        Some(_) => None,
    };
    let folder = match (&args.data, &temporary) {
        (Some(named), _) => empty_folder(named)?,
        (None, Some(temporary)) => temporary.path().to_owned(),
        (None, None) => unreachable!("a folder is named or temporary"),
    };
    made.fills(&folder);
    let state = demo::open(&folder, Clock::sandbox(chrono_tz::Asia::Shanghai, args.clock), args.clock)?;
    actix_web::rt::System::new().block_on(async {
        let demo = demo::fill(state, args.clock).await?;
        let options = ServerOptions { listen: listen.to_owned(), ..ServerOptions::default() };
        let (server, address) = app::server(demo.state.clone(), &options)?;
        let anywhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let (metrics, metrics_address) = app::metrics_server(demo.state.clone(), anywhere)?;
        actix_web::rt::spawn(metrics);
        let at =
            Addresses { base_url: base_url(address), metrics_url: format!("{}/metrics", base_url(metrics_address)) };
        let text = match args.json {
            true => json(&demo, &at),
            false => text(&demo, &at, &folder, args),
        };
        let served = actix_web::rt::spawn(bootstrap::run(demo.state.clone(), server));
        // After its first poll the server handles signals, so a reader of the text can stop it at once.
        tokio::task::yield_now().await;
        // From here on the server stops on a signal, and the folder is removed when this function returns.
        made.is_served();
        let mut out = std::io::stdout();
        // The service continues even if nobody reads the output.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        served.await?
    })
}

/// A folder that is being filled. Until the server handles signals, this removes it on a signal, because half a demo is
/// useless and would block the next one.
#[derive(Default)]
struct Made {
    folder: Mutex<Option<PathBuf>>,
    served: AtomicBool,
}

impl Made {
    /// Created under the lock, so that no signal arrives between creating the folder and registering it.
    fn folder(&self) -> anyhow::Result<tempfile::TempDir> {
        let mut folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let made = tempfile::Builder::new().prefix("xiaoqu-demo-").tempdir().context("no temporary folder")?;
        *folder = Some(made.path().to_owned());
        Ok(made)
    }

    /// Registers the folder for the data, which was empty.
    fn fills(&self, folder: &Path) {
        *self.folder.lock().unwrap_or_else(PoisonError::into_inner) = Some(folder.to_owned());
    }

    fn is_served(&self) {
        self.served.store(true, Ordering::SeqCst);
    }

    /// On SIGINT or SIGTERM while the data are made, exits and removes the folder.
    fn removed_on_a_signal(self: Arc<Made>) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // Handlers are installed here, not when the thread starts.
        let (mut interrupt, mut terminate) = {
            let _entered = runtime.enter();
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
        };
        std::thread::Builder::new().name("signals".into()).spawn(move || {
            let code = runtime.block_on(async {
                tokio::select! {
                    _ = interrupt.recv() => 130,
                    _ = terminate.recv() => 143,
                }
            });
            if self.served.load(Ordering::SeqCst) {
                return;
            }
            // Holds the lock until the exit, so that no folder is created meanwhile. A file that is being written may
            // reappear, so it is removed again.
            let folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(folder) = folder.as_ref() {
                for _ in 0..20 {
                    let _ = std::fs::remove_dir_all(folder);
                    if !folder.exists() {
                        break;
                    }
                    std::thread::sleep(std::time::Duration::from_millis(20));
                }
            }
            std::process::exit(code);
        })?;
        Ok(())
    }
}

fn start_log() {
    let level = tracing_subscriber::filter::LevelFilter::WARN;
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
}

/// Fails early if the address cannot be used, before the data are made.
fn try_address(listen: &str) -> anyhow::Result<()> {
    TcpListener::bind(listen).map(drop).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => "; name another address with --listen, such as 127.0.0.1:0",
            _ => "",
        };
        anyhow::anyhow!("cannot listen on {listen}: {error}{hint}")
    })
}

/// Prepares an empty folder, so that every run starts with a new file.
fn empty_folder(folder: &Path) -> anyhow::Result<PathBuf> {
    let name = folder.display();
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {name}"))?;
    let folder = folder.canonicalize().with_context(|| format!("cannot use the folder {name}"))?;
    let mut inside = folder.read_dir().with_context(|| format!("cannot read the folder {name}"))?;
    anyhow::ensure!(inside.next().is_none(), "{name} is not empty: the demo needs an empty folder");
    Ok(folder)
}

fn base_url(address: SocketAddr) -> String {
    let everywhere = address.ip().is_unspecified();
    let ip = if everywhere { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

/// Addresses of the demo.
struct Addresses {
    base_url: String,
    metrics_url: String,
}

fn docs_url(base_url: &str) -> String {
    format!("{base_url}/docs/")
}

fn json(demo: &Demo, at: &Addresses) -> String {
    let object = json!({
        "base_url": at.base_url, "docs_url": docs_url(&at.base_url), "metrics_url": at.metrics_url, "tokens": demo.tokens,
        "system": demo.system,
    });
    format!("{object}\n")
}

fn text(demo: &Demo, at: &Addresses, folder: &Path, args: &DemoArgs) -> String {
    let base_url = at.base_url.as_str();
    let kept = if args.data.is_some() { "kept" } else { "removed at the end" };
    let mut page = format!(
        "xiaoqu demo: the divisions of Yongning county (永宁县) are real, everything else is invented\n\n\
         address  {base_url}\n\
         docs     {}\n\
         metrics  {}\n\
         clock    {} (business time; POST /sandbox/clock moves it)\n\
         data     {} ({kept})\n\n\
         A token for each role, valid for {} hours (paste the lines into a shell):\n",
        docs_url(base_url),
        at.metrics_url,
        args.clock.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        folder.display(),
        TOKEN_MINUTES / 60,
    );
    for token in &demo.tokens {
        let row = token.role.row();
        let place = token.division.as_ref().or(token.company.as_ref()).map_or("", |code| code.as_str());
        page += &format!("\n# {} {place}\n{}={}\n", row.zh, row.code, token.token);
    }
    page += &format!(
        "\n# A client (接入系统), which requests its own tokens\nclient_id={}\nclient_secret={}\n\
         curl -sS -u \"$client_id:$client_secret\" -d grant_type=client_credentials {base_url}/oauth/token\n",
        demo.system.client_id, demo.system.client_secret,
    );
    page += "\nSix commands that climb the ladder. Run them once, in this order, in another terminal. (The walk in README.md\n\
             climbs the same ladder: restart the demo before it.)\n";
    for (number, (what, line)) in (1..).zip(demo.tour(base_url, folder)) {
        page += &format!("\n# {number}. {what}\n{line}\n");
    }
    page += "\nCtrl-C ends the demo.\n";
    page
}
