//! One fault of an input: where, what kind, and in two languages what to do about it.

/// A fault found in an input. `pointer` is an RFC 6901 JSON Pointer into the body, or `query/…`, `path/…`, `header/…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub pointer: String,
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
    ) -> Self {
        Fault { pointer: pointer.into(), code, detail_zh: detail_zh.into(), detail_en: detail_en.into() }
    }
}
