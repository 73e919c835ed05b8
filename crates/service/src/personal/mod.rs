//! Personal data (个人信息). Texts that identify or reach a person are encrypted in the database, each with a data key of
//! the keyring and bound to its owner. A complainant is found by a blind index: the HMAC of the phone number.
//!
//! A complaint is the *subject*. Each row with a text (the complaint itself, a reply, a comment) is an *owner*.

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
