//! Texts of documents are made outside of the transaction that issues them.
//!
//! What a document says is known only inside of its transaction, and a text must not be made there. So the transaction asks
//! for the paragraphs; where they are not made yet it ends with [`Fail::Text`] and has changed nothing, the text is made, and
//! the transaction runs again. The number comes last and is different each time: a mark stands for it in the paragraphs.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;

use super::model::DocumentKind;
use super::template::{self, Rendered};
use crate::db::{Fail, Work};
use crate::ledger::sha256_hex;
use crate::problem::{Code, Problem};

/// Stands for the number of the document; no text of a case holds these characters.
pub const NUMBER: &str = "\u{fdd0}number\u{fdd1}";
/// As often as a transaction runs again, because what the document says had changed meanwhile.
const ATTEMPTS: usize = 8;

/// A text that a transaction lacks.
#[derive(Debug)]
pub struct Lacking {
    key: String,
    kind: DocumentKind,
    template: String,
    context: Value,
}

/// The texts that were made for one request.
#[derive(Clone, Default)]
pub struct Texts(Arc<Mutex<HashMap<String, Rendered>>>);

impl Texts {
    /// The paragraphs of a document with its number, or what is wrong with its text. `context` holds [`NUMBER`] instead.
    pub fn paragraphs(&self, kind: DocumentKind, template: &str, context: &Value, number: &str) -> Work<Rendered> {
        let key = sha256_hex(&format!("{}\n{template}\n{context}", kind.code()));
        match self.made().get(&key) {
            Some(Ok(lines)) => Ok(Ok(lines.iter().map(|line| line.replace(NUMBER, number)).collect())),
            Some(Err(fault)) => Ok(Err(fault.clone())),
            None => {
                let (template, context) = (template.to_owned(), context.clone());
                Err(Fail::Text(Box::new(Lacking { key, kind, template, context })))
            }
        }
    }

    async fn make(&self, lacking: Lacking) -> Work<()> {
        let Lacking { key, kind, template, context } = lacking;
        let rendered = actix_web::rt::task::spawn_blocking(move || template::render(kind, &template, &context)).await;
        let rendered = match rendered {
            Ok(Ok(rendered)) => rendered,
            Ok(Err(why)) => {
                tracing::warn!(?why, kind = kind.code(), "the text of a document could not be made");
                return Err(Problem::new(Code::Busy).into());
            }
            Err(_) => return Err(Fail::Panicked),
        };
        self.made().insert(key, rendered);
        Ok(())
    }

    fn made(&self) -> MutexGuard<'_, HashMap<String, Rendered>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Runs a transaction; where it lacks a text, makes the text and runs it again.
pub async fn with_texts<T, F>(texts: &Texts, mut transaction: impl FnMut() -> F) -> Work<T>
where
    F: Future<Output = Work<T>>,
{
    for _ in 0..ATTEMPTS {
        match transaction().await {
            Err(Fail::Text(lacking)) => texts.make(*lacking).await?,
            other => return other,
        }
    }
    Err(Problem::new(Code::Busy).into())
}
