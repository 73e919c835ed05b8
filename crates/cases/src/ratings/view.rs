//! Ratings and the focus list as returned to a caller.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::*;
use super::rows::*;
use super::rules::{self, Derivation};
use super::{plaque_store, store};
use crate::access::role::RoleKind;
use crate::access::{Actor, Scope};
use crate::calendar;
use crate::companies;
use crate::complexes;
use crate::db::types::{Instant, Json};
use crate::db::{Conn, Id, WorkResult};
use crate::http::Entity;
use crate::points::{Points, WeightedPoints};
use crate::policy;
use crate::policy::ratings::RatingRules;
use crate::problem::Problem;
use crate::proceedings::model::Evidence;
use crate::proceedings::view::{NoteView, Officer, StepView, note_view, officer, step};
use crate::service::Ctx;

/// Summary of a star rating (星级评定).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RatingSummary {
    pub id: Id,
    /// Version number; increases by one with each change.
    #[schema(minimum = 1)]
    pub version: i64,
    pub state: RatingState,
    pub cycle_id: Id,
    /// Name of the rating cycle (评定周期).
    #[schema(max_length = 100, example = "2026年上半年星级评定")]
    pub cycle_name: String,
    /// First day of the rated period.
    pub period_from: NaiveDate,
    /// Last day of the rated period.
    pub period_to: NaiveDate,
    pub complex_id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: String,
    /// The company whose service is rated.
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// Code of the township, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Code of the community, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Total points; null while a score sheet is missing, or not visible to you.
    pub total: Option<WeightedPoints>,
    /// Star that the points alone give; null while `total` is null.
    pub raw_star: Option<Star>,
    /// Final star; with `as_of`, the star on that day. Null while `total` is null.
    pub star: Option<Star>,
    /// Last day of the announcement period (公示截止日); null before the announcement.
    pub announcement_ends_on: Option<NaiveDate>,
    /// Years up to that day without a recorded holiday arrangement (尚无节假日安排的年份). The day may move to a later one when
    /// it is recorded.
    #[schema(max_items = 21)]
    pub calendar_missing: Vec<i32>,
    /// Number of objections that are not decided.
    #[schema(minimum = 0)]
    pub objections_open: i64,
    /// Day of the announcement (公示日期).
    pub announced_on: Option<NaiveDate>,
    /// Day of publication (发布日期).
    pub published_on: Option<NaiveDate>,
    /// True if it is the latest published rating of its complex.
    pub is_current: bool,
    /// Day on which a newer rating superseded it.
    pub superseded_on: Option<NaiveDate>,
    /// Day of withdrawal (撤回日期).
    pub withdrawn_on: Option<NaiveDate>,
    /// Day since which the complex is on the focus list (重点整治名单); null if it is not on it.
    pub focus_since: Option<NaiveDate>,
    /// Number of its valid plaque (铭牌编号), if any.
    #[schema(max_length = 40, example = "640121-2026-0012")]
    pub plaque: Option<String>,
}

/// Score sheet of one rater (评分表).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreSheet {
    pub rater: Rater,
    /// Scores of the rubric items.
    #[schema(max_items = 350)]
    pub items: Vec<ItemScore>,
    /// Owners' satisfaction, out of 100; null for other raters.
    pub satisfaction: Option<Points>,
    /// Number of households that answered; null for other raters than the owners.
    #[schema(minimum = 1)]
    pub respondents: Option<i64>,
    /// Evidence for the whole sheet.
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
    pub at: Instant,
    pub by: Officer,
}

/// A rating review (复核).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RatingReviewView {
    pub outcome: RatingReviewOutcome,
    /// Reasons, if any.
    #[schema(max_length = 2000)]
    pub reasons: Option<String>,
    pub at: Instant,
    pub by: Officer,
}

/// Decision on an objection (异议处理).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ObjectionDecisionView {
    pub outcome: ObjectionOutcome,
    /// Reasons for the decision.
    #[schema(max_length = 5000)]
    pub reasons: String,
    pub at: Instant,
    pub by: Officer,
}

/// An objection (异议).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ObjectionView {
    pub id: Id,
    pub objector: Objector,
    /// Text of the objection, with its reasons.
    #[schema(max_length = 5000)]
    pub text: String,
    /// Evidence for the objection.
    #[schema(max_items = 20)]
    pub evidence: Vec<Evidence>,
    pub at: Instant,
    /// Decision on the objection; null while it is open.
    pub decision: Option<ObjectionDecisionView>,
}

