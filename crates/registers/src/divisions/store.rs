//! Rows of divisions, and the built-in CSV.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;

use super::model::{Division, ListDivisions};
use crate::db::schema::divisions;
use crate::db::{Conn, WorkResult, contains, folded};
use crate::http::Cursor;
use crate::http::paging::{Page, PageOf};
use crate::service::Ctx;

/// Yinchuan's divisions, as published by the National Bureau of Statistics.
const BUILT_IN: &str = include_str!("../../../../data/divisions-yinchuan.csv");

#[derive(serde::Deserialize)]
struct CsvRow {
    code: String,
    level: String,
    name_zh: String,
    parent_code: Option<String>,
}

/// The first line of a file of divisions.
const COLUMNS: &str = "code,level,name_zh,parent_code";

/// Parses a CSV with a first line that names its columns, `code,level,name_zh,parent_code`.
pub fn parse_csv(text: &str) -> anyhow::Result<Vec<Division>> {
    // Spreadsheets write a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let first = reader.headers()?.iter().collect::<Vec<_>>().join(",");
    anyhow::ensure!(first == COLUMNS, "line 1 must be {COLUMNS}, not {first}");
    let mut all = Vec::new();
    for (index, row) in reader.deserialize::<CsvRow>().enumerate() {
        let line = index + 2;
        let row = row.map_err(|error| anyhow::anyhow!("line {line}: {error}"))?;
        let digits = match row.level.as_str() {
            "province" => 2,
            "city" => 4,
            "county" => 6,
            "township" => 9,
            "community" => 12,
            other => anyhow::bail!("line {line}: unknown level {other:?}"),
        };
        anyhow::ensure!(
            row.code.len() == digits && row.code.bytes().all(|b| b.is_ascii_digit()),
            "line {line}: {} is not a code of {digits} digits",
            row.code
        );
        all.push(Division {
            code: row.code,
            level: row.level,
            name: row.name_zh,
            parent_code: row.parent_code.filter(|p| !p.is_empty()),
        });
    }
    Ok(all)
}

/// Requires that each division except a province has its parent among the known codes or earlier in the list.
pub fn check_parents(all: &[Division], known: impl IntoIterator<Item = String>) -> anyhow::Result<()> {
    let mut known: HashSet<String> = known.into_iter().collect();
    for division in all {
        let code = &division.code;
        match &division.parent_code {
            None => anyhow::ensure!(division.level == "province", "{code}: parent_code is missing"),
            Some(parent) => anyhow::ensure!(
                known.contains(parent),
                "{code}: its parent {parent} is neither in the database nor in an earlier line"
            ),
        }
        known.insert(code.clone());
    }
    Ok(())
}

/// The codes of all divisions.
pub fn codes(conn: &mut Conn) -> WorkResult<Vec<String>> {
    Ok(divisions::table.select(divisions::code).load(conn)?)
}

/// Adds missing divisions and renames existing ones. Returns the number of changed rows.
pub fn load(conn: &mut Conn, all: &[Division]) -> WorkResult<usize> {
    let known: HashMap<String, String> = divisions::table
        .select((divisions::code, divisions::name))
        .load::<(String, String)>(conn)?
        .into_iter()
        .collect();
    let mut changed = 0;
    for division in all {
        match known.get(&division.code) {
            None => changed += diesel::insert_into(divisions::table).values(division).execute(conn)?,
            Some(name) if *name != division.name => {
                changed += diesel::update(divisions::table.find(&division.code))
                    .set(divisions::name.eq(&division.name))
                    .execute(conn)?;
            }
            Some(_) => {}
        }
    }
    Ok(changed)
}

pub fn built_in() -> anyhow::Result<Vec<Division>> {
    parse_csv(BUILT_IN)
}

/// Loads the built-in divisions into an empty table.
pub fn seed(conn: &mut Conn) -> WorkResult<()> {
    let any: Option<String> = divisions::table.select(divisions::code).first(conn).optional()?;
    if any.is_none() {
        load(conn, &built_in().unwrap_or_default())?;
    }
    Ok(())
}

