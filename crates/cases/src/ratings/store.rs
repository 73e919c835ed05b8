//! Queries and updates of cycles and ratings.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::consequences::{PublishedCycle, PublishedRating};
use super::model::{CurrentStar, CycleState, RatingState, Star};
use super::rows::*;
use crate::access::Scope;
use crate::db::schema::{complexes, rating_contents as contents, rating_cycles as cycles, ratings};
use crate::db::types::{Instant, Json};
use crate::db::{Conn, Id, WorkResult, distinct};
use crate::on_both;
use crate::points::WeightedPoints;
use crate::problem::Problem;
use crate::ratings::scoped;

// Boolean columns are used as filters by themselves, not as `= true`, because SQLite does not use a partial index for a
// bound value.
const EVERY_RATING: Scope = Scope::System("the consequences of a rating do not depend on the caller");

pub fn find_cycle(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<CycleRow> {
    let row = scoped::rating_cycles(scope).filter(cycles::id.eq(id)).first(conn).optional()?;
    Ok(row.ok_or_else(Problem::not_found)?)
}

/// Locks the row of a cycle, then reads it.
pub fn find_cycle_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<CycleRow> {
    find_cycle(conn, scope, id)?;
    if let Conn::Postgres(conn) = conn {
        cycles::table.find(id).select(cycles::id).for_update().first::<Id>(conn).optional()?;
    }
    find_cycle(conn, scope, id)
}

/// Cycles by their ids, for ratings that the caller sees.
pub fn cycles_of(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashMap<Id, CycleRow>> {
    let rows: Vec<CycleRow> =
        scoped::rating_cycles(&EVERY_RATING).filter(cycles::id.eq_any(distinct(ids))).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Cycles of the county, not cancelled, that share a day and a complex with this one.
pub fn overlapping(conn: &mut Conn, row: &CycleRow) -> WorkResult<Vec<CycleRow>> {
    let mut rows = scoped::rating_cycles(&EVERY_RATING)
        .filter(cycles::county.eq(row.county.clone()))
        .filter(cycles::state.ne(CycleState::Cancelled))
        .filter(cycles::period_from.le(row.period_to))
        .filter(cycles::period_to.ge(row.period_from));
    if !row.township.is_empty() {
        rows = rows.filter(cycles::township.eq_any([row.township.clone(), String::new()]));
    }
    Ok(rows.order(cycles::id).load(conn)?)
}

pub fn insert_cycle(conn: &mut Conn, row: &CycleRow) -> WorkResult<()> {
    diesel::insert_into(cycles::table).values(row).execute(conn)?;
    Ok(())
}

pub fn save_cycle(conn: &mut Conn, row: &CycleRow) -> WorkResult<()> {
    diesel::update(cycles::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<RatingRow> {
    Ok(scoped::rating(conn, scope, id)?.ok_or_else(Problem::not_found)?)
}

/// Locks the company (the head of its branches), then the rating, in the same order as everywhere, and reads the
/// rating.
pub fn find_for_update(conn: &mut Conn, scope: &Scope, id: Id) -> WorkResult<RatingRow> {
    let company = find(conn, scope, id)?.company_id;
    crate::companies::family::lock_head_of(conn, company)?;
    lock(conn, id)?;
    find(conn, scope, id)
}

fn lock(conn: &mut Conn, id: Id) -> WorkResult<()> {
    if let Conn::Postgres(conn) = conn {
        ratings::table.find(id).select(ratings::id).for_update().first::<Id>(conn).optional()?;
    }
    Ok(())
}

pub fn content(conn: &mut Conn, id: Id) -> WorkResult<ContentRow> {
    let row = contents::table.find(id).first(conn).optional()?;
    Ok(row.ok_or_else(|| Problem::broken("a rating has no content"))?)
}

pub fn contents_of(conn: &mut Conn, ids: &[Id]) -> WorkResult<HashMap<Id, ContentRow>> {
    let mut all = HashMap::new();
    for chunk in ids.chunks(500) {
        let rows: Vec<ContentRow> = contents::table.filter(contents::rating_id.eq_any(chunk.to_vec())).load(conn)?;
        all.extend(rows.into_iter().map(|row| (row.rating_id, row)));
    }
    Ok(all)
}

pub fn insert(conn: &mut Conn, row: &RatingRow) -> WorkResult<()> {
    diesel::insert_into(ratings::table).values(row).execute(conn)?;
    let content = ContentRow {
        rating_id: row.id,
        sheets: Json(Vec::new()),
        proceedings: Json(Proceedings::default()),
        stars: Json(Vec::new()),
    };
    diesel::insert_into(contents::table).values(&content).execute(conn)?;
    Ok(())
}

pub fn save(conn: &mut Conn, row: &RatingRow, content: &ContentRow) -> WorkResult<()> {
    save_row(conn, row)?;
    diesel::update(contents::table.find(row.id)).set(content).execute(conn)?;
    Ok(())
}

pub fn save_row(conn: &mut Conn, row: &RatingRow) -> WorkResult<()> {
    diesel::update(ratings::table.find(row.id)).set(row).execute(conn)?;
    Ok(())
}

/// The rating of a complex in a cycle, not withdrawn.
pub fn live_of(conn: &mut Conn, cycle: Id, complex: Id) -> WorkResult<Option<RatingRow>> {
    Ok(scoped::ratings(&EVERY_RATING)
        .filter(ratings::cycle_id.eq(cycle))
        .filter(ratings::complex_id.eq(complex))
        .filter(ratings::state.ne(RatingState::Withdrawn))
        .first(conn)
        .optional()?)
}

/// Complexes of the cycle's area in the scope that have no rating in it, in the order of their ids.
pub fn not_rated(conn: &mut Conn, scope: &Scope, cycle: &CycleRow) -> WorkResult<Vec<Id>> {
    let rated: Vec<Id> = scoped::ratings(&EVERY_RATING)
        .filter(ratings::cycle_id.eq(cycle.id))
        .filter(ratings::state.ne(RatingState::Withdrawn))
        .select(ratings::complex_id)
        .load(conn)?;
    let rated: HashSet<Id> = rated.into_iter().collect();
    let mut all = crate::complexes::scoped::complexes(scope).filter(complexes::county.eq(cycle.county.clone()));
    if !cycle.township.is_empty() {
        all = all.filter(complexes::township.eq(cycle.township.clone()));
    }
    let mut all: Vec<Id> = all.order(complexes::id).select(complexes::id).load(conn)?;
    all.retain(|id| !rated.contains(id));
    Ok(all)
}

/// Locks and reads the ratings of a complex and company that the ladder may lower: scored and not withdrawn.
pub fn of_company_at(conn: &mut Conn, complex: Id, company: Id) -> WorkResult<Vec<RatingRow>> {
    let ids: Vec<Id> = scoped::ratings(&EVERY_RATING)
        .filter(ratings::complex_id.eq(complex))
        .filter(ratings::company_id.eq(company))
        .filter(ratings::state.eq_any([
            RatingState::Scored,
            RatingState::Reviewed,
            RatingState::Announced,
            RatingState::Published,
        ]))
        .filter(ratings::superseded_on.is_null())
        .order(ratings::id)
        .select(ratings::id)
        .load(conn)?;
    for id in &ids {
        lock(conn, *id)?;
    }
    Ok(scoped::ratings(&EVERY_RATING).filter(ratings::id.eq_any(ids)).order(ratings::id).load(conn)?)
}

/// Every published rating of a complex that was not withdrawn, ordered by period, with the published cycles there.
pub fn published_at(conn: &mut Conn, complex: Id) -> WorkResult<(Vec<PublishedRating>, Vec<PublishedCycle>)> {
    let rows = standing_at(conn, complex)?;
    let Some((county, township)) = rows.first().map(|row| (row.county.clone(), row.township.clone())) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let published: Vec<(Id, NaiveDate)> = scoped::rating_cycles(&EVERY_RATING)
        .filter(cycles::county.eq(county))
        .filter(cycles::township.eq_any([township, String::new()]))
        .filter(cycles::state.eq(CycleState::Published))
        .order((cycles::period_to, cycles::id))
        .select((cycles::id, cycles::period_to))
        .load(conn)?;
    let rating = |row: &RatingRow| {
        Some(PublishedRating {
            id: row.id,
            cycle_id: row.cycle_id,
            company_id: row.company_id,
            star: row.star()?,
            period_to: row.period_to,
        })
    };
    let cycle = |(id, period_to)| PublishedCycle { id, period_to };
    Ok((rows.iter().filter_map(rating).collect(), published.into_iter().map(cycle).collect()))
}

/// Every rating of a cycle, in the order in which they were started.
pub fn of_cycle(conn: &mut Conn, scope: &Scope, cycle: Id) -> WorkResult<Vec<RatingRow>> {
    Ok(scoped::ratings(scope).filter(ratings::cycle_id.eq(cycle)).order(ratings::id).load(conn)?)
}

/// The current rating of a complex.
pub fn current_of(conn: &mut Conn, complex: Id) -> WorkResult<Option<RatingRow>> {
    let current = scoped::ratings(&EVERY_RATING).filter(ratings::complex_id.eq(complex)).filter(ratings::is_current);
    Ok(current.first(conn).optional()?)
}

/// The current ratings of a company and its branches, lowest star first.
pub fn current_of_family(conn: &mut Conn, scope: &Scope, family: &[Id]) -> WorkResult<Vec<RatingRow>> {
    Ok(scoped::ratings(scope)
        .filter(ratings::company_id.eq_any(family.to_vec()))
        .filter(ratings::is_current.eq(true))
        .order((ratings::final_star, ratings::id))
        .load(conn)?)
}

/// Complex, star, day of publication, and day since which it is on the focus list.
type Current = (Id, Option<i64>, Option<NaiveDate>, Option<NaiveDate>);

/// Stars of the current ratings of these complexes. A complex without a rating is left out.
pub fn current_stars(conn: &mut Conn, of: &[Id]) -> WorkResult<HashMap<Id, CurrentStar>> {
    let mut all = HashMap::new();
    for chunk in of.chunks(500) {
        let rows: Vec<Current> = scoped::ratings(&EVERY_RATING)
            .filter(ratings::complex_id.eq_any(chunk.to_vec()))
            .filter(ratings::is_current)
            .select((ratings::complex_id, ratings::final_star, ratings::published_on, ratings::focus_since))
            .load(conn)?;
        all.extend(rows.into_iter().filter_map(|(complex, star, published_on, focus_since)| {
            let star = star.and_then(Star::from_rank)?;
            Some((complex, CurrentStar { star, published_on: published_on?, focus_since }))
        }));
    }
    Ok(all)
}

/// Ratings that are not published yet, in no order; for the inbox.
pub fn waiting(conn: &mut Conn, scope: &Scope, at_most: i64) -> WorkResult<Vec<RatingRow>> {
    Ok(scoped::ratings(scope)
        .filter(ratings::published_on.is_null())
        .filter(ratings::withdrawn_on.is_null())
        .limit(at_most)
        .load(conn)?)
}

/// Published ratings whose consequences are pending, grouped by company, so that a chunk locks few companies.
pub fn pending(conn: &mut Conn, at_most: i64) -> WorkResult<Vec<RatingRow>> {
    let waiting = scoped::ratings(&EVERY_RATING).filter(ratings::pending);
    Ok(waiting.order((ratings::company_id, ratings::id)).limit(at_most).load(conn)?)
}

/// Locks and reads a rating, if it is still pending.
pub fn still_pending(conn: &mut Conn, id: Id) -> WorkResult<Option<RatingRow>> {
    lock(conn, id)?;
    Ok(scoped::ratings(&EVERY_RATING).filter(ratings::id.eq(id)).filter(ratings::pending).first(conn).optional()?)
}

/// Marks the consequences of these ratings as processed.
pub fn mark_processed(conn: &mut Conn, ids: &[Id]) -> WorkResult<()> {
    // Only this column is updated, because for the whole row SQLite would rewrite every index.
    diesel::update(ratings::table.filter(ratings::id.eq_any(ids.to_vec())))
        .set(ratings::pending.eq(false))
        .execute(conn)?;
    Ok(())
}

pub fn count_pending(conn: &mut Conn, cycle: Id) -> WorkResult<i64> {
    let rows = scoped::ratings(&EVERY_RATING).filter(ratings::pending).filter(ratings::cycle_id.eq(cycle));
    Ok(rows.count().get_result(conn)?)
}

/// Parameters of the announcement or publication of many ratings.
pub struct BulkTransition<'a> {
    pub cycle: Id,
    /// Code of the division whose ratings it covers, 6, 9 or 12 digits.
    pub area: &'a str,
    pub today: NaiveDate,
    pub now: Instant,
}

/// Announces every reviewed rating of a cycle in an area with one statement. Returns their number.
pub fn announce_all(conn: &mut Conn, transition: &BulkTransition, ends_on: NaiveDate) -> WorkResult<usize> {
    macro_rules! announce {
        ($column:ident) => {
            diesel::update(
                ratings::table
                    .filter(ratings::cycle_id.eq(transition.cycle))
                    .filter(ratings::$column.eq(transition.area))
                    .filter(ratings::state.eq(RatingState::Reviewed)),
            )
            .set((
                ratings::state.eq(RatingState::Announced),
                ratings::version.eq(ratings::version + 1),
                ratings::shared.eq(true),
                ratings::pending.eq(true),
                ratings::announced_on.eq(transition.today),
                ratings::announcement_ends_on.eq(ends_on),
                ratings::updated_at.eq(transition.now),
            ))
            .execute(conn)?
        };
    }
    Ok(match transition.area.len() {
        6 => announce!(county),
        9 => announce!(township),
        _ => announce!(community),
    })
}

/// Ratings published in this transaction: rating, complex and star, ordered by rating id.
pub fn published_now(conn: &mut Conn, transition: &BulkTransition) -> WorkResult<Vec<(Id, Id, Option<i64>)>> {
    Ok(scoped::ratings(&EVERY_RATING)
        .filter(ratings::cycle_id.eq(transition.cycle))
        .filter(ratings::pending)
        .filter(ratings::updated_at.eq(transition.now))
        .order(ratings::id)
        .select((ratings::id, ratings::complex_id, ratings::final_star))
        .load(conn)?)
}

/// Publishes the ratings of a cycle in an area that are ready (announcement period over, no open objection) with a few
/// short statements, so that none is visible before the others. A rating becomes current unless the current one is of a
/// later period. A complex already on the focus list keeps its first day there.
pub fn publish_ready(conn: &mut Conn, transition: &BulkTransition, low: Star) -> WorkResult<usize> {
    use diesel::sql_types::{BigInt, Date};

    use crate::db::types::{Moment, Uid};
    let column = match transition.area.len() {
        6 => "county",
        9 => "township",
        _ => "community",
    };
    let ready = format!(
        "cycle_id = $2 AND {column} = $5 AND state = '{}' AND announcement_ends_on < $1 AND objections_open = 0",
        RatingState::Announced.code()
    );
    let publish = format!(
        "UPDATE ratings SET state = '{}', version = version + 1, published_on = $1, pending = TRUE, updated_at = $3, \
         is_current = NOT EXISTS (SELECT 1 FROM ratings AS other WHERE other.complex_id = ratings.complex_id \
         AND other.is_current AND other.period_to > ratings.period_to), \
         focus_since = CASE WHEN final_star <= $4 THEN coalesce((SELECT min(other.focus_since) FROM ratings AS other \
         WHERE other.complex_id = ratings.complex_id AND other.is_current), $1) END WHERE {ready}",
        RatingState::Published.code()
    );
    // SQLite marks its parameters with another sign.
    let sign = if matches!(conn, Conn::Sqlite(_)) { "?" } else { "$" };
    let publish = publish.replace('$', sign);
    let published = on_both!(conn, |conn| diesel::sql_query(&publish)
        .bind::<Date, _>(transition.today)
        .bind::<Uid, _>(transition.cycle)
        .bind::<Moment, _>(transition.now)
        .bind::<BigInt, _>(low.rank())
        .bind::<diesel::sql_types::Text, _>(transition.area)
        .execute(conn)?);
    supersede(conn, transition)?;
    Ok(published)
}

/// Marks the ratings before those just published as superseded. The complexes are read first, because PostgreSQL has no
/// statistics of the new rows yet and would join them one by one (3.6 s for 3,000).
fn supersede(conn: &mut Conn, transition: &BulkTransition) -> WorkResult<()> {
    let replaced: Vec<Id> = scoped::ratings(&EVERY_RATING)
        .filter(ratings::cycle_id.eq(transition.cycle))
        .filter(ratings::pending)
        .filter(ratings::is_current)
        .select(ratings::complex_id)
        .load(conn)?;
    for some in replaced.chunks(1000) {
        diesel::update(
            ratings::table
                .filter(ratings::is_current)
                .filter(ratings::cycle_id.ne(transition.cycle))
                .filter(ratings::complex_id.eq_any(some.to_vec())),
        )
        .set((
            ratings::is_current.eq(false),
            ratings::superseded_on.eq(transition.today),
            ratings::version.eq(ratings::version + 1),
            ratings::updated_at.eq(transition.now),
        ))
        .execute(conn)?;
    }
    Ok(())
}

/// Number of ratings of a cycle by state, in the scope.
pub fn count_by_state(conn: &mut Conn, scope: &Scope, cycle: Id) -> WorkResult<Vec<(RatingState, i64)>> {
    let states: Vec<RatingState> =
        scoped::ratings(scope).filter(ratings::cycle_id.eq(cycle)).select(ratings::state).load(conn)?;
    let mut counts: HashMap<RatingState, i64> = HashMap::new();
    for state in states {
        *counts.entry(state).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(state, _)| state.code());
    Ok(counts)
}

/// Every published rating of a complex that was not withdrawn, ordered by period.
pub fn standing_at(conn: &mut Conn, complex: Id) -> WorkResult<Vec<RatingRow>> {
    Ok(scoped::ratings(&EVERY_RATING)
        .filter(ratings::complex_id.eq(complex))
        .filter(ratings::state.eq(RatingState::Published))
        .order((ratings::period_to, ratings::id))
        .load(conn)?)
}

/// The rating of a complex in a cycle that was withdrawn last after its publication.
pub fn last_withdrawn(conn: &mut Conn, cycle: Id, complex: Id) -> WorkResult<Option<Id>> {
    Ok(scoped::ratings(&EVERY_RATING)
        .filter(ratings::cycle_id.eq(cycle))
        .filter(ratings::complex_id.eq(complex))
        .filter(ratings::state.eq(RatingState::Withdrawn))
        .filter(ratings::published_on.is_not_null())
        .order(ratings::id.desc())
        .select(ratings::id)
        .first(conn)
        .optional()?)
}

/// Locks and reads the rating that becomes current when the current one is withdrawn.
pub fn newest_published(conn: &mut Conn, complex: Id) -> WorkResult<Option<RatingRow>> {
    let newest: Option<Id> = scoped::ratings(&EVERY_RATING)
        .filter(ratings::complex_id.eq(complex))
        .filter(ratings::state.eq(RatingState::Published))
        .order((ratings::period_to.desc(), ratings::id.desc()))
        .select(ratings::id)
        .first(conn)
        .optional()?;
    let Some(id) = newest else { return Ok(None) };
    lock(conn, id)?;
    Ok(scoped::rating(conn, &EVERY_RATING, id)?)
}

/// A published rating as a measure or document refers to it.
pub struct RatingReference {
    pub id: Id,
    pub cycle_name: String,
    pub star: Star,
    pub total: WeightedPoints,
    pub published_on: NaiveDate,
}

/// The published ratings with these ids, ordered by period.
pub fn cited(conn: &mut Conn, ids: &[Id]) -> WorkResult<Vec<RatingReference>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<RatingRow> =
        scoped::ratings_among(&EVERY_RATING, distinct(ids)).order((ratings::period_to, ratings::id)).load(conn)?;
    let named = cycles_of(conn, &rows.iter().map(|row| row.cycle_id).collect::<Vec<_>>())?;
    let all = rows.iter().filter_map(|row| {
        Some(RatingReference {
            id: row.id,
            cycle_name: named.get(&row.cycle_id)?.name.clone(),
            star: row.star()?,
            total: total_of(row)?,
            published_on: row.published_on?,
        })
    });
    Ok(all.collect())
}

/// Announced ratings, in the order of their ids.
pub fn with_open_deadlines(conn: &mut Conn, scope: &Scope, after: Id, at_most: i64) -> WorkResult<Vec<RatingRow>> {
    Ok(scoped::ratings(scope)
        .filter(ratings::state.eq(RatingState::Announced))
        .filter(ratings::id.gt(after))
        .order(ratings::id)
        .limit(at_most)
        .load(conn)?)
}
