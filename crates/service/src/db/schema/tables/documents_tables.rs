//! Written by `cargo xtask schema` from `migrations/`: change it there.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    attachments (id) {
        id -> Uid,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Text,
        object_key -> Text,
        owner_kind -> Nullable<Text>,
        owner_id -> Nullable<Uid>,
        uploader_iss -> Text,
        uploader_sub -> Text,
        uploader_role -> Text,
        uploader_place -> Text,
        county -> Text,
        township -> Text,
        community -> Text,
        is_public -> Bool,
        stripped_key -> Nullable<Text>,
        stripped_sha256 -> Nullable<Text>,
        stripped_size -> Nullable<BigInt>,
        created_at -> Moment,
        complaint_id -> Nullable<Uid>,
        erased_at -> Nullable<Moment>,
    }
}

table! {
    use diesel::sql_types::*;
    attachment_realm (id) { id -> Text }
}

table! {
    use diesel::sql_types::*;
    document_counters (county, prefix, year) { county -> Text, prefix -> Text, year -> BigInt, last -> BigInt }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    documents (id) {
        id -> Uid,
        version -> BigInt,
        kind -> Text,
        state -> Text,
        subject_kind -> Text,
        subject_id -> Uid,
        violation_id -> Nullable<Uid>,
        handler_role -> Nullable<Text>,
        handler_division -> Nullable<Text>,
        county -> Text,
        township -> Text,
        community -> Text,
        company_id -> Nullable<Uid>,
        complex_id -> Nullable<Uid>,
        delivered -> Bool,
        office_role -> Text,
        office_division -> Text,
        office_name -> Text,
        number -> Text,
        title -> Text,
        addressee -> Text,
        policy_version -> BigInt,
        issued_on -> Date,
        issued_at -> Moment,
        issued_by -> Text,
        code -> Text,
        digest -> Text,
        withdrawn_on -> Nullable<Date>,
        withdrawal_reason -> Nullable<Text>,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    document_contents (document_id) { document_id -> Uid, content -> Binary }
}
