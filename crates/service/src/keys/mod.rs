//! The keyring (密钥环): the keys with which the service signs and encrypts. They are in one file, each encrypted with a
//! wrapping key from the settings, and never in a database or a backup.

mod file;
mod live;
mod ring;
pub mod store;
#[cfg(test)]
mod tests;
mod wrapping;

pub use file::{FileError, create, read, replace};
pub use live::{Keys, Source};
pub use ring::{DataKey, IndexKey, Key, Keyring, LedgerKey, Moment, State, TokenKey, Use};
pub use wrapping::{Wrapping, WrappingKey};
