//! Assembles the service: the list of features, the routes and OpenAPI document made from it, and the layers around
//! them.

mod components;
pub mod document;
mod examples;
mod fields;
mod labels;
mod operation;
mod permission_page;
#[cfg(test)]
mod permission_tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, dev::Server, web};
use anyhow::Context;

use crate::access::issuer::{Issuer, LocalIssuer};
use crate::access::permissions::Permissions;
use crate::access::revoked::Revoked;
use crate::access::step_up::StepUp;
use crate::access::token::Verifier;
use crate::calendar::OnFile;
use crate::clock::Clock;
use crate::clock_watch::{self, ClockWatch};
use crate::db::lease::{self, Lease};
use crate::db::{self, Db, DbOptions};
use crate::deployment::{self, Expected};
use crate::disk::Disks;
use crate::edge::gate::gate;
use crate::edge::middleware::edge;
use crate::files::{Files, FilesOptions, Place};
use crate::http::encoding::encode;
use crate::http::limits::{LimitOptions, Limits};
use crate::http::recent::RecentWriters;
use crate::http::schema::Contract;
use crate::keys::Keys;
use crate::ledger::seal::Sealer;
use crate::metrics::Metrics;
use crate::pages::Cache;
use crate::policy::store::PolicyCache;
use crate::quotas::Quotas;
use crate::ratings::Published;
use crate::security::Security;
use crate::service::feature::{Feature, Operation};
use crate::service::routes::{Dispatch, Routes};
use crate::service::{Parts, Route, Service};
use crate::traces::{TraceOptions, Traces};
use crate::{deadlines, token_revocations};

pub use permission_page::permissions_page;

/// All features, in the order of the OpenAPI document.
pub const FEATURES: &[&Feature] = &[
    &crate::system::FEATURE,
    &crate::identity::FEATURE,
    &crate::divisions::FEATURE,
    &crate::policy::FEATURE,
    &crate::calendar::FEATURE,
    &crate::policy_api::FEATURE,
    &crate::companies::FEATURE,
    &crate::complexes::FEATURE,
    &crate::contracts::FEATURE,
    &crate::disclosures::FEATURE,
    &crate::survey::FEATURE,
    &crate::typical_cases::FEATURE,
    &crate::ratings::FEATURE,
    &crate::fact_sheet::FEATURE,
    &crate::ratings::STEPS,
    &crate::statistics::FEATURE,
    &crate::inspections::FEATURE,
    &crate::complaints::FEATURE,
    &crate::violations::FEATURE,
    &crate::measures::FEATURE,
    &crate::standing::FEATURE,
    &crate::company_record::FEATURE,
    &crate::blacklist::FEATURE,
    &crate::files::FEATURE,
    &crate::documents::FEATURE,
    &crate::document_subjects::FEATURE,
    &crate::offices::FEATURE,
    &crate::pages::FEATURE,
    &crate::inbox::FEATURE,
    &crate::ledger::FEATURE,
    &crate::open311::FEATURE,
    &crate::oauth::FEATURE,
    &crate::clients::FEATURE,
    &crate::token_revocations::FEATURE,
    &crate::proceedings::FEATURE,
    &crate::service::SHARED,
];

/// Features with stored deadlines that count working days or must end on one.
pub static DEADLINES: &[deadlines::Feature] = &[
    deadlines::Feature::of::<crate::violations::model::ViolationRow>(
        "violations",
        &["statement_due_on", "appeal_due_on"],
    ),
    deadlines::Feature::of::<crate::measures::model::MeasureRow>("measures", &["due_on", "hearing_request_due_on"]),
    deadlines::Feature::of::<crate::contracts::model::ContractRow>("contracts", &["review_due_on", "handover_due_on"]),
    deadlines::Feature::of::<crate::inspections::model::HazardRow>("hazards", &["due_on"]),
    deadlines::Feature::of::<crate::ratings::rows::RatingRow>("ratings", &["announcement_ends_on"]),
    deadlines::Feature::of::<crate::complaints::model::ComplaintRow>(
        "complaints",
        &["resolve_due", "course.accept_due"],
    ),
];

