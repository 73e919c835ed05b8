//! Public view of the ratings of a complex: the current one with its derivation, and earlier ones. It leaves out who
//! scored, the notes of the items and the evidence, because they may name persons.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::Star;
use super::rows::{ContentRow, CycleRow, LadderAdjustment, total_of};
use super::rules::{self, AppliedVeto, GivenBonus, RaterPoints};
use super::{plaque_store, plaques, public_store, store};
use crate::companies;
use crate::db::{Conn, Id, WorkResult};
use crate::points::{Points, WeightedPoints};
use crate::policy;
use crate::policy::model::MeasureKind;
use crate::problem::Problem;
use crate::service::Service;

/// Number of earlier ratings shown: five years at two a year.
const EARLIER: i64 = 10;

/// The current star rating of a complex (星级评定公示).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PublicRating {
    /// Star today.
    pub star: Star,
    /// Day since which it has this star: the day of publication, or a later day on which the ladder changed it.
    pub star_since: NaiveDate,
    /// Name of the rating cycle (评定周期).
    #[schema(max_length = 100, example = "2026年上半年星级评定")]
    pub cycle_name: String,
    /// First day of the rated period.
    pub period_from: NaiveDate,
    /// Last day of the rated period.
    pub period_to: NaiveDate,
    /// Day of publication (发布日期).
    pub published_on: NaiveDate,
    /// Name of the rated company (被评企业); may differ from the current company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// Points of each rater, by dimension (评定主体得分).
    #[schema(max_items = 3)]
    pub raters: Vec<RaterPoints>,
    /// Bonus points awarded (加分), each with its ground.
    #[schema(max_items = 50)]
    pub bonus: Vec<GivenBonus>,
    /// Bonus points that count, up to the limit of the rubric.
    pub bonus_counted: Points,
    /// Total points (总分): the weighted points of the raters and the bonus that counts, exact.
    pub total: WeightedPoints,
    /// Star that the points alone give.
    pub raw_star: Star,
    /// Vetoes, each with its ground (一票否决).
    #[schema(max_items = 50)]
    pub vetoes: Vec<AppliedVeto>,
    /// Ladder adjustments, each with its ground (惩戒调整).
    #[schema(max_items = 50)]
    pub adjustments: Vec<PublicAdjustment>,
    /// Reply of the company (企业回应), if any.
    pub reply: Option<PublicReply>,
    /// Day since which the complex is on the focus list (重点整治名单); null if it is not on it.
    pub focus_since: Option<NaiveDate>,
    /// Valid plaque (铭牌); null if the rating is below standard, and for a moment after the publication of a whole
    /// cycle.
    pub plaque: Option<PublicPlaque>,
    /// Earlier published ratings, newest first.
    #[schema(max_items = 10)]
    pub earlier: Vec<EarlierRating>,
}

/// A measure of the ladder that lowered the star (惩戒调整).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PublicAdjustment {
    /// Kind of measure: star downgrade, or rating below standard.
    pub kind: MeasureKind,
    /// Star before the adjustment.
    pub from: Star,
    /// Star after the adjustment.
    pub to: Star,
    /// Grounds in Chinese.
    #[schema(max_length = 5000)]
    pub reason_zh: String,
    /// Grounds in English.
    #[schema(max_length = 5000)]
    pub reason_en: String,
}

/// Reply of the company (企业回应).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PublicReply {
    /// Text of the reply.
    #[schema(max_length = 10000)]
    pub text: String,
    /// Day of the reply.
    pub replied_on: NaiveDate,
}

/// The plaque of a rating (铭牌).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PublicPlaque {
    /// Number of the plaque (铭牌编号).
    #[schema(max_length = 40, example = "640121-2026-0012")]
    pub number: String,
    /// Address of its public page, which the QR code opens.
    #[schema(max_length = 300, example = "https://wuye.example.gov.cn/public/plaques/640121-2026-0012")]
    pub page_url: String,
}

/// An earlier published rating (历次星级).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EarlierRating {
    /// Star at the end.
    pub star: Star,
    /// Name of the rating cycle.
    #[schema(max_length = 100, example = "2025年下半年星级评定")]
    pub cycle_name: String,
    /// Day of publication.
    pub published_on: NaiveDate,
}

#[track_caller]
fn broken() -> Problem {
    Problem::broken("a published rating lacks data of its publication")
}

