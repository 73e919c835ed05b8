//! Column types with the same meaning on SQLite and PostgreSQL.

use chrono::{DateTime, TimeZone, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, HasSqlType, SqlType, Text};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, SqliteConnection};
use serde::Serialize;
use uuid::Uuid;

use super::{Id, Instant};

/// A connection to either database. Queries are written once and run on both.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Compiles a body once for each database, for the few statements that the common backend cannot express.
#[macro_export]
macro_rules! on_both {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::types::Conn::Sqlite($c) => $body,
            $crate::types::Conn::Postgres($c) => $body,
        }
    };
}

/// SQL type of an identifier: `uuid` on PostgreSQL, text on SQLite.
#[derive(Clone, Copy, Debug, Default, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Uid;

/// SQL type of an instant: `timestamptz` on PostgreSQL, integer microseconds on SQLite, where parsing text took a
/// quarter of the time of a list request.
#[derive(Clone, Copy, Debug, Default, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct Moment;

impl Instant {
    /// Real time in microseconds, the precision of the database, so that a stored instant reads back unchanged.
    pub fn now() -> Self {
        let now = Utc::now();
        Instant(DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now))
    }
}

const PG_EPOCH_MICROS: i64 = 946_684_800_000_000;

fn instant(micros: i64) -> deserialize::Result<Instant> {
    Utc.timestamp_micros(micros).single().map(Instant).ok_or_else(|| "instant out of range".into())
}

impl HasSqlType<Uid> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<Uid>(lookup)
    }
}

impl HasSqlType<Moment> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<Moment>(lookup)
    }
}

impl ToSql<Uid, Sqlite> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl ToSql<Uid, Pg> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<Uid, MultiBackend> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Uid, self));
        Ok(IsNull::No)
    }
}

impl FromSql<Uid, Sqlite> for Id {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <*const str as FromSql<Text, Sqlite>>::from_sql(value)?;
        // SAFETY: diesel documents this pointer as valid for the life of the row's value, which is being read here.
        Ok(Id(Uuid::parse_str(unsafe { &*text })?))
    }
}

impl FromSql<Uid, Pg> for Id {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Id(Uuid::from_slice(value.as_bytes())?))
    }
}

impl FromSql<Uid, MultiBackend> for Id {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Id, Uid>()
    }
}

impl ToSql<Moment, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.timestamp_micros());
        Ok(IsNull::No)
    }
}

impl ToSql<Moment, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = self.0.timestamp_micros() - PG_EPOCH_MICROS;
        std::io::Write::write_all(out, &micros.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<Moment, MultiBackend> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Moment, self));
        Ok(IsNull::No)
    }
}

impl FromSql<Moment, Sqlite> for Instant {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        instant(<i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?)
    }
}

impl FromSql<Moment, Pg> for Instant {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let bytes: [u8; 8] = value.as_bytes().try_into()?;
        instant(i64::from_be_bytes(bytes) + PG_EPOCH_MICROS)
    }
}

impl FromSql<Moment, MultiBackend> for Instant {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Instant, Moment>()
    }
}

/// Stores a type as text on both databases. Takes a function that writes it and one that reads it.
#[macro_export]
macro_rules! text_column {
    ([$($generics:tt)*] $type:ty, $write:expr, $read:expr) => {
        const _: () = {
            use diesel::backend::Backend;
            use diesel::deserialize::{self, FromSql};
            use diesel::serialize::{self, IsNull, Output, ToSql};
            use diesel::sql_types::Text;
            use $crate::types::MultiBackend;

            impl<$($generics)*> ToSql<Text, diesel::sqlite::Sqlite> for $type {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
                    let text: String = $write(self)?;
                    out.set_value(text);
                    Ok(IsNull::No)
                }
            }
            impl<$($generics)*> ToSql<Text, diesel::pg::Pg> for $type {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
                    let text: String = $write(self)?;
                    std::io::Write::write_all(out, text.as_bytes())?;
                    Ok(IsNull::No)
                }
            }
            impl<$($generics)*> ToSql<Text, MultiBackend> for $type
            where
                $type: std::any::Any + Send + Sync,
            {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                    out.set_value((Text, self));
                    Ok(IsNull::No)
                }
            }
            impl<DB: Backend, $($generics)*> FromSql<Text, DB> for $type
            where
                String: FromSql<Text, DB>,
            {
                fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                    $read(&<String as FromSql<Text, DB>>::from_sql(value)?)
                }
            }
        };
    };
}

/// Stores an enumeration as its code, with the functions `code` and `from_code`.
#[macro_export]
macro_rules! code_column {
    ($type:ty) => {
        $crate::text_column!(
            [] $type,
            |v: &$type| -> Result<String, Box<dyn std::error::Error + Send + Sync>> { Ok(v.code().to_owned()) },
            |text: &str| <$type>::from_code(text).ok_or_else(|| format!("unknown code {text:?}").into())
        );
    };
}

/// A value stored as JSON text. Not `jsonb`, so that the text reads back unchanged.
#[derive(Clone, Debug, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Json<T>(pub T);

text_column!(
    [T: Serialize + serde::de::DeserializeOwned + std::fmt::Debug + Send + Sync + 'static] Json<T>,
    |v: &Json<T>| -> Result<String, Box<dyn std::error::Error + Send + Sync>> { Ok(serde_json::to_string(&v.0)?) },
    |text: &str| Ok(Json(serde_json::from_str(text)?))
);
