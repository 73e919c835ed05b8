//! `xiaoqu demo`: its content, that every run is the same, and that the commands that it prints work.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use xiaoqu::app::{self, ServerOptions};
use xiaoqu::clock::Clock;
use xiaoqu::demo::{self, Demo};

const START: &str = "2026-06-15T01:00:00Z";

struct Served {
    demo: Demo,
    base: String,
    folder: TempDir,
}

/// Makes demos and serves each. `play` runs while they are up.
fn with_demos<F: Future<Output = ()>>(count: usize, play: impl FnOnce(Vec<Served>) -> F) {
    let start = START.parse().unwrap();
    let folders: Vec<_> = (0..count).map(|_| tempfile::tempdir().unwrap()).collect();
    let states: Vec<_> = folders
        .iter()
        .map(|folder| demo::open(folder.path(), Clock::sandbox(chrono_tz::Asia::Shanghai, start), start).unwrap())
        .collect();
    actix_web::rt::System::new().block_on(async {
        let mut served = Vec::new();
        for (folder, state) in folders.into_iter().zip(states) {
            let demo = demo::fill(state, start).await.unwrap();
            let (server, address) = app::server(demo.state.clone(), &ServerOptions::default()).unwrap();
            actix_web::rt::spawn(server);
            served.push(Served { demo, base: format!("http://{address}"), folder });
        }
        play(served).await;
    });
}

impl Served {
    fn token(&self, role: &str) -> &str {
        let found = self.demo.tokens.iter().find(|one| one.role.code() == role);
        &found.unwrap_or_else(|| panic!("no token for {role}")).token
    }

    async fn get(&self, role: &str, path: &str) -> Value {
        let url = format!("{}{path}", self.base);
        let answer = reqwest::Client::new().get(url).bearer_auth(self.token(role)).send().await.unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{role} {path}: {status} {body}");
        body
    }

    /// All items of a list, as the county sees them.
    async fn all(&self, list: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get("county_authority", &format!("/v1/{list}?limit=200{cursor}")).await;
            rows.extend(page["items"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }

    /// All data that a county engineer would look at.
    async fn dump(&self) -> Vec<(String, Vec<Value>)> {
        let mut all = Vec::new();
        for list in [
            "companies",
            "complexes",
            "violations",
            "measures",
            "blacklist",
            "policies",
            "typical-cases",
            "inspections",
            "hazards",
        ] {
            all.push((list.to_owned(), self.all(list).await));
        }
        for complex in all[1].1.clone() {
            let path = format!("/v1/complexes/{}/disclosures", complex["id"].as_str().unwrap());
            let found = self.get("county_authority", &path).await;
            all.push(("disclosures".to_owned(), found["items"].as_array().unwrap().clone()));
        }
        for path in ["inspection-plan?limit=200", "statistics/inspections"] {
            all.push((path.to_owned(), vec![self.get("county_authority", &format!("/v1/{path}")).await]));
        }
        all.push(("survey".to_owned(), vec![self.get("county_authority", "/v1/disclosure-survey").await]));
        let companies = all[0].1.clone();
        for company in companies {
            let path = format!("/v1/companies/{}/standing", company["id"].as_str().unwrap());
            let standing = self.get("county_authority", &path).await;
            all.push((company["name"].as_str().unwrap().to_owned(), vec![standing["standing"].clone()]));
        }
        all
    }
}

fn values<'a>(rows: &'a [Value], field: &str) -> BTreeSet<&'a str> {
    rows.iter().map(|row| row[field].as_str().unwrap()).collect()
}

