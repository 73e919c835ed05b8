//! Derives the star from the scores, each step with its ground. Pure: no clock, no database, no HTTP.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Dimension, Rater, Star};
use super::rows::{BonusIn, ItemScore, LadderAdjustment, Sheet, VetoIn};
use crate::db::Id;
use crate::input_error::InputError;
use crate::personal::personal_data_fault;
use crate::points::{Points, WeightedPoints};
use crate::policy::model::MeasureKind;
use crate::policy::ratings::RatingRules;

/// The parts of a score sheet that the rubric checks.
pub struct RaterScores<'a> {
    pub rater: Rater,
    pub items: &'a [ItemScore],
    pub satisfaction: Option<Points>,
    pub respondents: Option<i64>,
    pub vetoes: &'a [VetoIn],
    pub bonus: &'a [BonusIn],
}

/// Requires a score for every rubric item, each once and within its points. A missing item is an input error and does
/// not count as zero.
pub fn check_scores(rules: &RatingRules, given: &RaterScores, faults: &mut Vec<InputError>) {
    if rules.weight(given.rater).is_none() {
        let (zh, en) = ("评分细则中没有该评定主体", "the rubric has no such rater");
        faults.push(InputError::new("/rater", "unknown_value", zh, en));
        return;
    }
    let owners = given.rater == Rater::Owners;
    if owners {
        check_satisfaction(given, faults);
    } else {
        check_items(rules, given, faults);
        for (pointer, there) in
            [("/satisfaction", given.satisfaction.is_some()), ("/respondents", given.respondents.is_some())]
        {
            if there {
                let (zh, en) = ("只有业主满意度测评可以填写", "only allowed for the owners' satisfaction survey");
                faults.push(InputError::new(pointer, "conflict", zh, en));
            }
        }
    }
    check_office_parts(rules, given, faults);
}

fn check_satisfaction(given: &RaterScores, faults: &mut Vec<InputError>) {
    match given.satisfaction {
        None => faults.push(InputError::new("/satisfaction", "required", "须填写满意度", "state the satisfaction")),
        Some(points) if points > Points::whole(100) => {
            faults.push(InputError::new("/satisfaction", "out_of_range", "不得大于100", "must be at most 100"));
        }
        Some(_) => {}
    }
    if given.respondents.is_none() {
        let (zh, en) = ("须填写参评户数", "state the number of households that took part");
        faults.push(InputError::new("/respondents", "required", zh, en));
    }
    if !given.items.is_empty() {
        let (zh, en) = ("业主满意度测评不得逐项评分", "the owners' satisfaction survey must not be scored by items");
        faults.push(InputError::new("/items", "conflict", zh, en));
    }
}

fn check_items(rules: &RatingRules, given: &RaterScores, faults: &mut Vec<InputError>) {
    let mut seen = HashSet::new();
    for (at, score) in given.items.iter().enumerate() {
        let pointer = |field: &str| format!("/items/{at}/{field}");
        let Some((_, item)) = rules.items().find(|(_, item)| item.code == score.item) else {
            let (zh, en) = ("评分细则中没有该评分项", "the rubric has no such rubric item");
            faults.push(InputError::new(pointer("item"), "unknown_value", zh, en));
            continue;
        };
        if !seen.insert(score.item.as_str()) {
            faults.push(InputError::new(
                pointer("item"),
                "duplicate",
                "评分项重复，请删除其一",
                "the rubric item is scored twice; remove one",
            ));
        }
        if score.points > item.points {
            let (zh, en) =
                (format!("不得超过满分{}分", item.points), format!("must be at most {} points", item.points));
            faults.push(InputError::new(pointer("points"), "out_of_range", zh, en));
        }
        if score.points < item.points && score.note.is_none() {
            let (zh, en) = ("扣分须说明原因", "state the reason for the deduction");
            faults.push(InputError::new(pointer("note"), "required", zh, en));
        }
    }
    for (_, item) in rules.items().filter(|(_, item)| !seen.contains(item.code.as_str())) {
        let (zh, en) =
            (format!("须填写评分项“{}”的评分", item.title_zh), format!("score the rubric item {}", item.code));
        faults.push(InputError::new("/items", "required", zh, en));
    }
}

/// A ground is published with the rating, so it must not contain personal data.
fn check_ground(pointer: String, ground: &str, faults: &mut Vec<InputError>) {
    faults.extend(personal_data_fault(pointer, ground));
}

