//! Written by `cargo xtask schema` from `migrations/`: change it there.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    clients (id) {
        id -> Uid,
        version -> BigInt,
        name -> Text,
        contact -> Text,
        role -> Text,
        division -> Nullable<Text>,
        company -> Nullable<Text>,
        complex_id -> Nullable<Uid>,
        organisation -> Nullable<Text>,
        operations -> Text,
        county -> Text,
        state -> Text,
        epoch -> BigInt,
        requested_by_iss -> Text,
        requested_by_sub -> Text,
        approved_by_iss -> Nullable<Text>,
        approved_by_sub -> Nullable<Text>,
        approved_at -> Nullable<Moment>,
        created_at -> Moment,
        updated_at -> Moment,
        jwks -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    client_secrets (id) {
        id -> Uid,
        client_id -> Uid,
        digest -> Text,
        created_at -> Moment,
        expires_at -> Nullable<Moment>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    client_assertions (client_id, jti) { client_id -> Uid, jti -> Text, expires_at -> Moment }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    token_revocations (id) {
        id -> Uid,
        version -> BigInt,
        kind -> Text,
        issuer -> Text,
        value -> Text,
        reason -> Text,
        county -> Text,
        reach -> Text,
        expires_at -> Nullable<Moment>,
        withdrawn_at -> Nullable<Moment>,
        created_at -> Moment,
    }
}
