//! Removals that published ratings call for. A complex and a company have at most one open removal, which holds the
//! grounds from the ladder and from ratings together.

use std::collections::HashSet;

use serde_json::json;

use super::model::{MeasureRow, Proceedings};
use super::{reconciliation, store};
use crate::access::{Role, Scope};
use crate::calendar;
use crate::companies;
use crate::complexes;
use crate::db::{Id, Json, WorkResult};
use crate::policy;
use crate::policy::model::{MeasureKind, OfficeRule};
use crate::problem::Problem;
use crate::ratings;
use crate::ratings::consequences::{RemovalCause, RemovalGround, due_now, removal_grounds};
use crate::service::Tx;
use crate::standing::model::{MeasureState, Withdrawal};

const EVERY_MEASURE: Scope = Scope::System("measures depend on the facts only, not on the caller");

/// What the current ratings of a complex imply for its removal.
struct RemovalFacts {
    /// Every ground that applies.
    grounds: Vec<RemovalGround>,
    newest: Option<Id>,
    serving: Option<Id>,
}

fn removal_facts(tx: &mut Tx, complex: Id) -> WorkResult<RemovalFacts> {
    let (history, cycles) = ratings::store::published_at(tx.conn, complex)?;
    let newest = history.last().map(|one| one.id);
    let grounds = match ratings::store::current_of(tx.conn, complex)? {
        Some(current) => {
            let rules = ratings::view::rules_of(tx.conn, tx.ctx, current.policy_version)?;
            removal_grounds(&rules, &history, &cycles)
        }
        None => Vec::new(),
    };
    let served = complexes::services_in_force(tx.conn, &EVERY_MEASURE, &[complex], tx.ctx.today)?;
    Ok(RemovalFacts { grounds, newest, serving: served.get(&complex).map(|service| service.company_id) })
}

/// The function [`reconciliation::reconcile_measures`], which computes the measures of a company in a county again.
pub type ReconcileMeasures = fn(&mut Tx, Id, &str) -> WorkResult<()>;

