//! The deadline check of complaints: with two replicas, with one of them killed, with the database unreachable, and
//! with a complaint that cannot be checked. No card is lost or issued twice.

use std::time::{Duration, Instant};

use chrono::Utc;
use futures_util::future::join_all;
use serde_json::{Value, json};
use xiaoqu::access::Role;
use xiaoqu::clock::Clock;
use xiaoqu::complaints::deadline_check::check_due;

use super::replicas::until;
use crate::support::client::Client;
use crate::support::complaining::{at, complaint, elsewhere, kinds, of, step, with_contact};
use crate::support::keys::Key;
use crate::support::postgres::Cluster;
use crate::support::program::{Deployment, Program};
use crate::support::rows::{a_complex, complex_input, text};
use crate::support::sql::{connect, execute, values};
use crate::support::{COUNTY, Database, Kind, Setup, TOWNSHIP, TestApp, block_on, prepare};

/// Counted in hours: one to accept it, 24 to resolve it. The yellow card comes four hours before the deadline.
const URGENT: &str = "safety.fire_lane";
/// Overdue complaints, every third of them with two deadlines, and complaints that will soon be overdue.
const LATE: usize = 60;
const SOON: usize = 30;
/// Seconds in which this number of cards comes due.
const SPREAD: f64 = 25.0;
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(15);