/// A star rating (星级评定) with its score sheets, derivation and steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rating {
    pub summary: RatingSummary,
    /// Policy version whose rubric applies.
    #[schema(minimum = 1)]
    pub policy_version: i64,
    /// Raters whose score sheet is missing.
    #[schema(max_items = 3)]
    pub missing: Vec<Rater>,
    /// How the points gave the star; null while a score sheet is missing, or not visible to you.
    pub derivation: Option<Derivation>,
    /// Score sheets of the raters.
    #[schema(max_items = 3)]
    pub sheets: Vec<ScoreSheet>,
    pub review: Option<RatingReviewView>,
    /// Objections, oldest first.
    #[schema(max_items = 100)]
    pub objections: Vec<ObjectionView>,
    /// Reply of the company (企业回应).
    pub reply: Option<NoteView>,
    pub withdrawal: Option<StepView>,
    /// Changes of the star since publication, oldest first.
    #[schema(max_items = 1000)]
    pub stars: Vec<StarChange>,
    /// The withdrawn rating that this one corrects.
    pub corrects: Option<Id>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A complex on the focus list (重点整治名单).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FocusEntry {
    pub complex_id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: String,
    /// The company whose service was rated.
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// Code of the township, 9 digits.
    #[schema(max_length = 9, example = "640121102")]
    pub township: String,
    /// Code of the community, 12 digits.
    #[schema(max_length = 12, example = "640121102001")]
    pub community: String,
    /// Day since which it is on the list.
    pub since: NaiveDate,
    pub star: Star,
    /// The rating that put it on the list.
    pub rating_id: Id,
    /// Name of the rating cycle.
    #[schema(max_length = 100, example = "2026年上半年星级评定")]
    pub cycle_name: String,
    /// Reason in Chinese.
    #[schema(max_length = 1000, example = "2026年上半年星级评定得分62.5分，评为二星级")]
    pub reason_zh: String,
    /// Reason in English.
    #[schema(max_length = 1000)]
    pub reason_en: String,
}

/// Names of the cycles, companies and complexes in a set of rows.
struct Names {
    cycles: HashMap<Id, CycleRow>,
    companies: HashMap<Id, (String, String)>,
    complexes: HashMap<Id, String>,
}

impl Names {
    fn of(conn: &mut Conn, rows: &[RatingRow]) -> WorkResult<Names> {
        Ok(Names {
            cycles: store::cycles_of(conn, &rows.iter().map(|row| row.cycle_id).collect::<Vec<_>>())?,
            companies: companies::names_of(conn, &rows.iter().map(|row| row.company_id).collect::<Vec<_>>())?,
            complexes: complexes::names_of(conn, &rows.iter().map(|row| row.complex_id).collect::<Vec<_>>())?,
        })
    }

    fn cycle(&self, row: &RatingRow) -> String {
        self.cycles.get(&row.cycle_id).map(|cycle| cycle.name.clone()).unwrap_or_default()
    }

    fn company(&self, row: &RatingRow) -> String {
        self.companies.get(&row.company_id).map(|(name, _)| name.clone()).unwrap_or_default()
    }

    fn complex(&self, row: &RatingRow) -> String {
        self.complexes.get(&row.complex_id).cloned().unwrap_or_default()
    }
}

fn summary(row: &RatingRow, names: &Names, star: Option<Star>, plaque: Option<String>) -> WorkResult<RatingSummary> {
    Ok(RatingSummary {
        state: row.state,
        cycle_name: names.cycle(row),
        complex_name: names.complex(row),
        company_name: names.company(row),
        total: total_of(row),
        raw_star: row.raw_star.and_then(Star::from_rank),
        star,
        plaque,
        id: row.id,
        version: row.version,
        cycle_id: row.cycle_id,
        period_from: row.period_from,
        period_to: row.period_to,
        complex_id: row.complex_id,
        company_id: row.company_id,
        township: row.township.clone(),
        community: row.community.clone(),
        announcement_ends_on: row.announcement_ends_on,
        calendar_missing: Vec::new(),
        objections_open: row.objections_open,
        announced_on: row.announced_on,
        published_on: row.published_on,
        is_current: row.is_current,
        superseded_on: row.superseded_on,
        withdrawn_on: row.withdrawn_on,
        focus_since: row.focus_since.filter(|_| row.is_current),
    })
}

