//! Written by `cargo xtask schema` from `migrations/`: change it there.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    ledger_events (id) {
        id -> Uid,
        kind -> Text,
        subject_kind -> Text,
        subject_id -> Text,
        county -> Nullable<Text>,
        township -> Nullable<Text>,
        community -> Nullable<Text>,
        company_id -> Nullable<Uid>,
        audience -> Text,
        actor_iss -> Text,
        actor_sub -> Text,
        actor_role -> Text,
        actor_client -> Nullable<Text>,
        request_id -> Text,
        policy_version -> Nullable<BigInt>,
        recorded_at -> Moment,
        leaf -> Text,
        complex_id -> Nullable<Uid>,
        addressee -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    ledger_salts (event_id, field) { event_id -> Uid, field -> Text, salt -> Text }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    ledger_unsealed (position) { position -> BigInt, event_id -> Uid }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    ledger_entries (seq) {
        seq -> BigInt,
        event_id -> Uid,
        kind -> Text,
        subject_kind -> Text,
        subject_id -> Text,
        county -> Nullable<Text>,
        township -> Nullable<Text>,
        community -> Nullable<Text>,
        company_id -> Nullable<Uid>,
        complex_id -> Nullable<Uid>,
        addressee -> Nullable<Text>,
        audience -> Text,
        actor_iss -> Text,
        actor_sub -> Text,
        actor_role -> Text,
        actor_client -> Nullable<Text>,
        recorded_at -> Moment,
        actor_key -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    ledger_hashes (position) { position -> BigInt, hash -> Binary }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    ledger_head (id) {
        id -> BigInt,
        origin -> Text,
        size -> BigInt,
        root -> Binary,
        checkpoint -> Text,
        sealed_at -> Moment,
    }
}
