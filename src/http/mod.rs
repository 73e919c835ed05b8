//! What every route shares.

pub mod accept;
pub mod address;
pub mod answer;
pub mod body;
pub mod context;
pub mod edge;
pub mod idempotency;
pub mod language;
pub mod limits;
pub mod paging;
pub mod recent;
pub mod schema;
pub mod wording;

pub use answer::{Answer, Entity};
pub use body::Body;
pub use context::{Ctx, Tx};
pub use paging::{Cursor, Page, PageOf};
