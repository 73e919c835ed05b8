//! Offline results. Each has a key that is accepted once, and a few are written per transaction.

use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::{new_part, new_row};
use super::input::*;
use super::model::*;
use super::results::{self, Office};
use super::rules::{self, ResultInput, Target};
use super::store;
use crate::complexes;
use crate::db::{Conn, Id, WorkError, WorkResult, distinct, lock_complex};
use crate::files;
use crate::http::Entity;
use crate::input_error::InputError;
use crate::ledger;
use crate::policy;
use crate::policy::versions::Policies;
use crate::problem::{InputErrorBody, Problem};
use crate::service::{Ctx, Tx};

/// Limits of one transaction, so that it holds the database's write lock for no more than a tenth of a second.
const RESULTS_AT_ONCE: usize = 10;
const FAILURES_AT_ONCE: usize = 20;

/// Outcome of one offline result (单条接收结果).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfflineResultOutcome {
    pub key: Id,
    pub outcome: SubmissionOutcome,
    /// The inspection to which the result belongs; null if it was refused.
    pub inspection_id: Option<Id>,
    /// Why it was refused. Pointers refer to the batch.
    #[schema(max_items = 1000)]
    pub errors: Vec<InputErrorBody>,
}

/// Outcome of a batch (批量接收结果), in the order of the request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfflineBatchOutcome {
    /// Number of results received now.
    #[schema(minimum = 0, maximum = 200)]
    pub created: usize,
    /// Number of results received earlier under the same key.
    #[schema(minimum = 0, maximum = 200)]
    pub already_received: usize,
    /// Number of results refused.
    #[schema(minimum = 0, maximum = 200)]
    pub refused: usize,
    /// Outcome of each result.
    #[schema(max_items = 200)]
    pub results: Vec<OfflineResultOutcome>,
}

/// The results of one transaction, each with its index in the batch.
pub type Chunk = Vec<(usize, BatchResultIn)>;

/// Splits a batch into transactions. The order of the keys keeps two devices that send the same results from
/// deadlocking.
pub fn chunks(input: &InspectionBatchIn) -> Vec<Chunk> {
    let mut all: Chunk = input.results.iter().cloned().enumerate().collect();
    all.sort_by_key(|(n, result)| (result.key, *n));
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut failures = 0;
    for (n, result) in all {
        let failed = result.items.iter().filter(|item| item.outcome == ItemOutcome::Fail).count();
        match chunks.last_mut() {
            Some(chunk) if chunk.len() < RESULTS_AT_ONCE && failures + failed <= FAILURES_AT_ONCE => {
                chunk.push((n, result));
                failures += failed;
            }
            _ => {
                chunks.push(vec![(n, result)]);
                failures = failed;
            }
        }
    }
    chunks
}

/// Writes the results of one transaction.
pub fn take_chunk(tx: &mut Tx, chunk: &Chunk) -> WorkResult<Vec<(usize, OfflineResultOutcome)>> {
    let ctx = tx.ctx;
    let policies = policy::current(tx.conn, &ctx.state, ctx.caller.county().unwrap_or_default())?;
    let planned: Vec<Id> = chunk.iter().filter_map(|(_, result)| result.inspection_id).collect();
    let mut complexes = store::complexes_of(tx.conn, &planned)?;
    complexes.extend(chunk.iter().filter_map(|(_, result)| result.complex_id));
    for complex in distinct(&complexes) {
        lock_complex(tx.conn, complex)?;
    }
    let mut taken = Vec::with_capacity(chunk.len());
    for (n, result) in chunk {
        let (outcome, inspection_id, faults) = take_one(tx, &policies, *n, result)?;
        // In the language of the request.
        let errors = Problem::input_errors(faults).body(ctx.language, None).errors;
        taken.push((*n, OfflineResultOutcome { key: result.key, outcome, inspection_id, errors }));
    }
    Ok(taken)
}

