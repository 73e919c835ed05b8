//! Problems: their form, both languages, and the order of checks.

use reqwest::Method;
use serde_json::json;
use xiaoqu::access::Role;

use crate::support::rows::{a_company, a_complex_in, company_input, path};
use crate::support::{COMMUNITY, NEIGHBOUR_COMMUNITY};
use crate::{on_both_databases, on_sqlite};

on_sqlite! {
    async fn a_problem_speaks_the_language_of_its_reader(app: TestApp) {
        let county = app.county();
        let chinese = county.post("/v1/companies", &json!({})).await;
        let english = county.post("/v1/companies", &json!({})).english().await;
        assert_eq!(chinese.problem(400, "invalid_input")["title"], "输入有误");
        assert_eq!(english.problem(400, "invalid_input")["title"], "The input has errors");
        assert_eq!(chinese.json["errors"][0]["detail"], "此字段必填");
        assert_eq!(english.json["errors"][0]["detail"], "this field is required");
        assert_eq!((chinese.header("content-language"), english.header("content-language")), ("zh-CN", "en"));
        let mixed = county.get("/nowhere").header("accept-language", "fr, en;q=0.4, zh;q=0.8").await;
        assert_eq!(mixed.problem(404, "not_found")["title"], "未找到");
        // This includes refusals by the framework and by the gate.
        assert_eq!(app.nobody().get("/v1/me").english().await.problem(401, "unauthorized")["title"], "An access token is required");
        let forbidden = app.social().post("/v1/policies", &json!({})).english().await;
        assert_eq!(forbidden.problem(403, "forbidden")["title"], "You are not allowed to perform this operation");
    }

    async fn what_the_framework_refuses_has_the_same_shape(app: TestApp) {
        let county = app.county();
        let post = |path: &str| county.call(Method::POST, path);
        county.get("/v1/nothing").await.problem(404, "not_found");
        county.get("/v1/companies/").await.problem(404, "not_found");
        post("/v1/companies").body("application/json", "{\"name\": ").await.problem(400, "malformed_json");
        post("/v1/companies").body("application/json", "").await.problem(400, "malformed_json");
        post("/v1/companies").body("application/json", vec![0xff, 0xfe, 0x00]).await.problem(400, "malformed_json");
        post("/v1/companies").body("text/plain", "{}").await.problem(415, "unsupported_media_type");
        post("/v1/companies").body("application/merge-patch+json", "{}").await.problem(415, "unsupported_media_type");
        post("/v1/companies").await.problem(415, "unsupported_media_type");
        post("/v1/companies").body("application/json; charset=utf-8", "{}").await.problem(400, "invalid_input");
        for body in ["[]", "null", "3", "\"text\""] {
            let answer = post("/v1/companies").body("application/json", body).await;
            answer.faults(&[("", "wrong_type")]);
        }
    }

    async fn a_wrong_method_is_told_the_right_ones(app: TestApp) {
        for (method, path, allow) in [
            (Method::DELETE, "/v1/companies", "GET, HEAD, POST"),
            (Method::PUT, "/v1/companies/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11", "GET, HEAD, PATCH"),
            (Method::POST, "/v1/calendar/2026", "GET, HEAD, PUT"),
            (Method::POST, "/livez", "GET, HEAD"),
        ] {
            let answer = app.county().call(method, path).await;
            answer.problem(405, "method_not_allowed");
            let mut allowed: Vec<&str> = answer.header("allow").split(", ").collect();
            allowed.sort_unstable();
            assert_eq!(allowed.join(", "), allow, "{path}");
        }
    }

    async fn a_body_that_is_too_large_is_refused(app: TestApp) {
        let large = vec![b' '; 10 * 1024 * 1024];
        let answer = app.county().call(Method::POST, "/v1/companies").body("application/json", large).try_send().await;
        // The server stops reading, responds and closes. A client may see that as a broken pipe.
        if let Ok(answer) = answer {
            answer.problem(413, "payload_too_large");
        }
        let just_over = vec![b' '; 1024 * 1024 + 1];
        let answer = app.county().call(Method::POST, "/v1/companies").body("application/json", just_over).await;
        answer.problem(413, "payload_too_large");
        let within = [vec![b' '; 1024 * 1024 - 2], b"{}".to_vec()].concat();
        let answer = app.county().call(Method::POST, "/v1/companies").body("application/json", within).await;
        answer.problem(400, "invalid_input");
    }

    async fn a_path_that_is_no_uuid_is_bad_input(app: TestApp) {
        for id in ["1", "x", "%00", "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b1", "..%2f..", "%E4%B8%AD"] {
            app.county().get(&format!("/v1/companies/{id}")).await.faults(&[("path/id", "invalid_format")]);
        }
    }

    async fn deep_and_odd_json_is_answered(app: TestApp) {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let post = app.county().call(Method::POST, "/v1/companies");
        post.body("application/json", deep).await.problem(400, "malformed_json");
        let twice = r#"{"name":"甲","name":"乙"}"#;
        let post = app.county().call(Method::POST, "/v1/companies");
        assert_eq!(post.body("application/json", twice).await.status, 400);
        let many: serde_json::Map<_, _> = (0..5000).map(|i| (format!("f{i}"), json!(1))).collect();
        let answer = app.county().post("/v1/companies", &json!(many)).await;
        answer.problem(400, "invalid_input");
        assert!(answer.json["errors"].as_array().unwrap().len() <= 100, "the document says at most 100");
    }
}

