//! The encrypted parts of a complaint: JSON texts in the vault of personal data.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::model::{Contact, Submission};
use crate::db::{Conn, Id, WorkResult};
use crate::personal::{self, Purpose};
use crate::problem::Problem;
use crate::service::Ctx;

/// Description, location and evidence from the complainant; none if nothing is stored.
pub fn submission_of(conn: &mut Conn, ctx: &Ctx, complaint: Id) -> WorkResult<Option<Submission>> {
    let submission = personal::decrypt(conn, &ctx.state.keys.ring(), complaint, Purpose::Description)?;
    submission.map(|text| read(&text)).transpose()
}

/// The contact; none if there is none, or after erasure.
pub fn contact_of(conn: &mut Conn, ctx: &Ctx, complaint: Id) -> WorkResult<Option<Contact>> {
    let contact = personal::decrypt(conn, &ctx.state.keys.ring(), complaint, Purpose::Contact)?;
    contact.map(|text| read(&text)).transpose()
}

pub fn to_json<T: Serialize>(value: &T) -> WorkResult<String> {
    Ok(serde_json::to_string(value).map_err(|error| Problem::broken_by("a value cannot be written as JSON", error))?)
}

pub fn read<T: DeserializeOwned>(text: &str) -> WorkResult<T> {
    Ok(serde_json::from_str(text).map_err(|error| Problem::broken_by("a stored value cannot be read", error))?)
}

pub fn read_all<T: DeserializeOwned>(texts: HashMap<Id, String>) -> WorkResult<HashMap<Id, T>> {
    texts.into_iter().map(|(id, text)| Ok((id, read(&text)?))).collect()
}
