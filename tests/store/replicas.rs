//! Two replicas with one PostgreSQL: the result of one is valid on the other, and one of them runs the background jobs.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use xiaoqu::clock::Clock;
use xiaoqu::db::lease::Lease;

use crate::support::keys::Key;
use crate::support::rows::{a_complex, a_policy, a_served_complex, complex_input, path};
use crate::support::{Database, Kind, Setup, TestApp, block_on};

/// Replicas use real time, because a sandbox makes ids from its own counter.
fn setup() -> Setup {
    Setup { clock: Clock::real(chrono_tz::Asia::Shanghai), ..Setup::default() }
}

/// Two servers with separate state, one database and the same keys.
fn replicas(test: impl AsyncFnOnce(TestApp, TestApp)) {
    replicas_with(setup, test);
}

fn replicas_with(setup: fn() -> Setup, test: impl AsyncFnOnce(TestApp, TestApp)) {
    let Some(database) = Database::fresh(Kind::Postgres) else { return };
    let (url, key) = (database.url(), Key::ed25519("local"));
    let second = TestApp::on(Database::Url(url), key.clone(), setup());
    let first = TestApp::on(database, key, setup());
    block_on(test(first, second));
}

pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(30), "never: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[test]
fn one_key_sent_to_both_replicas_has_one_effect() {
    replicas(async |first, second| {
        for round in 0..5 {
            let (input, key) = (complex_input(), format!("k{round}"));
            let posts = (0..10).map(|n| {
                let office = if n % 2 == 0 { first.social() } else { second.social() };
                let (input, key) = (&input, &key);
                async move {
                    loop {
                        let answer = office.post("/v1/complexes", input).key(key).await;
                        if answer.code() != "idempotency_in_progress" {
                            return answer;
                        }
                    }
                }
            });
            let answers = join_all(posts).await;
            let fresh = answers.iter().filter(|answer| answer.header("idempotent-replayed").is_empty()).count();
            assert_eq!(fresh, 1, "one made it, the others were told");
            assert!(answers.iter().all(|answer| answer.status == 201 && answer.id() == answers[0].id()));
            assert_eq!(first.count("complexes"), round + 1);
            let other = second.social().post("/v1/complexes", &complex_input()).key(&key).await;
            other.problem(422, "idempotency_key_reused");
        }
    });
}

#[test]
fn of_changes_of_one_version_on_both_replicas_one_wins() {
    replicas(async |first, second| {
        let at = path("complexes", &a_complex(&first).await);
        for version in 1..=5 {
            let etag = first.social().get(&at).await.etag();
            assert_eq!(second.social().get(&at).await.etag(), etag, "both show the same");
            let patches = (0..10).map(|n| {
                let office = if n % 2 == 0 { first.social() } else { second.social() };
                let (at, etag) = (&at, &etag);
                async move { office.patch(at, &json!({ "grid": format!("WG-{n}") })).if_match(etag).await.status }
            });
            let statuses = join_all(patches).await;
            assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
            assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 9, "{statuses:?}");
            assert_eq!(second.social().get(&at).await.json["version"], version + 1);
        }
    });
}

#[test]
fn a_policy_published_on_one_replica_governs_on_the_other_at_once() {
    replicas_with(Setup::default, async |first, second| {
        let (company, complex) = a_served_complex(&first).await;
        let report = async |app: &TestApp, day: &str| {
            let input = json!({
                "act": "nine.staff_not_in_uniform", "company_id": company["id"], "complex_id": complex["id"],
                "found_on": day, "source": "inspection", "description": "检查时发现的违规事实",
                "distinct_fact_reason": "另一名员工",
                "evidence": [{ "title": "现场照片", "url": "https://evidence.example.invalid/1.jpg" }],
            });
            app.social().post("/v1/violations", &input).await.expect(201)["policy_version"].clone()
        };
        // Both have it in their cache.
        assert_eq!(report(&first, "2026-03-02").await, 1);
        assert_eq!(report(&second, "2026-03-02").await, 1);
        let mut document = first.county().get("/v1/policies/current").await.json["document"].clone();
        document["title"] = json!("测试版本");
        a_policy(&first, "2026-03-03", &document).await;
        first.set_clock("2026-03-03T02:00:00Z");
        second.set_clock("2026-03-03T03:00:00Z");
        assert_eq!(report(&second, "2026-03-03").await, 2);
        assert_eq!(report(&first, "2026-03-03").await, 2);
    });
}

#[test]
fn one_replica_does_the_background_work_and_the_other_takes_over_when_it_stops() {
    replicas(async |mut first, mut second| {
        let holds = async |app: &TestApp| app.state.lease.held(&app.state.db).await;
        until("one of them holds the lease", async || holds(&first).await || holds(&second).await).await;
        for _ in 0..50 {
            assert!(!(holds(&first).await && holds(&second).await), "both at once");
            assert_eq!(first.count("leases"), 1);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if holds(&second).await {
            std::mem::swap(&mut first, &mut second);
        }
        first.stop();
        until("the other one takes over", async || holds(&second).await).await;
        assert!(!holds(&first).await);
    });
}

#[test]
fn a_lease_of_a_dead_holder_is_taken_when_its_term_is_over_and_not_before() {
    replicas(async |first, second| {
        let term = Duration::from_secs(3);
        let (dead, next) = (Lease::new("test", term), Lease::new("test", term));
        let began = Instant::now();
        assert!(dead.held(&first.state.db).await);
        // The holder was killed and nobody renews the lease. The database alone decides when it expires.
        until("the next one has it", async || next.held(&second.state.db).await).await;
        assert!(began.elapsed() >= term, "taken from a living holder after {:?}", began.elapsed());
        assert!(!dead.held(&first.state.db).await, "who was away too long has lost it");
        let held_by = first.values("SELECT holder AS value FROM leases WHERE name = 'test'");
        next.release(&second.state.db).await;
        assert_eq!(first.values("SELECT holder AS value FROM leases WHERE name = 'test'"), Vec::<String>::new());
        assert_eq!(held_by.len(), 1);
        until("it is free again", async || dead.held(&first.state.db).await).await;
    });
}

#[test]
fn a_holder_that_cannot_reach_the_database_knows_when_its_lease_ends() {
    let Some(cluster) = crate::support::postgres::Cluster::private() else { return };
    let url = cluster.url(&cluster.create_database(crate::support::prepare));
    let brisk = Setup { database: |options| options.pool_wait = Duration::from_millis(500), ..setup() };
    let app = TestApp::on(Database::Url(format!("{url}?connect_timeout=2")), Key::ed25519("local"), brisk);
    block_on(async {
        let lease = Lease::new("test", Duration::from_secs(2));
        until("it is held", async || lease.held(&app.state.db).await).await;
        std::thread::scope(|scope| scope.spawn(|| cluster.stop()).join().expect("stopped"));
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(!lease.held(&app.state.db).await, "another one may have it by now");
        std::thread::scope(|scope| scope.spawn(|| cluster.start()).join().expect("started"));
        until("it is held again", async || lease.held(&app.state.db).await).await;
    });
}
