use diesel::{allow_tables_to_appear_in_same_query, table};

use super::company_families;

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
        secrecy -> Text,
        is_public -> Bool,
        handler_role -> Text,
        handler_division -> Text,
        supervisor_role -> Text,
        supervisor_division -> Text,
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

allow_tables_to_appear_in_same_query!(complaints, company_families);
allow_tables_to_appear_in_same_query!(complaints, complaint_followers);
allow_tables_to_appear_in_same_query!(complaint_steps, complaint_followers);
