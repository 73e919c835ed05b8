//! Probes, metrics, the OpenAPI document and its page.

use std::time::Duration;

use serde_json::{Value, json};
use xiaoqu::db::WriteLock;
use xiaoqu::metrics::LIST;

use crate::support::rows::text;
use crate::support::{Kind, Setup, TestApp, browser, run};
use crate::{on_both_databases, on_sqlite};

on_both_databases! {
    async fn the_probes_answer_without_a_token(app: TestApp) {
        assert_eq!(app.nobody().get("/livez").await.expect(200), json!({ "status": "alive" }));
        let ready = app.nobody().get("/readyz").await.expect(200);
        let store = if app.state.db.is_postgres() { "postgres" } else { "sqlite" };
        assert_eq!(ready, json!({ "status": "ready", "store": store, "warnings": [] }));
    }

    async fn a_database_that_is_not_migrated_says_so(app: TestApp) {
        app.execute("DROP TABLE calendar_years");
        let answer = app.nobody().get("/readyz").header("accept-language", "en").await;
        answer.problem(503, "database_unavailable");
        assert!(text(&answer.json["detail"]).contains("xiaoqu migrate"), "{}", answer.json);
    }

    async fn a_year_without_a_calendar_is_a_warning(app: TestApp) {
        app.set_clock("2026-12-01T01:00:00Z");
        let ready = app.nobody().get("/readyz").await.expect(200);
        let warning = text(&ready["warnings"][0]);
        assert!(warning.starts_with("calendar_year_missing: 2027"), "{warning}");
        let metrics = app.nobody().get("/metrics").await;
        let metrics = String::from_utf8_lossy(&metrics.bytes).into_owned();
        assert!(metrics.contains("xiaoqu_calendar_years_missing 1"), "{metrics}");
        let input = json!({ "holidays": [{ "date": "2027-01-01", "name": "元旦" }], "workdays": [] });
        app.county().put("/v1/calendar/2027", &input).if_match("\"0\"").await.expect(200);
        assert_eq!(app.nobody().get("/readyz").await.expect(200)["warnings"], json!([]));
    }
}

/// SQLite's writer has been working on one job for longer than its limit.
#[test]
fn a_writer_that_does_not_commit_is_told_by_readyz_and_the_metrics() {
    let setup = Setup { database: |options| options.writer_limit = Duration::from_millis(300), ..Setup::default() };
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let slow = app.state.db.write(WriteLock::default(), |_| {
            std::thread::sleep(Duration::from_secs(3));
            Ok(())
        });
        let watch = async {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            let answer = app.nobody().get("/readyz").header("accept-language", "en").await;
            answer.problem(503, "database_unavailable");
            assert!(text(&answer.json["detail"]).contains("has not committed for 1 s"), "{}", answer.json);
            let metrics = app.nobody().get("/metrics").await;
            let metrics = String::from_utf8_lossy(&metrics.bytes).into_owned();
            assert!(metrics.contains("xiaoqu_writer_held_seconds 1"), "{metrics}");
        };
        let (written, ()) = tokio::join!(slow, watch);
        written.expect("the slow job");
        app.nobody().get("/readyz").await.expect(200);
    });
}

on_sqlite! {
    async fn requests_are_counted_by_operation_and_status(app: TestApp) {
        app.social().get("/v1/me").await.expect(200);
        app.nobody().get("/v1/me").await.expect(401);
        app.social().get("/nowhere").await.expect(404);
        let metrics = app.nobody().get("/metrics").await;
        assert!(metrics.header("content-type").starts_with("text/plain"));
        let metrics = String::from_utf8_lossy(&metrics.bytes).into_owned();
        for line in [
            r#"xiaoqu_http_requests_total{operation="get_me",status="200"} 1"#,
            r#"xiaoqu_http_requests_total{operation="get_me",status="401"} 1"#,
            r#"xiaoqu_http_requests_total{operation="unknown",status="404"} 1"#,
        ] {
            assert!(metrics.contains(line), "{line} in\n{metrics}");
        }
    }

    async fn the_document_is_served_and_its_page_asks_nobody_else(app: TestApp) {
        let document = app.nobody().get("/openapi.json").await.expect(200);
        assert_eq!(document["openapi"], "3.1.0");
        assert!(document["paths"]["/sandbox/clock"].is_object(), "the document of a sandbox");
        let page = app.nobody().get("/docs/").await;
        assert_eq!(page.status, 200);
        let page = String::from_utf8_lossy(&page.bytes).into_owned();
        for (name, _) in page.match_indices("src=\"").chain(page.match_indices("href=\"")) {
            let address = &page[name..].split('"').nth(1).unwrap_or_default();
            assert!(!address.starts_with("http") && !address.starts_with("//"), "{address}");
            let at = match address.starts_with('/') {
                true => address.to_string(),
                false => format!("/docs/{}", address.trim_start_matches("./")),
            };
            let asset = app.nobody().get(&at).await;
            assert_eq!(asset.status, 200, "{address}");
        }
    }

    async fn the_signing_keys_are_public_and_hold_no_secret(app: TestApp) {
        let answer = app.nobody().get("/.well-known/jwks.json").await;
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        let keys = answer.expect(200);
        let key = &keys["keys"][0];
        assert_eq!((&key["kty"], &key["crv"], &key["d"]), (&json!("OKP"), &json!("Ed25519"), &Value::Null));
        assert!(key["kid"].is_string());
    }
}

