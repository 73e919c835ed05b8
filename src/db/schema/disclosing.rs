use diesel::{allow_tables_to_appear_in_same_query, table};

use super::{company_families, complex_services};

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

allow_tables_to_appear_in_same_query!(disclosures, disclosure_contents, complex_services);
allow_tables_to_appear_in_same_query!(disclosures, company_families);
allow_tables_to_appear_in_same_query!(typical_cases, company_families);
