//! Traces as a collector receives them: a real HTTP server for OTLP, and an unreachable one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use xiaoqu::traces::TraceOptions;

use crate::support::ports::free_port;
use crate::support::rows::{complex_input, path};
use crate::support::{Kind, Setup, TestApp, block_on, run};

/// Requests sent to a collector: head and body of each.
type Sent = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

struct Collector {
    address: SocketAddr,
    sent: Sent,
}

impl Collector {
    fn start() -> Collector {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let (address, sent) = (listener.local_addr().expect("its address"), Sent::default());
        let kept = sent.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = kept.clone();
                std::thread::spawn(move || answer(&stream, &kept));
            }
        });
        Collector { address, sent }
    }

    fn spans(&self) -> Vec<Span> {
        let sent = self.sent.lock().expect("unpoisoned");
        let decoded = sent.iter().map(|(_, body)| ExportTraceServiceRequest::decode(body.as_slice()).expect("OTLP"));
        let scopes = decoded.flat_map(|request| request.resource_spans).flat_map(|resource| resource.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }

    /// The spans of a trace, as soon as there are this many.
    async fn of_trace(&self, trace: &str, number: usize) -> Vec<Span> {
        let began = Instant::now();
        loop {
            let mut spans = self.spans();
            spans.retain(|span| hex::encode(&span.trace_id) == trace);
            if spans.len() >= number {
                return spans;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{} of {number} spans came", spans.len());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn answer(stream: &TcpStream, kept: &Sent) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut head, mut line) = (String::new(), String::new());
        while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
            head.push_str(&line.to_ascii_lowercase());
            line.clear();
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let Some(length) = length else { return };
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        kept.lock().expect("unpoisoned").push((head, body));
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
        if (&mut &*stream).write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn traced_to(address: SocketAddr, percent: usize) -> Setup {
    let traces = Some(TraceOptions { endpoint: format!("http://{address}"), percent });
    Setup { traces, ..Setup::default() }
}

fn attribute(span: &Span, key: &str) -> String {
    let found = span.attributes.iter().find(|attribute| attribute.key == key);
    format!("{:?}", found.and_then(|attribute| attribute.value.clone()?.value))
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

fn a_request_is_a_span_of_its_callers_trace(kind: Kind) {
    let collector = Collector::start();
    run(kind, traced_to(collector.address, 0), async |app: TestApp| {
        let social = app.social();
        let parent = |flags: &str| format!("00-{TRACE}-{PARENT}-{flags}");
        let made =
            social.post("/v1/complexes", &complex_input()).header("traceparent", &parent("01")).await.expect(201);
        let at = path("complexes", &made);
        social.get(&at).header("traceparent", &parent("01")).header("x-request-id", "request-7").await.expect(200);
        let list = "/v1/complexes?q=secretname&limit=3";
        social.get(list).header("traceparent", &parent("01")).await.expect(200);
        let spans = collector.of_trace(TRACE, 6).await;
        let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name}"));
        for (name, child) in [
            ("POST /v1/complexes", "db.write"),
            ("GET /v1/complexes/{id}", "db.read"),
            ("GET /v1/complexes", "db.read"),
        ] {
            let span = named(name);
            assert_eq!(hex::encode(&span.parent_span_id), PARENT, "{name}");
            let under = spans.iter().find(|other| other.parent_span_id == span.span_id).expect("a visit to the store");
            assert_eq!(under.name, child, "{name}");
            assert!(under.start_time_unix_nano >= span.start_time_unix_nano);
            assert!(under.end_time_unix_nano <= span.end_time_unix_nano);
            let system = if app.state.db.is_postgres() { "postgresql" } else { "sqlite" };
            assert!(attribute(under, "db.system.name").contains(system));
        }
        let one = named("GET /v1/complexes/{id}");
        for (key, value) in [
            ("http.request.method", "GET"),
            ("http.route", "/v1/complexes/{id}"),
            ("http.response.status_code", "200"),
            ("xiaoqu.operation", "get_complex"),
            ("xiaoqu.request_id", "request-7"),
        ] {
            assert!(attribute(one, key).contains(value), "{key}: {}", attribute(one, key));
        }
        // No span if the caller's decision is not to sample, and none with a sampler at 0 %.
        social
            .get(&at)
            .header("traceparent", &parent("00").replace(TRACE, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))
            .await
            .expect(200);
        social.get(&at).await.expect(200);
        social.get(&at).header("traceparent", &parent("01")).await.expect(200);
        collector.of_trace(TRACE, 8).await;
        assert_eq!(collector.spans().len(), 8);
        let sent = collector.sent.lock().expect("unpoisoned");
        let token = social.token.as_deref().expect("a token");
        let signature = token.rsplit('.').next().expect("a signature");
        for (head, body) in sent.iter() {
            assert!(head.starts_with("post /v1/traces http/1.1") && head.contains("application/x-protobuf"), "{head}");
            let text = String::from_utf8_lossy(body);
            let complex = made["id"].as_str().expect("an id");
            for secret in [token, signature, "secretname", "social_affairs_office-1", complex, "limit=3"] {
                assert!(!text.contains(secret), "{secret} is in a span");
            }
        }
    });
}

#[test]
fn a_request_is_a_span_of_its_callers_trace_on_sqlite() {
    a_request_is_a_span_of_its_callers_trace(Kind::Sqlite);
}

#[test]
fn a_request_is_a_span_of_its_callers_trace_on_postgres() {
    a_request_is_a_span_of_its_callers_trace(Kind::Postgres);
}

#[test]
fn what_waits_is_delivered_when_the_service_stops() {
    let collector = Collector::start();
    let mut app = TestApp::start(Kind::Sqlite, traced_to(collector.address, 100)).expect("SQLite is always there");
    block_on(async {
        for _ in 0..20 {
            app.nobody().get("/livez").await.expect(200);
        }
    });
    app.stop();
    assert_eq!(collector.spans().iter().filter(|span| span.name == "GET /livez").count(), 20);
}

#[test]
fn a_collector_that_is_away_or_never_answers_stops_nothing() {
    let away = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    for address in [away, silent.local_addr().expect("its address")] {
        let mut app = TestApp::start(Kind::Sqlite, traced_to(address, 100)).expect("SQLite is always there");
        block_on(async {
            let social = app.social();
            let began = Instant::now();
            let mut last = 0;
            // More than the queue can hold, for longer than a batch waits.
            while began.elapsed() < Duration::from_millis(2500) || last < 500 {
                social.get("/v1/me").await.expect(200);
                last += 1;
            }
            social.post("/v1/complexes", &complex_input()).await.expect(201);
        });
        let stopping = Instant::now();
        app.stop();
        assert!(stopping.elapsed() < Duration::from_secs(10), "it waits for nobody");
    }
}
