//! Written by `cargo xtask schema` from `migrations/`: change it there.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    violations (id) {
        id -> Uid,
        version -> BigInt,
        act -> Text,
        clause -> Nullable<BigInt>,
        subject_kind -> Text,
        subject_name -> Nullable<Text>,
        company_id -> Nullable<Uid>,
        complex_id -> Nullable<Uid>,
        county -> Text,
        township -> Text,
        community -> Text,
        lead_role -> Text,
        state -> Text,
        found_on -> Date,
        reported_at -> Moment,
        reporter_iss -> Text,
        reporter_sub -> Text,
        source -> Text,
        description -> Text,
        evidence -> Text,
        report -> Text,
        policy_version -> BigInt,
        notified -> Bool,
        statement_due_on -> Nullable<Date>,
        appeal_due_on -> Nullable<Date>,
        decided_on -> Nullable<Date>,
        revoked_on -> Nullable<Date>,
        rectified_on -> Nullable<Date>,
        proceedings -> Text,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    violation_audiences (role, area, violation_id) { role -> Text, area -> Text, violation_id -> Uid, found_on -> Date }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    measures (id) {
        id -> Uid,
        version -> BigInt,
        key -> Text,
        kind -> Text,
        state -> Text,
        company_id -> Uid,
        complex_id -> Nullable<Uid>,
        violation_id -> Nullable<Uid>,
        county -> Text,
        township -> Text,
        community -> Text,
        office_role -> Text,
        office_division -> Text,
        approver_role -> Nullable<Text>,
        level -> Nullable<BigInt>,
        legal_basis -> Nullable<Text>,
        policy_version -> BigInt,
        reason_zh -> Text,
        reason_en -> Text,
        due_on -> Date,
        cancelled_by_system -> Bool,
        reverses -> Nullable<Uid>,
        notified -> Bool,
        hearing_request_due_on -> Nullable<Date>,
        proceedings -> Text,
        created_at -> Moment,
        updated_at -> Moment,
        suspended_on -> Nullable<Date>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    measure_grounds (measure_id, violation_id) { measure_id -> Uid, violation_id -> Uid }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    listings (id) {
        id -> Uid,
        version -> BigInt,
        kind -> Text,
        company_id -> Uid,
        county -> Text,
        measure_id -> Uid,
        legal_basis -> Text,
        reason -> Text,
        public_reason -> Text,
        listed_from -> Date,
        listed_until -> Date,
        delisted_on -> Nullable<Date>,
        delisting_reason -> Nullable<Text>,
        repair -> Text,
        created_at -> Moment,
        updated_at -> Moment,
        suspended_on -> Nullable<Date>,
        repair_refusal -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    typical_cases (id) {
        id -> Uid,
        version -> BigInt,
        violation_id -> Uid,
        act -> Text,
        company_id -> Uid,
        complex_id -> Nullable<Uid>,
        county -> Text,
        township -> Text,
        community -> Text,
        state -> Text,
        title -> Text,
        summary -> Text,
        published_on -> Date,
        published_by -> Text,
        withdrawn_on -> Nullable<Date>,
        withdrawal -> Text,
        created_at -> Moment,
        updated_at -> Moment,
    }
}
