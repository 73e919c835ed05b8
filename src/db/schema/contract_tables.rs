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
        counts -> Bool,
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