/// Sets the deadlines of a complaint so that its cards come in this number of seconds, by the database's clock.
fn come_due(conn: &mut xiaoqu::db::Conn, id: &str, card: &str, seconds: f64) {
    let after = |offset: &str| format!("(date_trunc('second', now() + interval '{seconds} seconds') {offset})");
    let (card_at, far) = (after(""), after("+ interval '10 days'"));
    let (resolve, accept) = match card {
        "yellow" => (after("+ interval '4 hours'"), far),
        "red" => (card_at.clone(), far),
        // Both deadlines pass in the same second.
        _ => (card_at.clone(), card_at.clone()),
    };
    let written = format!("to_char({accept} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
    let course = format!("jsonb_set(course::jsonb, '{{accept_due}}', to_jsonb({written}))::text");
    execute(
        conn,
        &format!(
            "UPDATE complaints SET submitted_at = submitted_at - interval '30 minutes', course = {course}, \
             resolve_due = {resolve}, next_at = {card_at} WHERE id = '{id}'"
        ),
    );
}

fn count(conn: &mut xiaoqu::db::Conn, rows: &str) -> usize {
    values(conn, &format!("SELECT count(*)::text AS value FROM {rows}"))[0].parse().expect("a number")
}

/// Cards, steps and events of a complaint, with the number of each.
const GIVEN: &str = "SELECT what || ' ' || id || ' ' || string_agg(kind || ' ' || n, ', ' ORDER BY kind) AS value FROM ( \
        SELECT 'card' AS what, complaint_id AS id, deadline || ' ' || colour AS kind, count(*) AS n \
            FROM complaint_cards GROUP BY 2, 3 \
        UNION ALL SELECT 'step', complaint_id, kind, count(*) FROM complaint_steps \
            WHERE kind IN ('yellow_card', 'red_card', 'escalated') GROUP BY 2, 3 \
        UNION ALL SELECT 'event', subject_id::uuid, \
                coalesce(leaf::json #>> '{data,step,deadline}', '') || ' ' || kind, count(*) \
            FROM ledger_events \
            WHERE kind IN ('complaint.yellow_card', 'complaint.red_card', 'complaint.escalated') GROUP BY 2, 3 \
        UNION ALL SELECT 'counted', id, 'red', red_cards FROM complaints \
    ) AS given GROUP BY what, id ORDER BY 1";

fn each_card_once(conn: &mut xiaoqu::db::Conn, tickets: &[(String, &'static str)]) {
    let mut expected = Vec::new();
    for (id, card) in tickets {
        let (cards, steps, events, red) = match *card {
            "yellow" => ("resolve yellow 1", "yellow_card 1", "resolve complaint.yellow_card 1", 0),
            "red" => {
                ("resolve red 1", "escalated 1, red_card 1", " complaint.escalated 1, resolve complaint.red_card 1", 1)
            }
            _ => (
                "accept red 1, resolve red 1",
                "escalated 1, red_card 2",
                " complaint.escalated 1, accept complaint.red_card 1, resolve complaint.red_card 1",
                2,
            ),
        };
        expected.push(format!("card {id} {cards}"));
        expected.push(format!("step {id} {steps}"));
        expected.push(format!("event {id} {events}"));
        expected.push(format!("counted {id} red {red}"));
    }
    let mut found = values(conn, GIVEN);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

/// The expected card of the complaint with this number.
fn card_of(number: usize) -> &'static str {
    match number {
        LATE.. => "yellow",
        _ if number.is_multiple_of(3) => "twice",
        _ => "red",
    }
}

async fn leader_of(both: &[Program; 2]) -> Option<usize> {
    let holds = [both[0].metric("xiaoqu_lease_held").await, both[1].metric("xiaoqu_lease_held").await];
    assert!(holds != [1.0, 1.0], "both at once");
    holds.iter().position(|held| *held == 1.0)
}

#[test]
fn killing_the_replica_that_sweeps_hands_the_cards_over() {
    let Some(deployment) = Deployment::new(Kind::Postgres, &[("caller_requests_per_second", "1000")]) else { return };
    let mut both = [deployment.serve("first.log"), deployment.serve("second.log")];
    let url = deployment.database.url();
    block_on(async {
        for program in &mut both {
            program.is_up().await;
        }
        until("one of them sweeps", async || leader_of(&both).await.is_some()).await;
        let leader = leader_of(&both).await.expect("a leader");
        let county = Client::at(&both[0].base, &deployment.token(Role::CountyAuthority, COUNTY, "county", None));
        let complex = county.post("/v1/complexes", &complex_input()).await.expect(201);
        let mut tickets = Vec::new();
        for number in 0..LATE + SOON {
            // From many residents, through both replicas.
            let token = deployment.token(Role::Resident, "", &format!("resident-{number}"), None);
            let resident = Client::at(&both[number % 2].base, &token);
            let made = resident.post("/v1/complaints", &complaint(URGENT, &complex)).await.expect(201);
            tickets.push((text(&made["id"]).to_owned(), card_of(number)));
        }
        let mut conn = connect(&url);
        for (number, (id, card)) in tickets.iter().enumerate() {
            let (place, of) = if number < LATE { (number, LATE) } else { (number - LATE, SOON) };
            come_due(&mut conn, id, card, 4.0 + SPREAD * place as f64 / of as f64);
        }
        let all = LATE + LATE.div_ceil(3) + SOON;
        until("a third of the cards is given", async || count(&mut connect(&url), "complaint_cards") > all / 3).await;
        assert_eq!(leader_of(&both).await, Some(leader));
        let sweeps = "xiaoqu_complaint_sweep_seconds_count";
        assert!(both[leader].metric(sweeps).await > 0.0);
        assert_eq!(both[1 - leader].metric(sweeps).await, 0.0, "one of them sweeps");

        both[leader].kill();
        let (killed, killed_at) = (Instant::now(), Utc::now());
        let before = count(&mut conn, "complaint_cards");
        assert!(before < all, "some are still to come");
        let after = format!("complaint_cards WHERE issued_at > '{}'", killed_at.to_rfc3339());
        until("the other one gives cards", async || count(&mut connect(&url), &after) > 0).await;
        let first = format!(
            "SELECT (extract(epoch FROM min(issued_at) - '{}') * 1000)::bigint::text AS value FROM {after}",
            killed_at.to_rfc3339()
        );
        let taken_over = Duration::from_millis(values(&mut conn, &first)[0].parse().expect("milliseconds"));
        println!(
            "handed over in {:.1} s, seen after {:.1} s",
            taken_over.as_secs_f64(),
            killed.elapsed().as_secs_f64()
        );
        assert!(taken_over <= TAKEN_OVER_WITHIN, "{taken_over:?}");
        assert_eq!(both[1 - leader].metric("xiaoqu_lease_held").await, 1.0);

        until("every card is given", async || count(&mut connect(&url), "complaint_cards") >= all).await;
        until("all of it is sealed", async || count(&mut connect(&url), "ledger_unsealed") == 0).await;
        each_card_once(&mut conn, &tickets);
        assert_eq!(count(&mut conn, "complaints WHERE next_at <= now()"), 0, "nothing is left to look at");
        let of_program = "ledger_events WHERE kind LIKE 'complaint.%card' AND actor_role <> 'program'";
        assert_eq!(count(&mut conn, of_program), 0);
    });
}

/// Real time, for two replicas or for ids and deadlines by the database's clock.
fn real() -> Setup {
    Setup { clock: Clock::real(chrono_tz::Asia::Shanghai), ..Setup::default() }
}

/// None of these gets the lease, so that only the test runs deadline checks.
async fn without_clock(apps: &[&TestApp]) {
    apps[0].execute(
        "INSERT INTO leases (name, holder, until) VALUES ('background', 'nobody', now() + interval '1 day') \
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until",
    );
    for app in apps {
        until("it has noticed that the lease is gone", async || !app.state.lease.held(&app.state.db).await).await;
    }
}

async fn complaints_of(app: &TestApp, number: usize) -> Vec<(String, &'static str)> {
    let complex = a_complex(app).await;
    let mut tickets = Vec::new();
    for number in 0..number {
        let resident = app.officer(Role::Resident, "", &format!("resident-{number}"));
        let made = resident.post("/v1/complaints", &complaint(URGENT, &complex)).await.expect(201);
        tickets.push((text(&made["id"]).to_owned(), ["twice", "red", "yellow"][number % 3]));
    }
    tickets
}

#[test]
fn two_sweepers_at_once_give_each_card_once() {
    let Some(database) = Database::fresh(Kind::Postgres) else { return };
    let (url, key) = (database.url(), Key::ed25519("local"));
    let second = TestApp::on(Database::Url(url), key.clone(), real());
    let first = TestApp::on(database, key, real());
    block_on(async {
        without_clock(&[&first, &second]).await;
        let tickets = complaints_of(&first, 90).await;
        let mut conn = first.connect();
        // Three rounds. Everything in a round comes due at once, so that both replicas check the same complaints.
        for round in 0..3 {
            for (id, card) in &tickets[round * 30..(round + 1) * 30] {
                come_due(&mut conn, id, card, -2.0);
            }
            let sweepers = (0..8).map(|n| check_due(if n % 2 == 0 { &first.state } else { &second.state }));
            let looked: usize = join_all(sweepers).await.into_iter().map(|swept| swept.expect("swept")).sum();
            assert_eq!(looked, 30, "each ticket is looked at by one of them");
        }
        each_card_once(&mut conn, &tickets);
        assert_eq!(check_due(&second.state).await.expect("swept"), 0);
    });
}

#[test]
fn the_clock_goes_on_when_the_database_comes_back() {
    let Some(cluster) = Cluster::private() else { return };
    let url = format!("{}?connect_timeout=5", cluster.url(&cluster.create_database(prepare)));
    let impatient = Setup { database: |options| options.pool_wait = Duration::from_secs(2), ..real() };
    let app = TestApp::on(Database::Url(url), Key::ed25519("local"), impatient);
    block_on(async {
        let tickets = complaints_of(&app, 12).await;
        let mut conn = app.connect();
        for (number, (id, card)) in tickets.iter().enumerate() {
            come_due(&mut conn, id, card, 2.0 + number as f64 / 2.0);
        }
        drop(conn);
        until("the first card is given", async || app.count("complaint_cards") > 0).await;
        std::thread::scope(|scope| scope.spawn(|| cluster.stop()).join().expect("stopped"));
        tokio::time::sleep(Duration::from_secs(4)).await;
        assert!(check_due(&app.state).await.is_err(), "it is away, and the sweep says so");
        std::thread::scope(|scope| scope.spawn(|| cluster.start()).join().expect("started"));
        until("it is ready again", async || app.nobody().get("/readyz").await.status == 200).await;
        until("every card is given", async || app.count("complaint_cards") >= 16).await;
        each_card_once(&mut app.connect(), &tickets);
    });
}

#[test]
fn nobody_outruns_a_deadline_that_the_clock_has_not_come_to() {
    let Some(app) = TestApp::start(Kind::Postgres, real()) else { return };
    block_on(async {
        without_clock(&[&app]).await;
        let complex = a_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = resident.post("/v1/complaints", &complaint(URGENT, &complex)).await.expect(201);
        come_due(&mut app.connect(), text(&ticket["id"]), "twice", -2.0);
        let (enforcement, leader) =
            (app.office(Role::EnforcementOffice, TOWNSHIP), app.office(Role::TownshipLeader, TOWNSHIP));
        // The version that the office saw is outdated, so it gets a conflict and nothing is changed.
        let stale = enforcement.get(&of(&ticket)).await.etag();
        let reply = json!({ "text": "已清理" });
        enforcement.post(&at(&ticket, "reply"), &reply).if_match(&stale).await.problem(412, "precondition_failed");
        assert_eq!(app.count("complaint_cards"), 0);
        let replied = step(&enforcement, &ticket, "reply", reply).await;
        assert_eq!((replied["red_cards"].as_i64(), &replied["resolved_on_time"]), (Some(2), &json!(false)));
        assert_eq!(kinds(&leader, &ticket).await, ["submitted", "red_card", "escalated", "red_card", "replied"]);
        each_card_once(&mut app.connect(), &[(text(&ticket["id"]).to_owned(), "twice")]);
        let by = app.values("SELECT DISTINCT actor_role AS value FROM ledger_events WHERE kind = 'complaint.red_card'");
        assert_eq!(by, ["program"], "it is the clock's doing, whoever was there");
        assert_eq!(check_due(&app.state).await.expect("swept"), 0);
    });
}

/// Complaints whose retention period has passed. The contact of the middle one was changed so that it cannot be
/// decrypted.
async fn one_cannot_be_looked_at(app: TestApp) {
    let resident = app.officer(Role::Resident, "", "resident-7");
    let community = app.office(Role::Community, crate::support::COMMUNITY);
    let mut tickets: Vec<Value> = Vec::new();
    for _ in 0..5 {
        let ticket = resident.post("/v1/complaints", &with_contact(elsewhere("other"))).await.expect(201);
        step(&community, &ticket, "reply", json!({ "text": "已处理" })).await;
        step(&community, &ticket, "closure", json!({ "reasons": "已办结" })).await;
        tickets.push(ticket);
    }
    let broken = text(&tickets[2]["id"]);
    app.execute(&format!(
        "UPDATE encrypted_texts SET subject_id = '{}' WHERE owner_id = '{broken}' AND purpose = 'contact'",
        text(&tickets[0]["id"])
    ));
    let is_erased = async |ticket: &Value| {
        // Read without its contact, which cannot be decrypted.
        let course =
            app.values(&format!("SELECT course AS value FROM complaints WHERE id = '{}'", text(&ticket["id"])));
        !serde_json::from_str::<Value>(&course[0]).expect("JSON")["erased_at"].is_null()
    };
    app.set_clock("2028-03-31T16:00:01Z");
    until("the others are erased", async || {
        let mut erased = 0;
        for ticket in &tickets {
            erased += usize::from(is_erased(ticket).await);
        }
        erased == 4
    })
    .await;
    assert!(!is_erased(&tickets[2]).await);
    // It is postponed by an hour instead of being tried every second.
    let now = app.state.clock.now();
    let due = app.state.db.read(move |conn| xiaoqu::complaints::store::due_for_check(conn, now, 10)).await;
    assert!(due.expect("the store answers").is_empty());
    // When the contact is repaired, the complaint is erased like the others.
    app.execute("UPDATE encrypted_texts SET subject_id = owner_id WHERE purpose = 'contact'");
    app.set_clock("2028-03-31T17:30:00Z");
    until("it is erased", async || is_erased(&tickets[2]).await).await;
}

#[test]
fn a_complaint_that_cannot_be_looked_at_holds_up_no_other_on_sqlite() {
    crate::support::run(Kind::Sqlite, Setup::default(), one_cannot_be_looked_at);
}

#[test]
fn a_complaint_that_cannot_be_looked_at_holds_up_no_other_on_postgres() {
    crate::support::run(Kind::Postgres, Setup::default(), one_cannot_be_looked_at);
}