/// All operations, including those that move the clock in the sandbox.
pub fn operations(sandbox: bool) -> impl Iterator<Item = &'static Operation> {
    let all = || FEATURES.iter().flat_map(|feature| feature.operations);
    all().filter(|one| !one.sandbox).chain(all().filter(move |one| sandbox && one.sandbox))
}

pub fn permissions() -> &'static Permissions {
    static ALL: LazyLock<Permissions> = LazyLock::new(|| {
        let (sandbox, rows): (Vec<&Operation>, _) = operations(true).partition(|one| one.sandbox);
        let permissions = |of: Vec<&Operation>| of.into_iter().map(|one| one.permission).collect();
        Permissions::new(permissions(rows), permissions(sandbox))
    });
    &ALL
}

/// Configuration of a service, from the settings or for the demo.
pub struct Config {
    pub db: DbOptions,
    pub clock: Clock,
    /// How far the clock may jump before background jobs are paused.
    pub clock_limits: clock_watch::Limits,
    /// The service's own issuer: its URL and the audience of its tokens.
    pub issuer: String,
    pub audience: String,
    pub keys: Arc<Keys>,
    /// Lifetime of clients' tokens.
    pub token_life: Duration,
    pub trusted_issuers: Vec<Issuer>,
    /// Name for a new ledger.
    pub ledger_origin: String,
    pub body_limit: usize,
    pub request_timeout: Duration,
    pub files: FilesOptions,
    /// Megabytes of free space below which `/readyz` warns.
    pub disk_warning: u64,
    pub limits: LimitOptions,
    pub quotas: Quotas,
    pub step_up: StepUp,
    /// Lifetime of a client secret; `None` means that it does not expire.
    pub secret_life: Option<chrono::Duration>,
    /// Serve `/metrics` on the address of the API instead of its own.
    pub metrics_on_api: bool,
    /// Target of traces; `None` turns them off.
    pub traces: Option<TraceOptions>,
    /// How long a public page is cached; zero turns the cache off.
    pub page_life: Duration,
}

impl Config {
    /// The identity that the database must have.
    pub fn expected(&self) -> Expected {
        Expected {
            keys: self.keys.clone(),
            time_zone: self.clock.zone().name().to_owned(),
            public_url: self.issuer.clone(),
        }
    }
}

/// The OpenAPI document and what is derived from it. Built once per process, however many services a test starts.
struct Surface {
    document: web::Bytes,
    contract: Contract,
    routes: Routes,
}

impl Surface {
    fn of(sandbox: bool) -> anyhow::Result<&'static Surface> {
        static PLAIN: OnceLock<Surface> = OnceLock::new();
        static SANDBOX: OnceLock<Surface> = OnceLock::new();
        let known = if sandbox { &SANDBOX } else { &PLAIN };
        if let Some(surface) = known.get() {
            return Ok(surface);
        }
        let surface = if sandbox {
            Surface::new(&sandbox_document()?, true)?
        } else {
            let read = serde_json::from_str(COMMITTED).map_err(anyhow::Error::from);
            read.and_then(|document| Surface::new(&document, false))
                .context("openapi/xiaoqu.json is not of this code: cargo run -- openapi --write openapi/xiaoqu.json")?
        };
        Ok(known.get_or_init(|| surface))
    }

    fn new(document: &serde_json::Value, sandbox: bool) -> anyhow::Result<Surface> {
        Ok(Surface {
            contract: Contract::new(document),
            routes: routes(document, sandbox)?,
            document: web::Bytes::from(serde_json::to_vec(document)?),
        })
    }
}

/// The committed document, and the operations of the sandbox beside it.
fn sandbox_document() -> anyhow::Result<serde_json::Value> {
    let mut document = document::document(true)?;
    let mut committed: serde_json::Value = serde_json::from_str(COMMITTED)?;
    let recorded = committed["paths"].as_object_mut().map(std::mem::take);
    for (path, item) in recorded.into_iter().flatten() {
        document["paths"][path] = item;
    }
    Ok(document)
}

