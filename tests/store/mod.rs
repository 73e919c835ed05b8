//! The two entry points of the database, and the code behind them.

mod attachments;
mod backup;
mod belonging;
mod clock_jump;
mod commands;
mod complaint_clock;
mod disk_full;
mod entry_points;
mod faults;
mod ledger;
mod migrations;
mod outage;
mod personal;
mod personal_keys;
mod replicas;
mod s3;
mod sealing;
mod standby;
mod tampering;
mod traces;
