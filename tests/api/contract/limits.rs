//! A caller over its rate limit gets 429, and nobody else does.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use xiaoqu::access::Role;
use xiaoqu::http::address::Proxies;
use xiaoqu::http::limits::{LimitOptions, Rate};
use xiaoqu::settings::ForwardedHeader;

use crate::support::client::{Client, Response};
use crate::support::{COUNTY, Kind, Setup, TOWNSHIP, TestApp, run};

/// One request per second after the burst, which any machine exceeds.
fn slow(burst: usize) -> Option<Rate> {
    Rate::new(1, burst)
}

fn with_limits<F: Future<Output = ()>>(limits: LimitOptions, test: impl FnOnce(TestApp) -> F) {
    run(Kind::Sqlite, Setup { limits, ..Setup::default() }, test);
}

/// Repeats a request until the limit refuses it.
async fn until_refused(client: &Client, path: &str) -> Response {
    for _ in 0..500 {
        let answer = client.get(path).english().await;
        if answer.status == 429 {
            return answer;
        }
    }
    panic!("{path} is never refused");
}

fn number(answer: &Response, header: &str) -> u64 {
    answer.header(header).parse().unwrap_or_else(|_| panic!("{header} of {}", answer.status))
}

async fn counted(app: &TestApp, kind: &str) -> u64 {
    let text = app.nobody().get("/metrics").await.bytes;
    let line = format!("xiaoqu_security_events_total{{kind=\"{kind}\"}} ");
    let text = String::from_utf8_lossy(&text).into_owned();
    let count = text.lines().find_map(|one| one.strip_prefix(&line)).unwrap_or_else(|| panic!("{line}in\n{text}"));
    count.parse().expect("a count")
}

#[test]
fn a_flood_of_one_caller_leaves_the_others_whole() {
    with_limits(LimitOptions { caller: slow(5), ..LimitOptions::default() }, async |app: TestApp| {
        let flood = app.social();
        let first = flood.get("/v1/me").await;
        assert_eq!((number(&first, "ratelimit-limit"), number(&first, "ratelimit-remaining")), (5, 4));
        assert!(number(&first, "ratelimit-reset") >= 1);
        let over = until_refused(&flood, "/v1/me").await;
        over.problem(429, "too_many_requests");
        assert_eq!((number(&over, "ratelimit-remaining"), number(&over, "retry-after")), (0, 1));
        // Another token of the same person, from the same address, is the same caller.
        let again = app.office(Role::SocialAffairsOffice, TOWNSHIP);
        assert_ne!(again.token, flood.token);
        until_refused(&again, "/v1/divisions").await;
        for subject in ["somebody-1", "somebody-2", "somebody-3"] {
            let other = app.officer(Role::CountyAuthority, COUNTY, subject);
            for _ in 0..3 {
                other.get("/v1/companies").await.expect(200);
            }
        }
        assert!(counted(&app, "rate_limited_caller").await >= 2);
        tokio::time::sleep(Duration::from_millis(1100)).await;
        flood.get("/v1/me").await.expect(200);
    });
}

#[test]
fn what_is_over_the_limit_is_refused_before_its_body() {
    with_limits(LimitOptions { caller: slow(1), ..LimitOptions::default() }, async |app: TestApp| {
        let office = app.social();
        until_refused(&office, "/v1/me").await;
        let mut answers = Vec::new();
        for _ in 0..5 {
            let mut stream = TcpStream::connect(app.address).expect("a connection");
            stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
            let head = format!(
                "POST /v1/complexes HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
                 Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n",
                office.token.as_deref().expect("a token"),
            );
            stream.write_all(head.as_bytes()).expect("the head alone");
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).expect("an answer without the body");
            answers.push(String::from_utf8_lossy(&answer).into_owned());
        }
        assert!(answers.contains(&"HTTP/1.1 429".to_owned()), "{answers:?}");
    });
}

#[test]
fn an_address_without_a_token_is_limited_and_a_caller_of_it_is_not() {
    with_limits(LimitOptions { address: slow(5), ..LimitOptions::default() }, async |app: TestApp| {
        for path in ["/openapi.json", "/nowhere", "/v1/me", "/docs/", "/v1/me?access_token=x"] {
            let over = until_refused(&app.nobody(), path).await;
            over.problem(429, "too_many_requests");
        }
        for _ in 0..20 {
            app.nobody().get("/livez").await.expect(200);
            app.nobody().get("/readyz").await.expect(200);
            app.social().get("/v1/me").await.expect(200);
        }
        assert!(counted(&app, "rate_limited_address").await >= 5);
    });
}

/// A token with the signature of another one.
fn forged(app: &TestApp, number: usize) -> String {
    let [one, other] =
        ["one", "other"].map(|name| app.token_of(Role::SocialAffairsOffice, TOWNSHIP, &format!("{name}-{number}")));
    let (text, signature) = (one.rsplit_once('.'), other.rsplit_once('.'));
    format!("{}.{}", text.expect("a token").0, signature.expect("a token").1)
}

