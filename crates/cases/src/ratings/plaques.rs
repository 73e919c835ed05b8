//! Plaques (铭牌): their numbers, and whether a plaque is valid.

use chrono::Datelike;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::model::{PlaqueState, Star};
use super::rows::{CycleRow, PlaqueRow, RatingRow};
use super::{plaque_store, store};
use crate::access::{Role, Scope};
use crate::characters::code_key;
use crate::companies;
use crate::complexes;
use crate::db::{Conn, Id, WorkResult};
use crate::documents;
use crate::ledger::{self, Audience, Event};
use crate::offices;
use crate::policy;
use crate::problem::Problem;
use crate::service::{Service, Tx};

const EVERYONE: Scope = Scope::System("plaques are public");

/// Number series of the plaques; official documents use the document prefixes of the offices.
const SERIES: &str = "铭牌";

/// Verification of a plaque (铭牌核验). Public.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Plaque {
    /// Number of the plaque (铭牌编号).
    #[schema(max_length = 40, example = "640121-2026-0012")]
    pub number: String,
    pub state: PlaqueState,
    /// Star on the plaque.
    pub star: Star,
    pub complex_id: Id,
    /// Name of the complex.
    #[schema(max_length = 200, example = "望远示范花园")]
    pub complex_name: String,
    /// Names of county, township and community.
    #[schema(max_length = 200, example = "永宁县望远镇望远居委会")]
    pub area: String,
    /// The company whose service was rated.
    #[schema(max_length = 200, example = "宁夏和泰物业服务有限公司")]
    pub company_name: String,
    /// Name of the rating cycle.
    #[schema(max_length = 100, example = "2026年上半年星级评定")]
    pub cycle_name: String,
    /// First day of the rated period.
    pub period_from: chrono::NaiveDate,
    /// Last day of the rated period.
    pub period_to: chrono::NaiveDate,
    /// Body that issued it (颁发单位).
    #[schema(max_length = 200, example = "永宁县望远镇人民政府")]
    pub issued_by: String,
    /// Day of issue.
    pub issued_on: chrono::NaiveDate,
    /// Day since which it is not valid; null while it is valid.
    pub ended_on: Option<chrono::NaiveDate>,
    /// Number of the valid plaque of the complex, if it is a different one.
    #[schema(max_length = 40, example = "640121-2026-0099")]
    pub superseded_by: Option<String>,
    /// True if the rated company still serves the complex. Otherwise the star says nothing about the current company.
    pub still_serves: bool,
    /// Address of its public page, which the QR code opens.
    #[schema(max_length = 300, example = "https://wuye.example.gov.cn/public/plaques/640121-2026-0012")]
    pub page_url: String,
}

/// The address in the QR code of a plaque.
pub fn page_url(state: &Service, number: &str) -> String {
    format!("{}/public/plaques/{number}", state.local_issuer.url)
}

/// Reads a number as somebody typed it from a plaque, with any dashes or none. `None` if it cannot be a number.
fn normalised(typed: &str) -> Option<String> {
    if typed.chars().count() > 40 {
        return None;
    }
    let digits = code_key(typed);
    let good = digits.len() > 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    good.then(|| format!("{}-{}-{}", &digits[..6], &digits[6..10], &digits[10..]))
}

/// Finds a plaque by its number. Public.
pub fn find(conn: &mut Conn, state: &Service, number: &str) -> WorkResult<Plaque> {
    let unknown = || Problem::not_found_at("path/number");
    let number = normalised(number).ok_or_else(unknown)?;
    let row = plaque_store::find(conn, &number)?.ok_or_else(unknown)?;
    let rating = store::find(conn, &EVERYONE, row.rating_id)?;
    let cycle = store::find_cycle(conn, &EVERYONE, rating.cycle_id)?;
    let complex = complexes::find(conn, &EVERYONE, row.complex_id)?;
    let company = companies::find(conn, &EVERYONE, row.company_id)?;
    let superseded_by =
        plaque_store::valid_at(conn, row.complex_id)?.map(|valid| valid.number).filter(|valid| *valid != row.number);
    let serving = complexes::services_in_force(conn, &EVERYONE, &[row.complex_id], state.clock.today())?;
    Ok(Plaque {
        still_serves: serving.get(&row.complex_id).is_some_and(|service| service.company_id == row.company_id),
        state: row.state,
        star: Star::from_rank(row.stars).ok_or_else(|| Problem::broken("a stored Star is unknown"))?,
        area: documents::place_in_words(conn, &complex.place())?,
        issued_by: issuer(conn, state, &cycle)?,
        page_url: page_url(state, &row.number),
        complex_id: row.complex_id,
        complex_name: complex.name,
        company_name: company.name,
        cycle_name: cycle.name,
        period_from: cycle.period_from,
        period_to: cycle.period_to,
        number: row.number,
        issued_on: row.issued_on,
        ended_on: row.ended_on,
        superseded_by,
    })
}

