//! Queries for the daily use of quotas.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::rules::Amounts;
use crate::db::schema::quota_uses as uses;
use crate::db::{Conn, WorkResult};
use crate::on_both;

/// One row for each caller, reset on the first use of a day, so that no clean-up is needed.
const ADD: &str = "\
    INSERT INTO quota_uses (caller, day, files, bytes, complaints, unmaskings, phone_searches) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) \
    ON CONFLICT (caller) DO UPDATE SET \
      files = CASE WHEN quota_uses.day = excluded.day THEN quota_uses.files ELSE 0 END + excluded.files, \
      bytes = CASE WHEN quota_uses.day = excluded.day THEN quota_uses.bytes ELSE 0 END + excluded.bytes, \
      complaints = CASE WHEN quota_uses.day = excluded.day THEN quota_uses.complaints ELSE 0 END + excluded.complaints, \
      unmaskings = CASE WHEN quota_uses.day = excluded.day THEN quota_uses.unmaskings ELSE 0 END + excluded.unmaskings, \
      phone_searches = CASE WHEN quota_uses.day = excluded.day THEN quota_uses.phone_searches ELSE 0 END \
        + excluded.phone_searches, \
      day = excluded.day \
    RETURNING files, bytes, complaints, unmaskings, phone_searches";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    files: i64,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
    #[diesel(sql_type = BigInt)]
    complaints: i64,
    #[diesel(sql_type = BigInt)]
    unmaskings: i64,
    #[diesel(sql_type = BigInt)]
    phone_searches: i64,
}

/// Adds to a caller's use on a day. Returns the totals.
pub fn add(conn: &mut Conn, caller: &str, day: NaiveDate, more: &Amounts) -> WorkResult<Amounts> {
    let day = day.to_string();
    let row: Row = on_both!(conn, |conn| diesel::sql_query(ADD)
        .bind::<Text, _>(caller)
        .bind::<Text, _>(&day)
        .bind::<BigInt, _>(more.files)
        .bind::<BigInt, _>(more.bytes)
        .bind::<BigInt, _>(more.complaints)
        .bind::<BigInt, _>(more.unmaskings)
        .bind::<BigInt, _>(more.phone_searches)
        .get_result(conn))?;
    let Row { files, bytes, complaints, unmaskings, phone_searches } = row;
    Ok(Amounts { files, bytes, complaints, unmaskings, phone_searches })
}

/// The attachments and bytes that a caller has used on a day.
pub fn used(conn: &mut Conn, caller: &str, day: NaiveDate) -> WorkResult<Amounts> {
    let row: Option<(i64, i64)> = uses::table
        .find(caller)
        .filter(uses::day.eq(day.to_string()))
        .select((uses::files, uses::bytes))
        .first(conn)
        .optional()?;
    let (files, bytes) = row.unwrap_or_default();
    Ok(Amounts { files, bytes, ..Amounts::default() })
}
