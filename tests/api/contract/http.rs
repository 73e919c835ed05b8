//! Properties of every response, and behaviour towards slow or disconnecting clients.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::rows::{a_complex, complex_input, text};
use crate::support::{Kind, Setup, TestApp, run};
use crate::{on_both_databases, on_sqlite};

fn connect(app: &TestApp) -> TcpStream {
    let stream = TcpStream::connect(app.address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
    stream
}

fn read_to_end(mut stream: TcpStream) -> String {
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    String::from_utf8_lossy(&all).into_owned()
}

/// A POST of a complex, and the last byte of its body separately.
fn almost(app: &TestApp) -> (String, u8) {
    let body = complex_input().to_string();
    let (body, last) = body.split_at(body.len() - 1);
    let head = format!(
        "POST /v1/complexes HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        app.social().token.expect("a token"),
        body.len() + 1,
    );
    (head, last.as_bytes()[0])
}

on_sqlite! {
    async fn a_form_that_an_operation_does_not_have_is_refused(app: TestApp) {
        let list = |accept: &str| app.county().get("/v1/companies").header("accept", accept);
        for good in ["*/*", "application/json", "application/*;q=0.2", "text/csv, application/json;q=0.1", ""] {
            list(good).await.expect(200);
        }
        for bad in ["text/csv", "application/json;q=0", "application/xml, text/*"] {
            let refused = list(bad).english().await;
            assert!(text(&refused.problem(406, "not_acceptable")["detail"]).contains("application/json"), "{bad}");
        }
        // A caller without permission gets that error first.
        app.nobody().get("/v1/companies").header("accept", "text/csv").await.problem(401, "unauthorized");
        app.nobody().get("/v1/ledger/head").header("accept", "text/csv").await.problem(406, "not_acceptable");
    }

    async fn the_id_of_a_request_comes_back(app: TestApp) {
        for id in ["abc-1_2.3:4", &"x".repeat(100)] {
            let answer = app.nobody().get("/v1/me").header("x-request-id", id).await;
            assert_eq!(answer.header("x-request-id"), id);
            assert_eq!(answer.json["instance"], format!("x-request-id:{id}"));
        }
        let id = uuid::Uuid::now_v7().to_string();
        let answer = app.nobody().get("/v1/me").header("x-request-id", &id).await;
        assert_eq!(answer.json["instance"], format!("urn:uuid:{id}"));
        for odd in ["", "a b", "<script>", &"x".repeat(101), "a\u{e9}"] {
            let answer = app.nobody().get("/livez").header("x-request-id", odd).await;
            let ours = answer.header("x-request-id");
            assert!(ours != odd && uuid::Uuid::parse_str(ours).is_ok(), "{ours}");
        }
    }

    async fn every_answer_tells_a_browser_to_be_discreet(app: TestApp) {
        for path in ["/v1/me", "/livez", "/public/", "/nowhere", "/openapi.json"] {
            let answer = app.nobody().get(path).await;
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
            assert!(answer.header("permissions-policy").contains("geolocation=()"), "{path}");
            assert_eq!(answer.header("strict-transport-security"), "max-age=31536000", "{path}: it is reached by https");
        }
    }

    async fn the_ledger_has_our_id_of_a_request_beside_its_callers(app: TestApp) {
        for _ in 0..2 {
            app.social().post("/v1/complexes", &complex_input()).header("x-request-id", "always-the-same").await.expect(201);
        }
        app.social().post("/v1/complexes", &complex_input()).await.expect(201);
        let leaves: Vec<serde_json::Value> = app
            .values("SELECT leaf AS value FROM ledger_events WHERE kind = 'complex.registered'")
            .iter()
            .map(|leaf| serde_json::from_str(leaf).expect("a leaf"))
            .collect();
        let (theirs, ours): (Vec<_>, Vec<_>) = leaves.iter().partition(|leaf| leaf["request_id"] == "always-the-same");
        let own: std::collections::BTreeSet<&str> =
            theirs.iter().map(|leaf| leaf["server_request_id"].as_str().expect("an id of ours")).collect();
        assert_eq!((theirs.len(), own.len()), (2, 2), "two requests are told apart");
        assert!(own.iter().all(|id| uuid::Uuid::parse_str(id).is_ok()));
        assert!(ours.len() == 1 && ours[0].get("server_request_id").is_none() && ours[0]["request_id"].is_string());
    }

    async fn every_answer_forbids_guessing_its_type_and_keeping_it(app: TestApp) {
        for path in ["/livez", "/v1/me", "/nowhere", "/docs/", "/v1/companies"] {
            let answer = app.social().get(path).await;
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert!(!answer.header("cache-control").is_empty(), "{path}");
        }
    }

    async fn an_answer_is_compressed_for_those_who_ask(app: TestApp) {
        let plain = app.nobody().get("/openapi.json").await;
        let packed = app.nobody().get("/openapi.json").header("accept-encoding", "gzip").await;
        assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
        assert_eq!(packed.bytes[..2], [0x1f, 0x8b]);
        assert!(packed.bytes.len() * 4 < plain.bytes.len());
        assert!(packed.header("vary").to_ascii_lowercase().contains("accept-encoding"), "{}", packed.header("vary"));
    }

    async fn a_probe_may_ask_for_the_head_alone(app: TestApp) {
        let answer = app.nobody().call(reqwest::Method::HEAD, "/livez").await;
        assert_eq!((answer.status, answer.bytes.len()), (200, 0));
    }
}

on_both_databases! {
    async fn a_graceful_stop_finishes_what_it_took(app: TestApp) {
        let mut app = app;
        // The worker has created its application by then. Requests that reached none before would not be finished.
        assert_eq!(app.nobody().get("/livez").await.status, 200);
        let (most, last) = almost(&app);
        let mut stream = connect(&app);
        stream.write_all(most.as_bytes()).expect("most of the request");
        tokio::time::sleep(Duration::from_millis(300)).await;
        let stopping = std::thread::spawn(move || {
            app.stop();
            app
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        stream.write_all(&[last]).expect("its last byte");
        let answer = tokio::task::spawn_blocking(move || read_to_end(stream)).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        let app = stopping.join().expect("it stopped");
        assert!(TcpStream::connect(app.address).is_err(), "nobody listens any more");
        let app = app.restart(Setup::default());
        assert_eq!(app.social().get("/v1/complexes").await.items().len(), 1);
    }

    async fn a_client_that_leaves_early_harms_nobody(app: TestApp) {
        for _ in 0..20 {
            let (most, _) = almost(&app);
            connect(&app).write_all(most.as_bytes()).expect("most of the request");
        }
        let made = a_complex(&app).await;
        assert_eq!(app.social().get("/v1/complexes").await.ids(), [text(&made["id"])]);
    }
}

#[test]
fn a_client_that_is_slow_with_its_head_is_cut_off() {
    let mut setup = Setup::default();
    setup.server.header_timeout = Duration::from_secs(1);
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let mut stream = connect(&app);
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ").expect("a part of the head");
        let began = Instant::now();
        let answer = read_to_end(stream);
        assert!(began.elapsed() < Duration::from_secs(10), "cut off after {:?}", began.elapsed());
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert_eq!(app.nobody().get("/livez").await.status, 200);
    });
}

#[test]
fn a_client_that_is_slow_with_its_body_is_told_so() {
    let setup = Setup { request_timeout: Duration::from_secs(1), ..Setup::default() };
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let (most, _) = almost(&app);
        let mut stream = connect(&app);
        stream.write_all(most.as_bytes()).expect("most of the request");
        let answer = read_to_end(stream);
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{answer}");
        assert!(answer.to_ascii_lowercase().contains("x-request-id"), "{answer}");
        assert!(app.social().get("/v1/complexes").await.items().is_empty());
    });
}

