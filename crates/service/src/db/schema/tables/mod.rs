//! Written by `cargo xtask schema` from `migrations/`: change it there.

mod clients_tables;
mod complaints_tables;
mod contracts_tables;
mod documents_tables;
mod inspections_tables;
mod ledger_tables;
mod ratings_tables;
mod registers_tables;
mod service_tables;
mod violations_tables;

pub use clients_tables::*;
pub use complaints_tables::*;
pub use contracts_tables::*;
pub use documents_tables::*;
pub use inspections_tables::*;
pub use ledger_tables::*;
pub use ratings_tables::*;
pub use registers_tables::*;
pub use service_tables::*;
pub use violations_tables::*;
