//! How errors of both databases are classified.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use xiaoqu::db::{Conn, StoreError, Unavailable, WorkError, WorkResult, WriteLock};
use xiaoqu::problem::Problem;

use super::entry_points::insert;
use crate::on_both_databases;
use crate::support::rows::complex_input;
use crate::support::sql::execute;
use crate::support::{Kind, Setup, TestApp, run};

/// Runs statements through `Db::write`, and returns the classification of the first failure.
async fn fault(app: &TestApp, sql: &'static str) -> Option<StoreError> {
    let result = app.state.db.write(WriteLock::default(), move |conn| Ok(conn.batch_execute(sql)?)).await;
    match result {
        Err(WorkError::Query(error)) => Some(StoreError::of(&error)),
        Err(other) => panic!("{sql}: {other:?}"),
        Ok(()) => None,
    }
}

on_both_databases! {
    async fn a_broken_constraint_is_known_for_what_it_is(app: TestApp) {
        let twice = "INSERT INTO divisions (code, level, name) VALUES ('64', 'province', 'x')";
        assert_eq!(fault(&app, twice).await, Some(StoreError::Duplicate));
        let null = "INSERT INTO divisions (code, level) VALUES ('65', 'province')";
        assert_eq!(fault(&app, null).await, Some(StoreError::Other));
        assert_eq!(fault(&app, "SELECT nonsense()").await, Some(StoreError::Other));
        for missing in ["SELECT nonsense FROM divisions", "SELECT code FROM nonsense"] {
            assert_eq!(fault(&app, missing).await, Some(StoreError::NotMigrated), "{missing}");
        }
        assert_eq!(fault(&app, "INSERT INTO divisions (code, level, name) VALUES ('65', 'province', 'x')").await, None);
    }
}

fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(TestApp) -> F) {
    run(Kind::Postgres, Setup::default(), test);
}

#[test]
fn a_deadlock_is_run_again_until_both_have_written() {
    on_postgres(async |app| {
        let (one, two) = ("641", "642");
        for code in [one, two] {
            app.state.db.write(WriteLock::default(), |conn| insert(conn, code)).await.expect("a row");
        }
        let meet = Arc::new(Barrier::new(2));
        let job = |first: &'static str, second: &'static str| {
            let meet = meet.clone();
            let mut attempts = 0;
            app.state.db.write(WriteLock::default(), move |conn| -> WorkResult<usize> {
                attempts += 1;
                let update =
                    |code: &str| format!("UPDATE divisions SET name = name || '{first}' WHERE code = '{code}'");
                conn.batch_execute(&update(first))?;
                if attempts == 1 {
                    meet.wait();
                }
                conn.batch_execute(&update(second))?;
                Ok(attempts)
            })
        };
        let (a, b) = futures_util::future::join(job(one, two), job(two, one)).await;
        let attempts = [a.expect("the one"), b.expect("the other")];
        assert!(attempts.iter().sum::<usize>() >= 3, "one of them was run again: {attempts:?}");
        let names = app.values("SELECT name AS value FROM divisions WHERE code IN ('641', '642')");
        assert!(names.iter().all(|name| name.contains(one) && name.contains(two)), "{names:?}");
    });
}

#[test]
fn a_lock_that_is_not_given_in_time_is_busy() {
    on_postgres(async |app| {
        let mut other = app.connect();
        execute(&mut other, "BEGIN; LOCK TABLE divisions IN ACCESS EXCLUSIVE MODE");
        let waiting = "SET LOCAL lock_timeout = '200ms'; UPDATE divisions SET name = name";
        assert_eq!(fault(&app, waiting).await, Some(StoreError::LockTimeout));
        let waiting = "SET LOCAL statement_timeout = '200ms'; UPDATE divisions SET name = name";
        assert_eq!(fault(&app, waiting).await, Some(StoreError::LockTimeout));
        execute(&mut other, "ROLLBACK");
        assert_eq!(fault(&app, "UPDATE divisions SET name = name WHERE code = '64'").await, None);
    });
}

#[test]
fn a_connection_that_is_ended_is_an_outage_and_the_next_is_good() {
    on_postgres(async |app| {
        let end = "SELECT pg_terminate_backend(pg_backend_pid())";
        assert_eq!(fault(&app, end).await, Some(StoreError::Unreachable));
        for _ in 0..8 {
            app.social().post("/v1/complexes", &complex_input()).await.expect(201);
        }
        // All idle connections of the pool at once. The next callers get no errors.
        let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        app.execute(all);
        for _ in 0..8 {
            app.social().post("/v1/complexes", &complex_input()).await.expect(201);
            app.social().get("/v1/complexes").await.expect(200);
        }
    });
}

#[test]
fn a_key_that_is_being_worked_on_is_waited_for_two_seconds() {
    on_postgres(async |app| {
        let db = app.state.db.clone();
        let gate = WriteLock { idempotency_lock: Some(42) };
        let long = {
            let (db, gate) = (db.clone(), gate.clone());
            tokio::spawn(async move {
                let held = db.write(gate, |_| {
                    std::thread::sleep(Duration::from_secs(4));
                    Ok(())
                });
                held.await
            })
        };
        tokio::time::sleep(Duration::from_millis(300)).await;
        let second = db.write(gate.clone(), |_| Ok(())).await;
        assert!(matches!(second, Err(WorkError::Out(Unavailable::KeyInProgress))), "{second:?}");
        assert_eq!(Problem::from(Unavailable::KeyInProgress).code.name(), "idempotency_in_progress");
        db.write(WriteLock { idempotency_lock: Some(43) }, |_| Ok(())).await.expect("another key");
        long.await.expect("no panic").expect("the first");
        db.write(gate, |_| Ok(())).await.expect("the key is free");
    });
}

#[test]
fn a_database_that_another_program_locks_is_busy_and_heals() {
    // Each of the three waits for the lock in turn, on a machine that may be busy.
    let patient = Setup { request_timeout: std::time::Duration::from_secs(120), ..Setup::default() };
    run(Kind::Sqlite, patient, async |app: TestApp| {
        let mut other = app.connect();
        execute(&mut other, "BEGIN IMMEDIATE");
        let posts = (0..3).map(|_| async { app.social().post("/v1/complexes", &complex_input()).await });
        let answers = futures_util::future::join_all(posts).await;
        for answer in answers {
            answer.problem(503, "busy");
        }
        app.social().get("/v1/complexes").await.expect(200);
        execute(&mut other, "ROLLBACK");
        app.social().post("/v1/complexes", &complex_input()).await.expect(201);
        assert_eq!(app.count("complexes"), 1);
        let Conn::Sqlite(_) = other else { unreachable!("SQLite") };
    });
}
