//! Written by `cargo xtask schema` from `migrations/`: change it there.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    deployment (name) { name -> Text, value -> Text, set_at -> Moment }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    clock_watch (id) { id -> BigInt, seen_at -> Moment, stopped_at -> Nullable<Moment>, reason -> Nullable<Text> }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    leases (name) { name -> Text, holder -> Text, until -> Moment }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    data_keys (id) { id -> Text, seen_at -> Moment }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    idempotency_keys (scope) {
        scope -> Text,
        request -> Text,
        resource_id -> Nullable<Uid>,
        status -> Integer,
        etag -> Nullable<Text>,
        location -> Nullable<Text>,
        body -> Binary,
        created_at -> Moment,
        data_key -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    quota_uses (caller) {
        caller -> Text,
        day -> Text,
        files -> BigInt,
        bytes -> BigInt,
        complaints -> BigInt,
        unmaskings -> BigInt,
        phone_searches -> BigInt,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    policies (version) {
        version -> BigInt,
        county -> Text,
        effective_from -> Date,
        title -> Text,
        digest -> Text,
        document -> Text,
        submitted_at -> Moment,
        submitted_iss -> Text,
        submitted_sub -> Text,
        published_at -> Nullable<Moment>,
        approved_iss -> Nullable<Text>,
        approved_sub -> Nullable<Text>,
        withdrawn_at -> Nullable<Moment>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    calendar_years (county, year) {
        county -> Text,
        year -> BigInt,
        version -> BigInt,
        document -> Text,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    calendar_followed (id) { id -> BigInt, stamp -> Text }
}