/// Updates the removal of a complex to match its published ratings. The caller holds the lock of the rated company.
/// `reconcile` is an argument so that the only path from here back to measures that lower stars is visible where this
/// is called (`consequences::stars`).
pub fn sync_removal(tx: &mut Tx, complex: Id, reconcile: ReconcileMeasures) -> WorkResult<()> {
    let removal_facts = removal_facts(tx, complex)?;
    let removals = store::removals_at(tx.conn, &EVERY_MEASURE, complex)?;
    let standing: HashSet<Id> =
        removal_facts.grounds.iter().flat_map(|ground| ground.ratings.iter().copied()).collect();
    let mut held = Vec::with_capacity(removals.len());
    for row in &removals {
        let ratings = store::rating_grounds_of_one(tx.conn, row.id)?;
        let fallen: Vec<Id> = ratings.iter().copied().filter(|id| !standing.contains(id)).collect();
        if !fallen.is_empty() {
            drop_grounds(tx, row, &fallen, ratings.len() == fallen.len(), reconcile)?;
        }
        held.push(ratings.into_iter().filter(|id| standing.contains(id)).collect::<HashSet<Id>>());
    }
    let due = due_now(&removal_facts.grounds, removal_facts.newest, removal_facts.serving);
    let Some(company) = due.first().map(|ground| ground.company_id) else { return Ok(()) };
    let wanted: Vec<Id> = {
        let mut all: Vec<Id> = due.iter().flat_map(|ground| ground.ratings.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let family = companies::family::of(tx.conn, company)?;
    let of_company = || removals.iter().zip(&held).filter(|(row, _)| family.contains(&row.company_id));
    for (row, held) in of_company() {
        let row = store::find(tx.conn, &EVERY_MEASURE, row.id)?;
        let missing: Vec<Id> = wanted.iter().copied().filter(|id| !held.contains(id)).collect();
        if row.state.is_open() {
            if !missing.is_empty() {
                store::add_rating_grounds(tx.conn, row.id, &missing)?;
                reconciliation::save_and_record(tx, Some(row), "measure.grounds_added", json!({ "ratings": missing }))?;
            }
            return Ok(());
        }
        // A person has already decided on these ratings, or the removal has been completed.
        if missing.is_empty() && !row.cancelled_by_system {
            return Ok(());
        }
    }
    propose(tx, complex, company, &due, &wanted)
}

/// Removes ratings that no longer call for a removal. If no other ground is left, the removal is cancelled or reversed.
fn drop_grounds(
    tx: &mut Tx,
    row: &MeasureRow,
    fallen: &[Id],
    all: bool,
    reconcile: ReconcileMeasures,
) -> WorkResult<()> {
    store::drop_rating_grounds(tx.conn, row.id, fallen)?;
    let state = row.state;
    let by_violations = !store::grounds_of_one(tx.conn, row.id)?.is_empty();
    if !all || (!state.is_open() && state != MeasureState::Done) {
        return Ok(());
    }
    if by_violations {
        reconciliation::save_and_record(
            tx,
            Some(row.clone()),
            "measure.grounds_dropped",
            json!({ "ratings": fallen }),
        )?;
        return reconcile(tx, row.company_id, &row.county);
    }
    let withdrawal = Withdrawal {
        measure: row.id.0,
        revoked: Vec::new(),
        reason_zh: "所依据的星级评定已撤回或者更正，不再具备清退条件。".to_owned(),
        reason_en: "The underlying ratings were withdrawn or corrected. The conditions for removal are no longer met."
            .to_owned(),
    };
    if state.is_open() {
        return reconciliation::cancel(tx, Some(row.clone()), withdrawal);
    }
    let key = format!("reversal:{}", row.id);
    if store::has_key(tx.conn, &EVERY_MEASURE, &key)? {
        return Ok(());
    }
    let policies = policy::current(tx.conn, &tx.ctx.state, &row.county)?;
    let calendar = calendar::work_calendar(tx.conn, &row.county)?;
    reconciliation::reverse(tx, Some(row.clone()), key, withdrawal, &policies, &calendar)
}

fn propose(tx: &mut Tx, complex: Id, company: Id, due: &[&RemovalGround], wanted: &[Id]) -> WorkResult<()> {
    let ctx = tx.ctx;
    let place = complexes::find(tx.conn, &EVERY_MEASURE, complex)?.place();
    let policies = policy::current(tx.conn, &ctx.state, &place.county)?;
    let version = policies.governing(ctx.today);
    let rule =
        version.measure(MeasureKind::Removal).ok_or_else(|| Problem::broken("the policy has no rule for removals"))?;
    let calendar = calendar::work_calendar(tx.conn, &place.county)?;
    let (role, division) = match rule.office {
        OfficeRule::County => (Role::CountyAuthority, place.county.clone()),
        _ => (Role::SocialAffairsOffice, place.township.clone()),
    };
    let (reason_zh, reason_en) = reason(tx, due, version.version)?;
    let row = MeasureRow {
        id: ctx.new_id(),
        version: 1,
        key: format!("{}:{complex}", MeasureKind::Removal.code()),
        kind: MeasureKind::Removal,
        state: MeasureState::initial(rule),
        company_id: company,
        complex_id: Some(complex),
        violation_id: None,
        county: place.county,
        township: place.township,
        community: place.community,
        office_role: role,
        office_division: division,
        approver_role: rule.approver,
        level: None,
        legal_basis: rule.legal_basis.clone(),
        policy_version: version.version,
        reason_zh,
        reason_en,
        due_on: calendar.add_working_days(ctx.today, rule.due_working_days),
        cancelled_by_system: false,
        reverses: None,
        notified: false,
        hearing_request_due_on: None,
        proceedings: Json(Proceedings::default()),
        created_at: ctx.now,
        updated_at: ctx.now,
        suspended_on: None,
    };
    store::insert(tx.conn, &row)?;
    store::add_rating_grounds(tx.conn, row.id, wanted)?;
    reconciliation::record(tx, &row, "measure.created", json!({ "grounds": [], "ratings": wanted }), &())
}

fn reason(tx: &mut Tx, due: &[&RemovalGround], version: i64) -> WorkResult<(String, String)> {
    let mut parts = (Vec::new(), Vec::new());
    for ground in due {
        let mut cycles = Vec::new();
        for rating in &ground.ratings {
            let row = ratings::store::find(tx.conn, &EVERY_MEASURE, *rating)?;
            let cycle = ratings::store::find_cycle(tx.conn, &EVERY_MEASURE, row.cycle_id)?;
            let star = row.star().map_or("", |star| star.zh());
            cycles.push((format!("“{}”{star}", cycle.name), cycle.name));
        }
        let (zh, en): (Vec<String>, Vec<String>) = cycles.into_iter().unzip();
        let (zh, en) = (zh.join("、"), en.join(", "));
        match ground.cause {
            RemovalCause::Unqualified => {
                parts.0.push(format!("星级评定不达标（{zh}）"));
                parts.1.push(format!("rating below standard in {en}"));
            }
            RemovalCause::LowCycles(count) => {
                parts.0.push(format!("连续{count}个已发布评定周期为低星级（{zh}）"));
                parts.1.push(format!("low stars in {count} consecutive published cycles ({en})"));
            }
        }
    }
    let zh = format!("{}，期间均由同一企业服务；依据星级评定规则提出清退", parts.0.join("；"));
    let en = format!(
        "Grounds: {}, with the same company throughout. Removal is proposed under the rating rules (policy version \
         {version}).",
        parts.1.join("; ")
    );
    Ok((zh, en))
}