/// The current rating of a complex; `None` if none is published.
pub fn of_complex(conn: &mut Conn, state: &Service, complex: Id) -> WorkResult<Option<PublicRating>> {
    let Some(row) = store::current_of(conn, complex)? else { return Ok(None) };
    let content = store::content(conn, row.id)?;
    let earlier = public_store::earlier_of(conn, complex, EARLIER)?;
    let cycle_ids: Vec<Id> = earlier.iter().chain([&row]).map(|row| row.cycle_id).collect();
    let mut cycles = store::cycles_of(conn, &cycle_ids)?;
    let before = earlier.iter().map(|row| {
        Some(EarlierRating {
            star: row.star()?,
            cycle_name: cycles.get(&row.cycle_id)?.name.clone(),
            published_on: row.published_on?,
        })
    });
    let earlier: Vec<EarlierRating> = before.collect::<Option<_>>().ok_or_else(broken)?;
    let cycle = cycles.remove(&row.cycle_id).ok_or_else(broken)?;
    let company = companies::names_of(conn, &[row.company_id])?.remove(&row.company_id);
    let (company_name, _) = company.ok_or_else(broken)?;
    let plaque = plaque_store::valid_of(conn, &[row.id])?.remove(&row.id);
    let plaque = plaque.map(|number| PublicPlaque { page_url: plaques::page_url(state, &number), number });
    let policies = policy::holding(conn, state, &[row.policy_version])?;
    let rules = &policies.get(row.policy_version).ok_or_else(broken)?.document().ratings;
    // The points are computed with the rubric; the ladder adjustments are shown as they were recorded.
    let derivation = rules::derive(rules, &content.sheets.0, &[]).ok_or_else(broken)?;
    let star = row.star().ok_or_else(broken)?;
    let published_on = row.published_on.ok_or_else(broken)?;
    let CycleRow { name: cycle_name, period_from, period_to, .. } = cycle;
    Ok(Some(PublicRating {
        star,
        star_since: star_since(&content, published_on),
        adjustments: adjustments(&content),
        reply: reply(state, &content),
        focus_since: row.focus_since,
        raters: derivation.raters,
        bonus: derivation.bonus,
        bonus_counted: derivation.bonus_counted,
        total: derivation.total,
        raw_star: derivation.raw_star,
        vetoes: derivation.vetoes,
        cycle_name,
        period_from,
        period_to,
        published_on,
        company_name,
        plaque,
        earlier,
    }))
}

/// An announced rating that is open to objections (公示中的评定).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AnnouncedRating {
    /// Announced star.
    pub star: Star,
    /// Total points.
    pub total: WeightedPoints,
    /// Name of the rating cycle.
    #[schema(max_length = 100, example = "2026年上半年星级评定")]
    pub cycle_name: String,
    /// Name of the company whose service is rated.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// Last day of the announcement period (公示截止日). Owners may object through their community until then.
    pub announcement_ends_on: NaiveDate,
}

/// The ratings of a complex whose announcement period is not over.
pub fn announced_at(conn: &mut Conn, complex: Id, today: NaiveDate) -> WorkResult<Vec<AnnouncedRating>> {
    let rows = public_store::announced_at(conn, complex, today)?;
    let cycles = store::cycles_of(conn, &rows.iter().map(|row| row.cycle_id).collect::<Vec<_>>())?;
    let companies = companies::names_of(conn, &rows.iter().map(|row| row.company_id).collect::<Vec<_>>())?;
    let shown = rows.iter().filter_map(|row| {
        Some(AnnouncedRating {
            star: row.star()?,
            total: total_of(row)?,
            cycle_name: cycles.get(&row.cycle_id)?.name.clone(),
            company_name: companies.get(&row.company_id)?.0.clone(),
            announcement_ends_on: row.announcement_ends_on?,
        })
    });
    Ok(shown.collect())
}

/// The first day of the latest run of changes with the same star.
fn star_since(content: &ContentRow, published_on: NaiveDate) -> NaiveDate {
    let changes = &content.stars.0;
    let Some(last) = changes.last() else { return published_on };
    let same = changes.iter().rev().take_while(|change| change.star == last.star);
    same.last().map_or(published_on, |change| change.from.max(published_on))
}

fn adjustments(content: &ContentRow) -> Vec<PublicAdjustment> {
    let made = content.stars.0.last().map(|last| last.adjustments.clone()).unwrap_or_default();
    let shown = |LadderAdjustment { kind, from, to, reason_zh, reason_en, .. }| PublicAdjustment {
        kind,
        from,
        to,
        reason_zh,
        reason_en,
    };
    made.into_iter().map(shown).collect()
}

fn reply(state: &Service, content: &ContentRow) -> Option<PublicReply> {
    let step = content.proceedings.0.reply.as_ref()?;
    Some(PublicReply { text: step.text.clone(), replied_on: state.clock.day_of(step.at) })
}
