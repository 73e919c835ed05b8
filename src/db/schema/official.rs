//! The directory of offices, and official documents.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    offices (id) {
        id -> Uid,
        version -> BigInt,
        role -> Text,
        division -> Text,
        county -> Text,
        township -> Text,
        community -> Text,
        name -> Text,
        phone -> Text,
        complaint_phone -> Nullable<Text>,
        hours -> Text,
        address -> Nullable<Text>,
        document_word -> Nullable<Text>,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    document_counters (county, word, year) { county -> Text, word -> Text, year -> BigInt, last -> BigInt }
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
        served -> Bool,
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