#[test]
fn a_head_that_never_ends_is_refused() {
    run(Kind::Sqlite, Setup::default(), async |app: TestApp| {
        let answer = block_in_place(&app, |stream| {
            let _ = stream.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n");
            let line = format!("X-Long: {}\r\n", "x".repeat(1000));
            for _ in 0..1000 {
                if stream.write_all(line.as_bytes()).is_err() {
                    break;
                }
            }
        });
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
        assert_eq!(app.nobody().get("/livez").await.status, 200);
        app.nobody().get(&format!("/livez?{}", "x".repeat(5000))).await;
        assert_eq!(app.nobody().post("/livez", &json!({})).await.status, 405);
    });
}

fn block_in_place(app: &TestApp, send: impl FnOnce(&mut TcpStream)) -> String {
    let mut stream = connect(app);
    send(&mut stream);
    read_to_end(stream)
}

/// Does the server close this connection?
fn is_closed(mut stream: TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
    let mut rest = [0; 4096];
    loop {
        match stream.read(&mut rest) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}

#[test]
fn slow_clients_are_cut_off_and_keep_nobody_waiting() {
    let mut setup = Setup { request_timeout: Duration::from_secs(3), ..Setup::default() };
    setup.server.header_timeout = Duration::from_secs(3);
    run(Kind::Sqlite, setup, async |app: TestApp| {
        // On keep-alive connections: in the middle of a head, of a body, and of a body that is refused.
        let (with_token, _) = almost(&app);
        let with_token = with_token.replace("Connection: close\r\n", "");
        let without = with_token.replace("Authorization", "X-Nothing");
        let beginnings = ["GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: ", with_token.as_str(), without.as_str()];
        let mut slow: Vec<TcpStream> = (0..300)
            .map(|number| {
                let mut stream = connect(&app);
                stream.write_all(beginnings[number % 3].as_bytes()).expect("a beginning");
                stream
            })
            .collect();
        let office = app.social();
        let began = Instant::now();
        let mut served = 0;
        while began.elapsed() < Duration::from_secs(2) {
            office.get("/v1/me").await.expect(200);
            served += 1;
            // One byte now and then. A connection with a response may already be closed.
            if served % 50 == 1 {
                for stream in &mut slow {
                    let _ = stream.write_all(b" ");
                }
            }
        }
        assert!(served > 20, "{served} answers beside 300 slow clients");
        let closed = tokio::task::spawn_blocking(move || slow.into_iter().map(is_closed).collect::<Vec<_>>());
        let closed = closed.await.expect("all were read");
        assert!(closed.iter().all(|it| *it), "{} are left open", closed.iter().filter(|it| !**it).count());
        office.get("/v1/me").await.expect(200);
        assert!(office.get("/v1/complexes").await.items().is_empty(), "no half of a request was carried out");
    });
}

/// Sends parts of a chunked body now and then, until the server closes the connection.
fn ends_while_chunks_come(mut stream: TcpStream, head: &str) -> Option<Duration> {
    stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a time limit");
    stream.write_all(head.as_bytes()).expect("a head");
    let began = Instant::now();
    let mut rest = [0; 4096];
    while began.elapsed() < Duration::from_secs(20) {
        let sent = stream.write_all(b"1\r\nx\r\n");
        let ended = match stream.read(&mut rest) {
            Ok(count) => count == 0,
            Err(error) => !matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut),
        };
        if ended || sent.is_err() {
            return Some(began.elapsed());
        }
    }
    None
}

