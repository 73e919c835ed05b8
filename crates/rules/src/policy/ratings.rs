//! Rating rules of the policy: the rubric (评分细则) and the consequences of a star.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::Act;
use super::versions::built_in;
use crate::input_error::InputError;
use crate::points::{Points, WeightedPoints};
use crate::words::ratings::{Dimension, Rater, Star};

/// A rubric item (评分项).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RubricItem {
    /// Code of the item (评分项代码).
    #[schema(example = "hygiene.common_parts", max_length = 64, pattern = r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    pub code: String,
    /// Chinese title (名称).
    #[schema(example = "共用部位保洁", min_length = 1, max_length = 200)]
    pub title_zh: String,
    /// English title.
    #[schema(example = "Cleaning of common parts", min_length = 1, max_length = 300)]
    pub title_en: String,
    /// Maximum points (满分).
    pub points: Points,
    /// Scoring guidance (评分说明).
    #[schema(example = "每发现一处积存垃圾扣0.5分，扣完为止。", min_length = 1, max_length = 1000)]
    pub guidance: String,
}

/// A dimension of the rubric (评定维度).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RubricDimension {
    /// The dimension (维度).
    pub dimension: Dimension,
    /// Maximum points of the dimension: the sum of its items (分值).
    pub points: Points,
    /// Rubric items (评分项).
    #[schema(min_items = 1, max_items = 50)]
    pub items: Vec<RubricItem>,
    /// Codes of acts whose confirmed violations the fact sheet lists for this dimension (关联违规行为).
    #[schema(max_items = 100)]
    pub acts: Vec<String>,
}

/// Weight of a rater (评定主体权重).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RaterWeight {
    /// The rater (评定主体).
    pub rater: Rater,
    /// Weight in percent; all weights add up to 100 (权重).
    #[schema(example = 60, minimum = 1, maximum = 100)]
    pub weight_percent: u32,
}

/// A veto (一票否决项): a fact that caps the star regardless of the points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Veto {
    /// Code of the veto (否决项代码).
    #[schema(example = "veto.fatal_accident", max_length = 64, pattern = r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    pub code: String,
    /// Chinese title (名称).
    #[schema(example = "发生负有责任的安全生产死亡事故", min_length = 1, max_length = 200)]
    pub title_zh: String,
    /// English title.
    #[schema(example = "A fatal accident for which it answers", min_length = 1, max_length = 300)]
    pub title_en: String,
    /// Highest possible star (最高星级).
    pub caps_at: Star,
}

/// A bonus (加分项).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bonus {
    /// Code of the bonus (加分项代码).
    #[schema(example = "bonus.honour", max_length = 64, pattern = r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    pub code: String,
    /// Chinese title (名称).
    #[schema(example = "获得县级以上表彰", min_length = 1, max_length = 200)]
    pub title_zh: String,
    /// English title.
    #[schema(example = "Honoured by the county or above", min_length = 1, max_length = 300)]
    pub title_en: String,
    /// Maximum points (最高加分).
    pub points: Points,
}

/// Lowest points of each star (星级分数线); fewer points than for one star are below standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StarThresholds {
    /// Lowest points of five stars (五星级).
    pub five: Points,
    /// Lowest points of four stars (四星级).
    pub four: Points,
    /// Lowest points of three stars (三星级).
    pub three: Points,
    /// Lowest points of two stars (二星级).
    pub two: Points,
    /// Lowest points of one star (一星级).
    pub one: Points,
}

impl StarThresholds {
    /// Stars with their lowest points, best first.
    pub fn rows(&self) -> [(Star, Points); 5] {
        [
            (Star::Five, self.five),
            (Star::Four, self.four),
            (Star::Three, self.three),
            (Star::Two, self.two),
            (Star::One, self.one),
        ]
    }

    /// The star for a total.
    pub fn star(&self, total: WeightedPoints) -> Star {
        let reached = self.rows().into_iter().find(|(_, least)| total >= WeightedPoints::from(*least));
        reached.map_or(Star::Unqualified, |(star, _)| star)
    }
}