/// The committed document, so that it need not be generated at start-up. A test compares it with the code.
pub const COMMITTED: &str = include_str!("../../openapi/xiaoqu.json");

/// Builds the service.
pub fn build(config: Config) -> anyhow::Result<Arc<Service>> {
    let surface = Surface::of(config.clock.is_sandbox())?;
    let expected = config.expected();
    let places = kept_here(&config);
    let keys = config.keys;
    // A demo does not know its public URL until it listens.
    let document = match config.clock.is_sandbox() {
        true => surface.document.clone(),
        false => crate::service::document::served_at(&surface.document, &config.issuer),
    };
    let local_issuer = LocalIssuer::new(&config.issuer, &config.audience, keys.clone());
    let mut issuers = vec![local_issuer.verifier()];
    let sealer = Sealer::new(&config.ledger_origin, keys.clone())?;
    issuers.extend(config.trusted_issuers);
    let metrics = Metrics::new(permissions())?;
    let db = {
        let sealer = sealer.clone();
        let check = deployment::check(expected);
        let counted = metrics.store.clone();
        Db::open_with(&config.db, counted, Some(Arc::new(move |conn| sealer.seal_batch(conn))), Some(check))?
    };
    Ok(Arc::new(Service {
        contract: &surface.contract,
        routes: &surface.routes,
        permissions: permissions(),
        features: FEATURES,
        document,
        verifier: Verifier::new(issuers),
        local_issuer,
        keys,
        revoked: Revoked::new(&config.issuer, token_revocations::known),
        token_life: config.token_life,
        security: Security::new(&metrics.security_events),
        metrics,
        traces: config.traces.as_ref().map(|options| Traces::new(options, &db)).transpose()?,
        limits: Limits::new(config.limits),
        step_up: config.step_up,
        secret_life: config.secret_life,
        unnamed_proxy: std::sync::Once::new(),
        seal: sealer.notify(),
        wrote: RecentWriters::new(config.db.read_max_lag),
        lease: Lease::new(lease::BACKGROUND, lease::TERM),
        clock_watch: ClockWatch::new(config.clock_limits),
        county_of: crate::counties::of_token,
        db,
        clock: config.clock,
        body_limit: config.body_limit,
        request_timeout: config.request_timeout,
        upload_timeout: config.files.timeout,
        disks: Disks::new(places, config.disk_warning),
        metrics_on_api: config.metrics_on_api,
        parts: Parts::default()
            .with(crate::consequences::installed())
            .with(PolicyCache::default())
            .with(OnFile::default())
            .with(Published::default())
            .with(Cache::new(config.page_life))
            .with(deadlines::Deadlines(DEADLINES))
            .with(config.quotas)
            .with(sealer)
            .with(Files::open(config.files)?),
    }))
}

/// Folders on this machine that contain data.
fn kept_here(config: &Config) -> Vec<(&'static str, PathBuf)> {
    let mut places = Vec::new();
    if !config.db.is_postgres() {
        let file = PathBuf::from(db::sqlite_path(&config.db.url));
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        places.push(("database", folder.unwrap_or(Path::new(".")).to_owned()));
    }
    if let Place::Folder(folder) = &config.files.place {
        places.push(("attachments", folder.clone()));
    }
    places
}

