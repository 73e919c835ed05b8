//! The keyring (密钥环): the keys that the service signs and encrypts with. They lie in one file, each sealed under a
//! wrapping key from settings, and are in no database and no backup.

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