#[test]
fn metrics_on_an_address_of_their_own_are_not_on_the_api() {
    run(Kind::Sqlite, Setup { metrics_on_api: false, ..Setup::default() }, async |app: TestApp| {
        app.nobody().get("/metrics").await.problem(404, "not_found");
    });
}

on_both_databases! {
    async fn what_is_served_as_metrics_is_what_the_list_says(app: TestApp) {
        let input = crate::support::rows::complex_input();
        for _ in 0..2 {
            app.social().post("/v1/complexes", &input).key("k").await.expect(201);
        }
        app.nobody().get("/v1/me").await.expect(401);
        let text = String::from_utf8(app.nobody().get("/metrics").await.bytes).expect("text");
        let mut served = std::collections::BTreeMap::new();
        for line in text.lines() {
            if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
                served.insert(name, kind);
            }
        }
        // This application has no trusted issuer whose keys are fetched.
        let absent = ["xiaoqu_issuer_keys_age_seconds"];
        for row in LIST {
            if absent.contains(&row.name) {
                continue;
            }
            assert_eq!(served.remove(row.name), Some(row.kind.word()), "{}", row.name);
            let samples = text.lines().filter(|line| {
                let name = line.split(['{', ' ']).next().unwrap_or_default();
                name.strip_prefix(row.name).is_some_and(|end| ["", "_bucket", "_sum", "_count"].contains(&end))
            });
            let mut seen = 0;
            for sample in samples {
                seen += 1;
                let labels = sample.split_once('{').map_or("", |(_, rest)| rest);
                for label in row.labels {
                    assert!(labels.contains(&format!("{label}=\"")), "{sample} lacks {label}");
                }
                let extra = usize::from(sample.contains("_bucket{"));
                assert_eq!(labels.matches("=\"").count(), row.labels.len() + extra, "{sample}");
            }
            assert!(seen > 0, "{} has no sample", row.name);
        }
        assert!(served.is_empty(), "not in the list: {served:?}");
        let value = |series: &str| -> f64 {
            let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
            line.unwrap_or_else(|| panic!("no {series} in {text}")).parse().expect("a number")
        };
        assert_eq!(value("xiaoqu_http_request_seconds_count{class=\"2xx\",operation=\"create_complex\"}"), 2.0);
        assert_eq!(value("xiaoqu_idempotent_replays_total"), 1.0);
        assert_eq!(value("xiaoqu_problems_total{code=\"unauthorized\"}"), 1.0);
        assert_eq!(value("xiaoqu_http_requests_in_flight"), 1.0, "the one that asks");
        let migrations = xiaoqu::db::count() as f64;
        assert_eq!(value("xiaoqu_migrations{state=\"applied\"}"), migrations);
        assert_eq!(value("xiaoqu_migrations{state=\"known\"}"), migrations);
        assert!(value("xiaoqu_commit_seconds_count") >= 1.0);
        assert!(value("process_resident_memory_bytes") > 1e6 && value("process_open_fds") > 3.0);
        if app.kind() == Kind::Sqlite {
            assert!(value("xiaoqu_write_batch_jobs_sum") >= 2.0);
            assert_eq!(value("xiaoqu_lease_held"), 1.0);
        }
    }

    async fn the_first_policy_stands_in_the_ledger_with_its_text(app: TestApp) {
        let leaves = app.values("SELECT leaf AS value FROM ledger_events WHERE kind = 'policy.published'");
        assert_eq!(leaves.len(), 1);
        let leaf: serde_json::Value = serde_json::from_str(&leaves[0]).unwrap();
        let document: serde_json::Value = serde_json::from_str(leaf["data"]["document"].as_str().unwrap()).unwrap();
        let served = app.county().get("/v1/policies/1").await.expect(200);
        assert_eq!(served["document"], document);
        assert_eq!(served["digest"], leaf["data"]["digest"]);
    }

    async fn the_page_of_the_document_shows_roles_and_problem_codes_in_a_browser(app: TestApp) {
        let plan = json!({ "at": "/docs/#tag/complaints/POST/v1/complaints", "until": "idempotency_key_reused" });
        let Some(found) = browser::documentation(&app.base_url, &plan).await else { return };
        assert_eq!(found["faults"], json!([]));
        for shown in ["Submit a complaint", "Roles", "social_affairs_office", "idempotency_key_reused"] {
            assert!(text(&found["shown"]).contains(shown), "{shown}");
        }
    }

    async fn the_page_of_the_document_loads_nothing_from_outside(app: TestApp) {
        let page = app.nobody().get("/docs/index.html").await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-security-policy").starts_with("default-src 'self'"));
        let html = String::from_utf8_lossy(&page.bytes).into_owned();
        assert!(!html.contains("http://") && !html.contains("https://"), "{html}");
        let names: Vec<&str> = html.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(names.len(), 2, "{html}");
        for name in names {
            let script = app.nobody().get(&format!("/docs/{name}")).await;
            assert_eq!(script.status, 200, "{name}");
            assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
            assert!(script.header("content-type").starts_with("text/javascript"));
            let packed = app.nobody().get(&format!("/docs/{name}")).header("accept-encoding", "gzip").await;
            assert_eq!(packed.status, 200);
        }
        assert_eq!(app.nobody().get("/docs/scalar.0000000000000000.js").await.status, 404);
        assert_eq!(app.nobody().get("/livez").await.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    }
}
