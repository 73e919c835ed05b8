//! What ratings wait for: one by one to be reviewed, decided or objected to; cycle by cycle to be scored, announced and
//! published.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::model::InboxKind;
use crate::access::{Caller, Role};
use crate::db::Id;
use crate::ratings::rows::RatingRow;

/// Something that waits, of one rating or of a whole cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waits {
    Rating(Id, InboxKind, Option<NaiveDate>),
    Cycle(Id, InboxKind),
}

fn scores(role: Role) -> bool {
    matches!(role, Role::SocialAffairsOffice | Role::Community)
}

fn decides(role: Role) -> bool {
    matches!(role, Role::SocialAffairsOffice | Role::TownshipLeader)
}

fn organises(role: Role) -> bool {
    matches!(role, Role::SocialAffairsOffice | Role::CountyAuthority)
}

/// What the open ratings of a territory wait for from this caller.
pub fn of_ratings(rows: &[RatingRow], caller: &Caller, today: NaiveDate) -> BTreeSet<Waits> {
    let role = caller.role;
    let mut all = BTreeSet::new();
    for row in rows {
        let over = row.publicity_ends_on.is_some_and(|last| last < today);
        let waits = match row.state.as_str() {
            "draft" if scores(role) => Waits::Cycle(row.cycle_id, InboxKind::ScoreRatings),
            "scored" if role == Role::SocialAffairsOffice => Waits::Rating(row.id, InboxKind::ReviewRating, None),
            "reviewed" if organises(role) => Waits::Cycle(row.cycle_id, InboxKind::AnnounceRatings),
            "announced" if matches!(role, Role::PropertyCompany | Role::ComplexCommittee) && !over => {
                Waits::Rating(row.id, InboxKind::ObjectToRating, row.publicity_ends_on)
            }
            "announced" if row.objections_open > 0 && decides(role) => {
                Waits::Rating(row.id, InboxKind::DecideObjection, None)
            }
            "announced" if over && row.objections_open == 0 && organises(role) => {
                Waits::Cycle(row.cycle_id, InboxKind::PublishRatings)
            }
            _ => continue,
        };
        all.insert(waits);
    }
    all
}