pub fn answer(taken: Vec<(usize, OfflineResultOutcome)>) -> Entity<OfflineBatchOutcome> {
    let mut taken = taken;
    taken.sort_by_key(|(n, _)| *n);
    let results: Vec<OfflineResultOutcome> = taken.into_iter().map(|(_, one)| one).collect();
    let count = |outcome| results.iter().filter(|one| one.outcome == outcome).count();
    let body = OfflineBatchOutcome {
        created: count(SubmissionOutcome::Created),
        already_received: count(SubmissionOutcome::AlreadyReceived),
        refused: count(SubmissionOutcome::Refused),
        results,
    };
    Entity { id: None, version: 0, status: StatusCode::OK, location: None, shown_once: false, body }
}

type ReceivedResult = (SubmissionOutcome, Option<Id>, Vec<InputError>);

/// Takes the key first, so that a second request with the same result waits here and then finds the key taken. If the
/// result is refused, the key is free again.
fn take_one(tx: &mut Tx, policies: &Policies, n: usize, result: &BatchResultIn) -> WorkResult<ReceivedResult> {
    let ctx = tx.ctx;
    let own = Office::of(ctx);
    let office = ledger::addressee(own.role, own.division);
    let target = result.inspection_id.unwrap_or_else(|| ctx.new_id());
    let digest = ledger::sha256_hex(
        &serde_json::to_string(result)
            .map_err(|error| Problem::broken_by("a value cannot be written as JSON", error))?,
    );
    let row = KeyRow { office: office.clone(), key: result.key, digest, inspection_id: target, received_at: ctx.now };
    if !store::take_key(tx.conn, &row)? {
        let known = store::key(tx.conn, &office, result.key)?
            .ok_or_else(|| Problem::broken("the submission of an existing key was not found"))?;
        if known.digest == row.digest {
            return Ok((SubmissionOutcome::AlreadyReceived, Some(known.inspection_id), Vec::new()));
        }
        return Ok((SubmissionOutcome::Refused, None, vec![rules::key_reused(n)]));
    }
    let mut faults = Vec::new();
    match prepare(tx.conn, ctx, policies, n, result, &mut faults)? {
        Some(ready) if faults.is_empty() => {
            put(tx, policies, result, target, ready)?;
            Ok((SubmissionOutcome::Created, Some(target), Vec::new()))
        }
        _ => {
            store::give_key_back(tx.conn, &office, result.key)?;
            Ok((SubmissionOutcome::Refused, None, faults))
        }
    }
}

/// The inspection that a result belongs to.
enum Ready {
    Planned(Box<(InspectionRow, PartRow)>),
    New(ledger::Place, Id),
}

fn prepare(
    conn: &mut Conn,
    ctx: &Ctx,
    policies: &Policies,
    n: usize,
    result: &BatchResultIn,
    faults: &mut Vec<InputError>,
) -> WorkResult<Option<Ready>> {
    let (at, given) = (format!("/results/{n}"), ResultInput::from(result));
    let checklist = policies.governing(results::day_of(ctx, &given)).document().inspections.checklist(given.checklist);
    rules::check_result(&at, &given, checklist, ctx.caller.role, ctx.now, faults);
    files::check_lists(conn, ctx, &results::lists(&at, &given), faults)?;
    match rules::target(&at, result.inspection_id, result.complex_id, faults) {
        Some(Target::Planned(id)) => planned(conn, ctx, &at, id, &given, faults),
        Some(Target::Unplanned(complex)) => unplanned(conn, ctx, &at, complex, faults),
        None => Ok(None),
    }
}

