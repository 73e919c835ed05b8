//! If the system clock jumps, no cards are issued, nothing is escalated and nothing is erased.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use xiaoqu::access::Role;
use xiaoqu::clock::Clock;
use xiaoqu::clock_watch::store;
use xiaoqu::db::{Instant, WriteLock};

use super::replicas::until;
use crate::support::complaining::{at, complaint, with_contact};
use crate::support::keyring::Folder;
use crate::support::rows::a_complex;
use crate::support::{Kind, Setup, TestApp};

/// Seconds that the system clock is ahead.
#[derive(Clone, Default)]
struct Shift(Arc<AtomicI64>);

impl Shift {
    fn to(&self, ahead: TimeDelta) {
        self.0.store(ahead.num_seconds(), Ordering::SeqCst);
    }

    fn clock(&self) -> Clock {
        let shift = self.0.clone();
        let source = move || Utc::now() + TimeDelta::seconds(shift.load(Ordering::SeqCst));
        Clock::following(chrono_tz::Asia::Shanghai, Arc::new(source))
    }
}

const CARDS: &str = "complaint_cards";
const ESCALATED: &str = "complaint_steps WHERE kind IN ('escalated', 'red_card', 'erased')";

async fn warnings(app: &TestApp) -> String {
    app.nobody().get("/readyz").await.expect(200)["warnings"].to_string()
}

fn with_a_clock(kind: Kind, test: impl AsyncFnOnce(TestApp, Shift)) {
    let shift = Shift::default();
    let setup = Setup { clock: shift.clock(), ..Setup::default() };
    let Some(app) = TestApp::start(kind, setup) else { return };
    crate::support::block_on(async {
        let complex = a_complex(&app).await;
        // One hour to accept it.
        let ticket = with_contact(complaint("safety.fire_lane", &complex));
        app.officer(Role::Resident, "", "resident-7").post("/v1/complaints", &ticket).await.expect(201);
        until("work goes on, and says by which time", async || app.count("clock_watch") == 1).await;
        test(app, shift).await;
    });
}

async fn four_hundred_days_for_four_seconds(app: TestApp, shift: Shift) {
    shift.to(TimeDelta::days(400));
    tokio::time::sleep(Duration::from_secs(4)).await;
    // An officer who handles the complaint meanwhile causes no cards, either.
    let id = app.values("SELECT CAST(id AS TEXT) AS value FROM complaints")[0].clone();
    let step = at(&serde_json::json!({ "id": id }), "acceptance");
    let _ = app.social().post(&step, &serde_json::json!({})).await;
    assert_eq!((app.count(CARDS), app.count(ESCALATED)), (0, 0));
    let said = warnings(&app).await;
    assert!(said.contains("clock_stopped: the system clock") && said.contains("400 d"), "{said}");
    let metrics = String::from_utf8(app.nobody().get("/metrics").await.bytes).expect("text");
    for line in ["xiaoqu_clock_stopped 1", r#"xiaoqu_security_events_total{kind="clock_jump"} 1"#] {
        assert!(metrics.contains(line), "{line}");
    }
    // Jobs stay paused until an operator confirms the clock, even if it is right again.
    shift.to(TimeDelta::zero());
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(warnings(&app).await.contains("clock_stopped"));
    let folder = Folder::new();
    folder.keys(&["init"]);
    let shown = folder.run(&["clock", "status", "--database-url", &app.db_url]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("paused since") && shown.contains("xiaoqu clock confirm"), "{shown}");
    let confirmed = folder.run(&["clock", "confirm", "--database-url", &app.db_url]);
    assert!(confirmed.status.success(), "{}", String::from_utf8_lossy(&confirmed.stderr));
    until("it goes on", async || !warnings(&app).await.contains("clock_stopped")).await;
    assert_eq!(app.values("SELECT kind AS value FROM ledger_events WHERE kind = 'clock.confirmed'").len(), 1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!((app.count(CARDS), app.count(ESCALATED)), (0, 0));
}

#[test]
fn four_hundred_days_for_four_seconds_give_no_card_on_sqlite() {
    with_a_clock(Kind::Sqlite, four_hundred_days_for_four_seconds);
}

#[test]
fn four_hundred_days_for_four_seconds_give_no_card_on_postgres() {
    with_a_clock(Kind::Postgres, four_hundred_days_for_four_seconds);
}

/// Confirms the clock of a machine whose clock is ahead, as an operator does.
async fn confirm(app: &TestApp, ahead: TimeDelta) {
    let now = Instant(Utc::now() + ahead);
    app.state.db.write(WriteLock::default(), move |conn| store::confirm(conn, now)).await.expect("confirmed");
}

#[test]
fn a_confirmed_clock_acts_on_everything_that_is_past() {
    with_a_clock(Kind::Sqlite, async |app, shift| {
        let ahead = TimeDelta::hours(30);
        shift.to(ahead);
        until("it stands still", async || warnings(&app).await.contains("clock_stopped")).await;
        assert_eq!(app.count(CARDS), 0);
        confirm(&app, ahead).await;
        until("the cards have come", async || app.count(CARDS) > 0).await;
        // Back by more than a day, which no time server does.
        shift.to(TimeDelta::zero());
        until("it stands still again", async || warnings(&app).await.contains("behind of where it was")).await;
    });
}

#[test]
fn a_clock_that_the_database_contradicts_is_not_helped_by_a_confirmation() {
    with_a_clock(Kind::Postgres, async |app, shift| {
        let ahead = TimeDelta::hours(3);
        shift.to(ahead);
        until("it stands still", async || warnings(&app).await.contains("ahead of the database's")).await;
        assert!(warnings(&app).await.contains("clock_differs"));
        confirm(&app, ahead).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(warnings(&app).await.contains("clock_stopped"));
        assert_eq!(app.count(CARDS), 0);
    });
}

#[test]
fn a_step_of_a_few_minutes_stops_nothing() {
    with_a_clock(Kind::Sqlite, async |app, shift| {
        for minutes in [2, 30, 28] {
            shift.to(TimeDelta::minutes(minutes));
            tokio::time::sleep(Duration::from_millis(2200)).await;
            let said = warnings(&app).await;
            assert!(!said.contains("clock_stopped"), "{minutes}: {said}");
        }
    });
}
