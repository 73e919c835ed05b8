//! The parts of request handling that all features share. Nothing here depends on a feature.

pub mod body;
pub mod context;
pub mod document;
pub mod events;
pub mod feature;
pub mod file_owner;
pub mod job;
mod parts;
pub mod routes;
mod texts;
pub mod transaction;

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{ResourceDef, ServiceRequest};
use actix_web::http::Method;
use actix_web::web;

use crate::access::Caller;
use crate::access::issuer::LocalIssuer;
use crate::access::permissions::{Permission, Permissions};
use crate::access::revoked::Revoked;
use crate::access::step_up::StepUp;
use crate::access::token::Verifier;
use crate::clock::Clock;
use crate::clock_watch::ClockWatch;
use crate::db::lease::Lease;
use crate::db::{Conn, Db, WorkResult};
use crate::disk::Disks;
use crate::http::limits::Limits;
use crate::http::recent::RecentWriters;
use crate::http::schema::Contract;
use crate::keys::Keys;
use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::security::Security;
use crate::traces::Traces;

pub use body::Body;
pub use context::{Ctx, Request};
use feature::{Feature, Limit, Table};
pub use parts::Parts;
use routes::Routes;
pub use transaction::Tx;

/// Shared declarations that belong to no feature.
pub const SHARED: Feature = Feature {
    name: "service",
    tables: &[
        Table::of_program("encrypted_texts").grows(),
        Table::of_program("phone_indexes").grows(),
        Table::of_program("idempotency_keys"),
        Table::of_program("data_keys"),
        Table::of_program("leases"),
        Table::of_program("clock_watch"),
        Table::of_program("deployment"),
        Table::of_program("quota_uses"),
    ],
    ..Feature::EMPTY
};

/// The state of the service, shared by all requests.
pub struct Service {
    pub db: Db,
    pub clock: Clock,
    pub contract: &'static Contract,
    pub features: &'static [&'static Feature],
    pub routes: &'static Routes,
    pub permissions: &'static Permissions,
    pub document: web::Bytes,
    pub local_issuer: LocalIssuer,
    pub verifier: Verifier,
    pub keys: Arc<Keys>,
    /// Wakes the sealer of the ledger.
    pub seal: Arc<tokio::sync::Notify>,
    pub revoked: Revoked,
    pub token_life: Duration,
    pub metrics: Metrics,
    pub traces: Option<Traces>,
    pub limits: Limits,
    /// Requirements for unmasking personal data.
    pub step_up: StepUp,
    pub secret_life: Option<chrono::Duration>,
    /// Logs once that requests come through a proxy that the settings do not name.
    pub unnamed_proxy: std::sync::Once,
    pub security: Security,
    /// Callers that wrote a moment ago and therefore read from the primary.
    pub wrote: RecentWriters,
    /// The lease for background jobs.
    pub lease: Lease,
    pub clock_watch: ClockWatch,
    pub body_limit: usize,
    pub request_timeout: Duration,
    /// Timeout of an upload.
    pub upload_timeout: Duration,
    pub disks: Disks,
    pub metrics_on_api: bool,
    /// State of individual features.
    pub parts: Parts,
    /// Determines the county of a token.
    pub county_of: fn(&mut Conn, &Caller) -> WorkResult<Option<String>>,
}

impl Service {
    /// The service that handles a request.
    pub fn of(request: &ServiceRequest) -> Result<web::Data<Service>, Problem> {
        let found = request.app_data::<web::Data<Service>>().cloned();
        found.ok_or_else(|| Problem::broken("the service is not among the application's data"))
    }

    /// May this replica run background jobs now? It must hold the lease, and its clock must be confirmed.
    pub async fn does_background_work(&self) -> bool {
        self.lease.held(&self.db).await && self.clock_watch.permits(&self.db, &self.clock, &self.security).await
    }
}

/// The route of an operation.
#[derive(Clone, Debug)]
pub struct Route {
    pub pattern: Arc<str>,
    pub method: Method,
    pub operation: &'static str,
    pub permission: &'static Permission,
    /// Index among the handlers of a worker.
    pub handler: usize,
    /// Extracts the parameters of a path.
    pub resource: Arc<ResourceDef>,
    pub limit: Limit,
    /// It may take as long as an upload.
    pub long: bool,
    /// Index of its metrics.
    pub index: usize,
    /// Media types of its successful responses.
    pub produces: Arc<[String]>,
}

impl Route {
    /// A GET route with this pattern, served by the first handler.
    pub fn under(pattern: &str, permission: &'static Permission) -> Route {
        Route {
            pattern: pattern.into(),
            method: Method::GET,
            operation: permission.operation,
            permission,
            handler: 0,
            resource: Arc::new(ResourceDef::new(pattern)),
            limit: Limit::Address,
            long: false,
            index: 0,
            produces: Arc::new([]),
        }
    }
}