#[test]
fn bad_tokens_of_an_address_do_not_lock_out_its_good_ones() {
    with_limits(
        LimitOptions { refused_tokens: slow(5), forged_tokens: slow(200), ..LimitOptions::default() },
        async |app| {
            let fresh = |number: usize| app.officer(Role::SocialAffairsOffice, TOWNSHIP, &format!("fresh-{number}"));
            // A refused token that is sent repeatedly is blocked for a while. Each verification counts towards the
            // limit.
            let thief = app.bearer("eyJ.e30.x");
            for _ in 0..5 {
                thief.get("/v1/me").await.problem(401, "invalid_token");
            }
            until_refused(&thief, "/v1/me").await.problem(429, "too_many_requests");
            fresh(0).get("/v1/me").await.expect(200);
            // Fifty-one others: malformed, expired, and with a signature by an unknown key.
            for number in 1..=51 {
                for bad in [forged(&app, number), format!("x{number}.e30.x")] {
                    app.bearer(&bad).get("/v1/me").await.problem(401, "invalid_token");
                }
                fresh(number).get("/v1/me").await.expect(200);
            }
            assert!(counted(&app, "token_malformed").await >= 51);
            assert!(counted(&app, "token_forged").await >= 51);
            assert!(counted(&app, "rate_limited_tokens").await >= 1);
        },
    );
}

#[test]
fn a_flood_of_forged_signatures_is_not_checked_for_ever() {
    with_limits(LimitOptions { forged_tokens: slow(5), ..LimitOptions::default() }, async |app: TestApp| {
        let known = app.social();
        known.get("/v1/me").await.expect(200);
        let mut seen = Vec::new();
        for number in 0..40 {
            seen.push(app.bearer(&forged(&app, number)).get("/v1/me").await.status);
        }
        assert!(seen[0] == 401 && seen.contains(&429), "{seen:?}");
        known.get("/v1/me").await.expect(200);
        tokio::time::sleep(Duration::from_millis(1100)).await;
        app.officer(Role::SocialAffairsOffice, TOWNSHIP, "late").get("/v1/me").await.expect(200);
    });
}

#[test]
fn probes_have_a_limit_of_their_own() {
    let limits = LimitOptions { address: slow(2), probes: slow(5), ..LimitOptions::default() };
    with_limits(limits, async |app: TestApp| {
        until_refused(&app.nobody(), "/openapi.json").await;
        app.nobody().get("/readyz").await.expect(200);
        until_refused(&app.nobody(), "/livez").await.problem(429, "too_many_requests");
        until_refused(&app.nobody(), "/readyz").await.problem(429, "too_many_requests");
        app.social().get("/v1/me").await.expect(200);
    });
}

#[test]
fn a_proxy_that_settings_do_not_name_is_noticed() {
    let proxies = |trusted: &[&str]| Proxies {
        trusted: trusted.iter().map(|one| one.parse().expect("a network")).collect(),
        header: ForwardedHeader::XForwardedFor,
    };
    for (trusted, noticed) in [(&[][..], 2), (&["10.0.0.0/8"][..], 2), (&["127.0.0.0/8"][..], 0)] {
        let limits = LimitOptions { proxies: proxies(trusted), ..LimitOptions::default() };
        with_limits(limits, async |app: TestApp| {
            app.nobody().get("/livez").await.expect(200);
            app.nobody().get("/livez").header("x-forwarded-for", "198.51.100.1").await.expect(200);
            app.nobody().get("/livez").header("forwarded", "for=198.51.100.1").await.expect(200);
            let text = String::from_utf8(app.nobody().get("/metrics").await.bytes).expect("text");
            let line = format!("xiaoqu_unnamed_proxy_requests_total {noticed}");
            assert!(text.contains(&line), "{trusted:?}: {line}");
            assert_eq!(app.state.unnamed_proxy.is_completed(), noticed > 0, "the log says it once");
        });
    }
}

#[test]
fn behind_a_trusted_proxy_each_caller_has_an_address_of_its_own() {
    let proxies = |trusted: &str| Proxies {
        trusted: vec![trusted.parse().expect("a network")],
        header: ForwardedHeader::XForwardedFor,
    };
    let ask = async |app: &TestApp, whom: &str| {
        let answer = app.nobody().get("/openapi.json").header("x-forwarded-for", whom).await;
        (answer.status, answer.headers.get("ratelimit-remaining").is_some())
    };
    let limits = |trusted| LimitOptions { address: slow(3), proxies: proxies(trusted), ..LimitOptions::default() };
    with_limits(limits("127.0.0.0/8"), async |app: TestApp| {
        for number in 0..20 {
            assert_eq!(ask(&app, &format!("198.51.100.{number}")).await, (200, true));
            assert_eq!(ask(&app, &format!("2001:db8:0:{number}::1")).await, (200, true));
        }
        // One subscriber with many IPv6 addresses, and one that puts other addresses before its own.
        for whom in ["2001:db8:1:1::", "198.51.100.1, 203.0.113."] {
            let mut seen = Vec::new();
            for number in 0..40 {
                let whom = if whom.contains(',') {
                    format!("198.51.100.{number}, 203.0.113.7")
                } else {
                    format!("{whom}{number}")
                };
                seen.push(ask(&app, &whom).await.0);
            }
            assert!(seen.contains(&429), "{whom}: {seen:?}");
        }
    });
    with_limits(limits("10.0.0.0/8"), async |app: TestApp| {
        let mut seen = Vec::new();
        for number in 0..40 {
            seen.push(ask(&app, &format!("198.51.100.{number}")).await.0);
        }
        assert!(seen.contains(&429), "whoever is no proxy of ours has only its own address: {seen:?}");
    });
}

#[test]
fn the_document_names_the_limit_of_every_operation() {
    let document = xiaoqu::app::document::document(true).expect("the document");
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            assert_ne!(operation["responses"]["429"], Value::Null, "{method} {path}");
        }
    }
    let headers = &document["components"]["responses"]["Problem429"]["headers"];
    assert!(headers["Retry-After"].is_object() && headers["RateLimit-Remaining"].is_object());
}