/// Rating rules (星级评定).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingRules {
    /// The seven dimensions with their rubric items, 100 points in total (评分细则).
    #[schema(min_items = 7, max_items = 7)]
    pub dimensions: Vec<RubricDimension>,
    /// Raters and their weights (评定主体).
    #[schema(min_items = 1, max_items = 3)]
    pub raters: Vec<RaterWeight>,
    /// Vetoes (一票否决项).
    #[schema(max_items = 50)]
    pub vetoes: Vec<Veto>,
    /// Bonuses (加分项).
    #[schema(max_items = 50)]
    pub bonus: Vec<Bonus>,
    /// Limit of the sum of all bonuses (加分上限).
    pub bonus_limit: Points,
    /// Lowest points of each star (星级分数线).
    pub thresholds: StarThresholds,
    /// Announcement period in working days before a rating can be published (公示期).
    #[schema(example = 7, minimum = 1, maximum = 60)]
    pub announcement_working_days: u32,
    /// Complexes with at most this star are on the focus list (重点整治起点).
    pub focus_at: Star,
    /// Removal is proposed after this many consecutive published cycles with such a star under the same company
    /// (连续低星清退).
    #[schema(example = 2, minimum = 2, maximum = 10)]
    pub removal_after_cycles: u32,
    /// True if the company may see the persons who scored, false if only their offices (向企业显示评分人).
    #[schema(example = false)]
    pub raters_shown: bool,
}

impl RatingRules {
    pub fn built_in() -> RatingRules {
        built_in().ratings.clone()
    }

    pub fn items(&self) -> impl Iterator<Item = (&RubricDimension, &RubricItem)> {
        self.dimensions.iter().flat_map(|dimension| dimension.items.iter().map(move |item| (dimension, item)))
    }

    pub fn weight(&self, rater: Rater) -> Option<u32> {
        self.raters.iter().find(|rule| rule.rater == rater).map(|rule| rule.weight_percent)
    }

    pub fn veto(&self, code: &str) -> Option<&Veto> {
        self.vetoes.iter().find(|veto| veto.code == code)
    }

    pub fn bonus(&self, code: &str) -> Option<&Bonus> {
        self.bonus.iter().find(|bonus| bonus.code == code)
    }
}

