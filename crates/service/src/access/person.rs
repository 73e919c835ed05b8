//! Identity of a person, in the one form in which persons are compared.

use crate::characters::fold;

/// Issuer and subject. The subject is normalised to NFKC and one case, because `Admin1` and a full-width `ａdmin1` look
/// like the person `admin1` to anybody who reads a list. Issuers are compared exactly, as the settings name them.
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

    /// The normalised subject, for comparison and for columns that are compared. Never display it.
    pub fn sub(&self) -> &str {
        &self.sub
    }
}
