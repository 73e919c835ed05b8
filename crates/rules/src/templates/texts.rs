//! Renders document texts outside the transaction that issues the document.
//!
//! The content of a document is known only inside its transaction, which must not wait for rendering. If the
//! transaction needs paragraphs that are not rendered yet, it gets [`Lacking`] and is rolled back; then the text is
//! rendered and the transaction runs again. The document number differs each time, so a placeholder stands for it in
//! the paragraphs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;

use super::apart::RenderFailure;
use super::template::{self, Rendered};
use crate::words::documents::DocumentKind;

/// Placeholder for the document number; these characters cannot occur in a case.
pub const NUMBER: &str = "\u{fdd0}number\u{fdd1}";

/// A text that must be rendered before the transaction can run.
#[derive(Debug)]
pub struct Lacking {
    key: String,
    pub kind: DocumentKind,
    template: String,
    context: Value,
}

/// The rendered texts of one request.
#[derive(Clone, Default)]
pub struct Texts(Arc<Mutex<HashMap<String, Rendered>>>);

impl Texts {
    /// The paragraphs of a document with its number, or the error of its template. In `context`, [`NUMBER`] stands for
    /// the number.
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

    /// Renders and stores a text. Blocks for some milliseconds.
    pub fn make(&self, lacking: Lacking) -> Result<(), RenderFailure> {
        let Lacking { key, kind, template, context } = lacking;
        let rendered = template::render(kind, &template, &context)?;
        self.made().insert(key, rendered);
        Ok(())
    }

    fn made(&self) -> MutexGuard<'_, HashMap<String, Rendered>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
