//! Written by `cargo xtask schema` from `migrations/`: change it there.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    complaints (id) {
        id -> Uid,
        version -> BigInt,
        kind -> Text,
        channel -> Text,
        category -> Text,
        organisation -> Nullable<Text>,
        state -> Text,
        is_open -> Bool,
        complex_id -> Nullable<Uid>,
        company_id -> Nullable<Uid>,
        with_company -> Bool,
        county -> Text,
        township -> Text,
        community -> Text,
        confidentiality -> Text,
        is_public -> Bool,
        handler_role -> Text,
        handler_division -> Text,
        supervising_role -> Text,
        supervising_division -> Text,
        hotline_number -> Nullable<Text>,
        submitted_at -> Moment,
        resolve_due -> Moment,
        next_at -> Nullable<Moment>,
        accepted_on_time -> Nullable<Bool>,
        resolved_on_time -> Nullable<Bool>,
        working_minutes -> Nullable<BigInt>,
        satisfaction -> Nullable<BigInt>,
        reopened -> Bool,
        red_cards -> BigInt,
        course -> Text,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    complaint_steps (id) {
        id -> Uid,
        complaint_id -> Uid,
        kind -> Text,
        audience -> Text,
        at -> Moment,
        actor -> Text,
        facts -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    complaint_followers (complaint_id, iss, sub) {
        complaint_id -> Uid,
        iss -> Text,
        sub -> Text,
        is_owner -> Bool,
        followed_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    complaint_cards (complaint_id, deadline, colour, due_at) {
        complaint_id -> Uid,
        deadline -> Text,
        colour -> Text,
        due_at -> Moment,
        issued_at -> Moment,
        handler_role -> Text,
        handler_division -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    encrypted_texts (owner_id, purpose) {
        owner_id -> Uid,
        purpose -> Text,
        subject_id -> Uid,
        data_key -> Text,
        encrypted -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    phone_indexes (subject_id, digest) { subject_id -> Uid, index_key -> Text, digest -> Text }
}