#[test]
fn it_holds_every_state_and_is_the_same_on_every_run() {
    with_demos(2, |served| async move {
        let first = served[0].dump().await;
        for (one, other) in first.iter().zip(&served[1].dump().await) {
            assert_eq!(one, other);
        }
        let rows = |name: &str| &first.iter().find(|(list, _)| list == name).unwrap().1;
        for row in rows("companies").iter().chain(rows("complexes")) {
            // 示范 means "model, for show". The name of every company and complex contains it.
            assert!(row["name"].as_str().unwrap().contains("示范"), "{row}");
        }
        assert!(rows("companies").len() >= 8);
        assert!(rows("complexes").len() >= 30);
        assert_eq!(values(rows("complexes"), "township").len(), 3);
        assert_eq!(values(rows("complexes"), "community").len(), 12);
        let states = ["appealed", "confirmed", "dismissed", "notified", "reported", "revoked", "upheld"];
        assert_eq!(values(rows("violations"), "state"), BTreeSet::from(states));
        let states = ["approved", "cancelled", "done", "proposed", "rejected"];
        assert_eq!(values(rows("measures"), "state"), BTreeSet::from(states));
        assert_eq!(values(rows("measures"), "kind").len(), 12);
        assert!(!rows("blacklist").is_empty());
        let found = values(rows("violations"), "found_on");
        assert!(found.first().unwrap() < &"2024-07-01" && found.last().unwrap() > &"2026-06-01", "{found:?}");
        assert_eq!(values(rows("typical-cases"), "state"), BTreeSet::from(["published"]));
        let disclosed: Vec<Value> =
            first.iter().filter(|(list, _)| list == "disclosures").flat_map(|(_, rows)| rows.clone()).collect();
        let states = ["missing", "overdue", "rejected", "submitted", "verified"];
        assert_eq!(values(&disclosed, "state"), BTreeSet::from(states));
        let states = ["done", "planned"];
        assert_eq!(values(rows("inspections"), "state"), BTreeSet::from(states));
        assert!(rows("inspections").iter().any(|row| row["overdue"] == true));
        assert_eq!(values(rows("hazards"), "state"), BTreeSet::from(["closed", "open", "rectified"]));
        let late = rows("hazards").iter().filter(|row| row["overdue"] == true).count();
        let open = rows("hazards").iter().filter(|row| row["state"] == "open").count();
        assert!(late == 1 && open > 1, "{late} of {open} are late");
        let standings: Vec<&Value> =
            first.iter().flat_map(|(_, rows)| rows).filter(|row| row.get("credit").is_some()).collect();
        let levels: BTreeSet<u64> = standings.iter().map(|row| row["level"].as_u64().unwrap()).collect();
        assert_eq!(levels, BTreeSet::from([0, 1, 2, 3, 4]));
        let bands: BTreeSet<&str> = standings.iter().map(|row| row["credit"]["band"].as_str().unwrap()).collect();
        assert_eq!(bands, BTreeSet::from(["a", "b", "c", "d"]));
    });
}

