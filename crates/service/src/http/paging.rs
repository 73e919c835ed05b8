//! Keyset paging with `limit` and an opaque `cursor`. The last page has no next cursor, even if it is full.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::db::WorkResult;
use crate::problem::Problem;

pub const DEFAULT_LIMIT: i64 = 50;

/// Parameters of every list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Items per page (default 50).
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Returns `total`, too. This is slower.
    pub with_total: Option<bool>,
}

/// The position after which the next page starts. Only the list that made it can read it.
#[derive(Clone, Debug)]
pub struct Cursor;

impl Cursor {
    pub fn encode<K: Serialize>(key: &K) -> Option<String> {
        serde_json::to_vec(key).ok().map(|json| URL_SAFE_NO_PAD.encode(json))
    }

    pub fn decode<K: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<K>, Problem> {
        let Some(cursor) = cursor else { return Ok(None) };
        URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|json| serde_json::from_slice(&json).ok()).map(Some).ok_or_else(
            || {
                Problem::input_error(
                    "query/cursor",
                    "invalid_cursor",
                    "游标无效，请从第一页重新开始",
                    "the cursor is invalid; start again from the first page",
                )
            },
        )
    }
}

impl Page {
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// One more row than requested shows whether there is a next page.
    pub fn fetch(&self) -> i64 {
        self.limit() + 1
    }

    pub fn cut<R, K: Serialize>(&self, mut rows: Vec<R>, key: impl Fn(&R) -> K) -> (Vec<R>, Option<String>) {
        let more = rows.len() as i64 > self.limit();
        rows.truncate(self.limit() as usize);
        let next = if more { rows.last().and_then(|last| Cursor::encode(&key(last))) } else { None };
        (rows, next)
    }
}

/// One page of a list, newest first: `newest_first!(conn, query, Row, table::id, || filtered)?`. The last argument
/// builds the filtered query. It is called again if `total` needs a query of its own. Returns a `PageOf` rows;
/// [`PageOf::map`] turns them into views.
#[macro_export]
macro_rules! newest_first {
    ($conn:expr, $query:expr, $row:ty, $id:expr, $filtered:expr) => {
        (|conn: &mut $crate::db::Conn| -> $crate::db::WorkResult<$crate::http::paging::PageOf<$row>> {
            let filtered = $filtered;
            let page = $crate::http::paging::Page {
                limit: $query.limit,
                cursor: $query.cursor.clone(),
                with_total: $query.with_total,
            };
            let total = match page.with_total {
                Some(true) => Some(filtered().count().get_result(conn)?),
                _ => None,
            };
            let mut rows = filtered();
            if let Some(before) = $crate::http::paging::Cursor::decode::<$crate::db::Id>(page.cursor.as_deref())? {
                rows = rows.filter($id.lt(before));
            }
            let rows: Vec<$row> = rows.order($id.desc()).limit(page.fetch()).load(conn)?;
            let (items, next_cursor) = page.cut(rows, |row| row.id);
            Ok($crate::http::paging::PageOf { items, next_cursor, total })
        })($conn)
    };
}

impl<Row> PageOf<Row> {
    /// The same page with its rows converted, for example to views.
    pub fn map<View>(self, views: impl FnOnce(Vec<Row>) -> WorkResult<Vec<View>>) -> WorkResult<PageOf<View>> {
        Ok(PageOf { items: views(self.items)?, next_cursor: self.next_cursor, total: self.total })
    }
}

/// A page of a list (分页).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PageOf<T> {
    /// The items of this page.
    #[schema(max_items = 200)]
    pub items: Vec<T>,
    /// Cursor of the next page; null on the last page.
    #[schema(max_length = 500)]
    pub next_cursor: Option<String>,
    /// Number of matching items. Absent unless `with_total` is true.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(minimum = 0)]
    pub total: Option<i64>,
}
