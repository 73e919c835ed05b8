//! Texts of documents are made outside of the transaction that issues them.
//!
//! What a document says is known only inside of its transaction, and a text must not be made there. So the transaction asks
//! for the paragraphs; where they are not made yet it is told so with [`Lacking`], ends and has changed nothing, the text is
//! made, and the transaction runs again. The number comes last and is different each time: a mark stands for it in the
//! paragraphs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;

use super::apart::GivenUp;
use super::template::{self, Rendered};
use crate::words::documents::DocumentKind;

/// Stands for the number of the document; no text of a case holds these characters.
pub const NUMBER: &str = "\u{fdd0}number\u{fdd1}";

/// A text that a transaction lacks.
#[derive(Debug)]
pub struct Lacking {
    key: String,
    pub kind: DocumentKind,
    template: String,
    context: Value,
}

/// The texts that were made for one request.
#[derive(Clone, Default)]
pub struct Texts(Arc<Mutex<HashMap<String, Rendered>>>);

impl Texts {
    /// The paragraphs of a document with its number, or what is wrong with its text. `context` holds [`NUMBER`] instead.
    pub fn paragraphs(
        &self,
        kind: DocumentKind,
        template: &str,
        context: &Value,
        number: &str,
    ) -> Result<Rendered, Box<Lacking>> {
        let key = format!("{}\n{template}\n{context}", kind.code());
        match self.made().get(&key) {
            Some(Ok(lines)) => Ok(Ok(lines.iter().map(|line| line.replace(NUMBER, number)).collect())),
            Some(Err(fault)) => Ok(Err(fault.clone())),
            None => {
                let (template, context) = (template.to_owned(), context.clone());
                Err(Box::new(Lacking { key, kind, template, context }))
            }
        }
    }

    /// Makes a text and keeps it. Blocks for some milliseconds.
    pub fn make(&self, lacking: Lacking) -> Result<(), GivenUp> {
        let Lacking { key, kind, template, context } = lacking;
        let rendered = template::render(kind, &template, &context)?;
        self.made().insert(key, rendered);
        Ok(())
    }

    fn made(&self) -> MutexGuard<'_, HashMap<String, Rendered>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