fn planned(
    conn: &mut Conn,
    ctx: &Ctx,
    at: &str,
    id: Id,
    given: &ResultInput,
    faults: &mut Vec<InputError>,
) -> WorkResult<Option<Ready>> {
    let pointer = format!("{at}/inspection_id");
    let row = match store::find(conn, &ctx.scope, id) {
        Ok(row) => row,
        Err(WorkError::Problem(_)) => {
            let (zh, en) = ("该检查不存在，或者不在您的辖区内", "unknown inspection, or outside your territory");
            faults.push(InputError::new(pointer, "unknown_reference", zh, en));
            return Ok(None);
        }
        Err(other) => return Err(other),
    };
    let office = Office::of(ctx);
    let parts = store::parts_of_one(conn, id)?;
    let own =
        parts.into_iter().find(|part| part.is_of(office.role, office.division) && part.checklist == given.checklist);
    let is_planned = own.as_ref().map(PartRow::is_planned);
    rules::check_planned(&pointer, row.is_open(), is_planned, faults);
    Ok(own.map(|part| Ready::Planned(Box::new((row, part)))))
}

fn unplanned(
    conn: &mut Conn,
    ctx: &Ctx,
    at: &str,
    complex: Id,
    faults: &mut Vec<InputError>,
) -> WorkResult<Option<Ready>> {
    let pointer = format!("{at}/complex_id");
    if !rules::check_unplanned(&pointer, ctx.caller.role, faults) {
        return Ok(None);
    }
    let Some(place) = complexes::place_of(conn, &ctx.scope, complex)? else {
        let (zh, en) = ("小区不存在，或者不在您的辖区内", "unknown complex, or outside your territory");
        faults.push(InputError::new(pointer, "unknown_reference", zh, en));
        return Ok(None);
    };
    Ok(Some(Ready::New(place, complex)))
}

fn put(tx: &mut Tx, policies: &Policies, result: &BatchResultIn, target: Id, ready: Ready) -> WorkResult<()> {
    let ctx = tx.ctx;
    let given = ResultInput::from(result);
    let day = results::day_of(ctx, &given);
    let governing = policies.governing(day);
    let lost = || Problem::broken("a result that was checked is not complete");
    let checklist = governing.document().inspections.checklist(given.checklist).ok_or_else(lost)?;
    let by = (checklist, governing.version);
    match ready {
        Ready::Planned(rows) => {
            let (mut row, part) = *rows;
            results::take(tx, &mut row, part, false, &given, by)?;
        }
        Ready::New(place, complex) => {
            let row = new_row(tx, complex, &place, governing.version, day, false)?;
            // `results::take` increases the version to 1.
            let mut row = InspectionRow { id: target, version: 0, ..row };
            store::insert(tx.conn, &row)?;
            let part = new_part(ctx, &row, Office::of(ctx), given.checklist);
            results::take(tx, &mut row, part, true, &given, by)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::db::types::Instant;

    fn result(key: u128, failed: usize) -> BatchResultIn {
        let item = ItemResultIn {
            item: "fire_lane".into(),
            outcome: ItemOutcome::Fail,
            severity: None,
            note: Some("占用".into()),
            evidence: Vec::new(),
        };
        BatchResultIn {
            key: Id(uuid::Uuid::from_u128(key)),
            inspection_id: None,
            complex_id: None,
            checklist: "safety".into(),
            inspected_at: Instant::now(),
            items: vec![item; failed],
            note: None,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]
        #[test]
        fn chunks_hold_every_result_once_in_the_order_of_keys_and_few_of_them(
            all in proptest::collection::vec((0u128..50, 0usize..40), 1..200),
        ) {
            let results: Vec<BatchResultIn> = all.iter().map(|(key, failed)| result(*key, *failed)).collect();
            let chunks = chunks(&InspectionBatchIn { results });
            let flat: Vec<(Id, usize)> = chunks.iter().flatten().map(|(n, one)| (one.key, *n)).collect();
            let mut sorted = flat.clone();
            sorted.sort();
            prop_assert_eq!(&flat, &sorted);
            let mut places: Vec<usize> = flat.iter().map(|(_, n)| *n).collect();
            places.sort();
            prop_assert_eq!(places, (0..all.len()).collect::<Vec<_>>());
            for chunk in &chunks {
                let failed: usize = chunk.iter().map(|(_, one)| one.items.len()).sum();
                prop_assert!(chunk.len() <= RESULTS_AT_ONCE && (chunk.len() == 1 || failed <= FAILURES_AT_ONCE));
            }
        }
    }
}