/// For every event that the demo recorded: its type is in the table, and `data` matches the table.
#[test]
fn every_event_is_what_the_document_says_of_its_type() {
    use xiaoqu::app::FEATURES;
    use xiaoqu::service::events::{Fact, subjects};
    with_demos(1, async |demos| {
        let events = demos[0].all("events").await;
        assert!(events.len() > 300, "{}", events.len());
        let mut wrong = BTreeSet::new();
        for event in &events {
            let code = event["type"].as_str().unwrap();
            let Some(subject) = subjects(FEATURES).find(|one| one.types.iter().any(|kind| kind.code == code)) else {
                wrong.insert(format!("{code} is in no table"));
                continue;
            };
            assert!(event["subject"].as_str().unwrap().starts_with(subject.kind), "{code}");
            for (name, value) in event["data"].as_object().unwrap() {
                let text = |form: fn(&str) -> bool| value.is_null() || value.as_str().is_some_and(form);
                let fits = match subject.facts.iter().find(|(fact, ..)| fact == name) {
                    None => subject.digests.contains(&name.as_str()) && value["hmac_sha256"].is_string(),
                    Some((_, Fact::Id, _)) => text(|one| uuid::Uuid::try_parse(one).is_ok()),
                    Some((_, Fact::Day, _)) => text(|one| one.len() == 10),
                    Some((_, Fact::Instant, _)) => text(|one| one.ends_with('Z')),
                    Some((_, Fact::Code | Fact::Text, _)) => text(|_| true),
                    Some((_, Fact::Count, _)) => value.is_null() || value.is_i64(),
                    Some((_, Fact::Number, _)) => value.is_null() || value.is_number(),
                    Some((_, Fact::Flag, _)) => value.is_null() || value.is_boolean(),
                    Some((_, Fact::Json, _)) => true,
                    Some((_, Fact::Step, _)) => value.is_object(),
                };
                if !fits {
                    wrong.insert(format!("{code}: {name} = {value}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}

#[test]
fn every_token_works_and_so_do_the_six_lines() {
    with_demos(1, |mut served| async move {
        let served = served.remove(0);
        assert_eq!(served.demo.tokens.len(), 20);
        for token in &served.demo.tokens {
            let me = served.get(token.role.code(), "/v1/me").await;
            assert_eq!(me["role"], token.role.code());
            assert_eq!(me["subject"], *token.subject);
        }
        let docs = reqwest::get(format!("{}/docs/", served.base)).await.unwrap();
        assert!(docs.status().is_success());

        let tour = served.demo.tour(&served.base, served.folder.path());
        assert_eq!(tour.len(), 6);
        let mut last = Value::Null;
        for (what, line) in tour {
            assert!(line.starts_with("curl "), "{line}");
            let told = line.clone();
            let run = move || Command::new("bash").args(["-o", "pipefail", "-c", &told]).output().unwrap();
            let output = actix_web::rt::task::spawn_blocking(run).await.unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success(), "{what}: {line}\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
            last = serde_json::from_str(said.trim().lines().last().unwrap()).unwrap();
            if what.contains("standing") {
                assert_eq!(last["standing"]["level"], 4, "{last}");
            }
        }
        assert_eq!((&last["kind"], &last["state"]), (&"removal".into(), &"approved".into()));
    });
}

#[test]
fn a_branch_of_a_blacklisted_company_takes_on_no_complex_either() {
    with_demos(1, |served| async move {
        let (companies, complexes) = (served[0].all("companies").await, served[0].all("complexes").await);
        let branch = companies.iter().find(|row| !row["parent_id"].is_null()).unwrap();
        let unserved = complexes.iter().find(|row| row["service"].is_null()).unwrap();
        let url = format!("{}/v1/contracts", served[0].base);
        let body = serde_json::json!({
            "kind": "regular", "complex_id": unserved["id"], "company_id": branch["id"], "project_manager": "杨文静", "effective_from": "2026-07-01",
        });
        let county = served[0].token("county_authority");
        let answer = reqwest::Client::new().post(url).bearer_auth(county).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 409);
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "company_blacklisted");
    });
}

/// The commands of a README without comments, and the output that it shows.
fn walk(readme: &str) -> (String, Vec<&str>) {
    let start = readme.find("```bash\n").unwrap() + "```bash\n".len();
    let block = &readme[start..start + readme[start..].find("\n```").unwrap()];
    let code: Vec<&str> = block.lines().filter(|line| !line.starts_with('#')).collect();
    let printed = code.iter().filter_map(|line| line.rsplit_once("  # ")).map(|(_, said)| said.trim());
    (code.join("\n"), printed.collect())
}

#[test]
fn the_walk_in_both_readmes_prints_what_they_say() {
    let (code, printed) = walk(include_str!("../../README.md"));
    assert_eq!((code.clone(), printed.clone()), walk(include_str!("../../README.zh-CN.md")));
    with_demos(1, |served| async move {
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", &code]).env("base", &served[0].base);
        for token in &served[0].demo.tokens {
            bash.env(token.role.code(), &token.token);
        }
        let run = move || bash.output().unwrap();
        let output = actix_web::rt::task::spawn_blocking(run).await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(said.lines().collect::<Vec<_>>(), printed);
    });
}

/// After a long holiday, during one, and in a year without a calendar.
#[test]
fn it_can_start_on_any_day() {
    for start in ["2026-02-24T01:00:00Z", "2025-10-04T16:30:00Z", "2031-07-01T12:00:00Z"] {
        let folder = tempfile::tempdir().unwrap();
        let start = start.parse().unwrap();
        let state = demo::open(folder.path(), Clock::sandbox(chrono_tz::Asia::Shanghai, start), start).unwrap();
        actix_web::rt::System::new().block_on(async { demo::fill(state, start).await.unwrap() });
    }
}

fn xiaoqu(args: &[&str], temporary: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoqu"));
    command.arg("demo").args(args).env("TMPDIR", temporary).current_dir(temporary);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn stop(mut child: Child) -> String {
    let mut rest = String::new();
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    assert!(child.wait().unwrap().success());
    rest
}

#[test]
fn the_command_prints_one_object_and_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let mut child = xiaoqu(&["--json", "--listen", "127.0.0.1:0"], temporary.path()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    child.stdout = Some(out.into_inner());
    let object: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        object.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["base_url", "docs_url", "metrics_url", "tokens", "system"]
    );
    let token = &object["tokens"][0];
    let fields = ["role", "division", "company", "subject", "token"];
    assert_eq!(token.as_object().unwrap().keys().collect::<Vec<_>>(), fields);
    // The credentials of the demo's client work.
    let asked = crate::support::block_on(async {
        let form = "grant_type=client_credentials";
        let url = format!("{}/oauth/token", object["base_url"].as_str().unwrap());
        let request = reqwest::Client::builder().no_proxy().build().unwrap().post(url);
        let (id, secret) = (&object["system"]["client_id"], &object["system"]["client_secret"]);
        let request = request.basic_auth(id.as_str().unwrap(), secret.as_str());
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    });
    assert_eq!(asked["token_type"], "Bearer");
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 1);
    assert_eq!(stop(child), "");
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_with_something_in_it_and_a_taken_port_are_refused_in_one_line() {
    let temporary = tempfile::tempdir().unwrap();
    std::fs::write(temporary.path().join("something"), "").unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (args, said) in [
        (["--data", ".", "--listen", "127.0.0.1:0"], "is not empty"),
        (["--listen", &address, "--clock", START], "name another address with --listen"),
    ] {
        let output = xiaoqu(&args, temporary.path()).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && output.stdout.is_empty());
        assert!(told.lines().count() == 1 && told.contains(said), "{told}");
    }
}

#[test]
fn ctrl_c_while_the_demo_is_made_leaves_no_folder() {
    for wait in [0, 150, 600] {
        let temporary = tempfile::tempdir().unwrap();
        let mut child = xiaoqu(&["--listen", "127.0.0.1:0"], temporary.path()).spawn().unwrap();
        let inside = || std::fs::read_dir(temporary.path()).unwrap().count();
        while inside() == 0 {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it made a folder");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        std::thread::sleep(std::time::Duration::from_millis(wait));
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let status = child.wait().unwrap();
        assert_eq!((status.code(), inside()), (Some(130), 0), "after {wait} ms");
    }
}
