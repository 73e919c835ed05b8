//! How the ladder changes stars: a measure that lowers them applies to the current rating and to new ratings. Its
//! reversal takes effect at once.

use chrono::NaiveDate;
use serde_json::json;

use super::consequences::is_low;
use super::model::RatingState;
use super::rows::{ContentRow, RatingRow, StarChange};
use super::rules::{self, Derivation, LadderMeasure};
use super::{plaques, record, store, view};
use crate::companies;
use crate::db::{Conn, Id, WorkResult};
use crate::measure_facts::{LoweringStars, StarGround, lowering_stars};
use crate::policy;
use crate::policy::model::MeasureKind;
use crate::policy::ratings::RatingRules;
use crate::service::{Ctx, Tx};
use crate::standing;
use crate::words::days::chinese_day;

/// The measures of the ladder that lower a rating today. A measure that already lowered a published rating keeps doing
/// so until it is reversed or cancelled. It lowers a new rating only while one of its violations is in the window.
pub fn in_force(conn: &mut Conn, ctx: &Ctx, row: &RatingRow) -> WorkResult<Vec<LadderMeasure>> {
    let held: Vec<Id> = match row.state {
        RatingState::Published => {
            let stars = store::content(conn, row.id)?.stars.0;
            stars.last().map(|last| last.adjustments.iter().map(|one| one.measure_id).collect()).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let family = companies::family::of(conn, row.company_id)?;
    let lowering = lowering_stars(conn, row.complex_id, &family)?;
    let policies = policy::current(conn, &ctx.state, &row.county)?;
    let counts_until = |measure: &LoweringStars| {
        let found_on = measure.grounds.iter().map(|violation| violation.found_on).max();
        let months = policies.get(measure.policy_version).map_or(0, |one| one.document().ladder.window_months);
        found_on.map(|found| standing::last_day(found, months))
    };
    let binds = |measure: &LoweringStars| {
        held.contains(&measure.id) || counts_until(measure).is_some_and(|last| last >= ctx.today)
    };
    lowering
        .into_iter()
        .filter(binds)
        .map(|measure| {
            let kind = measure.kind;
            let counts_until = counts_until(&measure);
            let (reason_zh, reason_en) = reason(kind, &measure.grounds, counts_until);
            Ok(LadderMeasure { id: measure.id, kind, reason_zh, reason_en, counts_until })
        })
        .collect()
}

/// Names only violations whose confirmation is in effect, because a revoked one is no longer a ground.
fn reason(kind: MeasureKind, grounds: &[StarGround], until: Option<NaiveDate>) -> (String, String) {
    let named = |clause: &dyn Fn(i64, NaiveDate) -> String| {
        let all = grounds.iter().filter_map(|one| Some(clause(one.clause?, one.found_on)));
        all.collect::<Vec<_>>()
    };
    let zh = named(&|clause, day| format!("第{clause}条（{}）", chinese_day(day))).join("、");
    let en = named(&|clause, day| format!("clause {clause} ({day})")).join(", ");
    let (until_zh, until_en) = until.map_or_else(Default::default, |last| {
        (
            format!("，适用于{}（含当日）以前作出的评定", chinese_day(last)),
            format!("; applies to ratings made up to {last}"),
        )
    });
    (
        format!("在本小区违反“九不准”{zh}，按惩戒阶梯规定{}{until_zh}", kind.zh()),
        format!("{} under the ladder: violation of {en} of the nine prohibitions at this complex{until_en}", kind.en()),
    )
}

/// Computes the star from the score sheets and the ladder and writes it into both rows; the caller saves them. `None`
/// while a score sheet is missing.
pub fn derive(
    tx: &mut Tx,
    rules: &RatingRules,
    row: &mut RatingRow,
    content: &mut ContentRow,
) -> WorkResult<Option<Derivation>> {
    let ladder = in_force(tx.conn, tx.ctx, row)?;
    let derived = rules::derive(rules, &content.sheets.0, &ladder);
    let Some(derived) = derived else {
        (row.total, row.raw_star, row.final_star) = (None, None, None);
        return Ok(None);
    };
    row.total = Some(derived.total.units());
    row.raw_star = Some(derived.raw_star.rank());
    row.final_star = Some(derived.star.rank());
    let change = StarChange { from: tx.ctx.today, star: derived.star, adjustments: derived.adjustments.clone() };
    if row.state != RatingState::Published {
        // Before its publication a rating has no history.
        content.stars.0.clear();
    }
    // Of several changes on one day only the last is kept.
    content.stars.0.retain(|before| before.from < change.from);
    content.stars.0.push(change);
    Ok(Some(derived))
}

/// Computes the ratings again that a changed measure lowers, or lowered until now.
pub fn on_measure_changed(tx: &mut Tx, complex: Id, company: Id, measure: Id) -> WorkResult<()> {
    for company in companies::family::of(tx.conn, company)? {
        for row in store::of_company_at(tx.conn, complex, company)? {
            adjust(tx, row, measure)?;
        }
    }
    Ok(())
}

fn adjust(tx: &mut Tx, mut row: RatingRow, because_of: Id) -> WorkResult<()> {
    let rules = view::rules_of(tx.conn, tx.ctx, row.policy_version)?;
    let mut content = store::content(tx.conn, row.id)?;
    let before = content.stars.0.last().map(|last| (last.star, last.adjustments.clone()));
    let Some(derived) = derive(tx, &rules, &mut row, &mut content)? else { return Ok(()) };
    if before.is_some_and(|(star, adjustments)| star == derived.star && adjustments == derived.adjustments) {
        return Ok(());
    }
    set_focus(&rules, &mut row, tx.ctx.today);
    record::save(tx, &mut row, &content, "rating.adjusted", json!({ "because_of": because_of }), &())?;
    plaques::renew(tx, &row)
}

/// Puts a current rating on the focus list, or takes it off the list, by its star.
pub fn set_focus(rules: &RatingRules, row: &mut RatingRow, today: NaiveDate) {
    let low = row.is_current && row.star().is_some_and(|star| is_low(rules, star));
    row.focus_since = low.then(|| row.focus_since.unwrap_or(today));
}