/// Makes the items of a list; with `as_of`, with the stars of that day.
pub fn summaries(
    conn: &mut Conn,
    ctx: &Ctx,
    rows: Vec<RatingRow>,
    as_of: Option<NaiveDate>,
) -> WorkResult<Vec<RatingSummary>> {
    let names = Names::of(conn, &rows)?;
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut plaques = plaque_store::valid_of(conn, &ids)?;
    let contents = if as_of.is_some() { store::contents_of(conn, &ids)? } else { HashMap::new() };
    rows.iter()
        .map(|row| {
            let star = match as_of.zip(contents.get(&row.id)) {
                Some((day, content)) => star_on(row, content, day),
                None => row.star(),
            };
            let mut shown = summary(row, &names, star, plaques.remove(&row.id))?;
            shown.calendar_missing = calendar::missing_until(conn, ctx, &row.county, [row.announcement_ends_on])?;
            if hidden_from(ctx, row) {
                (shown.total, shown.raw_star, shown.star) = (None, None, None);
            }
            Ok(shown)
        })
        .collect()
}

/// The star of a rating on a day. A rating that has not changed since its publication has no list of changes, so its
/// row answers.
fn star_on(row: &RatingRow, content: &ContentRow, day: NaiveDate) -> Option<Star> {
    let then = content.stars.0.iter().rev().find(|change| change.from <= day);
    then.map(|change| change.star).or_else(|| row.star())
}

pub fn focus(conn: &mut Conn, rows: Vec<RatingRow>) -> WorkResult<Vec<FocusEntry>> {
    let names = Names::of(conn, &rows)?;
    let entries = rows.iter().filter_map(|row| {
        let (star, since) = (row.star()?, row.focus_since?);
        let (cycle_name, total) = (names.cycle(row), total_of(row)?);
        let raw = row.raw_star.and_then(Star::from_rank)?;
        let (mut zh, mut en) = (
            format!("{cycle_name}得分{total}分，评为{}", star.zh()),
            format!("{cycle_name}: {total} points, rated {}", star.en().to_lowercase()),
        );
        if raw != star {
            zh.push_str(&format!("（得分对应{}，经一票否决项或者惩戒调整）", raw.zh()));
            en.push_str(&format!(
                " ({} by points alone, before vetoes and the ladder adjustment)",
                raw.en().to_lowercase()
            ));
        }
        Some(FocusEntry {
            complex_id: row.complex_id,
            complex_name: names.complex(row),
            company_id: row.company_id,
            company_name: names.company(row),
            township: row.township.clone(),
            community: row.community.clone(),
            since,
            star,
            rating_id: row.id,
            cycle_name,
            reason_zh: zh,
            reason_en: en,
        })
    });
    Ok(entries.collect())
}

/// The rating rules of the policy version of a rating's cycle.
pub fn rules_of(conn: &mut Conn, ctx: &Ctx, version: i64) -> WorkResult<RatingRules> {
    let policies = policy::holding(conn, &ctx.state, &[version])?;
    Ok(policies
        .get(version)
        .ok_or_else(|| Problem::broken("the policy version of a rating is unknown"))?
        .document()
        .ratings
        .clone())
}

/// A company or committee does not see a rating that is being scored or reviewed, even if an earlier result was
/// announced.
fn hidden_from(ctx: &Ctx, row: &RatingRow) -> bool {
    let party = matches!(ctx.caller.role.row().kind, RoleKind::Company | RoleKind::Committee);
    party && row.state.is_in_the_making()
}

pub fn entity(conn: &mut Conn, ctx: &Ctx, row: RatingRow) -> WorkResult<Entity<Rating>> {
    let content = store::content(conn, row.id)?;
    to_entity(conn, ctx, row, content)
}

