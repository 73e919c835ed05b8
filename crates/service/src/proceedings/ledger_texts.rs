//! The texts of a step. The ledger contains a salted digest of each, so that a text shown later can be proved to be the
//! original, and can still be erased.

use super::model::{DeliveryIn, Evidence, NoticeIn, ReasonsIn, StatementIn};

/// Texts with the names of their API fields.
pub type Texts = Vec<(&'static str, String)>;

pub trait LedgerTexts {
    fn texts(&self) -> Texts;
}

/// A step without a text.
impl LedgerTexts for () {
    fn texts(&self) -> Texts {
        Texts::new()
    }
}

impl LedgerTexts for NoticeIn {
    fn texts(&self) -> Texts {
        vec![
            ("facts", self.facts.clone()),
            ("grounds", self.grounds.clone()),
            ("intended_consequence", self.intended_consequence.clone()),
        ]
    }
}

impl LedgerTexts for DeliveryIn {
    fn texts(&self) -> Texts {
        vec![("note", self.note.clone())]
    }
}

impl LedgerTexts for StatementIn {
    fn texts(&self) -> Texts {
        vec![("text", self.text.clone()), evidence(&self.evidence)]
    }
}

impl LedgerTexts for ReasonsIn {
    fn texts(&self) -> Texts {
        vec![("reasons", self.reasons.clone())]
    }
}

/// The evidence as JSON without spaces, with its members in schema order.
pub fn evidence(all: &[Evidence]) -> (&'static str, String) {
    ("evidence", serde_json::to_string(all).unwrap_or_default())
}
