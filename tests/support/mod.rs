//! Starts the real application on a free port, with a new database of either kind, for one test.

pub mod browser;
pub mod cases;
pub mod client;
pub mod complaining;
pub mod disclosing;
pub mod files;
pub mod georeport;
pub mod inspecting;
pub mod jwks;
pub mod keyring;
pub mod keys;
pub mod needles;
pub mod oidc;
pub mod ports;
pub mod postgres;
pub mod program;
pub mod promises;
pub mod rating;
pub mod rows;
pub mod s3;
pub mod sql;
pub mod systems;

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Utc};
use xiaoqu::access::issuer::Issuer;
use xiaoqu::access::step_up::StepUp;
use xiaoqu::app::{self, Config, ServerOptions};
use xiaoqu::bootstrap;
use xiaoqu::clock::Clock;
use xiaoqu::clock_watch::Limits;
use xiaoqu::db::DbOptions;
use xiaoqu::files::{FilesOptions, Place};
use xiaoqu::http::limits::LimitOptions;
use xiaoqu::keys::{Key as RingKey, Keyring, Keys, Use};
use xiaoqu::quotas::Quotas;
use xiaoqu::service::Service;
use xiaoqu::traces::TraceOptions;

use keys::Key;

/// Local issuer and audience of every test application.
pub const ISSUER: &str = "https://xiaoqu.test";
pub const AUDIENCE: &str = "xiaoqu";
/// Monday 2026-03-02, nine o'clock in Yinchuan.
pub const START: &str = "2026-03-02T01:00:00Z";

/// Yongning county with two of its townships and a community of each, and the neighbouring county.
pub const COUNTY: &str = "640121";
pub const TOWNSHIP: &str = "640121102";
pub const COMMUNITY: &str = "640121102001";
pub const NEIGHBOUR: &str = "640121100";
pub const NEIGHBOUR_COMMUNITY: &str = "640121100200";
pub const OTHER_COUNTY: &str = "640122";
pub const OTHER_TOWNSHIP: &str = "640122100";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// Options of a test application.
pub struct Setup {
    pub clock: Clock,
    /// A keyring other than the one with the test's own key.
    pub keyring: Option<Keys>,
    pub trusted_issuers: Vec<Issuer>,
    pub body_limit: usize,
    pub request_timeout: Duration,
    /// The folder of attachments, unless `files` says otherwise. Deleted when its last reference is dropped.
    pub folder: Arc<tempfile::TempDir>,
    pub files: fn(&mut FilesOptions),
    /// An attachment store other than the folder.
    pub place: Option<Place>,
    /// Free megabytes below which the service warns.
    pub disk_warning: u64,
    pub limits: LimitOptions,
    pub quotas: Quotas,
    pub step_up: StepUp,
    pub secret_life: Option<chrono::Duration>,
    pub metrics_on_api: bool,
    pub traces: Option<TraceOptions>,
    /// How long public pages are cached.
    pub page_life: Duration,
    pub server: ServerOptions,
    pub database: fn(&mut DbOptions),
    /// A standby for lists, and its largest lag.
    pub standby: Option<(String, Duration)>,
}

impl Default for Setup {
    fn default() -> Setup {
        Setup {
            clock: sandbox(START),
            keyring: None,
            trusted_issuers: Vec::new(),
            body_limit: 1024 * 1024,
            request_timeout: Duration::from_secs(30),
            folder: Arc::new(tempfile::Builder::new().prefix("xiaoqu-files-").tempdir().expect("a folder")),
            files: |_| {},
            place: None,
            disk_warning: 0,
            limits: LimitOptions::default(),
            quotas: Quotas::default(),
            step_up: StepUp::default(),
            secret_life: None,
            metrics_on_api: true,
            traces: None,
            page_life: Duration::ZERO,
            server: ServerOptions {
                workers: 1,
                max_connections: 1000,
                shutdown_timeout: Duration::from_secs(10),
                ..ServerOptions::default()
            },
            database: |_| {},
            standby: None,
        }
    }
}

pub fn sandbox(start: &str) -> Clock {
    Clock::sandbox(chrono_tz::Asia::Shanghai, instant(start))
}

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 instant")
}

