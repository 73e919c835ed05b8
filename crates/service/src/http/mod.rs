//! HTTP behaviour that all routes share.

pub mod accept;
pub mod address;
pub mod answer;
pub mod conditions;
pub mod encoding;
pub mod form;
pub mod idempotency;
pub mod limits;
pub mod marks;
pub mod paging;
pub mod path_id;
pub mod recent;
pub mod schema;
pub mod sizes;
pub mod unread;
pub mod wording;

pub use crate::language;
pub use answer::{Entity, Response};
pub use paging::{Cursor, Page, PageOf};
pub use path_id::PathId;
