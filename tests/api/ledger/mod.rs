//! The ledger over HTTP: its head, its proofs, the event feed, and the auditor's list.

mod feed;
mod proofs;
mod texts;
