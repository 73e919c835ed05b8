//! Personal data in the database: none in clear text, none can be decrypted after a change or a move, and all follow a
//! rotation.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use serde_json::json;
use xiaoqu::db::{Conn, Id, WorkError, WorkResult, WriteLock};
use xiaoqu::keys::{Key as RingKey, Keyring, Use};
use xiaoqu::personal::{self, Purpose, reencrypt};
use xiaoqu::problem::Code;

use crate::on_both_databases;
use crate::support::sql::execute;
use crate::support::{Kind, TestApp};

const NAME: &str = "张三丰";

fn phone(number: usize) -> String {
    format!("139{number:08}")
}

fn contact(number: usize) -> String {
    json!({ "name": NAME, "phone": phone(number) }).to_string()
}

impl TestApp {
    pub async fn stored<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn, &Keyring) -> WorkResult<T> + Send + 'static,
    ) -> WorkResult<T> {
        let ring = self.state.keys.ring();
        self.state.db.write(WriteLock::default(), move |conn| work(conn, &ring)).await
    }

    /// A complaint with a contact, its indexed phone number, and a description.
    pub async fn sealed_complaint(&self, number: usize) -> Id {
        let id = Id::new();
        let work = move |conn: &mut Conn, ring: &Keyring| {
            personal::encrypt(conn, ring, id, id, Purpose::Contact, &contact(number))?;
            personal::index_phone(conn, ring, id, &phone(number))?;
            personal::encrypt(conn, ring, id, id, Purpose::Description, "楼道堆放杂物")
        };
        self.stored(work).await.expect("sealed");
        id
    }

    pub async fn opened(&self, owner: Id, purpose: Purpose) -> WorkResult<Option<String>> {
        self.stored(move |conn, ring| personal::decrypt(conn, ring, owner, purpose)).await
    }

    pub async fn callers(&self, phone: String) -> Vec<Id> {
        self.stored(move |conn, ring| personal::subjects_of_phone(conn, ring, &phone, 20)).await.expect("a look-up")
    }

    /// The keyring with a new data key and a new index key, active at once.
    fn rotate_personal_data(&self) {
        let now = Utc::now();
        let ring = self.state.keys.ring();
        let all = ring.keys().cloned().chain([
            RingKey::generate(Use::Data, now, now).expect("a key"),
            RingKey::generate(Use::Index, now, now).expect("a key"),
        ]);
        self.state.keys.replace(Keyring::new(all.collect()).expect("a keyring"));
    }
}

fn is_refused(found: WorkResult<Option<String>>) -> bool {
    matches!(found, Err(WorkError::Problem(problem)) if problem.code == Code::Internal)
}

fn hex_of(app: &TestApp, condition: &str) -> String {
    let hex = if app.kind() == Kind::Sqlite { "lower(hex(encrypted))" } else { "encode(encrypted, 'hex')" };
    app.values(&format!("SELECT {hex} AS value FROM encrypted_texts WHERE {condition}"))[0].clone()
}

fn put_hex(app: &TestApp, condition: &str, hex: &str) {
    let bytes = if app.kind() == Kind::Sqlite { format!("x'{hex}'") } else { format!("'\\x{hex}'") };
    app.execute(&format!("UPDATE encrypted_texts SET encrypted = {bytes} WHERE {condition}"));
}

