//! Who is asking, what they may do, and where.

pub mod caller;
pub mod gate;
pub mod issuer;
pub mod jwks;
pub mod permissions;
pub mod person;
pub mod revoked;
pub mod role;
pub mod role_sets;
pub mod scope;
pub mod scoped;
pub mod step_up;
pub mod token;
pub mod visitor;

pub use caller::Caller;
pub use role::Role;
pub use scope::Scope;
