//! Reading the ledger, and proofs.

use tlog_tiles::{Hash, prove_record, prove_tree, record_hash, tree_hash};

use super::leaf::{ACTOR_SUB, Leaf};
use super::model::*;
use super::reading_store;
use super::rules;
use super::store::{self, Entry, HeadRow, Stored};
use super::types;
use crate::access::{Role, Scope};
use crate::db::{Conn, WorkResult};
use crate::http::Cursor;
use crate::http::paging::{Page, PageOf};
use crate::problem::Problem;
use crate::service::Ctx;

fn sealed_head(conn: &mut Conn) -> WorkResult<HeadRow> {
    Ok(store::head(conn)?.ok_or_else(Problem::not_found)?)
}

/// The hashes of a proof. If the tree lacks one, the ledger was changed from outside, and the request fails as a broken
/// invariant.
fn proved<T>(result: Result<T, tlog_tiles::Error>) -> WorkResult<T> {
    result.map_err(|error| Problem::broken_by("the ledger's stored tree is damaged", error).into())
}

fn texts(proof: Vec<Hash>) -> Vec<String> {
    proof.iter().map(|hash| base64(&hash.0)).collect()
}

pub fn head(conn: &mut Conn, keys: impl Fn(&str) -> Vec<String>) -> WorkResult<LedgerHead> {
    let row = sealed_head(conn)?;
    Ok(LedgerHead {
        keys: keys(&row.origin),
        origin: row.origin,
        size: row.size,
        root: base64(&row.root),
        checkpoint: row.checkpoint,
        sealed_at: row.sealed_at,
    })
}

fn beyond(pointer: &str, size: u64) -> Problem {
    let zh = format!("台账现有已封存记录{size}条，不得超出");
    Problem::input_error(
        pointer,
        "out_of_range",
        zh,
        format!("must not exceed the {size} sealed entries of the ledger"),
    )
}

fn outside(pointer: &str, from: u64, to: u64) -> Problem {
    Problem::input_error(
        pointer,
        "out_of_range",
        format!("须在{from}至{to}之间"),
        format!("must be from {from} to {to}"),
    )
}

pub fn consistency(conn: &mut Conn, query: &ConsistencyQuery) -> WorkResult<Consistency> {
    let size = sealed_head(conn)?.size.unsigned_abs();
    let to = query.to.unwrap_or(size);
    if to > size {
        return Err(beyond("query/to", size).into());
    }
    if query.from > to || query.from == 0 {
        return Err(outside("query/from", 1, to).into());
    }
    let stored = Stored::new(conn);
    Ok(Consistency {
        from: query.from,
        to,
        from_root: base64(&proved(tree_hash(query.from, &stored))?.0),
        to_root: base64(&proved(tree_hash(to, &stored))?.0),
        proof: texts(proved(prove_tree(to, query.from, &stored))?),
    })
}

pub fn entry(conn: &mut Conn, ctx: &Ctx, seq: i64, query: &EntryQuery) -> WorkResult<LedgerEntry> {
    let (entry, leaf) = reading_store::find(conn, &ctx.scope, seq)?.ok_or_else(|| Problem::not_found_at("path/seq"))?;
    let head = sealed_head(conn)?;
    let size = head.size.unsigned_abs();
    let tree_size = query.tree_size.unwrap_or(size);
    let number = seq.unsigned_abs();
    if tree_size > size || tree_size <= number {
        // A smaller tree does not contain this entry.
        return Err(outside("query/tree_size", number + 1, size).into());
    }
    let shown = is_served(conn, ctx, &entry)?;
    let proof = proved(prove_record(tree_size, number, &Stored::new(conn)))?;
    Ok(LedgerEntry {
        seq,
        leaf_hash: base64(&record_hash(leaf.as_bytes()).0),
        leaf: shown.then_some(leaf),
        tree_size,
        inclusion_proof: texts(proof),
        checkpoint: (tree_size == size).then_some(head.checkpoint),
    })
}

fn is_party(scope: &Scope) -> bool {
    matches!(scope, Scope::Company(_) | Scope::Complex(_))
}

/// Has the notice or decision behind this entry been delivered to this party? Before that, the ledger must not disclose
/// it, because the delivery starts the party's periods.
fn is_served(conn: &mut Conn, ctx: &Ctx, entry: &Entry) -> WorkResult<bool> {
    match rules::served_by(&entry.kind) {
        services if is_party(&ctx.scope) && !services.is_empty() => {
            reading_store::is_followed_by(conn, &ctx.scope, entry, services)
        }
        _ => Ok(true),
    }
}

