//! Who somebody is, in the one form in which two persons are compared.

use crate::characters::fold;

/// Issuer and subject; the subject in NFKC and one case, because `Admin1` and a full-width `ａdmin1` are the person
/// `admin1` to everybody who reads a list of them. Issuers are compared character for character, as settings name them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PersonKey {
    iss: String,
    sub: String,
}

impl PersonKey {
    pub fn new(iss: &str, sub: &str) -> PersonKey {
        PersonKey { iss: iss.to_owned(), sub: fold(sub) }
    }

    pub fn iss(&self) -> &str {
        &self.iss
    }

    /// The subject as it is compared and stored for comparison; never what is shown.
    pub fn sub(&self) -> &str {
        &self.sub
    }
}
