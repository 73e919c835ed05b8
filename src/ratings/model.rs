use chrono::NaiveDate;

use crate::coded_enum;

coded_enum! {
    /// Star of a rating (星级), worst first.
    #[schema(example = "four")]
    pub enum Star {
        Unqualified "unqualified" "不合格" "Unqualified"
        One "one" "一星级" "One star"
        Two "two" "二星级" "Two stars"
        Three "three" "三星级" "Three stars"
        Four "four" "四星级" "Four stars"
        Five "five" "五星级" "Five stars"
    }
}

/// What the last published rating of a complex says today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrentStar {
    pub star: Star,
    /// On the focus list (重点整治名单) since this day; none where it is not on it.
    pub focus_since: Option<NaiveDate>,
}
