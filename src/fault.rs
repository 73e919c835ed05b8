//! What a rule check finds wrong with an input document.

/// One fault, with the place it is at; checks return every fault at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer (RFC 6901) into the checked document.
    pub pointer: String,
    /// Stable code of the fault.
    pub code: &'static str,
    pub detail_zh: String,
    pub detail_en: String,
}

impl Fault {
    pub fn new(
        pointer: impl Into<String>,
        code: &'static str,
        detail_zh: impl Into<String>,
        detail_en: impl Into<String>,
    ) -> Fault {
        Fault { pointer: pointer.into(), code, detail_zh: detail_zh.into(), detail_en: detail_en.into() }
    }
}
