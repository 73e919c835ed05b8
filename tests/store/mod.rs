//! The two doors and what stands behind them.

mod disk_full;
mod doors;
mod faults;
mod ledger;
mod migrations;
mod outage;
mod replicas;
