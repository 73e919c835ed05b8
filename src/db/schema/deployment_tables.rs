use diesel::table;

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    deployment (name) { name -> Text, value -> Text, set_at -> Moment }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::Moment;
    clock_watch (id) {
        id -> BigInt,
        seen_at -> Moment,
        stopped_at -> Nullable<Moment>,
        reason -> Nullable<Text>,
    }
}
