//! The public view of a complex's disclosures: the state of each of the six kinds and the verified content. Submitted
//! and rejected versions are not public.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::content::PublicRevenueContent;
use super::model::{DisclosureContent, DisclosureKind, DisclosureRow, DisclosureState};
use super::state_rules::{CurrentVersion, Schedule};
use super::store;
use crate::access::Scope;
use crate::calendar;
use crate::complexes;
use crate::db::{Conn, Id, WorkResult};
use crate::files::{self, PublicPhoto};
use crate::policy;
use crate::policy::disclosures::DisclosureRule;
use crate::proceedings::model::Evidence;
use crate::service::Service;

/// One of the six disclosures, as shown to the public (公开事项).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PublicDisclosure {
    pub kind: DisclosureKind,
    pub state: DisclosureState,
    /// Due date of the next disclosure; null if nothing more is due.
    pub due_on: Option<NaiveDate>,
    /// Day on which the verified version was posted on the notice board.
    pub published_on: Option<NaiveDate>,
    /// Date of verification.
    pub verified_on: Option<NaiveDate>,
    /// Content of the last verified version; null if there is none. Its phones belong to posts, and Civil Code 943
    /// makes them public.
    pub content: Option<DisclosureContent>,
    /// Proof: photographs of the notice board that are stored here.
    #[schema(max_items = 20)]
    pub photos: Vec<PublicPhoto>,
    /// Verified public revenue of earlier periods, newest first.
    #[schema(max_items = 7)]
    pub earlier: Vec<PublicRevenueTotals>,
}

/// Totals of the public revenue of one period (公共收益往期).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicRevenueTotals {
    /// First day of the period.
    pub period_from: NaiveDate,
    /// Last day of the period.
    pub period_to: NaiveDate,
    /// Income in fen.
    #[schema(minimum = 0)]
    pub income_total_fen: i64,
    /// Expense in fen.
    #[schema(minimum = 0)]
    pub expense_total_fen: i64,
    /// Closing balance in fen.
    pub closing_balance_fen: i64,
}

impl From<&PublicRevenueContent> for PublicRevenueTotals {
    fn from(revenue: &PublicRevenueContent) -> PublicRevenueTotals {
        PublicRevenueTotals {
            period_from: revenue.period_from,
            period_to: revenue.period_to,
            income_total_fen: revenue.income_total_fen,
            expense_total_fen: revenue.expense_total_fen,
            closing_balance_fen: revenue.closing_balance_fen,
        }
    }
}

/// Number of earlier periods to show.
const EARLIER: usize = 7;

/// All six kinds for the company that serves the complex on a day; empty if `company` does not serve it then.
pub fn public_disclosures(
    conn: &mut Conn,
    service: &Service,
    complex: Id,
    company: Id,
    today: NaiveDate,
) -> WorkResult<Vec<PublicDisclosure>> {
    let everyone = Scope::System("the six disclosures are public");
    let serving = store::serving_of(conn, &everyone, complex, today)?;
    let Some(serving) = serving.filter(|serving| serving.company_id == company) else { return Ok(Vec::new()) };
    let county = complexes::county_of(conn, complex)?;
    let policies = policy::current(conn, service, &county)?;
    let document = policies.governing(today).document();
    let calendar = calendar::work_calendar(conn, &county)?;
    let rows = store::of_company(conn, &everyone, complex, company)?;
    let shown: Vec<(DisclosureKind, Vec<&DisclosureRow>)> =
        DisclosureKind::ALL.iter().map(|kind| (*kind, in_effect(&rows, *kind))).collect();
    let ids: Vec<Id> = shown.iter().flat_map(|(_, rows)| rows.iter().map(|row| row.id)).collect();
    let mut said = store::contents_of(conn, &ids)?;
    let newest = shown.iter().filter_map(|(_, rows)| said.get(&rows.first()?.id));
    let named: Vec<Id> = newest.flat_map(|row| files::attachments_of(&row.proof.0)).collect();
    let pictures = files::pictures(conn, &named)?;
    let mut all = Vec::new();
    for (kind, verified) in shown {
        let held = rows.iter().filter(|row| row.kind == kind && row.is_current).map(DisclosureRow::held);
        let held: Vec<CurrentVersion> = held.collect();
        let rule = DisclosureRule::of(document, kind);
        let assessment =
            Schedule::new(rule, &calendar, today).starting(document.programme_from).assess(serving.began, &held);
        let newest = verified.first();
        let own = newest.and_then(|row| said.remove(&row.id));
        let (content, proof): (_, Option<Vec<Evidence>>) = own.map(|row| (row.content.0, row.proof.0)).unzip();
        let photos = proof.map(|proof| PublicPhoto::among(&proof, &pictures)).unwrap_or_default();
        let earlier = verified.iter().skip(1).filter_map(|row| {
            let revenue = said.get(&row.id)?.content.0.public_revenue.as_ref()?;
            Some(PublicRevenueTotals::from(revenue))
        });
        all.push(PublicDisclosure {
            kind,
            state: assessment.state,
            due_on: assessment.due_on,
            published_on: newest.map(|row| row.published_on),
            verified_on: newest.and_then(|row| row.verified_on),
            content,
            photos,
            earlier: earlier.collect(),
        });
    }
    Ok(all)
}

/// The verified versions in effect, newest first: one per period, or one in all for a kind that is disclosed once.
fn in_effect(rows: &[DisclosureRow], kind: DisclosureKind) -> Vec<&DisclosureRow> {
    let mut all: Vec<&DisclosureRow> = rows.iter().filter(|row| row.kind == kind && row.is_in_effect()).collect();
    all.sort_unstable_by_key(|row| std::cmp::Reverse((row.period(), row.number)));
    all.truncate(1 + EARLIER);
    all
}
