//! Every filter of the API must have an index. Each list of the document is called with each of its filters, in the
//! scope of each territory, and both databases explain the statements that ran.

use std::collections::BTreeSet;
use std::sync::Mutex;

use diesel::connection::{InstrumentationEvent, SimpleConnection, set_default_instrumentation};
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use serde_json::{Value, json};
use xiaoqu::access::Role;
use xiaoqu::app::FEATURES;
use xiaoqu::app::document::document;
use xiaoqu::db::Conn;

use crate::support::keys::base64url;
use crate::support::rows::text;
use crate::support::sql::execute;
use crate::support::{Kind, Setup, TestApp, run};

/// A code that nothing else uses. It identifies this test's statements.
const MARK: &str = "999901";
const ID: &str = "99990100-0000-7000-8000-000000000001";

/// Parameters without an index, by decision: search by part of a name, and counting.
const NOT_INDEXED: &[&str] = &["q", "with_total", "limit", "cursor"];

/// Tables that always stay small: one row per version or year.
const SMALL: &[&str] = &["policies", "calendar_years"];

static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn watch() {
    let recorder = || -> Option<Box<dyn diesel::connection::Instrumentation>> {
        Some(Box::new(|event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                let sql = query.to_string();
                if sql.contains(MARK) && sql.starts_with("SELECT") {
                    SEEN.lock().expect("no panic").insert(sql);
                }
            }
        }))
    };
    set_default_instrumentation(recorder).expect("the first connection is yet to come");
}

/// One role for each kind of scope, with an empty territory.
const SCOPES: &[(Role, &str)] = &[
    (Role::CountyAuthority, "999901"),
    (Role::SocialAffairsOffice, "999901001"),
    (Role::Community, "999901001001"),
    (Role::FireRescue, "999901"),
    (Role::PoliceStation, "999901001"),
    (Role::PropertyCompany, "999901AAAAAAAAAAAA"),
    (Role::ComplexCommittee, ID),
    (Role::Auditor, "999901"),
    (Role::SystemAdministrator, "999901"),
    (Role::UtilityOperator, "999901"),
    // A resident has no territory. What they see depends on their identity.
    (Role::Resident, "resident-999901"),
];

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = schema["oneOf"].as_array().and_then(|all| all.iter().find(|s| s["type"] != "null")).unwrap_or(schema);
    match schema["$ref"].as_str() {
        Some(target) => document.pointer(target.trim_start_matches('#')).expect("the schema"),
        None => schema,
    }
}

/// A valid value for a parameter.
fn value(document: &Value, parameter: &Value) -> String {
    let schema = resolve(document, &parameter["schema"]);
    if let Some(first) = schema["enum"].get(0) {
        return text(first).to_owned();
    }
    match (schema["format"].as_str(), text(&parameter["name"])) {
        (Some("uuid"), _) => return ID.into(),
        (Some("date"), _) => return "2026-03-02".into(),
        (_, "township" | "division") => return "999901001".into(),
        (_, "community") => return "999901001001".into(),
        (_, "parent_code") => return MARK.into(),
        _ => {}
    }
    if schema["type"] == "boolean" || schema["type"].as_array().is_some_and(|all| all.contains(&json!("boolean"))) {
        return "true".into();
    }
    match parameter.get("example").or(schema.get("example")) {
        Some(Value::String(example)) => example.clone(),
        Some(other) => other.to_string(),
        None => panic!("{}: give it an example", parameter["name"]),
    }
}

/// Paged lists, with the roles that may call them and the queries to try: none, and each filter alone.
fn lists() -> Vec<(String, Vec<String>, Vec<String>)> {
    let document = document(false).expect("the document");
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let operation = &item["get"];
        let parameters: Vec<&Value> =
            operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query").collect();
        let pages = parameters.iter().any(|p| p["name"] == "cursor");
        // A page for people runs the same query as its list.
        let for_people = operation.pointer("/responses/200/content/text~1html").is_some();
        if !pages || for_people || path.contains('{') {
            continue;
        }
        let mut queries = vec![String::new()];
        for parameter in parameters.iter().filter(|p| !NOT_INDEXED.contains(&text(&p["name"]))) {
            queries.push(format!("{}={}", text(&parameter["name"]), value(&document, parameter)));
        }
        // A public list has no roles, so any caller will do.
        let roles = operation["x-roles"].as_array().into_iter().flatten().map(|role| text(role).to_owned());
        all.push((path.clone(), roles.collect(), queries));
    }
    assert!(all.len() >= 5, "{all:?}");
    all
}

/// A cursor of each form that lists use. One of them is this list's.
fn cursors() -> [String; 3] {
    [json!(ID), json!(["2026-03-02", ID]), json!(["2026-03-02T00:00:00Z", ID])]
        .map(|key| format!("cursor={}", base64url(key.to_string())))
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    plan: String,
}