/// The event types of a filter; `None` for all.
fn kinds(ctx: &Ctx, filter: Option<&str>) -> WorkResult<Option<Vec<&'static str>>> {
    Ok(filter
        .map(|filter| types::parse_type_filter(ctx.state.features, filter))
        .transpose()
        .map_err(Problem::input_errors)?)
}

pub fn list_entries(conn: &mut Conn, ctx: &Ctx, query: &ListEntries) -> WorkResult<PageOf<LedgerRow>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: None };
    let after = Cursor::decode::<i64>(page.cursor.as_deref())?;
    let kinds = kinds(ctx, query.kind.as_deref())?;
    let rows = reading_store::after(conn, &ctx.scope, query, kinds.as_deref(), after, page.fetch())?;
    let (rows, next_cursor) = page.cut(rows, |(row, _)| row.seq);
    let salts = store::salts_named(conn, ACTOR_SUB, rows.iter().map(|(entry, _)| entry.event_id).collect())?;
    let items = rows.into_iter().map(|(entry, leaf)| {
        let salt = salts.get(&entry.event_id);
        row(entry, &leaf, salt)
    });
    Ok(PageOf { items: items.collect::<WorkResult<_>>()?, next_cursor, total: None })
}

/// Parses a sealed leaf. If it cannot be parsed, it was changed from outside.
fn sealed(seq: i64, text: &str) -> WorkResult<Leaf> {
    Ok(Leaf::read(text).ok_or_else(|| {
        let what = "the leaf of an entry of the ledger cannot be read: see `xiaoqu ledger verify`";
        Problem::broken_by(what, format_args!("entry {seq}"))
    })?)
}

/// Built from the sealed leaf, not from the columns by which the entry was found.
fn row(entry: Entry, text: &str, salt: Option<&String>) -> WorkResult<LedgerRow> {
    let leaf = sealed(entry.seq, text)?;
    // For a resident, only the role is shown. The subject would reveal who complained.
    let named = leaf.actor.role != Role::Resident.code();
    let sub = Some(entry.actor_sub).filter(|sub| named && leaf.was_by(sub, salt));
    Ok(LedgerRow {
        seq: entry.seq,
        event_id: leaf.id,
        kind: leaf.kind,
        subject_kind: leaf.subject.kind,
        subject_id: leaf.subject.id,
        county: leaf.county,
        township: leaf.township,
        community: leaf.community,
        company_id: leaf.company_id,
        complex_id: leaf.complex_id,
        actor: LedgerActor { iss: leaf.actor.iss, sub, role: leaf.actor.role, client: leaf.actor.client },
        recorded_at: leaf.recorded_at,
        leaf_hash: base64(&record_hash(text.as_bytes()).0),
    })
}

pub fn list_events(conn: &mut Conn, ctx: &Ctx, query: &ListEvents) -> WorkResult<PageOf<CloudEvent>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: None };
    let after = Cursor::decode::<i64>(page.cursor.as_deref())?.max(query.after);
    let filter = ListEntries {
        subject_id: query.subject_id.clone(),
        company_id: query.company_id,
        complex_id: query.complex_id,
        ..ListEntries::default()
    };
    let kinds = kinds(ctx, query.kind.as_deref())?;
    let rows = reading_store::after(conn, &ctx.scope, &filter, kinds.as_deref(), after, page.fetch())?;
    let origin = store::head(conn)?.map(|head| head.origin).unwrap_or_default();
    let (rows, next_cursor) = page.cut(rows, |(row, _)| row.seq);
    let items =
        rows.into_iter().map(|(entry, leaf)| Ok(cloud_event(ctx, &origin, entry.seq, sealed(entry.seq, &leaf)?)));
    Ok(PageOf { items: items.collect::<WorkResult<_>>()?, next_cursor, total: None })
}

fn cloud_event(ctx: &Ctx, origin: &str, seq: i64, leaf: Leaf) -> CloudEvent {
    let mut data = leaf.data;
    if is_party(&ctx.scope)
        && let Some(fields) = data.as_object_mut()
    {
        fields.remove("step");
    }
    CloudEvent {
        specversion: "1.0".to_owned(),
        id: leaf.id,
        source: format!("//{origin}"),
        subject: format!("{}/{}", leaf.subject.kind, leaf.subject.id),
        kind: leaf.kind,
        time: leaf.recorded_at,
        sequence: format!("{seq:020}"),
        datacontenttype: "application/json".to_owned(),
        county: leaf.county,
        township: leaf.township,
        community: leaf.community,
        companyid: leaf.company_id,
        complexid: leaf.complex_id,
        actorrole: leaf.actor.role,
        data,
    }
}