pub fn to_entity(conn: &mut Conn, ctx: &Ctx, row: RatingRow, content: ContentRow) -> WorkResult<Entity<Rating>> {
    let rules = rules_of(conn, ctx, row.policy_version)?;
    let names = Names::of(conn, std::slice::from_ref(&row))?;
    let plaque = plaque_store::valid_of(conn, &[row.id])?.remove(&row.id);
    let ContentRow { mut sheets, proceedings, mut stars, .. } = content;
    let mut derivation = rules::derive(&rules, &sheets.0, &[]);
    // The recorded adjustments are shown, not those that the ladder would make today.
    if let (Some(derivation), Some(last)) = (&mut derivation, stars.0.last()) {
        derivation.adjustments = last.adjustments.clone();
        derivation.star = last.star;
    }
    let scorer = |ctx: &Ctx, by: Actor| {
        let subject = by.sub.clone();
        let mut officer = officer(ctx, by);
        if rules.raters_shown {
            officer.subject = Some(subject);
        }
        officer
    };
    let missing = rules
        .raters
        .iter()
        .map(|rule| rule.rater)
        .filter(|rater| !sheets.0.iter().any(|sheet| sheet.rater == *rater))
        .collect();
    let Proceedings { review, announcement: _, objections, reply, publication: _, withdrawal } = proceedings.0;
    let mut summary = summary(&row, &names, row.star(), plaque)?;
    summary.calendar_missing = calendar::missing_until(conn, ctx, &row.county, [row.announcement_ends_on])?;
    if hidden_from(ctx, &row) {
        // After a sustained objection nothing is visible to a party until the new announcement.
        (summary.total, summary.raw_star, summary.star) = (None, None, None);
        (derivation, sheets, stars) = (None, Json(Vec::new()), Json(Vec::new()));
    }
    let review = review.filter(|_| !hidden_from(ctx, &row));
    let rating = Rating {
        summary,
        policy_version: row.policy_version,
        missing,
        derivation,
        sheets: sheets
            .0
            .into_iter()
            .map(|sheet| ScoreSheet {
                rater: sheet.rater,
                items: sheet.items,
                satisfaction: sheet.satisfaction,
                respondents: sheet.respondents,
                evidence: sheet.evidence,
                at: sheet.at,
                by: scorer(ctx, sheet.by),
            })
            .collect(),
        review: review.map(|one| RatingReviewView {
            outcome: one.outcome,
            reasons: one.reasons,
            at: one.at,
            by: scorer(ctx, one.by),
        }),
        objections: objections.into_iter().map(|one| objection(ctx, one)).collect(),
        reply: reply.map(|one| note_view(ctx, one)),
        withdrawal: withdrawal.map(|one| step(ctx, one)),
        stars: stars.0,
        corrects: row.corrects,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok(Entity::new(row.id, row.version, rating))
}

fn objection(ctx: &Ctx, one: Objection) -> ObjectionView {
    ObjectionView {
        id: one.id,
        objector: one.objector,
        text: one.text,
        evidence: one.evidence,
        at: one.at,
        decision: one.decision.map(|decision| ObjectionDecisionView {
            outcome: decision.outcome,
            reasons: decision.reasons,
            at: decision.at,
            by: officer(ctx, decision.by),
        }),
    }
}

/// Current rating of a complex, as part of a company record (星级评定情况).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RatingOnFile {
    pub rating_id: Id,
    pub complex_id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: String,
    /// Name of the rating cycle.
    #[schema(max_length = 100, example = "2026年上半年星级评定")]
    pub cycle_name: String,
    pub star: Star,
    /// Star that the points alone give. If it differs from `star`, vetoes or the ladder lowered it.
    pub raw_star: Star,
    /// Day of publication.
    pub published_on: NaiveDate,
    /// Day since which the complex is on the focus list; null if it is not on it.
    pub focus_since: Option<NaiveDate>,
}

/// The current ratings of a company's complexes, lowest star first.
pub fn on_file(conn: &mut Conn, scope: &Scope, family: &[Id]) -> WorkResult<Vec<RatingOnFile>> {
    let rows = store::current_of_family(conn, scope, family)?;
    let names = Names::of(conn, &rows)?;
    let shown = rows.iter().filter_map(|row| {
        Some(RatingOnFile {
            rating_id: row.id,
            complex_id: row.complex_id,
            complex_name: names.complex(row),
            cycle_name: names.cycle(row),
            star: row.star()?,
            raw_star: row.raw_star.and_then(Star::from_rank)?,
            published_on: row.published_on?,
            focus_since: row.focus_since,
        })
    });
    Ok(shown.collect())
}
