//! `/v1/clients` and `/v1/token-revocations`: who makes a system, who lets it work, and how it is ended.

mod approval;
mod ended;
mod machine;
mod secrets;