/// The database of one test, dropped with this value.
pub enum Database {
    Sqlite(tempfile::TempDir),
    Postgres(postgres::Database),
    /// A database from elsewhere, such as a cluster that the test stops.
    Url(String),
}

impl Database {
    /// `None` if there is no PostgreSQL; the cluster has printed the reason.
    pub fn fresh(kind: Kind) -> Option<Database> {
        Some(match kind {
            Kind::Sqlite => Database::Sqlite(sqlite_in(&std::env::temp_dir())),
            Kind::Postgres => Database::Postgres(postgres::database(prepare)?),
        })
    }

    pub fn url(&self) -> String {
        match self {
            Database::Sqlite(folder) => sqlite_url(folder.path()),
            Database::Postgres(database) => database.url(),
            Database::Url(url) => url.clone(),
        }
    }
}

/// Migrates and fills a database like a first start.
pub fn prepare(url: &str) {
    bootstrap::prepare(&DbOptions::new(url)).expect("the database is prepared");
}

fn sqlite_url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("xiaoqu.sqlite").display())
}

/// A folder with a copy of the prepared SQLite file.
pub fn sqlite_in(parent: &Path) -> tempfile::TempDir {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        prepare(&sqlite_url(folder.path()));
        assert!(!folder.path().join("xiaoqu.sqlite-wal").exists(), "the last connection leaves no log behind");
        std::fs::read(folder.path().join("xiaoqu.sqlite")).expect("the prepared file")
    });
    let folder = tempfile::Builder::new().prefix("xiaoqu-").tempdir_in(parent).expect("a folder");
    std::fs::write(folder.path().join("xiaoqu.sqlite"), template).expect("its copy");
    folder
}

/// A running application.
pub struct TestApp {
    pub base_url: String,
    pub address: SocketAddr,
    pub db_url: String,
    pub state: Arc<Service>,
    /// The key that the local issuer signs with.
    pub key: Key,
    pub http: reqwest::Client,
    /// Where its attachments are.
    pub folder: Arc<tempfile::TempDir>,
    server: Option<(actix_web::dev::ServerHandle, JoinHandle<()>)>,
    // The last member, so that it is dropped after the server.
    database: Option<Database>,
}

