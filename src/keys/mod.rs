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
pub use ring::{DataKey, Key, Keyring, LedgerKey, Moment, State, TokenKey, Use};
pub use wrapping::{Wrapping, WrappingKey};

/// The name of the ledger, under which its checkpoints are signed (C2SP: a URL without its scheme).
pub fn ledger_name(public_url: &str) -> String {
    let place = public_url.split_once("://").map_or(public_url, |(_, place)| place);
    // A signed note's key name holds neither spaces nor a plus.
    format!("{}/ledger", place.replace('+', "%2B"))
}
