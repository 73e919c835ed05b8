//! Stored deadlines must follow the calendar: every date column whose name suggests a deadline is registered with
//! `deadlines`, or excused there with a reason.

use std::collections::BTreeSet;

use xiaoqu::app::DEADLINES;
use xiaoqu::deadlines::EXCUSED;

use super::sources;
use crate::on_sqlite;

/// Does the name of a column suggest a deadline?
fn is_deadline(name: &str) -> bool {
    let parts: Vec<&str> = name.split('_').collect();
    let says = |word: &str| parts.contains(&word);
    says("due")
        || says("until")
        || says("deadline")
        || says("expires")
        || says("expiry")
        || says("closes")
        || says("lapses")
        || name.ends_with("ends_on")
        || name.ends_with("ends_at")
        || name.ends_with("effective_to")
        || name.ends_with("last_day")
        || name == "next_at"
}

fn registered() -> BTreeSet<String> {
    let columns = |feature: &'static xiaoqu::deadlines::Feature| {
        feature.columns.iter().map(move |column| format!("{}.{column}", feature.table))
    };
    DEADLINES.iter().flat_map(columns).collect()
}

on_sqlite! {
    async fn every_deadline_in_the_database_follows_the_calendar_or_is_excused(app: TestApp) {
        let columns = app.values(
            "SELECT m.name || '.' || p.name AS value FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'",
        );
        let known: BTreeSet<String> = columns.iter().cloned().collect();
        let found: BTreeSet<&String> =
            columns.iter().filter(|column| column.split_once('.').is_some_and(|(_, name)| is_deadline(name))).collect();
        assert!(found.len() > 10, "the test finds deadlines at all: {found:?}");
        let registered = registered();
        let excused: BTreeSet<&str> = EXCUSED.iter().map(|(column, _)| *column).collect();
        for column in &found {
            assert!(
                registered.contains(*column) || excused.contains(column.as_str()),
                "{column} is a deadline: register it in app::DEADLINES, or excuse it in deadlines::EXCUSED with a reason"
            );
        }
        for column in &registered {
            let stored = column.split('.').take(2).collect::<Vec<_>>().join(".");
            assert!(known.contains(&stored), "{column} is registered, and no column");
            assert!(!excused.contains(column.as_str()), "{column} is registered and excused");
        }
        for (column, reason) in EXCUSED {
            assert!(known.contains(*column) && !reason.is_empty(), "{column} is excused, and no column");
        }
    }
}

/// Deadlines in stored JSON: members of types that are stored and not in the OpenAPI document.
#[test]
fn every_deadline_in_stored_json_follows_the_calendar_or_is_excused() {
    /// Days that are not deadlines of a case, each with the reason.
    const EXCUSED: &[(&str, &str)] = &[
        ("interim_until", "value of a contract before succession"),
        ("last_day", "value of a contract before succession"),
        ("due_on", "the due date that a step of a hazard set, as recorded"),
    ];
    let registered: Vec<String> = registered().into_iter().filter(|column| column.matches('.').count() == 2).collect();
    let mut found = Vec::new();
    for (name, text) in sources(".rs") {
        let mut stored = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with("#[derive(") {
                stored = line.contains("Serialize") && line.contains("Deserialize") && !line.contains("ToSchema");
            }
            let field = line.strip_prefix("pub ").unwrap_or(line);
            let Some((field, kind)) = field.split_once(": ") else { continue };
            if stored && is_deadline(field) && (kind.contains("NaiveDate") || kind.contains("Instant")) {
                found.push((name.clone(), field.to_owned()));
            }
        }
    }
    assert!(found.iter().any(|(_, field)| field == "accept_due"), "the test finds what is stored: {found:?}");
    for (name, field) in found {
        let follows = registered.iter().any(|column| column.ends_with(&format!(".{field}")));
        assert!(
            follows || EXCUSED.iter().any(|(excused, _)| *excused == field),
            "{name}: {field} is a deadline in stored JSON: register it as `column.member` in app::DEADLINES"
        );
    }
}