/// The routes of the operations, by the paths in the document.
fn routes(document: &serde_json::Value, sandbox: bool) -> anyhow::Result<Routes> {
    let declared_ops: Vec<&Operation> = operations(sandbox).collect();
    let mut all = Routes::default();
    let mut served = 0;
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let pattern: Arc<str> = path.as_str().into();
        let resource = Arc::new(ResourceDef::new(path.as_str()));
        for (method, operation) in item.as_object().into_iter().flatten() {
            let Some(id) = operation["operationId"].as_str() else { continue };
            let declared = declared_ops.iter().position(|one| one.name() == id).zip(permissions().of(id));
            let (handler, permission) = declared.ok_or_else(|| anyhow::anyhow!("no feature declares {id}"))?;
            served += 1;
            all.add(Route {
                pattern: pattern.clone(),
                method: Method::from_bytes(method.to_ascii_uppercase().as_bytes())?,
                operation: permission.operation,
                permission,
                handler,
                resource: resource.clone(),
                limit: declared_ops[handler].limit,
                long: declared_ops[handler].long,
                index: permissions()
                    .rows()
                    .iter()
                    .position(|row| row.operation == id)
                    .unwrap_or(permissions().rows().len()),
                produces: produces(path, operation),
            });
        }
    }
    anyhow::ensure!(
        served == declared_ops.len(),
        "of {} operations {served} have a path of their own",
        declared_ops.len()
    );
    Ok(all)
}

/// Media types of the successful responses; empty if the suffix of the path selects the format.
fn produces(path: &str, operation: &serde_json::Value) -> Arc<[String]> {
    if crate::open311::format_of(path).is_some() {
        return Arc::new([]);
    }
    let good = ["200", "201", "206"].iter().filter_map(|status| operation["responses"][status]["content"].as_object());
    let mut all: Vec<String> = good.flat_map(|content| content.keys().cloned()).collect();
    all.sort_unstable();
    all.dedup();
    all.into()
}

/// Timeouts and size limits against slow or greedy clients.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    pub listen: String,
    pub workers: usize,
    pub max_connections: usize,
    pub keep_alive: Duration,
    pub header_timeout: Duration,
    pub shutdown_timeout: Duration,
}

impl Default for ServerOptions {
    fn default() -> Self {
        ServerOptions {
            listen: "127.0.0.1:0".into(),
            workers: 2,
            max_connections: 10_000,
            keep_alive: Duration::from_secs(30),
            header_timeout: Duration::from_secs(10),
            shutdown_timeout: Duration::from_secs(30),
        }
    }
}

/// Binds and builds the server, which runs when awaited. Returns it with its address.
pub fn server(state: Arc<Service>, options: &ServerOptions) -> anyhow::Result<(Server, std::net::SocketAddr)> {
    let data = web::Data::from(state);
    let factory = move || {
        let sandbox = data.clock.is_sandbox();
        App::new()
            .app_data(data.clone())
            .configure(crate::system::pages)
            .default_service(Dispatch(operations(sandbox).map(|one| one.handler.make).collect()))
            .wrap(from_fn(gate))
            .wrap(from_fn(edge))
            .wrap(from_fn(encode))
    };
    let server = HttpServer::new(factory)
        .workers(options.workers)
        .max_connections(options.max_connections)
        .keep_alive(options.keep_alive)
        .client_request_timeout(options.header_timeout)
        .client_disconnect_timeout(Duration::from_secs(5))
        .shutdown_timeout(options.shutdown_timeout.as_secs())
        .bind(&options.listen)
        .with_context(|| cannot_listen("listen", &options.listen))?;
    let address = server.addrs().first().copied().ok_or_else(|| anyhow::anyhow!("no address to listen on"))?;
    Ok((server.run(), address))
}

fn cannot_listen(setting: &str, address: &str) -> String {
    format!("cannot listen on {address} (the setting {setting}); another program may use it")
}

/// A server for `/metrics` on an address of its own. Returns it with its address.
pub fn metrics_server(
    state: Arc<Service>,
    listen: std::net::SocketAddr,
) -> anyhow::Result<(Server, std::net::SocketAddr)> {
    let data = web::Data::from(state);
    let factory =
        move || App::new().app_data(data.clone()).route("/metrics", web::get().to(crate::system::metrics_text));
    let server = HttpServer::new(factory).workers(1).disable_signals().bind(listen);
    let server = server.with_context(|| cannot_listen("metrics_listen", &listen.to_string()))?;
    let address = server.addrs().first().copied().ok_or_else(|| anyhow::anyhow!("no address to listen on"))?;
    Ok((server.run(), address))
}
