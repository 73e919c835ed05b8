//! The tables, as diesel sees them. `migrations/sqlite` and `migrations/postgres` make them; a test compares the three.

mod complaining;
mod contract_tables;
mod deployment_tables;
mod disclosing;
mod files;
mod inspecting;
mod official;
mod personal_tables;
mod quota_tables;
mod rating_tables;

use diesel::{allow_tables_to_appear_in_same_query, table};

pub use complaining::*;
pub use contract_tables::*;
pub use deployment_tables::*;
pub use disclosing::*;
pub use files::*;
pub use inspecting::*;
pub use official::*;
pub use personal_tables::*;
pub use quota_tables::*;
pub use rating_tables::*;

table! {
    use diesel::sql_types::*;
    divisions (code) { code -> Text, level -> Text, name -> Text, parent_code -> Nullable<Text> }
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
    company_areas (company_id, area) { company_id -> Uid, area -> Text }
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
    violation_audiences (role, area, violation_id) {
        role -> Text,
        area -> Text,
        violation_id -> Uid,
        found_on -> Date,
    }
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
        publicity -> Text,
        listed_from -> Date,
        listed_until -> Date,
        removed_on -> Nullable<Date>,
        removal_reason -> Nullable<Text>,
        repair -> Text,
        created_at -> Moment,
        updated_at -> Moment,
        suspended_on -> Nullable<Date>,
        repair_refusal -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    policies (version) {
        version -> BigInt,
        county -> Text,
        effective_from -> Date,
        title -> Text,
        digest -> Text,
        document -> Text,
        submitted_at -> Moment,
        submitted_iss -> Text,
        submitted_sub -> Text,
        published_at -> Nullable<Moment>,
        approved_iss -> Nullable<Text>,
        approved_sub -> Nullable<Text>,
        withdrawn_at -> Nullable<Moment>,
    }
}

table! {
    use diesel::sql_types::*;
    calendar_followed (id) { id -> BigInt, stamp -> Text }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    calendar_years (county, year) {
        county -> Text,
        year -> BigInt,
        version -> BigInt,
        document -> Text,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    ledger_events (id) {
        id -> Uid,
        kind -> Text,
        subject_kind -> Text,
        subject_id -> Text,
        county -> Nullable<Text>,
        township -> Nullable<Text>,
        community -> Nullable<Text>,
        company_id -> Nullable<Uid>,
        audience -> Text,
        actor_iss -> Text,
        actor_sub -> Text,
        actor_role -> Text,
        actor_client -> Nullable<Text>,
        request_id -> Text,
        policy_version -> Nullable<BigInt>,
        recorded_at -> Moment,
        leaf -> Text,
        complex_id -> Nullable<Uid>,
        addressee -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    ledger_unsealed (position) { position -> BigInt, event_id -> Uid }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    ledger_entries (seq) {
        seq -> BigInt,
        event_id -> Uid,
        kind -> Text,
        subject_kind -> Text,
        subject_id -> Text,
        county -> Nullable<Text>,
        township -> Nullable<Text>,
        community -> Nullable<Text>,
        company_id -> Nullable<Uid>,
        complex_id -> Nullable<Uid>,
        addressee -> Nullable<Text>,
        audience -> Text,
        actor_iss -> Text,
        actor_sub -> Text,
        actor_role -> Text,
        actor_client -> Nullable<Text>,
        recorded_at -> Moment,
        actor_key -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    ledger_hashes (position) { position -> BigInt, hash -> Binary }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    ledger_head (id) {
        id -> BigInt,
        origin -> Text,
        size -> BigInt,
        root -> Binary,
        checkpoint -> Text,
        sealed_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    ledger_salts (event_id, field) { event_id -> Uid, field -> Text, salt -> Text }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    idempotency_keys (scope) {
        scope -> Text,
        request -> Text,
        resource_id -> Nullable<Uid>,
        status -> Integer,
        etag -> Nullable<Text>,
        location -> Nullable<Text>,
        body -> Binary,
        created_at -> Moment,
        data_key -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    data_keys (id) { id -> Text, seen_at -> Moment }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    clients (id) {
        id -> Uid,
        version -> BigInt,
        name -> Text,
        contact -> Text,
        role -> Text,
        division -> Nullable<Text>,
        company -> Nullable<Text>,
        complex_id -> Nullable<Uid>,
        organisation -> Nullable<Text>,
        operations -> Text,
        county -> Text,
        state -> Text,
        epoch -> BigInt,
        requested_by_iss -> Text,
        requested_by_sub -> Text,
        approved_by_iss -> Nullable<Text>,
        approved_by_sub -> Nullable<Text>,
        approved_at -> Nullable<Moment>,
        created_at -> Moment,
        updated_at -> Moment,
        jwks -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    client_secrets (id) {
        id -> Uid,
        client_id -> Uid,
        digest -> Text,
        created_at -> Moment,
        expires_at -> Nullable<Moment>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    revocations (id) {
        id -> Uid,
        version -> BigInt,
        kind -> Text,
        issuer -> Text,
        value -> Text,
        reason -> Text,
        county -> Text,
        reach -> Text,
        expires_at -> Nullable<Moment>,
        withdrawn_at -> Nullable<Moment>,
        created_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    leases (name) { name -> Text, holder -> Text, until -> Moment }
}

allow_tables_to_appear_in_same_query!(
    companies,
    company_areas,
    company_changes,
    company_families,
    complexes,
    complex_services,
    contracts,
    violations,
    violation_audiences,
    measures,
    measure_grounds,
    listings,
    ledger_events,
    ledger_unsealed,
    ledger_entries,
    documents,
    offices,
);
