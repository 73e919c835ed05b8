//! The ledger (台账). Each write appends its event in the same transaction. Sealing adds the events to a Merkle tree (RFC
//! 9162) with a signed head, from which anyone can get a proof.

mod actions;
pub mod checkpoint;
pub mod export;
pub mod leaf;
pub mod model;
mod reading_store;
mod routes;
mod rules;
pub mod scoped;
pub mod seal;
mod store;
pub mod tree;
pub mod types;
pub mod verify;

use std::collections::BTreeMap;

use crate::access::Role::Auditor;
use crate::access::role_sets::LEDGER_READERS;
use crate::handler;
use crate::service::events;
use crate::service::feature::{Feature, Table, public, read, tag};
use aws_lc_rs::digest::SHA256;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::access::{Role, Scope};
use crate::db::{self, Conn, Db, DbOptions, Id, Instant, StoreError, WorkResult};
use crate::problem::Problem;
use crate::service::{Ctx, Tx};

use leaf::{ACTOR_SUB, Digest, Leaf, LeafActor, Subject};

pub const FEATURE: Feature = Feature {
    name: "ledger",
    tags: &[tag(230, "ledger", "The ledger 台账: events, proofs, the auditor's reading")],
    operations: &[
        public(handler!(routes::get_ledger_head)),
        public(handler!(routes::get_ledger_consistency)),
        read(handler!(routes::list_ledger_entries), &[Auditor]),
        read(handler!(routes::get_ledger_entry), LEDGER_READERS).unversioned(),
        read(handler!(routes::list_events), LEDGER_READERS),
    ],
    tables: &[
        Table::of_program("ledger_events").grows(),
        Table::of_program("ledger_entries").scoped().grows(),
        Table::of_program("ledger_unsealed"),
        Table::of_program("ledger_hashes"),
        Table::of_program("ledger_head"),
        Table::of_program("ledger_salts"),
    ],
    ..Feature::EMPTY
};

/// Who may read an event in the feed, in addition to the offices of its territory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Only the offices of the territory.
    Offices,
    /// The offices, and the company or the complex's committee that it is about.
    Parties,
    /// Everyone with a token.
    Everyone,
}

impl Audience {
    fn code(self) -> &'static str {
        match self {
            Audience::Offices => "offices",
            Audience::Parties => "parties",
            Audience::Everyone => "everyone",
        }
    }
}

/// The territory columns of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub county: String,
    /// Empty for a matter of the whole county.
    pub township: String,
    /// Empty for a matter of the whole township.
    pub community: String,
}

/// An event before it is recorded.
pub struct Event {
    /// Event type, such as `violation.confirmed`.
    pub kind: &'static str,
    pub subject_kind: &'static str,
    pub subject_id: String,
    pub place: Option<Place>,
    pub company_id: Option<Id>,
    pub complex_id: Option<Id>,
    /// The police station, partner or utility operator that may read it, as [`addressee`] writes it.
    pub addressee: Option<String>,
    pub audience: Audience,
    pub policy_version: Option<i64>,
    pub data: Value,
    /// Personal fields and texts. Only their salted digests are in the leaf.
    pub personal: Vec<(&'static str, String)>,
}

impl Event {
    pub fn new(kind: &'static str, subject_kind: &'static str, subject_id: impl ToString) -> Event {
        Event {
            kind,
            subject_kind,
            subject_id: subject_id.to_string(),
            place: None,
            company_id: None,
            complex_id: None,
            addressee: None,
            audience: Audience::Offices,
            policy_version: None,
            data: json!({}),
            personal: Vec::new(),
        }
    }

    pub fn in_territory(mut self, place: Place) -> Event {
        self.place = Some(place);
        self
    }

    pub fn company(mut self, company: Option<Id>) -> Event {
        self.company_id = company;
        self
    }

    pub fn complex(mut self, complex: Option<Id>) -> Event {
        self.complex_id = complex;
        self
    }

    /// Makes the event visible to a role that does not see the whole territory, in one division. Other roles see it by
    /// territory.
    pub fn addressed(mut self, role: Role, division: &str) -> Event {
        self.addressee = role.is_addressed().then(|| addressee(role, division));
        self
    }

    pub fn audience(mut self, audience: Audience) -> Event {
        self.audience = audience;
        self
    }

