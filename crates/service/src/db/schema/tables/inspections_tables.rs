//! Written by `cargo xtask schema` from `migrations/`: change it there.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    inspections (id) {
        id -> Uid,
        version -> BigInt,
        state -> Text,
        planned -> Bool,
        inspected -> Bool,
        complex_id -> Uid,
        company_id -> Nullable<Uid>,
        county -> Text,
        township -> Text,
        community -> Text,
        planned_on -> Date,
        done_on -> Nullable<Date>,
        purpose -> Nullable<Text>,
        planned_by -> Text,
        cancellation -> Text,
        policy_version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    inspection_parts (id) {
        id -> Uid,
        inspection_id -> Uid,
        role -> Text,
        division -> Text,
        checklist -> Text,
        state -> Text,
        complex_id -> Uid,
        company_id -> Nullable<Uid>,
        county -> Text,
        township -> Text,
        community -> Text,
        planned_on -> Date,
        inspected_at -> Nullable<Moment>,
        inspected_on -> Nullable<Date>,
        is_last -> Bool,
        passed -> BigInt,
        failed -> BigInt,
        not_applicable -> BigInt,
        result -> Text,
        submitted_by -> Text,
        submitted_at -> Nullable<Moment>,
        policy_version -> BigInt,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    hazards (id) {
        id -> Uid,
        version -> BigInt,
        inspection_id -> Uid,
        part_id -> Uid,
        checklist -> Text,
        item -> Text,
        state -> Text,
        complex_id -> Uid,
        company_id -> Nullable<Uid>,
        county -> Text,
        township -> Text,
        community -> Text,
        role -> Text,
        division -> Text,
        found_on -> Date,
        due_on -> Date,
        rectified_on -> Nullable<Date>,
        closed_on -> Nullable<Date>,
        missed -> Bool,
        description -> Text,
        evidence -> Text,
        steps -> Text,
        policy_version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
        severity -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    inspection_keys (office, key) {
        office -> Text,
        key -> Uid,
        digest -> Text,
        inspection_id -> Uid,
        received_at -> Moment,
    }
}
