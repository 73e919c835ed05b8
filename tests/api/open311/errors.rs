//! Errors of the outer layers also have the format of Open311 under its paths.

use std::num::NonZeroU32;

use reqwest::Method;
use xiaoqu::http::limits::{LimitOptions, Rate};

use super::{LAT, LONG, REQUESTS, a_portal, form, good, here, key, refused, xml};
use crate::on_both_databases;
use crate::support::{Kind, Setup, TestApp, run};

on_both_databases! {
    async fn what_does_not_exist_is_told_in_the_form_of_the_standard(app: TestApp) {
        let nobody = app.nobody();
        for path in ["/open311/v2/nothing.json", "/open311/v3/services.json", "/open311/v2/tokens/unknown.json",
            "/open311/v2/requests/unknown.json", "/open311/v2/requests/019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11.json"] {
            refused(&nobody.get(path).await, 404, &[]);
        }
        for path in ["/open311/v2/services.html", "/open311", "/open311/v2/nothing"] {
            let answer = nobody.get(path).await;
            assert_eq!(answer.status, 404, "{path}");
            assert!(xml(&answer).contains("<errors><error><code>404</code><description>"), "{path}");
        }
        let put = nobody.call(Method::PUT, REQUESTS).await;
        refused(&put, 405, &[]);
        assert!(put.header("allow").contains("POST"), "{}", put.header("allow"));
        // Other paths are unaffected.
        nobody.get("/v1/nothing").await.problem(404, "not_found");
        nobody.get("/open3110").await.problem(404, "not_found");
    }

    async fn a_key_never_stands_in_an_address(app: TestApp) {
        here(&app).await;
        let portal = a_portal(&app).await;
        let key = key(&portal);
        let (lat, long) = (LAT.to_string(), LONG.to_string());
        for path in ["discovery.json", "services.json", "requests.json", "services/service.lift.json", "tokens/x.json"] {
            let answer = app.nobody().get(&format!("/open311/v2/{path}?{}", form(&[("api_key", &key)]))).await;
            refused(&answer, 403, &["api_key"]);
            assert!(!String::from_utf8_lossy(&answer.bytes).contains(&portal.secret));
        }
        let at = format!("{REQUESTS}?{}", form(&[("api_key", &key)]));
        refused(&app.nobody().post_form(&at, &form(&good(&key, &lat, &long))).await, 403, &["地址"]);
        app.nobody().get(&format!("{REQUESTS}?api_key=")).await.expect(200);
        app.nobody().get(&format!("{REQUESTS}?unknown=1&apikey=x&limit=7&_=1")).await.expect(200);
    }

    async fn a_form_that_cannot_be_read_is_refused(app: TestApp) {
        let nobody = app.nobody();
        let json = nobody.post(REQUESTS, &serde_json::json!({ "service_code": "service.lift" })).await;
        refused(&json, 415, &["application/x-www-form-urlencoded"]);
        refused(&nobody.call(Method::POST, REQUESTS).await, 415, &["multipart/form-data"]);
        refused(&nobody.post_form(REQUESTS, &format!("description={}", "x".repeat(200_000))).await, 413, &[]);
        let many: String = (0..600).map(|at| format!("field{at}=1&")).collect();
        refused(&nobody.post_form(REQUESTS, &many).await, 400, &["500"]);
        let cut = nobody.call(Method::POST, REQUESTS).body("multipart/form-data; boundary=line", "--line\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb");
        refused(&cut.await, 400, &[]);
        let odd = nobody.call(Method::POST, REQUESTS).body("multipart/form-data", "nothing");
        refused(&odd.await, 400, &[]);
        let broken = [&b"--line\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\n\xff\xfe\r\n--line--\r\n"[..]].concat();
        refused(&nobody.call(Method::POST, REQUESTS).body("multipart/form-data; boundary=line", broken).await, 400, &["description"]);
    }
}

fn slow(burst: u32) -> Option<Rate> {
    Some(Rate { per_second: NonZeroU32::MIN, burst: NonZeroU32::new(burst).expect("some") })
}

#[test]
fn whoever_asks_too_often_is_told_so_in_the_form_of_the_standard() {
    let limits = LimitOptions { address: slow(3), ..LimitOptions::default() };
    run(Kind::Sqlite, Setup { limits, ..Setup::default() }, async |app: TestApp| {
        for _ in 0..3 {
            app.nobody().get("/open311/v2/services.json").await.expect(200);
        }
        let over = app.nobody().get("/open311/v2/services.json").await;
        refused(&over, 429, &[]);
        assert!(!over.header("retry-after").is_empty());
        assert!(xml(&app.nobody().post_form("/open311/v2/requests.xml", "a=b").await).contains("<code>429</code>"));
    });
}

#[test]
fn whoever_guesses_keys_is_shut_out_like_whoever_guesses_tokens() {
    let limits = LimitOptions { forged_tokens: slow(3), ..LimitOptions::default() };
    run(Kind::Sqlite, Setup { limits, ..Setup::default() }, async |app: TestApp| {
        here(&app).await;
        let portal = a_portal(&app).await;
        let (lat, long) = (LAT.to_string(), LONG.to_string());
        let mut told = Vec::new();
        for guess in 0..6 {
            let wrong = format!("{}:xqs_wrong{guess}", portal.id());
            told.push(app.nobody().post_form(REQUESTS, &form(&good(&wrong, &lat, &long))).await.status);
        }
        assert_eq!(told[0], 403);
        assert_eq!(told.last(), Some(&429), "{told:?}");
        // The key is not checked, so that a correct guess cannot be told from a wrong one.
        let right = key(&portal);
        refused(&app.nobody().post_form(REQUESTS, &form(&good(&right, &lat, &long))).await, 429, &[]);
    });
}
