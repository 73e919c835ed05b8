//! Runs a transaction again after rendering a missing text of an official document (see [`crate::templates::texts`]).

use std::future::Future;

use crate::db::{WorkError, WorkResult};
use crate::problem::{Code, Problem};
use crate::templates::texts::{Lacking, Texts};

/// Most attempts. Another one is needed if the content of the document changed in the meantime.
const ATTEMPTS: usize = 8;

/// Runs a transaction. If it lacks a text, renders the text and runs it again.
pub async fn with_texts<T, F>(texts: &Texts, mut transaction: impl FnMut() -> F) -> WorkResult<T>
where
    F: Future<Output = WorkResult<T>>,
{
    for _ in 0..ATTEMPTS {
        match transaction().await {
            Err(WorkError::Text(lacking)) => make(texts, *lacking).await?,
            other => return other,
        }
    }
    Err(Problem::new(Code::Busy).into())
}

async fn make(texts: &Texts, lacking: Lacking) -> WorkResult<()> {
    let (texts, kind) = (texts.clone(), lacking.kind);
    match actix_web::rt::task::spawn_blocking(move || texts.make(lacking)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(why)) => {
            tracing::warn!(?why, kind = kind.code(), "the text of a document could not be made");
            Err(Problem::new(Code::Busy).into())
        }
        Err(_) => Err(WorkError::Panicked),
    }
}
