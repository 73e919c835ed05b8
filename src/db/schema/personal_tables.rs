use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    sealed_texts (owner_id, purpose) {
        owner_id -> Uid,
        purpose -> Text,
        subject_id -> Uid,
        data_key -> Text,
        sealed -> Binary,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    phone_indexes (subject_id, digest) { subject_id -> Uid, index_key -> Text, digest -> Text }
}