on_both_databases! {
    async fn what_is_sealed_is_opened_replaced_and_erased(app: TestApp) {
        let (complaint, reply) = (app.sealed_complaint(1).await, Id::new());
        assert_eq!(app.opened(complaint, Purpose::Contact).await.unwrap(), Some(contact(1)));
        assert_eq!(app.opened(complaint, Purpose::Text).await.unwrap(), None);
        for text in ["已派人", ""] {
            app.stored(move |conn, ring| personal::encrypt(conn, ring, complaint, reply, Purpose::Text, text)).await.unwrap();
            assert_eq!(app.opened(reply, Purpose::Text).await.unwrap().as_deref(), Some(text));
        }
        let mut owners = vec![reply, complaint, complaint, Id::new()];
        let mut expected = HashMap::from([(complaint, contact(1))]);
        for number in 2..1203 {
            let id = app.sealed_complaint(number).await;
            owners.push(id);
            expected.insert(id, contact(number));
        }
        let many = app.stored(move |conn, ring| personal::decrypt_many(conn, ring, &owners, Purpose::Contact)).await;
        assert_eq!(many.unwrap(), expected);
        app.stored(move |conn, _| personal::erase(conn, complaint, Purpose::Contact)).await.unwrap();
        app.stored(move |conn, _| personal::forget_phones(conn, complaint)).await.unwrap();
        assert_eq!(app.opened(complaint, Purpose::Contact).await.unwrap(), None);
        assert_eq!(app.callers(phone(1)).await, []);
        assert!(app.opened(complaint, Purpose::Description).await.unwrap().is_some(), "the rest stands");
    }

    async fn nothing_of_it_lies_open_in_the_database(app: TestApp) {
        let mut app = app;
        app.sealed_complaint(77).await;
        let needles = [NAME, "楼道堆放杂物", "13900000077"];
        let mut bytes = Vec::new();
        match app.kind() {
            Kind::Sqlite => {
                app.stop();
                let path = app.db_url.trim_start_matches("sqlite:").to_owned();
                for file in [path.clone(), format!("{path}-wal")] {
                    bytes.extend(std::fs::read(file).unwrap_or_default());
                }
            }
            Kind::Postgres => {
                for table in ["encrypted_texts", "phone_indexes"] {
                    let rows = app.values(&format!("SELECT t::text AS value FROM {table} t"));
                    bytes.extend(rows.join("\n").into_bytes());
                    assert!(!rows.is_empty());
                }
                bytes.extend(hex::decode(hex_of(&app, "purpose = 'contact'")).expect("hex"));
            }
        }
        for needle in needles {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle.as_bytes()), "{needle}");
        }
    }

    async fn a_flipped_bit_of_any_byte_is_refused(app: TestApp) {
        let complaint = app.sealed_complaint(1).await;
        let row = format!("owner_id = '{complaint}' AND purpose = 'description'");
        let whole = hex::decode(hex_of(&app, &row)).expect("hex");
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            put_hex(&app, &row, &hex::encode(changed));
            assert!(is_refused(app.opened(complaint, Purpose::Description).await), "byte {at}");
        }
        for cut in [0, 5, whole.len() - 1] {
            put_hex(&app, &row, &hex::encode(&whole[..cut]));
            assert!(is_refused(app.opened(complaint, Purpose::Description).await), "{cut} bytes");
        }
        let many = app.stored(move |conn, ring| personal::decrypt_many(conn, ring, &[complaint], Purpose::Description)).await;
        assert!(many.is_err(), "no list without it");
        put_hex(&app, &row, &hex::encode(whole));
        assert!(app.opened(complaint, Purpose::Description).await.unwrap().is_some());
    }

    async fn what_was_moved_to_another_row_is_refused(app: TestApp) {
        let (first, second) = (app.sealed_complaint(1).await, app.sealed_complaint(2).await);
        let at = |id: Id, purpose: &str| format!("owner_id = '{id}' AND purpose = '{purpose}'");
        let texts = [at(first, "contact"), at(second, "contact"), at(first, "description")];
        let whole: Vec<String> = texts.iter().map(|row| hex_of(&app, row)).collect();
        // Swapped between two owners.
        put_hex(&app, &texts[0], &whole[1]);
        put_hex(&app, &texts[1], &whole[0]);
        assert!(is_refused(app.opened(first, Purpose::Contact).await) && is_refused(app.opened(second, Purpose::Contact).await));
        // Swapped between two purposes of one owner.
        put_hex(&app, &texts[2], &whole[0]);
        assert!(is_refused(app.opened(first, Purpose::Description).await));
        // With another subject.
        put_hex(&app, &texts[0], &whole[0]);
        assert_eq!(app.opened(first, Purpose::Contact).await.unwrap(), Some(contact(1)));
        app.execute(&format!("UPDATE encrypted_texts SET subject_id = '{second}' WHERE {}", texts[0]));
        assert!(is_refused(app.opened(first, Purpose::Contact).await));
    }

    async fn a_text_under_a_key_that_the_keyring_lacks_is_an_error(app: TestApp) {
        let complaint = app.sealed_complaint(1).await;
        app.execute("INSERT INTO data_keys (id, seen_at) SELECT 'data-lost', seen_at FROM data_keys");
        app.execute("UPDATE encrypted_texts SET data_key = 'data-lost'");
        assert!(is_refused(app.opened(complaint, Purpose::Contact).await));
    }

    async fn callers_are_found_newest_first_however_they_write_their_number(app: TestApp) {
        let mut complaints = Vec::new();
        for _ in 0..3 {
            complaints.push(app.sealed_complaint(5).await);
            app.sealed_complaint(6).await;
        }
        complaints.reverse();
        assert_eq!(app.callers("+86 139-0000-0005".into()).await, complaints);
        let two = app.stored(|conn, ring| personal::subjects_of_phone(conn, ring, "13900000005", 2)).await;
        assert_eq!(two.unwrap(), complaints[..2]);
        assert_eq!(app.callers("13900000007".into()).await, []);
        assert_eq!(app.callers("没有".into()).await, []);
        let complaint = complaints[0];
        app.stored(move |conn, ring| personal::index_phone(conn, ring, complaint, "无")).await.unwrap();
        app.stored(move |conn, ring| personal::index_phone(conn, ring, complaint, "13900000005")).await.unwrap();
        assert_eq!(app.count("phone_indexes"), 6);
    }

    async fn a_rotation_moves_everything_in_chunks_while_writes_go_on(app: TestApp) {
        const TICKETS: usize = 400;
        let mut complaints = Vec::new();
        for number in 0..TICKETS {
            complaints.push(app.sealed_complaint(number).await);
        }
        let complaints = Arc::new(complaints);
        app.rotate_personal_data();
        let acting = reencrypt::active_keys(&app.state.keys.ring());
        let done = std::cell::Cell::new(false);
        let moving = async {
            // The service runs the same job, so there are two at once.
            let mut whole = reencrypt::Pass::default();
            loop {
                let pass = a_pass(&app).await;
                whole.chunks += pass.chunks;
                whole.longest = whole.longest.max(pass.longest);
                if app.count("encrypted_texts") == count_under(&app, &acting.0) {
                    done.set(true);
                    return whole;
                }
            }
        };
        // Those ending in 1 change their number, those ending in 2 are erased, and new ones arrive.
        let writing = async {
            let mut new = Vec::new();
            for number in (0..TICKETS).rev() {
                let id = complaints[number];
                match number % 10 {
                    1 => {
                        let work = move |conn: &mut Conn, ring: &Keyring| {
                            personal::forget_phones(conn, id)?;
                            personal::index_phone(conn, ring, id, &phone(number + 10_000))?;
                            personal::encrypt(conn, ring, id, id, Purpose::Contact, &contact(number + 10_000))
                        };
                        app.stored(work).await.expect("changed");
                    }
                    2 => {
                        let work = move |conn: &mut Conn, _: &Keyring| {
                            personal::forget_phones(conn, id)?;
                            personal::erase(conn, id, Purpose::Contact)
                        };
                        app.stored(work).await.expect("erased");
                    }
                    3 => new.push((number + 20_000, app.sealed_complaint(number + 20_000).await)),
                    4 => assert_eq!(app.callers(phone(number)).await, [id], "found at any time"),
                    _ => assert_eq!(app.opened(id, Purpose::Contact).await.unwrap(), Some(contact(number))),
                }
            }
            new
        };
        let (whole, new) = tokio::join!(moving, writing);
        let pass = a_pass(&app).await;
        assert_eq!(pass.left, 0);
        assert!(done.get() && whole.longest < Duration::from_millis(500), "{whole:?}");
        assert_eq!(count_under(&app, &acting.0), app.count("encrypted_texts"));
        let index = acting.1.expect("an index key");
        let old = app.count(&format!("phone_indexes WHERE index_key <> '{index}'"));
        assert_eq!(old, 0);
        for (number, id) in complaints.iter().enumerate() {
            let (owns, finds) = match number % 10 {
                1 => (Some(number + 10_000), vec![*id]),
                2 => (None, vec![]),
                _ => (Some(number), vec![*id]),
            };
            assert_eq!(app.opened(*id, Purpose::Contact).await.unwrap(), owns.map(contact), "{number}");
            assert_eq!(app.callers(phone(owns.unwrap_or(number))).await, finds, "{number}");
            if number % 10 == 1 {
                assert_eq!(app.callers(phone(number)).await, [], "the old number of {number}");
            }
        }
        for (number, id) in new {
            assert_eq!(app.callers(phone(number)).await, [id]);
        }
        assert_eq!(app.count("phone_indexes"), TICKETS, "as many new as erased");
        let again = a_pass(&app).await;
        assert_eq!((again.chunks, again.texts), (0, 0), "nothing is left to do");
    }

    async fn what_does_not_open_stays_and_the_rest_goes_on(app: TestApp) {
        let (broken, sound) = (app.sealed_complaint(1).await, app.sealed_complaint(2).await);
        put_hex(&app, &format!("owner_id = '{broken}' AND purpose = 'contact'"), "00");
        app.rotate_personal_data();
        let pass = a_pass(&app).await;
        assert_eq!(pass.left, 2, "the contact, and the digest that is made from it: {pass:?}");
        let acting = reencrypt::active_keys(&app.state.keys.ring());
        assert_eq!(count_under(&app, &acting.0), 3);
        assert_eq!((app.callers(phone(1)).await, app.callers(phone(2)).await), (vec![broken], vec![sound]));
    }

    async fn a_lost_index_key_is_made_up_for_from_the_contacts(app: TestApp) {
        let complaint = app.sealed_complaint(1).await;
        app.execute("UPDATE phone_indexes SET index_key = 'index-lost', digest = 'of nobody'");
        assert_eq!(app.callers(phone(1)).await, []);
        a_pass(&app).await;
        assert_eq!(app.callers(phone(1)).await, [complaint]);
        assert_eq!(app.count("phone_indexes"), 1);
    }

    async fn nothing_comes_to_lie_under_a_key_that_the_store_was_told_to_forget(app: TestApp) {
        // A replica that has not seen the removal, and that had recorded the key before.
        let ring = app.state.keys.ring();
        ring.known_to_store(&ring.data_key_ids());
        execute(&mut app.connect(), "DELETE FROM data_keys");
        let id = Id::new();
        let sealed = app.stored(move |conn, ring| personal::encrypt(conn, ring, id, id, Purpose::Text, "x")).await;
        assert!(sealed.is_err(), "better no answer than a text that nobody opens");
        assert_eq!(app.count("encrypted_texts"), 0);
    }
}

fn count_under(app: &TestApp, key: &str) -> usize {
    app.count(&format!("encrypted_texts WHERE data_key = '{key}'"))
}

/// A pass of the replica that runs the background jobs. On a busy machine it takes a moment until this one does.
async fn a_pass(app: &TestApp) -> reencrypt::Pass {
    while !app.state.lease.held(&app.state.db).await {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    reencrypt::pass(&app.state).await.expect("a pass")
}
