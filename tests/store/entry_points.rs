use diesel::prelude::*;
use futures_util::future::join_all;
use xiaoqu::db::schema::divisions;
use xiaoqu::db::{Conn, Db, Unavailable, WorkError, WorkResult, WriteLock};
use xiaoqu::problem::Problem;

use crate::support::rows::complex_input;
use crate::support::{Kind, Setup, TestApp, run};
use crate::{on_both_databases, on_sqlite};

pub fn insert(conn: &mut Conn, code: &str) -> WorkResult<()> {
    let row = (divisions::code.eq(code), divisions::level.eq("community"), divisions::name.eq("测试"));
    diesel::insert_into(divisions::table).values(row).execute(conn)?;
    Ok(())
}

fn stored(app: &TestApp, like: &str) -> Vec<String> {
    app.values(&format!("SELECT code AS value FROM divisions WHERE code LIKE '{like}' ORDER BY code"))
}

async fn write(db: &Db, code: String) -> WorkResult<()> {
    db.write(WriteLock::default(), move |conn| insert(conn, &code)).await
}

on_both_databases! {
    async fn a_job_that_panics_among_63_others_harms_none_of_them(app: TestApp) {
        let db = &app.state.db;
        for round in 0..3 {
            let code = move |n: usize| format!("99{round}{n:03}");
            let jobs = (0..64).map(|n| {
                db.write(WriteLock::default(), move |conn| {
                    insert(conn, &code(n))?;
                    assert!(n != 31, "this job panics on purpose");
                    Ok(n)
                })
            });
            let results = join_all(jobs).await;
            for (n, result) in results.into_iter().enumerate() {
                match result {
                    Ok(done) => assert!(done == n && n != 31),
                    Err(fail) => {
                        assert!(n == 31 && matches!(fail, WorkError::Panicked), "{n}: {fail:?}");
                        assert_eq!(Problem::from(fail).status().as_u16(), 500);
                    }
                }
            }
            let expected: Vec<String> = (0..64).filter(|n| *n != 31).map(code).collect();
            assert_eq!(stored(&app, &format!("99{round}%")), expected);
        }
    }

    async fn a_job_that_refuses_leaves_nothing_and_its_neighbours_stand(app: TestApp) {
        let db = &app.state.db;
        let jobs = (0..64).map(|n| {
            db.write(WriteLock::default(), move |conn| {
                insert(conn, &format!("98{n:03}"))?;
                match n % 2 {
                    0 => Ok(()),
                    // A unique violation in the middle, and a refusal by the rules.
                    _ if n % 3 == 0 => insert(conn, "64"),
                    _ => Err(Problem::not_found().into()),
                }
            })
        });
        let results = join_all(jobs).await;
        assert!(results.iter().enumerate().all(|(n, result)| result.is_ok() == (n % 2 == 0)));
        let expected: Vec<String> = (0..64).step_by(2).map(|n| format!("98{n:03}")).collect();
        assert_eq!(stored(&app, "98%"), expected);
    }

    async fn a_read_that_panics_leaves_no_transaction_open(app: TestApp) {
        let db = &app.state.db;
        for _ in 0..8 {
            let read = db.read(|conn| -> WorkResult<()> {
                divisions::table.count().get_result::<i64>(conn)?;
                panic!("this read panics on purpose")
            });
            assert!(matches!(read.await, Err(WorkError::Panicked)));
        }
        for n in 0..8 {
            write(db, format!("97{n}")).await.expect("a write after it");
            db.read(|conn| Ok(divisions::table.count().get_result::<i64>(conn)?)).await.expect("a read after it");
        }
        assert_eq!(stored(&app, "97%").len(), 8);
    }

    async fn a_write_through_the_door_of_reads_is_refused(app: TestApp) {
        let db = &app.state.db;
        assert!(matches!(db.read(|conn| insert(conn, "961")).await, Err(WorkError::Query(_))));
        assert!(matches!(db.read_point(|conn| insert(conn, "962")).await, Err(WorkError::Query(_))));
        assert!(matches!(db.read_blocking(|conn| insert(conn, "963")), Err(WorkError::Query(_))));
        assert_eq!(stored(&app, "96%"), Vec::<String>::new());
        write(db, "964".into()).await.expect("the other door");
        assert_eq!(stored(&app, "96%"), ["964"]);
    }

    async fn a_caller_that_goes_away_does_not_stop_its_write_halfway(app: TestApp) {
        let db = &app.state.db;
        for n in 0..20 {
            let job = write(db, format!("95{n:02}"));
            let _ = tokio::time::timeout(std::time::Duration::from_micros(n * 50), job).await;
        }
        write(db, "9599".into()).await.expect("the next write");
        assert!(stored(&app, "95%").contains(&"9599".to_owned()));
    }
}

on_sqlite! {
    async fn the_planner_is_stable(app: TestApp) {
        #[derive(QueryableByName)]
        struct Option {
            #[diesel(sql_type = diesel::sql_types::Text)]
            compile_options: String,
        }
        let options = app.state.db.read(|conn| {
            let Conn::Sqlite(conn) = conn else { unreachable!("SQLite") };
            Ok(diesel::sql_query("PRAGMA compile_options").load::<Option>(conn)?)
        });
        let options = options.await.expect("the options");
        assert!(options.iter().any(|option| option.compile_options == "ENABLE_QPSG"));
    }
}

#[test]
fn too_many_waiting_writes_are_refused_and_lost_is_none_that_was_taken() {
    let setup = Setup { database: |options| options.write_queue = 3, ..Setup::default() };
    run(Kind::Sqlite, setup, async |app: TestApp| {
        let db = app.state.db.clone();
        let slow = tokio::spawn(async move {
            let slow = db.write(WriteLock::default(), |_| {
                std::thread::sleep(std::time::Duration::from_millis(700));
                Ok(())
            });
            slow.await
        });
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let social = app.social();
        let posts = (0..20).map(|_| async { social.post("/v1/complexes", &complex_input()).await });
        let mut made = 0;
        for answer in join_all(posts).await {
            if answer.status == 201 {
                made += 1;
            } else {
                answer.problem(503, "busy");
                assert_eq!(answer.header("retry-after"), "2");
            }
        }
        slow.await.expect("no panic").expect("the slow write");
        assert!((1..20).contains(&made), "{made} were taken");
        assert_eq!(app.count("complexes"), made);
        social.post("/v1/complexes", &complex_input()).await.expect(201);
        assert_eq!(Problem::from(Unavailable::Busy).status().as_u16(), 503);
    });
}