#[test]
fn a_body_that_nobody_reads_keeps_no_connection() {
    let mut setup = Setup { request_timeout: Duration::from_secs(1), ..Setup::default() };
    setup.server.max_connections = 16;
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let chunked = "Host: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n";
        let token = app.social().token.expect("a token");
        let heads = [
            // 401, 408, 404, and 200 for a GET with a body.
            format!("POST /v1/complexes HTTP/1.1\r\n{chunked}\r\n"),
            format!("POST /v1/complexes HTTP/1.1\r\n{chunked}Authorization: Bearer {token}\r\n\r\n"),
            format!("POST /nowhere HTTP/1.1\r\n{chunked}\r\n"),
            format!("GET /livez HTTP/1.1\r\n{chunked}\r\n"),
        ];
        let streams: Vec<TcpStream> = (0..16).map(|_| connect(&app)).collect();
        let ended = tokio::task::spawn_blocking(move || {
            let all: Vec<_> = streams.into_iter().zip(heads.into_iter().cycle()).collect();
            let threads = all.into_iter().map(|(stream, head)| {
                std::thread::spawn(move || (head.clone(), ends_while_chunks_come(stream, &head)))
            });
            threads.collect::<Vec<_>>().into_iter().map(|one| one.join().expect("it ran")).collect::<Vec<_>>()
        });
        for (head, after) in ended.await.expect("all were tried") {
            let after = after.unwrap_or_else(|| panic!("left open: {head}"));
            assert!(after < Duration::from_secs(15), "{after:?}: {head}");
        }
        assert_eq!(app.nobody().get("/livez").await.status, 200);
    });
}

#[test]
fn a_form_without_a_key_is_bounded_in_bytes_and_in_seconds() {
    let setup = Setup { request_timeout: Duration::from_secs(2), ..Setup::default() };
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let head = |length: usize| {
            format!(
                "POST /open311/v2/requests.json HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n\
                 Content-Length: {length}\r\n\r\n"
            )
        };
        let mut stream = connect(&app);
        stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a time limit");
        stream.write_all(head(1_000_000).as_bytes()).expect("a head");
        let began = Instant::now();
        let mut answer = Vec::new();
        let mut part = [0; 4096];
        while began.elapsed() < Duration::from_secs(20) {
            let _ = stream.write_all(b"-");
            match stream.read(&mut part) {
                Ok(0) => break,
                Ok(count) => answer.extend_from_slice(&part[..count]),
                Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                }
                Err(_) => break,
            }
        }
        assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
        assert!(answer.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));
        // Lines before the first boundary are not part of the form, but count towards its size.
        let lines = app.nobody().call(reqwest::Method::POST, "/open311/v2/requests.json");
        let answer = lines.body("multipart/form-data; boundary=b", "\n".repeat(600_000)).await;
        assert_eq!(answer.status, 413);
    });
}

#[test]
fn one_address_holds_up_nobody_else() {
    let mut setup = Setup { request_timeout: Duration::from_secs(8), ..Setup::default() };
    setup.limits.at_once = 3;
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let (most, _) = almost(&app);
        let mut slow: Vec<TcpStream> = (0..3)
            .map(|_| {
                let mut stream = connect(&app);
                stream.write_all(most.as_bytes()).expect("most of a request");
                stream
            })
            .collect();
        let mut refused = false;
        for _ in 0..50 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            refused = app.social().get("/v1/me").await.status == 429;
            if refused {
                break;
            }
        }
        assert!(refused, "a fourth of the same address waits");
        assert_eq!(app.nobody().get("/livez").await.status, 200, "a probe does not");
        slow.pop();
        let mut served = false;
        for _ in 0..50 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            served = app.social().get("/v1/me").await.status == 200;
            if served {
                break;
            }
        }
        assert!(served, "one of them has left");
    });
}
