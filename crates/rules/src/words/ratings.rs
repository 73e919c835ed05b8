//! Stars, dimensions and raters of the star rating.

use crate::coded_enum;

coded_enum! {
    /// Star of a rating (星级), lowest first.
    #[schema(example = "four")]
    pub enum Star {
        Unqualified "unqualified" "不达标" "Below standard"
        One "one" "一星级" "One star"
        Two "two" "二星级" "Two stars"
        Three "three" "三星级" "Three stars"
        Four "four" "四星级" "Four stars"
        Five "five" "五星级" "Five stars"
    }
}

impl Star {
    /// Number of stars; 0 is below standard.
    pub fn rank(self) -> i64 {
        self as i64
    }

    pub fn from_rank(rank: i64) -> Option<Star> {
        Star::ALL.get(usize::try_from(rank).ok()?).copied()
    }
}

coded_enum! {
    /// Dimension of a rating (评定维度).
    #[schema(example = "hygiene")]
    pub enum Dimension {
        Hygiene "hygiene" "环境卫生" "Hygiene"
        WasteSorting "waste_sorting" "垃圾分类" "Waste sorting"
        Greening "greening" "绿化养护" "Greening"
        Order "order" "公共秩序" "Public order"
        Facilities "facilities" "设施设备" "Facilities"
        Disclosure "disclosure" "信息公开" "Disclosure"
        Governance "governance" "协同治理" "Governance"
    }
}

coded_enum! {
    /// Rater (评定主体).
    #[schema(example = "office")]
    pub enum Rater {
        Office "office" "主管单位评定" "Office"
        Community "community" "社区评定" "Community"
        Owners "owners" "业主满意度测评" "Owners' satisfaction survey"
    }
}
