//! What every request shares, below the features: each takes from it what it needs, and it knows none of them.

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

/// What belongs to no feature.
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

/// What every request shares.
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
    /// What is asked for before personal data are shown in full.
    pub step_up: StepUp,
    pub secret_life: Option<chrono::Duration>,
    /// Told once: a proxy that settings do not name.
    pub unnamed_proxy: std::sync::Once,
    pub security: Security,
    /// Who wrote a moment ago, and so reads from the primary.
    pub wrote: RecentWriters,
    /// Whether this replica does the background work.
    pub lease: Lease,
    pub clock_watch: ClockWatch,
    pub body_limit: usize,
    pub request_timeout: Duration,
    /// How long an upload may take.
    pub upload_timeout: Duration,
    pub disks: Disks,
    pub metrics_on_api: bool,
    /// What belongs to one feature.
    pub parts: Parts,
    /// The county that a token belongs to.
    pub county_of: fn(&mut Conn, &Caller) -> WorkResult<Option<String>>,
}

impl Service {
    /// The one that serves a request.
    pub fn of(request: &ServiceRequest) -> Result<web::Data<Service>, Problem> {
        let found = request.app_data::<web::Data<Service>>().cloned();
        found.ok_or_else(|| Problem::broken("the service is not among the application's data"))
    }

    /// May this replica do background work now: does it hold the lease, and is its clock credible?
    pub async fn does_background_work(&self) -> bool {
        self.lease.held(&self.db).await && self.clock_watch.permits(&self.db, &self.clock, &self.security).await
    }
}

/// An operation that is served.
#[derive(Clone, Debug)]
pub struct Route {
    pub pattern: Arc<str>,
    pub method: Method,
    pub operation: &'static str,
    pub permission: &'static Permission,
    /// Its place among the handlers of a worker.
    pub handler: usize,
    /// Reads the parameters of a path.
    pub resource: Arc<ResourceDef>,
    pub limit: Limit,
    /// It may take as long as an upload.
    pub long: bool,
    /// Where it is counted.
    pub index: usize,
    /// Media types of what it answers with when all is well.
    pub produces: Arc<[String]>,
}

impl Route {
    /// A GET under a pattern, answered by the first handler.
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