/// Checks: each dimension once, points add up, weights add up to 100, thresholds decrease.
pub fn check(rules: &RatingRules, acts: &[Act]) -> Vec<InputError> {
    let mut faults = Vec::new();
    let mut add = |pointer: String, code: &'static str, zh: &str, en: &str| {
        faults.push(InputError::new(format!("/ratings{pointer}"), code, zh, en));
    };
    let mut codes = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let known: BTreeSet<&str> = acts.iter().map(|act| act.code.as_str()).collect();
    for (at, dimension) in rules.dimensions.iter().enumerate() {
        if !seen.insert(dimension.dimension) {
            add(
                format!("/dimensions/{at}/dimension"),
                "duplicate",
                "评定维度重复，请删除其一",
                "the dimension is listed twice; remove one",
            );
        }
        let sum: Points = dimension.items.iter().map(|item| item.points).sum();
        if sum != dimension.points {
            add(
                format!("/dimensions/{at}/points"),
                "does_not_add_up",
                &format!("评分项合计为{sum}分，须与维度分值一致"),
                &format!("the rubric items add up to {sum}; the points of the dimension must be the same"),
            );
        }
        for (n, item) in dimension.items.iter().enumerate() {
            if !codes.insert(item.code.as_str()) {
                add(
                    format!("/dimensions/{at}/items/{n}/code"),
                    "duplicate",
                    "代码重复，请更换",
                    "the code is used twice; choose another",
                );
            }
            if item.points == Points::default() {
                add(format!("/dimensions/{at}/items/{n}/points"), "out_of_range", "须大于0", "must be more than 0");
            }
        }
        for (n, act) in dimension.acts.iter().enumerate().filter(|(_, act)| !known.contains(act.as_str())) {
            let (zh, en) = (format!("目录中没有行为 {act}"), format!("the catalogue has no act {act}"));
            add(format!("/dimensions/{at}/acts/{n}"), "unknown_act", &zh, &en);
        }
    }
    let total: Points = rules.dimensions.iter().map(|dimension| dimension.points).sum();
    if total != Points::whole(100) {
        let (zh, en) = (
            format!("各维度合计为{total}分，须为100分"),
            format!("the dimensions add up to {total} points; they must add up to 100"),
        );
        add("/dimensions".into(), "does_not_add_up", &zh, &en);
    }
    let mut seen = BTreeSet::new();
    for (at, rule) in rules.raters.iter().enumerate() {
        if !seen.insert(rule.rater) {
            add(
                format!("/raters/{at}/rater"),
                "duplicate",
                "评定主体重复，请删除其一",
                "the rater is listed twice; remove one",
            );
        }
    }
    if !seen.contains(&Rater::Office) {
        let (zh, en) = ("评定主体须包含主管单位", "the raters must include the office");
        add("/raters".into(), "required", zh, en);
    }
    let weights: u64 = rules.raters.iter().map(|rule| u64::from(rule.weight_percent)).sum();
    if weights != 100 {
        let (zh, en) = (
            format!("权重合计为{weights}%，须为100%"),
            format!("the weights add up to {weights} percent; they must add up to 100 percent"),
        );
        add("/raters".into(), "does_not_add_up", &zh, &en);
    }
    for (at, veto) in rules.vetoes.iter().enumerate() {
        if !codes.insert(veto.code.as_str()) {
            add(
                format!("/vetoes/{at}/code"),
                "duplicate",
                "代码重复，请更换",
                "the code is used twice; choose another",
            );
        }
    }
    for (at, bonus) in rules.bonus.iter().enumerate() {
        if !codes.insert(bonus.code.as_str()) {
            add(format!("/bonus/{at}/code"), "duplicate", "代码重复，请更换", "the code is used twice; choose another");
        }
    }
    for pair in rules.thresholds.rows().windows(2) {
        let [(_, above), (star, least)] = pair else { continue };
        if least >= above {
            let (zh, en) = ("须低于上一星级的分数线", "must be lower than the threshold of the star above");
            add(format!("/thresholds/{}", star.code()), "thresholds_not_decreasing", zh, en);
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_rubric_is_the_one_of_the_design() {
        let document = built_in();
        assert_eq!(check(&document.ratings, &document.acts), []);
        let points = |at: usize| document.ratings.dimensions[at].points.to_string();
        assert_eq!([0, 1, 2, 3, 4, 5, 6].map(points), ["20", "10", "10", "20", "20", "10", "10"]);
        let thresholds = document.ratings.thresholds.rows().map(|(_, least)| least.to_string());
        assert_eq!(thresholds, ["90", "80", "70", "60", "50"]);
    }

    #[test]
    fn a_rubric_that_does_not_add_up_is_refused_with_every_fault() {
        let document = built_in();
        let mut rules = document.ratings.clone();
        rules.dimensions[1].dimension = rules.dimensions[0].dimension;
        rules.dimensions[0].items[0].points = Points::whole(1);
        rules.dimensions[2].acts.push("no.such_act".into());
        rules.raters[0].weight_percent += 1;
        rules.thresholds.two = rules.thresholds.three;
        let pointers: Vec<String> = check(&rules, &document.acts).into_iter().map(|fault| fault.pointer).collect();
        let expected = [
            "/ratings/dimensions/0/points",
            "/ratings/dimensions/1/dimension",
            &format!("/ratings/dimensions/2/acts/{}", rules.dimensions[2].acts.len() - 1),
            "/ratings/raters",
            "/ratings/thresholds/two",
        ];
        assert_eq!(pointers, expected);
    }
}
