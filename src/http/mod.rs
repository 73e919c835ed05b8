//! What every route shares.

pub mod accept;
pub mod address;
pub mod answer;
pub mod body;
pub mod conditions;
pub mod context;
pub mod edge;
pub mod encoding;
pub mod form;
pub mod idempotency;
pub mod json;
pub mod language;
pub mod limits;
pub mod paging;
pub mod path_id;
pub mod recent;
pub mod routes;
pub mod schema;
pub mod sizes;
pub mod transaction;
pub mod unread;
pub mod wording;

pub use answer::{Answer, Entity};
pub use body::Body;
pub use context::{Ctx, Tx};
pub use paging::{Cursor, Page, PageOf};
