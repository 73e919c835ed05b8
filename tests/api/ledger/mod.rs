//! The ledger over HTTP: its head, proofs that an outsider checks, the feed, the auditor's reading.

mod feed;
mod proofs;
mod texts;
