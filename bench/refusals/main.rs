//! Measures the cost of the most expensive refusals: `cargo run --release --example refusals`.
//!
//! Starts the demo in this process and sends every operation requests of at most 1 MiB that will be refused: arrays,
//! members, names, nesting, texts and numbers at and beyond their limits, many parameters, long headers, malformed
//! forms. For each it measures the CPU time of all threads except the sending one, and prints the ten most expensive.

mod attacks;
mod cpu;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use serde_json::Value;
use xiaoqu::access::permissions::Access;
use xiaoqu::app::{self, ServerOptions, document};
use xiaoqu::clock::Clock;
use xiaoqu::demo::{self, Token};

use attacks::Attack;

/// Exits with 1 if a refusal costs more than allowed.
#[derive(Parser)]
struct Args {
    /// Only operations whose id contains this text
    #[arg(long, default_value = "")]
    only: String,
    /// Most CPU time of a refusal, in milliseconds
    #[arg(long, default_value_t = 50.0)]
    most: f64,
    /// Number of rows in the table
    #[arg(long, default_value_t = 10)]
    rows: usize,
}

/// One request and its cost.
struct Cost {
    operation: String,
    attack: String,
    status: u16,
    milliseconds: f64,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let folder = tempfile::tempdir()?;
    let (address, tokens) = start(folder.path())?;
    let document = document::document(false)?;
    let mut ids = Ids { address, tokens: &tokens, known: BTreeMap::new() };
    let mut costs = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let Some(id) = operation["operationId"].as_str().filter(|id| id.contains(&args.only)) else { continue };
            let token = token_for(id, &tokens);
            let path = ids.fill(path, token);
            for attack in attacks::all(&document, operation) {
                costs.push(cost(address, &method.to_ascii_uppercase(), &path, token, id, &attack)?);
            }
        }
    }
    report(costs, &args)
}

/// Runs the demo's service in a thread of its own.
fn start(folder: &std::path::Path) -> anyhow::Result<(SocketAddr, Vec<Token>)> {
    let clock = "2026-06-15T01:00:00Z".parse()?;
    let state = demo::open(folder, Clock::sandbox(chrono_tz::Asia::Shanghai, clock), clock)?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let started = async {
                let demo = demo::fill(state, clock).await?;
                let options = ServerOptions { workers: 1, ..ServerOptions::default() };
                let (server, address) = app::server(demo.state.clone(), &options)?;
                anyhow::Ok((server, address, demo.tokens))
            };
            match started.await {
                Ok((server, address, tokens)) => {
                    let _ = tell.send(Ok((address, tokens)));
                    let _ = server.await;
                }
                Err(error) => drop(tell.send(Err(error))),
            }
        });
    });
    told.recv().context("the service did not start")?
}

/// The token of a role that may call the operation; `None` if everyone may.
fn token_for<'a>(operation: &str, tokens: &'a [Token]) -> Option<&'a str> {
    let Access::Roles(roles) = app::permissions().of(operation)?.access else { return None };
    tokens.iter().find(|token| roles.contains(&token.role)).map(|token| token.token.as_str())
}

/// Ids of existing resources by the list that contains them. A refusal after a resource was found costs more.
struct Ids<'a> {
    address: SocketAddr,
    tokens: &'a [Token],
    known: BTreeMap<String, String>,
}

impl Ids<'_> {
    fn fill(&mut self, path: &str, token: Option<&str>) -> String {
        let mut filled = String::new();
        for part in path.split('/').skip(1) {
            let value = match part {
                "{id}" => self.id_under(&filled, token),
                "{version}" => "1".to_owned(),
                "{year}" => "2026".to_owned(),
                "{kind}" => "fee_standard".to_owned(),
                other if other.contains("{format}") => {
                    other.replace("{format}", "json").replace("{service_code}", "service.lift")
                }
                other if other.starts_with('{') => "x".to_owned(),
                other => other.to_owned(),
            };
            filled.push('/');
            filled.push_str(&value);
        }
        filled
    }

    fn id_under(&mut self, list: &str, token: Option<&str>) -> String {
        let list = list.replace("/public/", "/v1/").replace("/data/", "/");
        if let Some(known) = self.known.get(&list) {
            return known.clone();
        }
        let of = |token: &str| {
            let head = format!(
                "GET {list}?limit=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
            );
            let (_, body) = exchange(self.address, head.as_bytes(), b"").ok()?;
            let page: Value = serde_json::from_slice(&body).ok()?;
            Some(page["items"][0]["id"].as_str()?.to_owned())
        };
        let others = self.tokens.iter().map(|token| token.token.as_str());
        let found = token.into_iter().chain(others).find_map(of);
        let found = found.unwrap_or_else(|| "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11".to_owned());
        self.known.insert(list, found.clone());
        found
    }
}

fn cost(
    address: SocketAddr,
    method: &str,
    path: &str,
    token: Option<&str>,
    operation: &str,
    attack: &Attack,
) -> anyhow::Result<Cost> {
    let mut head = format!("{method} {path}{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", attack.query);
    if let Some(token) = token {
        head += &format!("Authorization: Bearer {token}\r\n");
    }
    if method == "PATCH" || method == "PUT" {
        head += "If-Match: *\r\n";
    }
    if let Some(media_type) = attack.media_type {
        head += &format!("Content-Type: {media_type}\r\nContent-Length: {}\r\n", attack.body.len());
    }
    head += &attack.headers;
    head += "\r\n";
    // The lowest of three measurements, because other work can add to a measurement.
    let mut least: Option<Cost> = None;
    for _ in 0..3 {
        let before = cpu::of_others();
        let (status, _) = exchange(address, head.as_bytes(), &attack.body)
            .with_context(|| format!("{operation}: {}", attack.name))?;
        let milliseconds = cpu::since(&before).as_secs_f64() * 1000.0;
        if least.as_ref().is_none_or(|least| milliseconds < least.milliseconds) {
            least = Some(Cost { operation: operation.into(), attack: attack.name.clone(), status, milliseconds });
        }
        if milliseconds < 5.0 {
            break;
        }
    }
    least.context("it was tried")
}

/// Status and body of the response. The status is 0 if the connection was closed without a response.
fn exchange(address: SocketAddr, head: &[u8], body: &[u8]) -> anyhow::Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(120)))?;
    // The response may arrive, and the connection be closed, before the whole body is sent.
    let _ = stream.write_all(head).and_then(|()| stream.write_all(body));
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let status =
        answer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|text| text.parse().ok());
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
    Ok((status.unwrap_or(0), answer.split_off(end)))
}

fn report(mut costs: Vec<Cost>, args: &Args) -> anyhow::Result<()> {
    let sent = costs.len();
    let failed = costs.iter().filter(|cost| cost.status >= 500).count();
    costs.retain(|cost| !(200..400).contains(&cost.status));
    costs.sort_by(|a, b| b.milliseconds.total_cmp(&a.milliseconds));
    println!("{sent} requests sent, {} refused, {failed} answered with 5xx\n", costs.len());
    println!("| ms of CPU | status | operation | request |\n|---|---|---|---|");
    for cost in costs.iter().take(args.rows) {
        println!("| {:.1} | {} | {} | {} |", cost.milliseconds, cost.status, cost.operation, cost.attack);
    }
    let over = costs.iter().filter(|cost| cost.milliseconds > args.most).count();
    println!("\n{over} cost more than {} ms", args.most);
    anyhow::ensure!(over == 0 && failed == 0, "a refusal is too dear, or was no refusal");
    Ok(())
}