    pub fn policy(mut self, version: i64) -> Event {
        self.policy_version = Some(version);
        self
    }

    pub fn data(mut self, data: Value) -> Event {
        self.data = data;
        self
    }

    pub fn personal(mut self, field: &'static str, value: Option<&str>) -> Event {
        if let Some(value) = value {
            self.personal.push((field, value.to_owned()));
        }
        self
    }

    /// Adds the texts of a step, which can name persons, like personal fields.
    pub fn with_texts(mut self, texts: Vec<(&'static str, String)>) -> Event {
        self.personal.extend(texts);
        self
    }
}

/// How the ledger writes a role in a division.
pub fn addressee(role: Role, division: &str) -> String {
    format!("{}:{division}", role.code())
}

fn random_hex() -> Result<String, Problem> {
    let mut bytes = [0u8; 16];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Problem::broken("the operating system provides no random numbers"))?;
    Ok(hex::encode(bytes))
}

/// The actor, request and time behind an event.
pub struct Origin {
    pub id: Id,
    pub iss: String,
    pub sub: String,
    pub role: String,
    pub client: Option<String>,
    pub request_id: String,
    pub server_request_id: Option<String>,
    pub business_time: Instant,
}

impl Origin {
    /// The service itself, for the initial rows of every deployment.
    pub fn program(now: Instant) -> Origin {
        Origin {
            id: Id::new(),
            iss: crate::access::caller::PROGRAM.to_owned(),
            sub: "program".to_owned(),
            role: "program".to_owned(),
            client: None,
            request_id: "start".to_owned(),
            server_request_id: None,
            business_time: now,
        }
    }

    /// An operator who runs a command on the server, whose identity is not known.
    pub fn operator(command: &str) -> Origin {
        let sub = "operator".to_owned();
        Origin { sub, request_id: format!("command {command}"), ..Origin::program(Instant::now()) }
    }

    fn of(ctx: &Ctx) -> Origin {
        Origin {
            id: ctx.new_id(),
            iss: ctx.caller.iss.clone(),
            sub: ctx.caller.sub.clone(),
            role: if ctx.caller.is_program() { "program" } else { ctx.caller.role.code() }.to_owned(),
            client: ctx.caller.client.clone(),
            request_id: ctx.request_id.clone(),
            server_request_id: ctx.server_request_id.clone(),
            business_time: ctx.now,
        }
    }
}

/// Records an event in this transaction.
pub fn append(tx: &mut Tx, event: Event) -> WorkResult<Id> {
    append_of(tx, Origin::of(tx.ctx), event)
}

/// Records an event with the id of another row, so that erasing that row can find the event.
pub fn append_as(tx: &mut Tx, id: Id, event: Event) -> WorkResult<Id> {
    append_of(tx, Origin { id, ..Origin::of(tx.ctx) }, event)
}

fn append_of(tx: &mut Tx, origin: Origin, event: Event) -> WorkResult<Id> {
    debug_assert!(
        events::types(tx.ctx.state.features).any(|one| one.code == event.kind),
        "no feature declares {}",
        event.kind
    );
    append_from(tx.conn, origin, event)
}

/// Deletes the salts of these events, so that their digests no longer match any text, and the identity of a resident.
/// The leaves and their proofs are unchanged (PIPL 47).
pub fn forget_personal(conn: &mut Conn, events: &[Id]) -> WorkResult<()> {
    store::forget_salts(conn, events, Role::Resident.code(), ACTOR_SUB)
}

/// Records an event with this origin.
pub fn append_from(conn: &mut Conn, origin: Origin, event: Event) -> WorkResult<Id> {
    let mut data = match event.data {
        Value::Object(fields) => fields,
        other => Map::from_iter([("value".to_owned(), other)]),
    };
    let mut salts = Vec::new();
    let mut digest = |field: &'static str, value: &str| -> WorkResult<Digest> {
        let salt = random_hex()?;
        let digest = Digest::of(value, &salt);
        salts.push((field, salt));
        Ok(digest)
    };
    for (field, value) in &event.personal {
        data.insert((*field).to_owned(), json!(digest(field, value)?));
    }
    let sub = digest(ACTOR_SUB, &origin.sub)?;
    let recorded_at = db::database_now(conn)?;
    let (county, township, community) = event
        .place
        .map_or((None, None, None), |place| (Some(place.county), Some(place.township), Some(place.community)));
    let leaf = Leaf {
        id: origin.id,
        kind: event.kind.to_owned(),
        subject: Subject { kind: event.subject_kind.to_owned(), id: event.subject_id },
        county,
        township,
        community,
        company_id: event.company_id,
        complex_id: event.complex_id,
        addressee: event.addressee,
        audience: event.audience.code().to_owned(),
        actor: LeafActor { iss: origin.iss, sub, role: origin.role, client: origin.client },
        request_id: origin.request_id,
        server_request_id: origin.server_request_id,
        policy_version: event.policy_version,
        recorded_at,
        business_time: origin.business_time,
        data: Value::Object(data),
        nonce: random_hex()?,
    };
    let text =
        serde_json::to_string(&leaf).map_err(|error| Problem::broken_by("a value cannot be written as JSON", error))?;
    let row = store::NewEvent {
        id: leaf.id,
        kind: leaf.kind,
        subject_kind: leaf.subject.kind,
        subject_id: leaf.subject.id,
        county: leaf.county,
        township: leaf.township,
        community: leaf.community,
        company_id: leaf.company_id,
        audience: leaf.audience,
        actor_iss: leaf.actor.iss,
        actor_sub: origin.sub,
        actor_role: leaf.actor.role,
        actor_client: leaf.actor.client,
        request_id: leaf.request_id,
        policy_version: leaf.policy_version,
        recorded_at,
        leaf: text,
        complex_id: leaf.complex_id,
        addressee: leaf.addressee,
    };
    store::insert(conn, &row, &salts)?;
    Ok(row.id)
}

