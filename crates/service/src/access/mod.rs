//! Authentication, permissions and territory.

pub mod caller;
pub mod issuer;
pub mod jwks;
pub mod permissions;
pub mod person;
pub mod revoked;
pub mod role_sets;
pub mod scope;
pub mod scoped;
pub mod step_up;
pub mod token;

pub use crate::role::{self, Role};
pub use caller::{Actor, Caller};
pub use scope::Scope;
