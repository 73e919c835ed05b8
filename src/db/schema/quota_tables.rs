use diesel::table;

table! {
    use diesel::sql_types::*;
    quota_uses (caller) {
        caller -> Text,
        day -> Text,
        files -> BigInt,
        bytes -> BigInt,
        tickets -> BigInt,
        unmaskings -> BigInt,
        caller_searches -> BigInt,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::db::types::{Moment, Uid};
    client_assertions (client_id, jti) { client_id -> Uid, jti -> Text, expires_at -> Moment }
}
