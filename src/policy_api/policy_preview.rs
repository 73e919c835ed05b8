//! Preview of a policy version before it is submitted.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::companies;
use crate::company_facts;
use crate::db::{Conn, Id, WorkResult};
use crate::policy;
use crate::policy::draft_rules;
use crate::policy::model::CreditBand;
use crate::policy::versions::PolicyVersion;
use crate::policy::view::PolicyIn;
use crate::service::{Body, Ctx};
use crate::standing::model::Standing;
use crate::standing::rules::compute_standing;

/// Effect of a policy version on the standings of companies (发布预演).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyPreview {
    /// Day for which the standings were compared.
    pub as_of: NaiveDate,
    /// Companies whose standing would change.
    #[schema(max_items = 10000)]
    pub changes: Vec<StandingChange>,
}

/// Standing of one company before and after.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StandingChange {
    pub company_id: Id,
    /// Name of the company.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    pub before: StandingBrief,
    pub after: StandingBrief,
}

/// A standing in short.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StandingBrief {
    /// Ladder level, 0 to 4.
    #[schema(maximum = 4)]
    pub level: u8,
    /// Credit score (信用分).
    #[schema(maximum = 1000)]
    pub score: u32,
    pub band: CreditBand,
    /// Keys of the measures that are due.
    #[schema(max_items = 10000)]
    pub due: Vec<String>,
}

/// Computes which standings would change. Stores nothing.
pub fn preview_policy(conn: &mut Conn, ctx: &Ctx, body: &Body<PolicyIn>) -> WorkResult<PolicyPreview> {
    let input = body.input(|input, faults| {
        draft_rules::check_first_day(input.effective_from, ctx.today, faults);
        Ok(())
    })?;
    let county = ctx.caller.county().unwrap_or_default();
    let now = policy::current(conn, &ctx.state, county)?;
    let next = PolicyVersion::new(now.newest_number() + 1, input.effective_from, input.document.clone());
    let then = now.with(next);
    let as_of = input.effective_from;
    let mut changes = Vec::new();
    for facts in company_facts::of_all(conn, county, as_of)? {
        let before = brief(&compute_standing(&facts, &now, as_of));
        let after = brief(&compute_standing(&facts, &then, as_of));
        if before != after {
            let company_id = Id(facts.company_id);
            changes.push(StandingChange { company_id, company_name: String::new(), before, after });
        }
    }
    let names = companies::names_of(conn, &changes.iter().map(|c| c.company_id).collect::<Vec<_>>())?;
    for change in &mut changes {
        change.company_name = names.get(&change.company_id).map(|(name, _)| name.clone()).unwrap_or_default();
    }
    Ok(PolicyPreview { as_of, changes })
}

fn brief(standing: &Standing) -> StandingBrief {
    StandingBrief {
        level: standing.level,
        score: standing.credit.score,
        band: standing.credit.band,
        due: standing.consequences.iter().map(|due| due.key.clone()).collect(),
    }
}
