//! Written by `cargo xtask schema` from `migrations/`: change it there.

use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    rating_cycles (id) {
        id -> Uid,
        version -> BigInt,
        name -> Text,
        kind -> Text,
        county -> Text,
        township -> Text,
        period_from -> Date,
        period_to -> Date,
        opens_on -> Date,
        closes_on -> Date,
        policy_version -> BigInt,
        state -> Text,
        published_on -> Nullable<Date>,
        bulk -> Text,
        created_by -> Text,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    ratings (id) {
        id -> Uid,
        version -> BigInt,
        cycle_id -> Uid,
        complex_id -> Uid,
        company_id -> Uid,
        county -> Text,
        township -> Text,
        community -> Text,
        state -> Text,
        shared -> Bool,
        is_current -> Bool,
        pending -> Bool,
        total -> Nullable<BigInt>,
        raw_star -> Nullable<BigInt>,
        final_star -> Nullable<BigInt>,
        objections_open -> BigInt,
        period_from -> Date,
        period_to -> Date,
        announced_on -> Nullable<Date>,
        announcement_ends_on -> Nullable<Date>,
        published_on -> Nullable<Date>,
        superseded_on -> Nullable<Date>,
        withdrawn_on -> Nullable<Date>,
        focus_since -> Nullable<Date>,
        corrects -> Nullable<Uid>,
        policy_version -> BigInt,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    rating_contents (rating_id) { rating_id -> Uid, sheets -> Text, proceedings -> Text, stars -> Text }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    plaques (number) {
        number -> Text,
        rating_id -> Uid,
        complex_id -> Uid,
        company_id -> Uid,
        county -> Text,
        township -> Text,
        community -> Text,
        stars -> BigInt,
        state -> Text,
        issued_on -> Date,
        ended_on -> Nullable<Date>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Uid;
    measure_rating_grounds (measure_id, rating_id) { measure_id -> Uid, rating_id -> Uid }
}