/// Business time at which the last application of a database stopped.
fn stopped() -> MutexGuard<'static, HashMap<String, DateTime<Utc>>> {
    static STOPPED: LazyLock<Mutex<HashMap<String, DateTime<Utc>>>> = LazyLock::new(Mutex::default);
    STOPPED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TestApp {
    pub fn start(kind: Kind, setup: Setup) -> Option<TestApp> {
        Some(TestApp::on(Database::fresh(kind)?, Key::ed25519("local"), setup))
    }

    pub fn config(database: &Database, key: &Key, setup: Setup) -> Config {
        let mut options = DbOptions::new(database.url());
        (options.sqlite_readers, options.pool_size) = (2, 6);
        // A busy machine must not look like an outage. Tests of outages use the waiting times of a deployment.
        options.pool_wait = Duration::from_secs(15);
        (setup.database)(&mut options);
        if let Some((url, lag)) = setup.standby {
            (options.read_url, options.read_max_lag) = (Some(url), lag);
        }
        let mut files = FilesOptions::in_folder(setup.folder.path());
        (setup.files)(&mut files);
        files.place = setup.place.unwrap_or(files.place);
        Config {
            db: options,
            clock: setup.clock,
            clock_limits: Limits::default(),
            issuer: ISSUER.into(),
            audience: AUDIENCE.into(),
            keys: Arc::new(setup.keyring.unwrap_or_else(|| Keys::fixed(keyring(key)))),
            token_life: Duration::from_secs(3600),
            trusted_issuers: setup.trusted_issuers,
            ledger_origin: "xiaoqu.test/ledger".to_owned(),
            body_limit: setup.body_limit,
            request_timeout: setup.request_timeout,
            files,
            disk_warning: setup.disk_warning,
            limits: setup.limits,
            quotas: setup.quotas,
            step_up: setup.step_up,
            secret_life: setup.secret_life,
            metrics_on_api: setup.metrics_on_api,
            traces: setup.traces,
            page_life: setup.page_life,
        }
    }

    pub fn on(database: Database, key: Key, setup: Setup) -> TestApp {
        let (db_url, server, folder) = (database.url(), setup.server.clone(), setup.folder.clone());
        let state = app::build(TestApp::config(&database, &key, setup)).expect("the state");
        bootstrap::load(&state).expect("the keys fit the database");
        // Business time continues. Ids are made from it, so a clock that starts again would make the same ones again.
        let stopped_at = stopped().get(&db_url).copied();
        if let Some(at) = stopped_at.filter(|at| state.clock.is_sandbox() && state.clock.now().0 <= *at) {
            state.clock.set(at + chrono::TimeDelta::seconds(1));
        }
        let (address, server) = serve(state.clone(), server);
        TestApp {
            base_url: format!("http://{address}"),
            address,
            db_url,
            state,
            key,
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            folder,
            server: Some(server),
            database: Some(database),
        }
    }

    /// Stops gracefully, and starts again with the same database and keys.
    pub fn restart(mut self, mut setup: Setup) -> TestApp {
        self.stop();
        setup.folder = self.folder.clone();
        let database = self.database.take().expect("a database");
        TestApp::on(database, self.key.clone(), setup)
    }

    /// Stops gracefully: open requests are finished.
    pub fn stop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            drop(handle.stop(true));
            let ended = thread.join();
            stopped().insert(self.db_url.clone(), self.state.clock.now().0);
            assert!(ended.is_ok() || std::thread::panicking(), "the server panicked");
        }
    }

    pub fn kind(&self) -> Kind {
        if self.state.db.is_postgres() { Kind::Postgres } else { Kind::Sqlite }
    }

    pub fn set_clock(&self, to: &str) {
        self.state.clock.set(instant(to));
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The test's token key, with ledger and data keys that are the same in every test, so that a restart knows them.
pub fn keyring(token: &Key) -> Keyring {
    let start = instant("2026-01-01T00:00:00Z");
    let key = |usage, secret| RingKey::of(usage, secret, start, start).expect("a key");
    let all =
        [key(Use::Token, token.seed()), key(Use::Ledger, [5; 32]), key(Use::Data, [7; 32]), key(Use::Index, [8; 32])];
    Keyring::new(all.to_vec()).expect("a keyring")
}

type Running = (actix_web::dev::ServerHandle, JoinHandle<()>);

fn serve(state: Arc<Service>, options: ServerOptions) -> (SocketAddr, Running) {
    let (tell, told) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let (server, address) = app::server(state.clone(), &options).expect("the server");
            tell.send((address, server.handle())).expect("the test waits");
            bootstrap::run(state, server).await.expect("the server runs");
        });
    });
    let (address, handle) = told.recv().expect("the server starts");
    (address, (handle, thread))
}

/// Runs one test with its own application.
pub fn run<F, Fut>(kind: Kind, setup: Setup, test: F)
where
    F: FnOnce(TestApp) -> Fut,
    Fut: Future<Output = ()>,
{
    let Some(app) = TestApp::start(kind, setup) else { return };
    block_on(test(app));
}

pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

/// Makes two tests of each function, `name::on_sqlite` and `name::on_postgres`, each with its own database. Without
/// PostgreSQL, the second prints one line (with `XIAOQU_REQUIRE_POSTGRES=1` that is a failure).
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)*) => { $(
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            $(#[$meta])*
            async fn body($app: $crate::support::TestApp) $body
            #[test]
            fn on_sqlite() {
                $crate::support::run($crate::support::Kind::Sqlite, $crate::support::Setup::default(), body);
            }
            #[test]
            fn on_postgres() {
                $crate::support::run($crate::support::Kind::Postgres, $crate::support::Setup::default(), body);
            }
        }
    )* };
}

/// The same for tests that do not reach the database: SQLite only.
#[macro_export]
macro_rules! on_sqlite {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)*) => { $(
        #[test]
        fn $name() {
            async fn body($app: $crate::support::TestApp) $body
            $crate::support::run($crate::support::Kind::Sqlite, $crate::support::Setup::default(), body);
        }
    )* };
}
