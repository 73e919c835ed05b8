//! //! The registers: divisions, companies, complexes, offices and clients. Also what every case uses: policies,
//! calendars, attachments, official documents, due process and deadlines.

pub mod blacklist;
pub mod calendar;
pub mod clients;
pub mod companies;
pub mod complexes;
pub mod counties;
pub mod deadlines;
pub mod divisions;
pub mod documents;
pub mod due_process;
pub mod files;
pub mod oauth;
pub mod offices;
pub mod policy;
pub mod standing;
pub mod token_revocations;

pub use xiaoqu_service::*;
