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