on_both_databases! {
    async fn checks_come_in_one_order(app: TestApp) {
        let theirs = path("complexes", &a_complex_in(&app, NEIGHBOUR_COMMUNITY).await);
        let ours = path("complexes", &a_complex_in(&app, COMMUNITY).await);
        let bad = json!({ "name": "" });
        let good = json!({ "name": "改名花园" });
        let patch = |token: &crate::support::client::Client, at: &str, body: &serde_json::Value| token.patch(at, body);
        // 401 before 403 before 404 before 400 before 428 and 412.
        patch(&app.nobody(), &theirs, &bad).await.problem(401, "unauthorized");
        patch(&app.office(Role::Community, COMMUNITY), &theirs, &bad).await.problem(403, "forbidden");
        patch(&app.social(), &theirs, &bad).await.problem(404, "not_found");
        patch(&app.social(), &ours, &bad).await.problem(400, "invalid_input");
        patch(&app.social(), &ours, &bad).if_match("\"9\"").await.problem(400, "invalid_input");
        patch(&app.social(), &ours, &good).await.problem(428, "precondition_required");
        patch(&app.social(), &ours, &good).if_match("\"9\"").await.problem(412, "precondition_failed");
        patch(&app.social(), &ours, &good).if_match("\"1\"").await.expect(200);
        // 400 before 409.
        let input = company_input();
        app.county().post("/v1/companies", &input).await.expect(201);
        let mut again = input.clone();
        again["name"] = json!("");
        app.county().post("/v1/companies", &again).await.problem(400, "invalid_input");
        app.county().post("/v1/companies", &input).await.problem(409, "already_exists");
    }

    async fn an_id_of_another_kind_is_not_found(app: TestApp) {
        let company = a_company(&app).await;
        let complex = a_complex_in(&app, COMMUNITY).await;
        app.county().get(&path("complexes", &company)).await.problem(404, "not_found");
        app.county().get(&path("companies", &complex)).await.problem(404, "not_found");
        let answer = app.county().get("/v1/companies/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11").await;
        assert_eq!(answer.problem(404, "not_found")["errors"][0]["pointer"], "path/id");
    }

    async fn no_text_that_unicode_has_upsets_the_store(app: TestApp) {
        let text = "𠮷野家 e\u{301}abc\u{200d} 'DROP TABLE companies; --\" \\ 🏘️";
        let mut input = company_input();
        input["name"] = json!(text);
        let made = app.county().post("/v1/companies", &input).await.expect(201);
        assert_eq!(app.county().get(&path("companies", &made)).await.json["name"], text);
        input["name"] = json!("长".repeat(200));
        input["uscc"] = json!(crate::support::rows::a_uscc());
        app.county().post("/v1/companies", &input).await.expect(201);
        for odd in ["甲\u{0}乙", "甲\u{202e}乙", "甲\u{fffd}乙", "甲\n乙"] {
            input["name"] = json!(odd);
            app.county().post("/v1/companies", &input).await.faults(&[("/name", "forbidden_character")]);
        }
        let post = app.county().call(Method::POST, "/v1/companies");
        let lone = r#"{"name":"\ud800"}"#;
        assert_eq!(post.body("application/json", lone).await.status, 400);
    }

    async fn what_is_broken_inside_is_500_and_the_answer_says_no_more(app: TestApp) {
        let complex = crate::support::rows::a_complex(&app).await;
        let company = crate::support::rows::a_company(&app).await;
        let contract = crate::support::rows::a_service(&app, &complex, &company, "2026-01-01").await;
        app.execute("UPDATE contracts SET entered_by = 'nonsense'");
        let answer = app.county().get(&crate::support::rows::path("contracts", &contract)).await;
        let members: Vec<&String> = answer.json.as_object().expect("a problem").keys().collect();
        assert_eq!(members, ["type", "title", "status", "instance", "code"], "{}", answer.json);
        answer.problem(500, "internal");
    }
}