/// Only the office may record vetoes and bonus points.
fn check_office_parts(rules: &RatingRules, given: &RaterScores, faults: &mut Vec<InputError>) {
    if given.rater != Rater::Office {
        for (pointer, there) in [("/vetoes", !given.vetoes.is_empty()), ("/bonus", !given.bonus.is_empty())] {
            if there {
                let (zh, en) = ("只有主管单位可以填写", "only the office may state this");
                faults.push(InputError::new(pointer, "conflict", zh, en));
            }
        }
        return;
    }
    let mut seen = HashSet::new();
    for (at, veto) in given.vetoes.iter().enumerate() {
        check_ground(format!("/vetoes/{at}/ground"), &veto.ground, faults);
        let pointer = format!("/vetoes/{at}/code");
        if rules.veto(&veto.code).is_none() {
            faults.push(InputError::new(
                pointer,
                "unknown_value",
                "评分细则中没有该一票否决项",
                "the rubric has no such veto",
            ));
        } else if !seen.insert(veto.code.as_str()) {
            faults.push(InputError::new(
                pointer,
                "duplicate",
                "一票否决项重复，请删除其一",
                "listed twice; remove one",
            ));
        }
    }
    for (at, bonus) in given.bonus.iter().enumerate() {
        let pointer = |field: &str| format!("/bonus/{at}/{field}");
        check_ground(pointer("ground"), &bonus.ground, faults);
        match rules.bonus(&bonus.code) {
            None => {
                let (zh, en) = ("评分细则中没有该加分项", "the rubric has no such bonus");
                faults.push(InputError::new(pointer("code"), "unknown_value", zh, en));
            }
            Some(rule) if bonus.points > rule.points => {
                let (zh, en) =
                    (format!("不得超过{}分", rule.points), format!("must be at most {} points", rule.points));
                faults.push(InputError::new(pointer("points"), "out_of_range", zh, en));
            }
            Some(_) if !seen.insert(bonus.code.as_str()) => {
                faults.push(InputError::new(
                    pointer("code"),
                    "duplicate",
                    "加分项重复，请删除其一",
                    "listed twice; remove one",
                ));
            }
            Some(_) => {}
        }
    }
}

/// Points of one rater in one dimension (维度得分).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DimensionPoints {
    pub dimension: Dimension,
    /// Sum of the points of its items.
    pub points: Points,
    /// Maximum points of the dimension.
    pub of: Points,
}

/// Points of one rater (评定主体得分).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RaterPoints {
    pub rater: Rater,
    /// Points by dimension; empty for the owners, who give one figure.
    #[schema(max_items = 7)]
    pub dimensions: Vec<DimensionPoints>,
    /// Points out of 100: the sum of the dimensions, or the satisfaction of the owners.
    pub points: Points,
    /// Weight of the rater, in percent.
    #[schema(minimum = 1, maximum = 100)]
    pub weight_percent: u32,
    /// Points times weight, exact.
    pub weighted: WeightedPoints,
}

/// An applied veto (一票否决).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AppliedVeto {
    /// Code of the veto.
    #[schema(max_length = 64, example = "veto.refused_rectification")]
    pub code: String,
    /// Title of the veto in Chinese.
    #[schema(max_length = 200)]
    pub title_zh: String,
    /// Title of the veto in English.
    #[schema(max_length = 300)]
    pub title_en: String,
    /// Ground of the veto.
    #[schema(max_length = 1000)]
    pub ground: String,
    /// Highest star that the veto allows.
    pub caps_at: Star,
    /// Star before the veto.
    pub from: Star,
    /// Star after the veto.
    pub to: Star,
}

/// Bonus points awarded (加分).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GivenBonus {
    /// Code of the bonus.
    #[schema(max_length = 64, example = "bonus.honour")]
    pub code: String,
    /// Title of the bonus in Chinese.
    #[schema(max_length = 200)]
    pub title_zh: String,
    /// Title of the bonus in English.
    #[schema(max_length = 300)]
    pub title_en: String,
    /// Ground of the bonus.
    #[schema(max_length = 1000)]
    pub ground: String,
    /// Points awarded.
    pub points: Points,
}

/// Derivation of the star (评定推导). The raters and the bonus give the total, the total gives the raw star, and vetoes and
/// ladder adjustments give the final star.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Derivation {
    /// Points of each rater.
    #[schema(max_items = 3)]
    pub raters: Vec<RaterPoints>,
    /// Bonus points awarded.
    #[schema(max_items = 50)]
    pub bonus: Vec<GivenBonus>,
    /// Bonus points that count, up to the limit of the rubric.
    pub bonus_counted: Points,
    /// Total of the weighted points and the bonus that counts, exact.
    pub total: WeightedPoints,
    /// Star that the total gives.
    pub raw_star: Star,
    /// Vetoes, each with its ground.
    #[schema(max_items = 50)]
    pub vetoes: Vec<AppliedVeto>,
    /// Star after the vetoes.
    pub vetoed_star: Star,
    /// Ladder adjustments, each with its ground.
    #[schema(max_items = 50)]
    pub adjustments: Vec<LadderAdjustment>,
    /// Final star.
    pub star: Star,
}

