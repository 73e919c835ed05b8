//! Written by `cargo xtask schema` from `migrations/`: change it there.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    contracts (id) {
        id -> Uid,
        version -> BigInt,
        kind -> Text,
        state -> Text,
        entered_by -> Text,
        shared -> Bool,
        governs -> Bool,
        complex_id -> Uid,
        company_id -> Uid,
        county -> Text,
        township -> Text,
        community -> Text,
        effective_from -> Date,
        effective_to -> Nullable<Date>,
        last_day -> Nullable<Date>,
        interim_until -> Nullable<Date>,
        interim -> Bool,
        project_manager -> Text,
        filing_number -> Nullable<Text>,
        filing_office -> Nullable<Text>,
        filing_year -> Nullable<BigInt>,
        filing_serial -> Nullable<BigInt>,
        filed_on -> Nullable<Date>,
        review_due_on -> Nullable<Date>,
        removal_id -> Nullable<Uid>,
        handover_due_on -> Nullable<Date>,
        handover_done_on -> Nullable<Date>,
        terms -> Text,
        proceedings -> Text,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    disclosures (id) {
        id -> Uid,
        version -> BigInt,
        number -> BigInt,
        kind -> Text,
        complex_id -> Uid,
        company_id -> Uid,
        county -> Text,
        township -> Text,
        community -> Text,
        state -> Text,
        is_current -> Bool,
        published_on -> Date,
        period_from -> Nullable<Date>,
        period_to -> Nullable<Date>,
        submitted_on -> Date,
        decided_on -> Nullable<Date>,
        verified_on -> Nullable<Date>,
        replaced_on -> Nullable<Date>,
        exceeds_contract -> BigInt,
        not_in_contract -> BigInt,
        compared_with -> Nullable<Uid>,
        policy_version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    disclosure_contents (disclosure_id) {
        disclosure_id -> Uid,
        content -> Text,
        proof -> Text,
        findings -> Text,
        verification -> Text,
        submitted_by -> Text,
    }
}
