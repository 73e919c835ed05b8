//! Queries of complaints, their steps, cards and followers.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable};

use super::model::*;
use crate::access::person::PersonKey;
use crate::access::{Role, Scope};
use crate::complaints::scoped::{self, Viewer};
use crate::db::schema::{
    complaint_cards as cards, complaint_followers as followers, complaint_steps as steps, complaints,
};
use crate::db::types::{Moment, Uid};
use crate::db::{Conn, Id, Instant, WorkResult};
use crate::on_both;
use crate::problem::Problem;

pub fn find(conn: &mut Conn, viewer: &Viewer, id: Id) -> WorkResult<ComplaintRow> {
    let row = scoped::complaints(viewer).filter(complaints::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// Locks the row, then reads it.
pub fn find_for_update(conn: &mut Conn, viewer: &Viewer, id: Id) -> WorkResult<ComplaintRow> {
    lock(conn, id)?;
    find(conn, viewer, id)
}

fn lock(conn: &mut Conn, id: Id) -> WorkResult<()> {
    if let Conn::Postgres(conn) = conn {
        complaints::table.find(id).select(complaints::id).for_update().first::<Id>(conn).optional()?;
    }
    Ok(())
}

pub fn insert(conn: &mut Conn, row: &ComplaintRow) -> WorkResult<()> {
    diesel::insert_into(complaints::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save(conn: &mut Conn, row: &ComplaintRow) -> WorkResult<()> {
    diesel::update(complaints::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

pub fn insert_step(conn: &mut Conn, row: &StepRow) -> WorkResult<()> {
    diesel::insert_into(steps::table).values(row).execute(conn)?;
    Ok(())
}

/// The steps of a complaint with these audiences, oldest first. The caller must have checked that the complaint is
/// visible.
pub fn steps_of(conn: &mut Conn, complaint: Id, audiences: &[StepAudience]) -> WorkResult<Vec<StepRow>> {
    let system = Scope::System("a complaint that the caller may see includes its timeline");
    Ok(scoped::complaint_steps(&system)
        .filter(steps::complaint_id.eq(complaint))
        .filter(steps::audience.eq_any(audiences.to_vec()))
        .order(steps::id)
        .load(conn)?)
}

pub fn step(conn: &mut Conn, id: Id) -> WorkResult<StepRow> {
    let system = Scope::System("access to the complaint is checked next");
    let row = scoped::complaint_steps(&system).filter(steps::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// The steps for the complainant, of the complaints that a resident submitted or follows, newest first.
pub fn updates(conn: &mut Conn, scope: &Scope, before: Option<Id>, at_most: i64) -> WorkResult<Vec<StepRow>> {
    let mut rows = scoped::complaint_steps(scope).filter(steps::audience.eq(StepAudience::Complainant));
    if let Some(before) = before {
        rows = rows.filter(steps::id.lt(before));
    }
    Ok(rows.order(steps::id.desc()).limit(at_most).load(conn)?)
}

/// Adds a follower. Returns false if there was one already.
pub fn follow(conn: &mut Conn, row: &FollowerRow) -> WorkResult<bool> {
    let new = on_both!(conn, |conn| diesel::insert_into(followers::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(new == 1)
}

pub fn unfollow(conn: &mut Conn, complaint: Id, person: &PersonKey) -> WorkResult<bool> {
    let row = followers::table.find((complaint, person.iss(), person.sub())).filter(followers::is_owner.eq(false));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

pub fn follower(conn: &mut Conn, complaint: Id, person: &PersonKey) -> WorkResult<Option<FollowerRow>> {
    Ok(followers::table.find((complaint, person.iss(), person.sub())).first(conn).optional()?)
}

/// Whether the complaint has a step of this kind.
pub fn was_taken(conn: &mut Conn, complaint: Id, kind: StepKind) -> WorkResult<bool> {
    let system = Scope::System("the steps of a complaint do not depend on the caller");
    let found: Option<Id> = scoped::complaint_steps(&system)
        .filter(steps::complaint_id.eq(complaint))
        .filter(steps::kind.eq(kind))
        .select(steps::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Whether the complaint was submitted by a resident's account that is still stored.
pub fn has_owner(conn: &mut Conn, complaint: Id) -> WorkResult<bool> {
    let found: Option<Id> = followers::table
        .filter(followers::complaint_id.eq(complaint))
        .filter(followers::is_owner.eq(true))
        .select(followers::complaint_id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

pub fn followers_of(conn: &mut Conn, complaint: Id) -> WorkResult<Vec<FollowerRow>> {
    Ok(followers::table.filter(followers::complaint_id.eq(complaint)).load(conn)?)
}

/// Deletes the accounts of the complainant and all followers.
pub fn forget_followers(conn: &mut Conn, complaint: Id) -> WorkResult<()> {
    diesel::delete(followers::table.filter(followers::complaint_id.eq(complaint))).execute(conn)?;
    Ok(())
}

/// Makes the complainant of one complaint unfollow another.
pub fn forget_owner_elsewhere(conn: &mut Conn, complaint: Id, elsewhere: Id) -> WorkResult<()> {
    let owners: Vec<(String, String)> = followers::table
        .filter(followers::complaint_id.eq(complaint))
        .filter(followers::is_owner.eq(true))
        .select((followers::iss, followers::sub))
        .load(conn)?;
    for (iss, sub) in owners {
        unfollow(conn, elsewhere, &PersonKey::new(&iss, &sub))?;
    }
    Ok(())
}

/// The number of followers of each complaint, the complainant included.
pub fn follower_counts(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashMap<Id, i64>> {
    let mut counts = HashMap::new();
    for chunk in ids.chunks(500) {
        let rows: Vec<(Id, i64)> = followers::table
            .filter(followers::complaint_id.eq_any(chunk.to_vec()))
            .group_by(followers::complaint_id)
            .select((followers::complaint_id, diesel::dsl::count_star()))
            .load(conn)?;
        counts.extend(rows);
    }
    Ok(counts)
}

/// Those of the complaints that the resident submitted.
pub fn owned(conn: &mut Conn, ids: &[Id], person: &PersonKey) -> WorkResult<Vec<Id>> {
    let mut own = Vec::new();
    for chunk in ids.chunks(500) {
        let rows: Vec<Id> = followers::table
            .filter(followers::iss.eq(person.iss()))
            .filter(followers::sub.eq(person.sub()))
            .filter(followers::complaint_id.eq_any(chunk.to_vec()))
            .filter(followers::is_owner.eq(true))
            .select(followers::complaint_id)
            .load(conn)?;
        own.extend(rows);
    }
    Ok(own)
}

/// The complaint of a county with this hotline number.
pub fn of_hotline(conn: &mut Conn, county: &str, number: &str) -> WorkResult<Option<Id>> {
    let system = Viewer::system("a hotline number is unique in a county");
    Ok(scoped::complaints(&system)
        .filter(complaints::county.eq(county.to_owned()))
        .filter(complaints::hotline_number.eq(number.to_owned()))
        .select(complaints::id)
        .first(conn)
        .optional()?)
}

/// Complaints of the category at the complex, submitted since an instant, newest first; at most 50.
pub fn of_same_matter(
    conn: &mut Conn,
    viewer: &Viewer,
    complex: Id,
    category: &str,
    since: Instant,
) -> WorkResult<Vec<ComplaintRow>> {
    Ok(scoped::complaints(viewer)
        .filter(complaints::complex_id.eq(complex))
        .filter(complaints::category.eq(category.to_owned()))
        .filter(complaints::submitted_at.ge(since))
        .order(complaints::submitted_at.desc())
        .limit(50)
        .load(conn)?)
}

/// Complaints of the category in the community without a complex, submitted since an instant, newest first; at most
/// 200.
pub fn of_same_matter_nearby(
    conn: &mut Conn,
    viewer: &Viewer,
    community: &str,
    category: &str,
    since: Instant,
) -> WorkResult<Vec<ComplaintRow>> {
    Ok(scoped::complaints(viewer)
        .filter(complaints::community.eq(community.to_owned()))
        .filter(complaints::submitted_at.ge(since))
        .filter(complaints::category.eq(category.to_owned()))
        .filter(complaints::complex_id.is_null())
        .order(complaints::submitted_at.desc())
        .limit(200)
        .load(conn)?)
}

/// Complaints whose deadline check is due, the longest due first.
pub fn due_for_check(conn: &mut Conn, now: Instant, at_most: i64) -> WorkResult<Vec<Id>> {
    let system = Viewer::system("deadlines run for every complaint");
    Ok(scoped::complaints(&system)
        .filter(complaints::next_at.le(now))
        .order((complaints::next_at, complaints::id))
        .limit(at_most)
        .select(complaints::id)
        .load(conn)?)
}

/// Locks those of the complaints that are still due. Skips complaints that others have locked, so that the check never
/// waits.
pub fn still_due(conn: &mut Conn, ids: &[Id], now: Instant) -> WorkResult<HashMap<Id, ComplaintRow>> {
    let mut free = ids.to_vec();
    if let Conn::Postgres(conn) = conn {
        free = complaints::table
            .filter(complaints::id.eq_any(ids))
            .order(complaints::id)
            .select(complaints::id)
            .for_update()
            .skip_locked()
            .load(conn)?;
    }
    let system = Viewer::system("deadlines run for every complaint");
    let due = scoped::complaints(&system).filter(complaints::id.eq_any(free)).filter(complaints::next_at.le(now));
    let rows: Vec<ComplaintRow> = due.load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Saves the columns that a deadline check can change. Setting no others avoids updates of their indexes.
pub fn save_check(conn: &mut Conn, row: &ComplaintRow) -> WorkResult<()> {
    diesel::update(complaints::table.find(row.id))
        .set((
            complaints::version.eq(row.version),
            complaints::updated_at.eq(row.updated_at),
            complaints::state.eq(row.state),
            complaints::next_at.eq(row.next_at),
            complaints::red_cards.eq(row.red_cards),
            complaints::course.eq(&row.course),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sets the next deadline check of each complaint.
pub fn reschedule_all(conn: &mut Conn, all: &[(Id, Option<Instant>)]) -> WorkResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            for (id, at) in all {
                diesel::update(complaints::table.find(id)).set(complaints::next_at.eq(at)).execute(conn)?;
            }
        }
        Conn::Postgres(conn) if !all.is_empty() => {
            let (ids, times): (Vec<Id>, Vec<Option<Instant>>) = all.iter().copied().unzip();
            let sql = "UPDATE complaints SET next_at = later.next_at FROM unnest($1, $2) AS later (id, next_at) \
                WHERE complaints.id = later.id";
            diesel::sql_query(sql)
                .bind::<Array<Uid>, _>(ids)
                .bind::<Array<Nullable<Moment>>, _>(times)
                .execute(conn)?;
        }
        Conn::Postgres(_) => {}
    }
    Ok(())
}

/// Defers the deadline check of a complaint that is still due.
pub fn defer(conn: &mut Conn, id: Id, now: Instant, until: Instant) -> WorkResult<()> {
    diesel::update(complaints::table.find(id))
        .filter(complaints::next_at.le(now))
        .set(complaints::next_at.eq(until))
        .execute(conn)?;
    Ok(())
}

/// Stores a card, once for each deadline and colour. Returns false if it was given already.
pub fn give_card(conn: &mut Conn, row: &CardRow) -> WorkResult<bool> {
    let new =
        on_both!(conn, |conn| diesel::insert_into(cards::table).values(row).on_conflict_do_nothing().execute(conn))?;
    Ok(new == 1)
}

/// The cards of these complaints.
pub fn cards_among(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashMap<Id, Vec<CardRow>>> {
    let rows: Vec<CardRow> = cards::table.filter(cards::complaint_id.eq_any(ids.to_vec())).load(conn)?;
    let mut all: HashMap<Id, Vec<CardRow>> = HashMap::new();
    for row in rows {
        all.entry(row.complaint_id).or_default().push(row);
    }
    Ok(all)
}

pub fn cards_of(conn: &mut Conn, complaint: Id) -> WorkResult<Vec<CardRow>> {
    Ok(cards::table.filter(cards::complaint_id.eq(complaint)).order(cards::issued_at).load(conn)?)
}

/// What an office or company owes, the most urgent first; for the inbox.
pub fn open_of_handler(
    conn: &mut Conn,
    viewer: &Viewer,
    seat: &OfficeRef,
    at_most: i64,
) -> WorkResult<Vec<ComplaintRow>> {
    let mut rows =
        scoped::complaints(viewer).filter(complaints::handler_role.eq(seat.role)).filter(complaints::is_open.eq(true));
    if seat.role != Role::PropertyCompany {
        rows = rows.filter(complaints::handler_division.eq(seat.division.clone()));
    }
    Ok(rows.order((complaints::resolve_due, complaints::id)).limit(at_most).load(conn)?)
}

/// The open complaints that an office supervises and does not handle, most urgent first; for the inbox.
pub fn supervised(conn: &mut Conn, viewer: &Viewer, seat: &OfficeRef, at_most: i64) -> WorkResult<Vec<ComplaintRow>> {
    Ok(scoped::complaints(viewer)
        .filter(complaints::supervising_role.eq(seat.role))
        .filter(complaints::supervising_division.eq(seat.division.clone()))
        .filter(complaints::is_open.eq(true))
        .filter(complaints::handler_role.ne(seat.role))
        .order((complaints::resolve_due, complaints::id))
        .limit(at_most)
        .load(conn)?)
}

/// Those of the complaints that are anonymous.
pub fn anonymous_among(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashSet<Id>> {
    let system = Viewer::system("scrubbing depends on whether a visible complaint is anonymous");
    let rows = among(conn, &system, &crate::db::distinct(ids))?;
    Ok(rows.into_values().filter(|row| row.course.0.anonymous).map(|row| row.id).collect())
}

/// What was late and is open, handled and supervised by others, the most urgent first; for the inbox of those above.
pub fn late_with_others(
    conn: &mut Conn,
    viewer: &Viewer,
    seat: &OfficeRef,
    at_most: i64,
) -> WorkResult<Vec<ComplaintRow>> {
    Ok(scoped::complaints(viewer)
        .filter(complaints::is_open.eq(true))
        .filter(complaints::red_cards.gt(0))
        .filter(complaints::handler_role.ne(seat.role))
        .filter(complaints::supervising_role.ne(seat.role))
        .order((complaints::resolve_due, complaints::id))
        .limit(at_most)
        .load(conn)?)
}

/// Complaints by id, as far as they are visible to the viewer.
pub fn among(conn: &mut Conn, viewer: &Viewer, ids: &[Id]) -> WorkResult<HashMap<Id, ComplaintRow>> {
    let mut all = HashMap::new();
    for chunk in ids.chunks(500) {
        let rows: Vec<ComplaintRow> =
            scoped::complaints(viewer).filter(complaints::id.eq_any(chunk.to_vec())).load(conn)?;
        all.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(all)
}

/// Open complaints by ascending id.
pub fn with_open_deadlines(conn: &mut Conn, after: Id, at_most: i64) -> WorkResult<Vec<ComplaintRow>> {
    let system = Viewer::system("the calendar moves the deadlines of every complaint");
    Ok(scoped::complaints(&system)
        .filter(complaints::is_open.eq(true))
        .filter(complaints::id.gt(after))
        .order(complaints::id)
        .limit(at_most)
        .load(conn)?)
}
