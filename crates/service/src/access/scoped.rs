//! What the `scoped.rs` files of the features share. Rows of a table are read only through these files, by functions
//! that take the caller's scope. A test checks that no `store.rs` bypasses them.

use diesel::dsl::{Eq, EqAny, Filter};
use diesel::prelude::*;

use crate::db::Id;
use crate::db::schema::*;
use crate::db::types::Uid;
use crate::role::Role;

/// Defines once which rows of a table each scope sees, in two forms. The boxed query is for lists and further filters.
/// The query by key (`one` or `all` of them) has a fixed type on the connection's own backend, so that its SQL text is
/// built once per connection and not for every read. Building it took a third of the time of a point read.
#[macro_export]
macro_rules! rows_of {
    (
        $(#[$doc:meta])* $table:ident, $form:ident $keyed:ident, by $key:ident, those $those:ident,
        |$all:ident, $among:ident| { $($scope:pat $(if $guard:expr)? => $seen:expr,)+ }
    ) => {
        $(#[$doc])*
        pub fn $table<'a>(scope: &$crate::access::Scope) -> $crate::db::schema::$table::BoxedQuery<'a, $crate::db::MultiBackend> {
            let ($all, $among) = ($table::table.into_boxed(), $crate::access::scoped::AllKeys);
            let _ = &$among;
            match scope {
                $($scope $(if $guard)? => $seen,)+
            }
        }

        /// Of the visible rows, those with any of these keys.
        pub fn $those<'a>(scope: &$crate::access::Scope, keys: Vec<$crate::db::Id>) -> $crate::db::schema::$table::BoxedQuery<'a, $crate::db::MultiBackend> {
            let ($all, $among) = ($table::table.into_boxed().filter($table::$key.eq_any(keys.clone())), $crate::access::scoped::AnyKey(keys));
            let _ = &$among;
            match scope {
                $($scope $(if $guard)? => $seen,)+
            }
        }

        /// Of the visible rows, the one with this key.
        pub fn $keyed<Row>(
            conn: &mut $crate::db::Conn,
            scope: &$crate::access::Scope,
            key: $crate::db::Id,
        ) -> QueryResult<$crate::rows_of!(@type $form Row)>
        where
            Row: diesel::deserialize::FromSqlRow<$crate::db::schema::$table::SqlType, diesel::sqlite::Sqlite>
                + diesel::deserialize::FromSqlRow<$crate::db::schema::$table::SqlType, diesel::pg::Pg>
                + 'static,
        {
            let ($all, $among) = ($table::table.filter($table::$key.eq(key)), $crate::access::scoped::OneKey(key));
            let _ = &$among;
            match scope {
                $($scope $(if $guard)? => $crate::on_both!(conn, |conn| $crate::rows_of!(@load $form $seen, conn)),)+
            }
        }
    };
    (@type one $row:ty) => { Option<$row> };
    (@type all $row:ty) => { Vec<$row> };
    (@load one $seen:expr, $conn:ident) => { $seen.first($conn).optional() };
    (@load all $seen:expr, $conn:ident) => { $seen.load($conn) };
}

/// The ids of a subquery: all of them, or only those requested. SQLite evaluates such a subquery completely, and
/// everything ever addressed to a company is too much to read for one row.
pub struct AllKeys;

impl AllKeys {
    pub fn of<Query, Column>(self, ids: Query, _: Column) -> Query {
        ids
    }
}

pub struct AnyKey(pub Vec<Id>);

impl AnyKey {
    pub fn of<Query, Column>(self, ids: Query, column: Column) -> Filter<Query, EqAny<Column, Vec<Id>>>
    where
        Column: diesel::Column<SqlType = Uid> + ExpressionMethods,
        Query: diesel::query_dsl::methods::FilterDsl<EqAny<Column, Vec<Id>>>,
    {
        ids.filter(column.eq_any(self.0))
    }
}

pub struct OneKey(pub Id);

impl OneKey {
    pub fn of<Query, Column>(self, ids: Query, column: Column) -> Filter<Query, Eq<Column, Id>>
    where
        Column: diesel::Column<SqlType = Uid> + ExpressionMethods,
        Query: diesel::query_dsl::methods::FilterDsl<Eq<Column, Id>>,
    {
        ids.filter(column.eq(self.0))
    }
}

/// A condition that no row matches.
pub fn none() -> diesel::expression::SqlLiteral<diesel::sql_types::Bool> {
    diesel::dsl::sql("1 = 0")
}

/// The violations that a role may see in an area. For a company, the area is its USCC.
#[diesel::dsl::auto_type]
pub fn addressed(role: Role, area: &str) -> _ {
    let role: &'static str = role.code();
    let area: String = area.to_owned();
    violation_audiences::table
        .filter(violation_audiences::role.eq(role))
        .filter(violation_audiences::area.eq(area))
        .select(violation_audiences::violation_id)
}

/// The same, for comparison with a nullable column.
#[diesel::dsl::auto_type]
pub fn addressed_case(role: Role, area: &str) -> _ {
    let role: &'static str = role.code();
    let area: String = area.to_owned();
    violation_audiences::table
        .filter(violation_audiences::role.eq(role))
        .filter(violation_audiences::area.eq(area))
        .select(violation_audiences::violation_id.nullable())
}

/// The company with this USCC and its branches. A parent company is responsible for its branches.
#[diesel::dsl::auto_type]
pub fn own_company(uscc: &str) -> _ {
    let uscc: String = uscc.to_owned();
    company_families::table.filter(company_families::uscc.eq(uscc)).select(company_families::company_id)
}

/// The same, for comparison with a nullable column.
#[diesel::dsl::auto_type]
pub fn own_family(uscc: &str) -> _ {
    let uscc: String = uscc.to_owned();
    company_families::table.filter(company_families::uscc.eq(uscc)).select(company_families::company_id.nullable())
}
