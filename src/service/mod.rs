//! What every request shares, below the features: each takes from it what it needs, and it knows none of them.

pub mod body;
pub mod context;
mod parts;
mod texts;
pub mod transaction;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::web;

use crate::access::issuer::LocalIssuer;
use crate::access::permissions::Permission;
use crate::access::revoked::Revoked;
use crate::access::step_up::StepUp;
use crate::access::token::Verifier;
use crate::clock::Clock;
use crate::clock_watch::ClockWatch;
use crate::db::Db;
use crate::db::lease::Lease;
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
pub use parts::Parts;
pub use transaction::Tx;

/// What every request shares.
pub struct Service {
    pub db: Db,
    pub clock: Clock,
    pub contract: &'static Contract,
    /// By route pattern: the operations under it.
    pub routes: &'static HashMap<String, Vec<Route>>,
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
    /// Where it is counted.
    pub index: usize,
    /// Media types of what it answers with when all is well.
    pub produces: Arc<[String]>,
}
