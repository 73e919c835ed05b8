//! Refusals are cheap: sizes are checked before contents, the number of input errors is bounded, and the writer is not
//! used.

use std::time::Duration;

use serde_json::{Value, json};
use xiaoqu::access::Role;
use xiaoqu::db::WriteLock;

use crate::support::TestApp;
use crate::support::client::Response;
use crate::support::complaining::complaint;
use crate::support::rows::{a_company, a_complex, company_input, path};
use crate::{on_both_databases, on_sqlite};

const MOST_INPUT_ERRORS: usize = 100;

fn errors(answer: &Response) -> Vec<(String, String)> {
    assert!(answer.json["errors"].as_array().is_some_and(|all| all.len() <= MOST_INPUT_ERRORS), "{}", answer.json);
    answer.errors().into_iter().map(|(pointer, code)| (pointer.to_owned(), code.to_owned())).collect()
}

async fn refused(app: &TestApp, evidence: Value) -> Response {
    let complex = a_complex(app).await;
    let mut input = complaint("service.lift", &complex);
    input["evidence"] = evidence;
    let answer = app.office(Role::Resident, "").post("/v1/complaints", &input).await;
    answer.problem(400, "invalid_input");
    answer
}

on_both_databases! {
    async fn a_list_beyond_its_size_is_told_once_whatever_is_in_it(app: TestApp) {
        for one in [json!(0), json!({}), json!({ "title": "" }), json!({ "title": "", "x": 1, "y": [2] })] {
            let answer = refused(&app, Value::Array(vec![one; 20_000])).await;
            let errors = errors(&answer);
            assert!(errors.contains(&("/evidence".into(), "too_many".into())), "{errors:?}");
            // Twenty are allowed. After the first one too many, nothing more is reported.
            assert!(!errors.iter().any(|(pointer, _)| pointer.starts_with("/evidence/21")), "{errors:?}");
        }
    }

    async fn of_more_faults_than_are_listed_the_answer_says_that_there_are_more(app: TestApp) {
        let members = |count: usize| Value::Object((0..count).map(|n| (format!("m{n:05}"), json!(0))).collect());
        let answer = app.county().post("/v1/companies", &members(20_000)).await;
        assert_eq!(errors(&answer).len(), MOST_INPUT_ERRORS);
        assert_eq!(answer.json["more"], true);
        let few = app.county().post("/v1/companies", &members(3)).await;
        assert!(errors(&few).len() < 10);
        assert_eq!(few.json.get("more"), None);
    }

    async fn a_body_that_is_refused_does_not_wait_for_the_writer(app: TestApp) {
        let company = a_company(&app).await;
        let at = path("companies", &company);
        let (entered, inside) = std::sync::mpsc::channel();
        let db = app.state.db.clone();
        let held = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(db.write(WriteLock::default(), move |_| {
                let _ = entered.send(());
                std::thread::sleep(Duration::from_secs(4));
                Ok(())
            }))
        });
        tokio::task::spawn_blocking(move || inside.recv()).await.expect("it ran").expect("the writer is held");
        let began = std::time::Instant::now();
        app.county().post("/v1/companies", &json!({ "name": 1 })).await.problem(400, "invalid_input");
        app.county().patch(&at, &json!({ "nope": 1 })).if_match("*").await.problem(400, "invalid_input");
        // SQLite has one writer, which is busy until these requests are finished.
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
        held.await.expect("it ran").expect("it is written");
    }

    async fn a_row_that_is_not_the_callers_is_told_of_before_any_fault(app: TestApp) {
        let unknown = "/v1/companies/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11";
        app.county().patch(unknown, &json!({ "nope": 1 })).if_match("*").await.problem(404, "not_found");
        // A key that was used for another request is reported first, as before.
        let input = company_input();
        app.county().post("/v1/companies", &input).key("k-1").await.expect(201);
        let other = app.county().post("/v1/companies", &json!({ "nope": 1 })).key("k-1").await;
        other.problem(422, "idempotency_key_reused");
    }
}

on_sqlite! {
    async fn what_holds_too_many_values_is_not_read(app: TestApp) {
        let zeros = format!("{{\"evidence\":[{}0]}}", "0,".repeat(500_000));
        let answer = app.office(Role::Resident, "").call(reqwest::Method::POST, "/v1/complaints");
        answer.body("application/json", zeros).await.faults(&[("/evidence", "too_many")]);
    }

    async fn a_member_that_stands_twice_is_a_fault(app: TestApp) {
        let mut text = company_input().to_string();
        text.insert_str(1, "\"name\":\"星河物业\",");
        let answer = app.county().call(reqwest::Method::POST, "/v1/companies").body("application/json", text).await;
        answer.faults(&[("/name", "duplicate")]);
    }

    async fn more_parameters_than_any_operation_has_are_refused_unread_also_without_a_token(app: TestApp) {
        let many = vec!["a"; 17_242].join("&");
        for path in ["/public/data/complexes", "/v1/companies", "/open311/v2/requests.json", "/v1/ledger/consistency"] {
            for client in [app.nobody(), app.county()] {
                let answer = client.get(&format!("{path}?{many}")).await;
                assert_eq!(answer.status, 400, "{path}");
                assert!(answer.bytes.len() < 1000, "{path}");
            }
        }
        let form = vec!["a=b"; 2000].join("&");
        let answer = app.nobody().call(reqwest::Method::POST, "/oauth/token");
        answer.body("application/x-www-form-urlencoded", form).await.expect(400);
        // A hundred unknown names are a hundred input errors.
        let hundred: Vec<String> = (0..100).map(|n| format!("p{n}=1")).collect();
        let answer = app.county().get(&format!("/v1/companies?{}", hundred.join("&"))).await;
        assert_eq!(errors(&answer).len(), MOST_INPUT_ERRORS);
    }

    async fn a_pointer_repeats_no_more_of_a_name_than_a_reader_can_use(app: TestApp) {
        let input = json!({ "n".repeat(500_000): 1 });
        let answer = app.county().post("/v1/companies", &input).await;
        answer.problem(400, "invalid_input");
        assert!(answer.bytes.len() < 20_000);
    }
}
