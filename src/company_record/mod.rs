//! Company records (企业信用档案): the explained standing with measures and ratings, and its preview.

mod actions;
mod routes;

use crate::access::Role::{CountyAuthority, EnforcementOffice, SocialAffairsOffice, TownshipLeader};
use crate::access::role_sets::STANDING_READERS;
use crate::handler;
use crate::service::feature::{Feature, read, submit, tag};

pub const FEATURE: Feature = Feature {
    name: "company_record",
    tags: &[tag(190, "standing", "Explained standing 惩戒状态, preview, blacklist 黑名单")],
    operations: &[
        read(handler!(routes::get_company_standing), STANDING_READERS),
        submit(
            handler!(routes::preview_standing),
            &[CountyAuthority, TownshipLeader, SocialAffairsOffice, EnforcementOffice],
        ),
    ],
    ..Feature::EMPTY
};