/// Derives the star. `None` while a score sheet is missing.
pub fn derive(rules: &RatingRules, sheets: &[Sheet], ladder: &[LadderMeasure]) -> Option<Derivation> {
    let mut raters = Vec::with_capacity(rules.raters.len());
    for rule in &rules.raters {
        let sheet = sheets.iter().find(|sheet| sheet.rater == rule.rater)?;
        raters.push(rater_points(rules, sheet, rule.weight_percent));
    }
    let office = sheets.iter().find(|sheet| sheet.rater == Rater::Office);
    let bonus: Vec<GivenBonus> =
        office.iter().flat_map(|sheet| &sheet.bonus).filter_map(|one| given_bonus(rules, one)).collect();
    let bonus_counted = bonus.iter().map(|one| one.points).sum::<Points>().min(rules.bonus_limit);
    let weighted: WeightedPoints = raters.iter().map(|one| one.weighted).sum();
    let total = weighted + bonus_counted.into();
    let raw_star = rules.thresholds.star(total);
    let mut vetoed_star = raw_star;
    let mut vetoes = Vec::new();
    for veto in office.iter().flat_map(|sheet| &sheet.vetoes) {
        let Some(rule) = rules.veto(&veto.code) else { continue };
        let from = vetoed_star;
        vetoed_star = vetoed_star.min(rule.caps_at);
        vetoes.push(AppliedVeto {
            code: veto.code.clone(),
            title_zh: rule.title_zh.clone(),
            title_en: rule.title_en.clone(),
            ground: veto.ground.clone(),
            caps_at: rule.caps_at,
            from,
            to: vetoed_star,
        });
    }
    let (star, adjustments) = adjust(vetoed_star, ladder);
    Some(Derivation { raters, bonus, bonus_counted, total, raw_star, vetoes, vetoed_star, adjustments, star })
}

fn given_bonus(rules: &RatingRules, one: &BonusIn) -> Option<GivenBonus> {
    let rule = rules.bonus(&one.code)?;
    Some(GivenBonus {
        code: one.code.clone(),
        title_zh: rule.title_zh.clone(),
        title_en: rule.title_en.clone(),
        ground: one.ground.clone(),
        points: one.points,
    })
}

fn rater_points(rules: &RatingRules, sheet: &Sheet, weight_percent: u32) -> RaterPoints {
    let points_of = |code: &str| sheet.items.iter().find(|one| one.item == code).map(|one| one.points);
    let dimensions: Vec<DimensionPoints> = match sheet.rater {
        Rater::Owners => Vec::new(),
        Rater::Office | Rater::Community => rules
            .dimensions
            .iter()
            .map(|dimension| DimensionPoints {
                dimension: dimension.dimension,
                points: dimension.items.iter().filter_map(|item| points_of(&item.code)).sum(),
                of: dimension.points,
            })
            .collect(),
    };
    let points = sheet.satisfaction.unwrap_or_else(|| dimensions.iter().map(|one| one.points).sum());
    RaterPoints { rater: sheet.rater, dimensions, points, weight_percent, weighted: points.percent(weight_percent) }
}

/// A measure of the ladder that applies to a complex and its company: ordered, and not reversed.
#[derive(Clone, Debug, PartialEq)]
pub struct LadderMeasure {
    pub id: Id,
    pub kind: MeasureKind,
    pub reason_zh: String,
    pub reason_en: String,
    /// Last day on which a new rating is lowered by it.
    pub counts_until: Option<NaiveDate>,
}

/// Lowers a star by the measures of the ladder. A downgrade takes one star and never the last one, so that level 2
/// alone leads to no removal. A measure "rating below standard" takes all stars.
pub fn adjust(star: Star, ladder: &[LadderMeasure]) -> (Star, Vec<LadderAdjustment>) {
    let mut star = star;
    let mut adjustments = Vec::new();
    let of = |kind: MeasureKind| ladder.iter().filter(move |measure| measure.kind == kind);
    for measure in of(MeasureKind::StarDowngrade).chain(of(MeasureKind::RatingUnqualified)) {
        let from = star;
        star = match measure.kind {
            MeasureKind::RatingUnqualified => Star::Unqualified,
            _ => Star::from_rank((star.rank() - 1).max(1)).unwrap_or(star).min(star),
        };
        adjustments.push(LadderAdjustment {
            measure_id: measure.id,
            kind: measure.kind,
            from,
            to: star,
            reason_zh: measure.reason_zh.clone(),
            reason_en: measure.reason_en.clone(),
            counts_until: measure.counts_until,
        });
    }
    (star, adjustments)
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
