//! Conditional requests, ranges and encodings (RFC 9110), for each method.

use reqwest::Method;
use serde_json::json;

use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::TOWNSHIP;
use crate::support::cases::{Case, nine, notice};
use crate::support::complaining::{by_phone, kinds, of};
use crate::support::rows::{a_company, a_served_complex, path, text};

on_both_databases! {
    async fn a_read_follows_its_conditions(app: TestApp) {
        let company = a_company(&app).await;
        let at = path("companies", &company);
        let etag = app.county().get(&at).await.etag();
        let read = async |name: &str, value: &str| app.county().get(&at).header(name, value).await;
        for value in ["*", &etag, &format!("W/{etag}"), &format!("\"x\", {etag}")] {
            let answer = read("if-none-match", value).await;
            assert_eq!((answer.status, answer.bytes.len(), answer.etag()), (304, 0, etag.clone()), "{value}");
        }
        assert_eq!(read("if-none-match", "\"x\"").await.status, 200);
        for value in ["*", &etag] {
            assert_eq!(read("if-match", value).await.status, 200, "{value}");
        }
        for value in ["\"x\"", &format!("W/{etag}")] {
            read("if-match", value).await.problem(412, "precondition_failed");
        }
        let lines = app.county().get(&at).header("if-none-match", "\"x\"").header("if-none-match", &etag).await;
        assert_eq!(lines.status, 304, "lines are one list");
        let head = app.county().call(Method::HEAD, &at).header("if-match", "\"x\"").await;
        assert_eq!(head.status, 412);
        let missing = app.county().get("/v1/companies/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11").header("if-match", "*");
        missing.await.problem(404, "not_found");
        assert_eq!(app.county().get("/v1/companies").header("if-none-match", "*").await.status, 304);
        app.county().get("/v1/companies").header("if-match", "\"x\"").await.problem(412, "precondition_failed");
    }

    async fn a_write_follows_its_conditions(app: TestApp) {
        let company = a_company(&app).await;
        let at = path("companies", &company);
        let etag = app.county().get(&at).await.etag();
        let change = json!({ "name": "测试更名" });
        let write = || app.county().patch(&at, &change);
        write().header("if-none-match", "*").await.problem(412, "precondition_failed");
        write().header("if-match", &etag).header("if-none-match", &etag).await.problem(412, "precondition_failed");
        write().header("if-none-match", "\"9\"").await.problem(428, "precondition_required");
        write().header("if-match", "\"x\"").header("if-match", &etag).await.expect(200);

        let year = json!({ "holidays": [{ "date": "2027-01-01", "name": "元旦" }], "workdays": [] });
        let put = || app.county().put("/v1/calendar/2027", &year);
        put().if_match("*").await.problem(412, "precondition_failed");
        put().header("if-none-match", "*").await.expect(200);
        put().header("if-none-match", "*").await.problem(412, "precondition_failed");
        put().if_match("*").await.expect(200);
    }

    async fn a_notice_that_was_not_shown_was_not_served(app: TestApp) {
        let mut case = Case::new(&app, &["P"]).await;
        case.reported("V1", nine(3), "P", "2026-03-02").await;
        let own = case.violation("V1");
        case.officer().post(&format!("{own}/notification"), &notice()).await.expect(200);
        let opened = async || app.social().get(&own).await.expect(200)["delivery"].clone();
        for (name, value) in [("if-none-match", "*"), ("if-match", "\"x\"")] {
            let answer = case.portal().get(&own).header(name, value).await;
            assert!(matches!(answer.status, 304 | 412), "{name}: {}", answer.status);
            assert!(opened().await.is_null(), "{name}");
        }
        assert_eq!(case.portal().call(Method::HEAD, &own).await.status, 200);
        assert!(opened().await.is_null());
        // A response with content delivers the notice, also if a condition allows the response.
        case.portal().get(&own).header("if-none-match", "\"x\"").await.expect(200);
        assert!(!opened().await.is_null());
    }

    async fn a_contact_that_was_not_shown_is_not_recorded(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let front = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        let complaint = front.post("/v1/complaints", &by_phone("fees.overcharging", &complex)).await.expect(201);
        let own = format!("{}?unmask=%E7%94%B5%E8%AF%9D%E6%A0%B8%E5%AE%9E", of(&complaint));
        let desk = app.social();
        assert_eq!(desk.get(&own).header("if-none-match", "*").await.status, 304);
        let reads = async || {
            kinds(&desk, &complaint).await.iter().filter(|kind| *kind == "contact_read").count()
        };
        assert_eq!(desk.call(Method::HEAD, &own).await.status, 200);
        desk.get(&own).header("if-match", "\"x\"").await.problem(412, "precondition_failed");
        assert_eq!(reads().await, 0);
        desk.get(&own).await.expect(200);
        assert_eq!(reads().await, 1);
        // A reason must be readable.
        for nothing in ["%20%20", "%E3%85%A4%E3%85%A4", "%C2%AD%C2%AD", "%E2%80%AE%E2%80%AE", "%1B%1B"] {
            let answer = desk.get(&format!("{}?unmask={nothing}", of(&complaint))).await;
            answer.problem(400, "invalid_input");
            assert_eq!(answer.json["errors"][0]["pointer"], "query/unmask");
        }
        assert_eq!(reads().await, 1);
    }

    async fn what_is_compressed_has_a_tag_of_its_own(app: TestApp) {
        let company = a_company(&app).await;
        let at = path("companies", &company);
        let plain = app.county().get(&at).await;
        let packed = app.county().get(&at).header("accept-encoding", "gzip").await;
        assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
        assert_ne!(plain.etag(), packed.etag());
        let again = app.county().get(&at).header("accept-encoding", "gzip").header("if-none-match", &packed.etag()).await;
        assert_eq!((again.status, again.etag()), (304, packed.etag()));
        // Either tag has the version, so a write may use either.
        let changed = app.county().patch(&at, &json!({ "name": "测试更名" })).if_match(&packed.etag()).await;
        assert_eq!(changed.expect(200)["version"], 2);
        for none in ["identity;q=0", "br", "*;q=0", ""] {
            let answer = app.county().get(&at).header("accept-encoding", none).await;
            assert_eq!((answer.status, answer.header("content-encoding")), (200, ""), "{none}");
        }
        let problem = app.county().get("/v1/nothing").header("accept-encoding", "identity;q=0").await;
        problem.problem(404, "not_found");
    }

    async fn a_compressed_body_is_refused(app: TestApp) {
        let answer = app.county().call(Method::POST, "/v1/companies").header("content-encoding", "gzip");
        let answer = answer.body("application/json", vec![0x1f, 0x8b, 8, 0]).await;
        answer.problem(415, "unsupported_media_type");
        assert_eq!(answer.header("accept-encoding"), "identity");
        let token = app.nobody().call(Method::POST, "/oauth/token").header("content-encoding", "gzip");
        assert_eq!(token.body("application/x-www-form-urlencoded", vec![0x1f, 0x8b]).await.status, 415);
    }

    async fn a_page_elsewhere_may_read_what_is_public(app: TestApp) {
        for path in ["/public/data/complexes", "/public", "/openapi.json", "/open311/v2/services.json"] {
            let read = app.nobody().get(path).header("origin", "https://elsewhere.invalid").await;
            assert_eq!((read.status, read.header("access-control-allow-origin")), (200, "*"), "{path}");
            let asked = app.nobody().call(Method::OPTIONS, path).header("access-control-request-method", "GET").await;
            assert_eq!((asked.status, asked.header("access-control-allow-origin")), (204, "*"), "{path}");
            assert!(asked.header("access-control-allow-methods").contains("GET"), "{path}");
        }
        let own = app.county().get("/v1/companies").header("origin", "https://elsewhere.invalid").await;
        assert_eq!(own.header("access-control-allow-origin"), "");
        app.nobody().call(Method::OPTIONS, "/v1/companies").await.problem(405, "method_not_allowed");
        app.nobody().call(Method::OPTIONS, "/oauth/token").await.problem(405, "method_not_allowed");
    }

    async fn permission_follows_from_the_route_that_answers(app: TestApp) {
        let company = a_company(&app).await;
        let id = text(&company["id"]);
        // Another spelling of the same path is the same path, with the same permissions.
        for same in [format!("/v1/companies/%{:02x}{}", id.as_bytes()[0], &id[1..]), format!("/v1/%63ompanies/{id}")] {
            assert_eq!(app.county().get(&same).await.expect(200)["id"], company["id"], "{same}");
            app.nobody().get(&same).await.problem(401, "unauthorized");
        }
        app.county().get("/v1%2Fcompanies").await.problem(404, "not_found");
        assert_eq!(app.nobody().get("/%70ublic").await.header("content-type"), "text/html; charset=utf-8");
    }

    async fn what_people_type_leads_to_the_pages(app: TestApp) {
        for (typed, title) in [("/", "xiaoqu 小区 API"), ("/docs", "xiaoqu 小区 API"), ("/public/", "住宅小区物业服务公示")] {
            let answer = app.nobody().get(typed).await;
            assert_eq!((answer.status, answer.header("content-type").starts_with("text/html")), (200, true), "{typed}");
            assert!(String::from_utf8_lossy(&answer.bytes).contains(title), "{typed}");
        }
    }
}
