//! Personal data (个人信息): what names or reaches a person lies sealed in the store, each text under a data key of the
//! keyring, bound to whom it belongs to. A caller is found by a blind index: the HMAC of the phone number.
//!
//! A ticket is the *subject*; each row that holds a text (the ticket itself, a reply, a note) is an *owner*.

mod detect;
pub mod masks;
mod phones;
mod private;
pub mod reencrypt;
pub mod store;
#[cfg(test)]
mod tests;
mod vault;

pub use detect::{PersonalData, personal_data, personal_data_fault};
pub use phones::{forget_phones, index_phone, normalised_phone, phone_digest, subjects_of_phone};
pub use store::Purpose;
pub use vault::{decrypt, decrypt_many, encrypt, encrypted, erase};