/// The tables that a statement scans completely, or the indexes that it scans from start to end.
fn whole_reads(conn: &mut Conn, sql: &str) -> Vec<String> {
    let mut all = Vec::new();
    match conn {
        Conn::Sqlite(conn) => {
            let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn).expect("a plan");
            all.extend(steps.into_iter().map(|step| step.detail).filter(|detail| detail.starts_with("SCAN ")));
        }
        Conn::Postgres(conn) => {
            let count = (1..).take_while(|n| sql.contains(&format!("${n}"))).count();
            let nulls = vec!["NULL"; count].join(", ");
            conn.batch_execute(&format!("DEALLOCATE ALL; PREPARE p AS {sql}")).expect("a statement");
            let plan: Plan =
                sql_query(format!("EXPLAIN (FORMAT JSON) EXECUTE p({nulls})")).get_result(conn).expect("a plan");
            let plan: Value = serde_json::from_str(&plan.plan).expect("JSON");
            collect(&plan[0]["Plan"], &mut all);
        }
    }
    all.retain(|read| !SMALL.iter().any(|table| read.contains(table)));
    all
}

fn collect(node: &Value, all: &mut Vec<String>) {
    let kind = text(&node["Node Type"]);
    let by_index = kind.contains("Index") && node.get("Index Cond").is_some();
    if node.get("Relation Name").is_some() && !by_index && kind != "Bitmap Heap Scan" {
        all.push(format!("{kind} of {} {}", node["Relation Name"], node["Index Name"]));
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        collect(child, all);
    }
}

/// Tables that grow. Their plans are made for many rows, because PostgreSQL chooses any plan for empty ones.
fn growing() -> impl Iterator<Item = &'static str> {
    FEATURES.iter().flat_map(|feature| feature.tables).filter(|table| table.grows).map(|table| table.name)
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    data_type: String,
}

/// Inserts thousands of rows that do not belong to this test.
fn fill(conn: &mut Conn) {
    let Conn::Postgres(conn) = conn else { return };
    conn.batch_execute("SET session_replication_role = replica").expect("no foreign keys");
    for table in growing() {
        let columns: Vec<Column> = sql_query(
            "SELECT column_name::text, data_type::text FROM information_schema.columns WHERE table_name = $1",
        )
        .bind::<Text, _>(table)
        .load(conn)
        .expect("columns");
        let value = |column: &Column| match column.data_type.as_str() {
            "uuid" => "gen_random_uuid()",
            "text" => "'x' || g",
            "date" => "DATE '2026-01-01' + (g % 900)",
            "timestamp with time zone" => "now()",
            "boolean" => "true",
            "bytea" => "'\\x00'::bytea",
            _ => "g",
        };
        let values: Vec<&str> = columns.iter().map(value).collect();
        let names: Vec<&str> = columns.iter().map(|column| column.column_name.as_str()).collect();
        let (names, values) = (names.join(", "), values.join(", "));
        conn.batch_execute(&format!(
            "INSERT INTO {table} ({names}) SELECT {values} FROM generate_series(1, 5000) g; ANALYZE {table}"
        ))
        .expect("rows");
    }
}

async fn ask(app: &TestApp) {
    for (path, roles, queries) in lists() {
        let lets_in = |role: &Role| roles.is_empty() || roles.iter().any(|code| code == role.code());
        for (role, territory) in SCOPES.iter().filter(|(role, _)| lets_in(role)) {
            let office = match role {
                Role::Resident => app.officer(*role, "", territory),
                _ => app.office(*role, territory),
            };
            for query in &queries {
                let answer = office.get(&format!("{path}?{query}")).await;
                // A filter that this role may not use is refused, and reads nothing.
                let refused = answer.errors().iter().any(|(_, code)| *code == "wrong_party");
                assert!(answer.status == 200 || refused, "{path}?{query}: {}", answer.json);
                for cursor in cursors() {
                    let answer = office.get(&format!("{path}?{query}&{cursor}")).await;
                    assert!(answer.status == 200 || !answer.errors().is_empty(), "{path}: {}", answer.json);
                }
            }
        }
    }
}

#[test]
fn every_filter_of_every_list_is_served_by_an_index() {
    watch();
    let mut whole = BTreeSet::new();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run(kind, Setup::default(), async |app: TestApp| {
            ask(&app).await;
            let seen = std::mem::take(&mut *SEEN.lock().expect("no panic"));
            let statements: BTreeSet<&str> =
                seen.iter().map(|sql| sql.split(" -- binds:").next().unwrap_or(sql)).collect();
            assert!(statements.len() > 100, "{} statements were seen", statements.len());
            let mut conn = app.connect();
            fill(&mut conn);
            if kind == Kind::Postgres {
                // Empty tables are scanned unless that is disabled. Use the generic plan, which applies to any value.
                execute(&mut conn, "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan");
            }
            for sql in statements {
                let condition = sql.split_once(" FROM ").map_or(sql, |(_, rest)| rest);
                whole.extend(whole_reads(&mut conn, sql).into_iter().map(|read| format!("{read}: {condition}")));
            }
        });
    }
    assert!(whole.is_empty(), "{} statements read a whole table or index: {whole:#?}", whole.len());
}