/// The body that published the cycle: the county authority, or the township government that the office belongs to under
/// the policy.
fn issuer(conn: &mut Conn, state: &Service, cycle: &CycleRow) -> WorkResult<String> {
    let (role, division) = match cycle.township.is_empty() {
        true => (Role::CountyAuthority, &cycle.county),
        false => (Role::SocialAffairsOffice, &cycle.township),
    };
    let Some(office) = offices::find_by_role(conn, role, division)? else {
        return Ok(format!("{}{}", documents::place_in_words(conn, &cycle.place())?, role.row().zh));
    };
    let policies = policy::current(conn, state, &cycle.county)?;
    let rules = &policies.governing(state.clock.today()).document().issuing;
    documents::issuing_body(conn, rules, &office)
}

/// Brings the plaque of a complex into agreement with a changed rating. The current rating has one valid plaque with
/// its star, or none if it is below standard.
pub fn renew(tx: &mut Tx, rating: &RatingRow) -> WorkResult<()> {
    let wanted = match (rating.is_current, rating.star()) {
        (true, Some(star)) if star > Star::Unqualified => Some(star),
        _ => None,
    };
    let mut before = None;
    if let Some(valid) = plaque_store::valid_at(tx.conn, rating.complex_id)? {
        let of_rating = valid.rating_id == rating.id;
        if of_rating && wanted.is_some_and(|star| star.rank() == valid.stars) {
            return Ok(());
        }
        if rating.is_current || of_rating {
            let withdrawn = wanted.is_none() && of_rating;
            let state = if withdrawn { PlaqueState::Withdrawn } else { PlaqueState::Superseded };
            before = Some(end(tx, valid, state)?);
        }
    }
    let supersedes = before.as_ref().map(|plaque| plaque.number.clone());
    // The company of the ended plaque is notified by an event, unless the event of its own new plaque says so already.
    if let Some(ended) = before.filter(|plaque| wanted.is_none() || plaque.company_id != rating.company_id) {
        record(tx, &ended, "plaque.ended", None)?;
    }
    match wanted {
        Some(star) => issue(tx, rating, star, supersedes),
        None => Ok(()),
    }
}

/// Withdraws every plaque of a withdrawn rating, because none of them was right.
pub fn withdraw_all(tx: &mut Tx, rating: &RatingRow) -> WorkResult<()> {
    for mut plaque in plaque_store::all_of_rating(tx.conn, rating.id)? {
        if plaque.state != PlaqueState::Withdrawn {
            plaque.state = PlaqueState::Withdrawn;
            plaque.ended_on = plaque.ended_on.or(Some(tx.ctx.today));
            plaque_store::save(tx.conn, &plaque)?;
            record(tx, &plaque, "plaque.ended", None)?;
        }
    }
    Ok(())
}

fn end(tx: &mut Tx, mut plaque: PlaqueRow, state: PlaqueState) -> WorkResult<PlaqueRow> {
    plaque.state = state;
    plaque.ended_on = Some(tx.ctx.today);
    plaque_store::save(tx.conn, &plaque)?;
    Ok(plaque)
}

/// Issues a new plaque, or makes an earlier one of this rating and star valid again.
fn issue(tx: &mut Tx, rating: &RatingRow, star: Star, supersedes: Option<String>) -> WorkResult<()> {
    if let Some(mut before) = plaque_store::of_rating(tx.conn, rating.id, star)? {
        before.state = PlaqueState::Valid;
        before.ended_on = None;
        plaque_store::save(tx.conn, &before)?;
        return record(tx, &before, "plaque.restored", supersedes);
    }
    let year = tx.ctx.today.year();
    let serial = documents::next_number(tx.conn, &rating.county, SERIES, year)?;
    let plaque = PlaqueRow {
        number: format!("{}-{year}-{serial:04}", rating.county),
        rating_id: rating.id,
        complex_id: rating.complex_id,
        company_id: rating.company_id,
        county: rating.county.clone(),
        township: rating.township.clone(),
        community: rating.community.clone(),
        stars: star.rank(),
        state: PlaqueState::Valid,
        issued_on: tx.ctx.today,
        ended_on: None,
    };
    plaque_store::insert(tx.conn, &plaque)?;
    record(tx, &plaque, "plaque.issued", supersedes)
}

fn record(tx: &mut Tx, plaque: &PlaqueRow, kind: &'static str, supersedes: Option<String>) -> WorkResult<()> {
    let place = ledger::Place {
        county: plaque.county.clone(),
        township: plaque.township.clone(),
        community: plaque.community.clone(),
    };
    let event = Event::new(kind, "plaque", &plaque.number)
        .in_territory(place)
        .company(Some(plaque.company_id))
        .complex(Some(plaque.complex_id))
        .audience(Audience::Parties)
        .data(json!({
            "rating_id": plaque.rating_id, "star": plaque.stars, "state": plaque.state, "issued_on": plaque.issued_on,
            "ended_on": plaque.ended_on, "supersedes": supersedes,
        }));
    ledger::append(tx, event)?;
    Ok(())
}
