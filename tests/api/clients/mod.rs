//! `/v1/clients` and `/v1/token-revocations`: registration, approval and revocation of client systems.

mod approval;
mod ended;
mod machine;
mod secrets;
