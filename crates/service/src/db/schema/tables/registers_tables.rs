//! Written by `cargo xtask schema` from `migrations/`: change it there.

use diesel::table;

table! {
    use diesel::sql_types::*;
    divisions (code) { code -> Text, level -> Text, name -> Text, parent_code -> Nullable<Text> }
}

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
        document_prefix -> Nullable<Text>,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    companies (id) {
        id -> Uid,
        version -> BigInt,
        uscc -> Text,
        uscc_override_reason -> Nullable<Text>,
        name -> Text,
        legal_representative -> Text,
        service_hotline -> Text,
        parent_id -> Nullable<Uid>,
        county -> Text,
        division -> Text,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    company_changes (id) {
        id -> Uid,
        version -> BigInt,
        company_id -> Uid,
        state -> Text,
        change -> Text,
        reason -> Text,
        proposed_by -> Text,
        decision -> Text,
        created_at -> Moment,
        updated_at -> Moment,
        before -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    company_areas (area, company_id) { company_id -> Uid, area -> Text }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    company_families (uscc, company_id) { uscc -> Text, company_id -> Uid }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    complexes (id) {
        id -> Uid,
        version -> BigInt,
        name -> Text,
        county -> Text,
        township -> Text,
        community -> Text,
        grid -> Nullable<Text>,
        address -> Text,
        longitude -> Nullable<Double>,
        latitude -> Nullable<Double>,
        area_m2 -> Nullable<BigInt>,
        households -> Nullable<BigInt>,
        buildings -> Nullable<BigInt>,
        delivered_on -> Nullable<Date>,
        self_governance -> Text,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    complex_services (id) {
        id -> Uid,
        complex_id -> Uid,
        company_id -> Uid,
        project_manager -> Text,
        effective_from -> Date,
        effective_to -> Nullable<Date>,
        county -> Text,
        township -> Text,
        community -> Text,
        created_at -> Moment,
    }
}