/// Number of sealed entries, and of events that are not sealed yet.
pub fn sizes(conn: &mut Conn) -> WorkResult<(i64, i64)> {
    let sealed = store::head(conn)?.map_or(0, |head| head.size);
    Ok((sealed, store::count_unsealed(conn)?))
}

/// The name that the ledger got with its first entry. `None` before that.
pub fn origin(conn: &mut Conn) -> WorkResult<Option<String>> {
    Ok(store::head(conn)?.map(|head| head.origin))
}

/// Proves which text a digest in an entry stands for: the leaf, and the salts that are stored outside the ledger.
#[derive(Serialize)]
pub struct Disclosure {
    pub seq: i64,
    pub leaf: String,
    pub salts: BTreeMap<String, String>,
}

/// For the operator: with a salt and a text, anyone can check the digest in the leaf.
pub fn disclose(db: &Db, seq: i64) -> anyhow::Result<Disclosure> {
    let system = Scope::System("the operator discloses an entry to persons who may see the text");
    let found = db.read_blocking(|conn| {
        let Some((entry, leaf)) = reading_store::find(conn, &system, seq)? else { return Ok(None) };
        Ok(Some(Disclosure { seq, leaf, salts: store::salts_of(conn, entry.event_id)?.into_iter().collect() }))
    });
    let found = found.map_err(|fail| anyhow::anyhow!("cannot read the ledger: {fail}"))?;
    found.ok_or_else(|| anyhow::anyhow!("no entry {seq} is sealed"))
}

/// The name of the ledger in a database; `None` before it is created.
pub fn origin_of(options: &DbOptions) -> anyhow::Result<Option<String>> {
    if !options.is_postgres() && !std::path::Path::new(&crate::db::sqlite_path(&options.url)).exists() {
        return Ok(None);
    }
    match Db::open(options)?.read_blocking(origin) {
        Ok(origin) => Ok(origin),
        Err(fail) if fail.store_error() == Some(StoreError::NotMigrated) => Ok(None),
        Err(_) => anyhow::bail!("the database cannot be read"),
    }
}

/// The signed checkpoint of the current head.
pub fn head_checkpoint(db: &Db) -> anyhow::Result<String> {
    let head = db.read_blocking(store::head).map_err(|fail| anyhow::anyhow!("cannot read the ledger: {fail}"))?;
    Ok(head.ok_or_else(|| anyhow::anyhow!("nothing is sealed yet"))?.checkpoint)
}

/// SHA-256 of a text, in hex.
pub fn sha256_hex(text: &str) -> String {
    hex::encode(aws_lc_rs::digest::digest(&SHA256, text.as_bytes()))
}
