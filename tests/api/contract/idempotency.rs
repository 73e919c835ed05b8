//! `Idempotency-Key`: one effect per key, and the same response again.

use futures_util::future::join_all;
use serde_json::json;
use xiaoqu::access::Role;
use xiaoqu::db::schema::idempotency_keys as keys;
use xiaoqu::db::{Instant, WriteLock};

use crate::on_both_databases;
use crate::support::rows::{a_company, a_complex, a_complex_in, complex_input, contract_input, path, text};
use crate::support::{NEIGHBOUR, NEIGHBOUR_COMMUNITY, Setup, TOWNSHIP, TestApp, sandbox};

const REPLAYED: &str = "idempotent-replayed";

async fn count(app: &TestApp) -> i64 {
    app.county().get("/v1/complexes?with_total=true").await.json["total"].as_i64().expect("a total")
}

on_both_databases! {
    async fn the_same_request_again_gets_the_same_answer(app: TestApp) {
        let input = complex_input();
        let first = app.social().post("/v1/complexes", &input).key("k1").await;
        assert_eq!((first.status, first.header(REPLAYED)), (201, ""));
        let second = app.social().post("/v1/complexes", &input).key("k1").await;
        assert_eq!((second.status, second.header(REPLAYED)), (201, "true"));
        assert_eq!(second.json, first.json);
        assert_eq!((second.etag(), second.header("location")), (first.etag(), first.header("location")));
        assert_eq!(count(&app).await, 1);
        let other = app.social().post("/v1/complexes", &input).key("k2").await;
        assert_ne!(other.id(), first.id());
        app.social().post("/v1/complexes", &input).await.expect(201);
        assert_eq!(count(&app).await, 3);
    }

    async fn a_key_for_another_request_is_refused(app: TestApp) {
        app.social().post("/v1/complexes", &complex_input()).key("k").await.expect(201);
        let other = app.social().post("/v1/complexes", &complex_input()).key("k").await;
        other.problem(422, "idempotency_key_reused");
        // Keys are separate for each path, caller, and role of the same person.
        let input = complex_input();
        app.officer(Role::SocialAffairsOffice, TOWNSHIP, "officer-2").post("/v1/complexes", &input).key("k").await.expect(201);
        app.county().post("/v1/complexes", &input).key("k").await.expect(201);
        let same_person = app.officer(Role::CountyAuthority, "640121", "social_affairs_office-1");
        same_person.post("/v1/complexes", &input).key("k").await.expect(201);
        let neighbours = app.officer(Role::SocialAffairsOffice, NEIGHBOUR, "social_affairs_office-1");
        let mut theirs = input.clone();
        theirs["community"] = json!(NEIGHBOUR_COMMUNITY);
        neighbours.post("/v1/complexes", &theirs).key("k").await.expect(201);
        let (complex, company) = (a_complex(&app).await, a_company(&app).await);
        let contract = contract_input(&complex, &company, "2026-01-01");
        app.social().post("/v1/contracts", &contract).key("k").await.expect(201);
        assert_eq!(app.social().post("/v1/contracts", &contract).key("k").await.header(REPLAYED), "true");
    }

    async fn an_error_is_not_kept(app: TestApp) {
        let mut input = complex_input();
        input["households"] = json!(0);
        app.social().post("/v1/complexes", &input).key("k").await.problem(400, "invalid_input");
        input["households"] = json!(10);
        app.social().post("/v1/complexes", &input).key("k").await.expect(201);
    }

    async fn twenty_at_once_make_one_row(app: TestApp) {
        let input = complex_input();
        let social = app.social();
        let posts = (0..20).map(|_| async { social.post("/v1/complexes", &input).key("at once").await });
        let answers = join_all(posts).await;
        let mut ids = Vec::new();
        for answer in answers {
            match answer.status {
                201 => ids.push(answer.id().to_owned()),
                _ => drop(answer.problem(409, "idempotency_in_progress")),
            }
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert_eq!(count(&app).await, 1);
    }

    async fn a_replay_checks_the_territory_again(app: TestApp) {
        // A replay requires that the caller may still see the resource.
        let input = complex_input();
        let made = app.social().post("/v1/complexes", &input).key("k").await.expect(201);
        let moved = text(&made["id"]).parse().expect("an id");
        move_to_the_neighbour(&app, moved).await;
        app.social().post("/v1/complexes", &input).key("k").await.problem(404, "not_found");
        let theirs = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        assert_eq!(app.social().get(&path("complexes", &theirs)).await.status, 404);
    }

    async fn a_replay_needs_the_role_still(app: TestApp) {
        let input = complex_input();
        app.social().post("/v1/complexes", &input).key("k").await.expect(201);
        app.nobody().post("/v1/complexes", &input).key("k").await.problem(401, "unauthorized");
        app.office(Role::Community, "640121102001").post("/v1/complexes", &input).key("k").await.problem(403, "forbidden");
    }

    async fn an_answer_is_kept_for_a_day_and_not_longer(app: TestApp) {
        let input = complex_input();
        let first = app.social().post("/v1/complexes", &input).key("k").await.expect(201);
        age_keys(&app, chrono::Duration::hours(23)).await;
        assert_eq!(app.social().post("/v1/complexes", &input).key("k").await.header(REPLAYED), "true");
        age_keys(&app, chrono::Duration::hours(1)).await;
        let second = app.social().post("/v1/complexes", &input).key("k").await;
        assert_eq!(second.header(REPLAYED), "");
        assert_ne!(second.id(), text(&first["id"]));
    }

    async fn what_is_kept_is_encrypted_and_survives_a_restart(app: TestApp) {
        let input = complex_input();
        let first = app.social().post("/v1/complexes", &input).key("k").await.expect(201);
        let kept: Vec<Vec<u8>> = app
            .state
            .db
            .read(|conn| {
                use diesel::prelude::*;
                Ok(keys::table.select(keys::body).load(conn)?)
            })
            .await
            .expect("the keys");
        let name = text(&input["name"]).as_bytes();
        assert!(!kept[0].windows(name.len()).any(|part| part == name));
        let app = app.restart(Setup { clock: sandbox("2026-03-02T02:00:00Z"), ..Setup::default() });
        let again = app.social().post("/v1/complexes", &input).key("k").await;
        assert_eq!((again.header(REPLAYED), &again.json), ("true", &first));
    }

    async fn a_key_has_1_to_255_characters(app: TestApp) {
        let post = |key: &str| app.social().post("/v1/complexes", &complex_input()).key(key);
        post("").await.faults(&[("header/idempotency-key", "invalid_format")]);
        post(&"k".repeat(256)).await.faults(&[("header/idempotency-key", "invalid_format")]);
        post(&"k".repeat(255)).await.expect(201);
        let twice = app.social().post("/v1/complexes", &complex_input()).key("a").header("idempotency-key", "b").await;
        twice.faults(&[("header/idempotency-key", "invalid_format")]);
    }
}

async fn move_to_the_neighbour(app: &TestApp, id: xiaoqu::db::Id) {
    use diesel::prelude::*;
    use xiaoqu::db::schema::complexes;
    let write = app.state.db.write(WriteLock::default(), move |conn| {
        let place = (complexes::township.eq(NEIGHBOUR), complexes::community.eq(NEIGHBOUR_COMMUNITY));
        Ok(diesel::update(complexes::table.find(id)).set(place).execute(conn)?)
    });
    assert_eq!(write.await.expect("the move"), 1);
}

async fn age_keys(app: &TestApp, by: chrono::Duration) {
    use diesel::prelude::*;
    let write = app.state.db.write(WriteLock::default(), move |conn| {
        let rows: Vec<(String, Instant)> = keys::table.select((keys::scope, keys::created_at)).load(conn)?;
        for (scope, at) in rows {
            let at = Instant(at.0 - by);
            diesel::update(keys::table.find(scope)).set(keys::created_at.eq(at)).execute(conn)?;
        }
        Ok(())
    });
    write.await.expect("older keys");
}