pub fn find(conn: &mut Conn, code: &str) -> WorkResult<Option<Division>> {
    Ok(divisions::table.find(code).first(conn).optional()?)
}

/// Names of the direct children of a division, by code.
pub fn names_under(conn: &mut Conn, parent: &str) -> WorkResult<HashMap<String, String>> {
    let named = divisions::table.filter(divisions::parent_code.eq(parent)).select((divisions::code, divisions::name));
    Ok(named.load::<(String, String)>(conn)?.into_iter().collect())
}

/// Names of divisions, by code.
pub fn names_of(conn: &mut Conn, codes: impl Iterator<Item = String>) -> WorkResult<HashMap<String, String>> {
    let codes: BTreeSet<String> = codes.collect();
    let mut names = HashMap::new();
    for chunk in codes.into_iter().collect::<Vec<_>>().chunks(500) {
        let rows: Vec<(String, String)> = divisions::table
            .filter(divisions::code.eq_any(chunk.to_vec()))
            .select((divisions::code, divisions::name))
            .load(conn)?;
        names.extend(rows);
    }
    Ok(names)
}

pub fn list(conn: &mut Conn, _: &Ctx, query: &ListDivisions) -> WorkResult<PageOf<Division>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: query.with_total };
    let filtered = || {
        let mut rows = divisions::table.into_boxed();
        if let Some(parent) = &query.parent_code {
            rows = rows.filter(divisions::parent_code.eq(parent.clone()));
        }
        if let Some(q) = &query.q {
            rows = rows.filter(folded(divisions::name).like(folded(contains(q))).escape('\\'));
        }
        rows
    };
    let total = page.with_total.unwrap_or(false).then(|| filtered().count().get_result(conn)).transpose()?;
    let mut rows = filtered();
    if let Some(after) = Cursor::decode::<String>(page.cursor.as_deref())? {
        rows = rows.filter(divisions::code.gt(after));
    }
    let rows: Vec<Division> = rows.order(divisions::code).limit(page.fetch()).load(conn)?;
    let (items, next_cursor) = page.cut(rows, |row| row.code.clone());
    Ok(PageOf { items, next_cursor, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_divisions_parse_and_hang_together() {
        let all = built_in().unwrap();
        assert!(all.len() > 600);
        check_parents(&all, []).unwrap();
    }

    #[test]
    fn a_file_without_its_first_line_is_refused() {
        let line = "11,province,北京市,\n";
        for (text, good) in [
            (format!("{COLUMNS}\n{line}"), true),
            (format!("\u{feff}{COLUMNS}\r\n{line}"), true),
            (line.to_owned(), false),
            (format!("code,level,name_zh\n{line}"), false),
            (String::new(), false),
        ] {
            assert_eq!(parse_csv(&text).is_ok(), good, "{text}");
        }
        let error = parse_csv(line).unwrap_err().to_string();
        assert_eq!(error, "line 1 must be code,level,name_zh,parent_code, not 11,province,北京市,");
    }

    #[test]
    fn a_parent_is_in_the_database_or_in_an_earlier_line() {
        let checked = |lines: &str, known: &[&str]| {
            let all = parse_csv(&format!("{COLUMNS}\n{lines}")).unwrap();
            check_parents(&all, known.iter().map(|code| (*code).to_owned())).map_err(|error| error.to_string())
        };
        assert_eq!(checked("11,province,北京市,\n1101,city,市辖区,11\n", &[]), Ok(()));
        assert_eq!(checked("110101,county,东城区,1101\n", &["1101"]), Ok(()));
        let error = checked("110101,county,东城区,110000\n", &["1101"]).unwrap_err();
        assert_eq!(error, "110101: its parent 110000 is neither in the database nor in an earlier line");
        assert!(checked("1101,city,市辖区,11\n11,province,北京市,\n", &[]).is_err());
        assert_eq!(checked("1101,city,市辖区,\n", &["11"]), Err("1101: parent_code is missing".to_owned()));
    }
}
