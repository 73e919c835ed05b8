//! Queries of the public pages.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{
    AreaChoice, ComplaintOffice, ListPublicComplexes, PublicComplex, PublicComplexRow, PublicContract, PublicDocument,
    PublicService, disclosed_fees,
};
use crate::access::Scope;
use crate::complexes::model::{ComplexRow, CurrentService};
use crate::complexes::scoped;
use crate::contracts::model::FiledContract;
use crate::db::schema::complexes;
use crate::db::{Conn, Id, WorkResult, contains, folded};
use crate::disclosures::price_rules;
use crate::http::Cursor;
use crate::http::paging::{Page, PageOf};
use crate::problem::Problem;
use crate::service::Service;
use crate::{companies, contracts, disclosures, divisions, documents, offices, ratings, typical_cases};

/// Everyone may read the public data of every complex.
const PUBLIC: Scope = Scope::System("the public data of a complex are visible to everyone");

/// A page of complexes by part of a name and by division, newest first.
pub fn search(conn: &mut Conn, query: &ListPublicComplexes, today: NaiveDate) -> WorkResult<PageOf<PublicComplexRow>> {
    let page = Page { limit: query.limit, cursor: query.cursor.clone(), with_total: None };
    let mut rows = scoped::complexes(&PUBLIC);
    if let Some(q) = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        rows = rows.filter(folded(complexes::name).like(folded(contains(q))).escape('\\'));
    }
    if let Some(division) = &query.division {
        rows = match division.len() {
            6 => rows.filter(complexes::county.eq(division.clone())),
            9 => rows.filter(complexes::township.eq(division.clone())),
            _ => rows.filter(complexes::community.eq(division.clone())),
        };
    }
    if let Some(before) = Cursor::decode::<Id>(page.cursor.as_deref())? {
        rows = rows.filter(complexes::id.lt(before));
    }
    let rows: Vec<ComplexRow> = rows.order(complexes::id.desc()).limit(page.fetch()).load(conn)?;
    let (rows, next_cursor) = page.cut(rows, |row| row.id);
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut services = crate::complexes::services_in_force(conn, &PUBLIC, &ids, today)?;
    let names = divisions::names_of(conn, rows.iter().flat_map(|row| [row.township.clone(), row.community.clone()]))?;
    let name = |code: &str| names.get(code).map(String::as_str).unwrap_or_default();
    let items = rows
        .into_iter()
        .map(|row| PublicComplexRow {
            area: format!("{}{}", name(&row.township), name(&row.community)),
            company_name: services.remove(&row.id).map(|service| service.company_name),
            id: row.id,
            name: row.name,
            address: row.address,
            community: row.community,
        })
        .collect();
    Ok(PageOf { items, next_cursor, total: None })
}

/// The townships and communities that have complexes.
pub fn areas(conn: &mut Conn) -> WorkResult<Vec<AreaChoice>> {
    let codes: Vec<(String, String)> = scoped::complexes(&PUBLIC)
        .select((complexes::township, complexes::community))
        .distinct()
        .order((complexes::township, complexes::community))
        .load(conn)?;
    let all = codes.iter().flat_map(|(township, community)| [township.clone(), community.clone()]);
    let names = divisions::names_of(conn, all)?;
    let named = |code: String| {
        let name = names.get(&code).cloned().unwrap_or_else(|| code.clone());
        (code, name)
    };
    let mut choices: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (township, community) in codes {
        choices.entry(township).or_default().push(named(community));
    }
    let choice = |(code, communities): (String, Vec<(String, String)>)| {
        let (code, name) = named(code);
        AreaChoice { code, name, communities }
    };
    Ok(choices.into_iter().map(choice).collect())
}

/// All public data of a complex.
pub fn complex(conn: &mut Conn, state: &Service, id: Id) -> WorkResult<PublicComplex> {
    let today = state.clock.today();
    let row = crate::complexes::find(conn, &PUBLIC, id)?;
    let serving = crate::complexes::services_in_force(conn, &PUBLIC, &[id], today)?.remove(&id);
    let disclosures = match &serving {
        Some(serving) => disclosures::public_disclosures(conn, state, id, serving.company_id, today)?,
        None => Vec::new(),
    };
    let filed = contracts::filed_in_force(conn, id, today)?;
    let price_findings = match (disclosed_fees(&disclosures), &filed) {
        (Some(disclosed), Some(filed)) => price_rules::compare(disclosed, filed),
        _ => Vec::new(),
    };
    Ok(PublicComplex {
        price_findings,
        area: documents::place_in_words(conn, &row.place())?,
        page_url: format!("{}/public/complexes/{id}", state.local_issuer.url),
        service: serving.map(|serving| service(conn, serving)).transpose()?,
        contract: filed.map(contract),
        disclosures,
        typical_cases: typical_cases::of_complex(conn, id)?,
        rating: ratings::public::of_complex(conn, state, id)?,
        announced_ratings: ratings::public::announced_at(conn, id, today)?,
        complaint_offices: complaint_offices(conn, &row)?,
        id: row.id,
        name: row.name,
        address: row.address,
        county: row.county,
        township: row.township,
        community: row.community,
    })
}

fn service(conn: &mut Conn, service: CurrentService) -> WorkResult<PublicService> {
    let company = companies::find(conn, &PUBLIC, service.company_id)?;
    Ok(PublicService {
        company_name: company.name,
        company_uscc: company.uscc,
        service_hotline: company.service_hotline,
        project_manager: service.project_manager,
        effective_from: service.effective_from,
        effective_to: service.effective_to,
    })
}

fn contract(filed: FiledContract) -> PublicContract {
    PublicContract {
        kind: filed.kind,
        filing_number: filed.filing_number,
        filed_on: filed.filed_on,
        effective_from: filed.effective_from,
        effective_to: filed.effective_to,
        fee_items: filed.fee_items,
    }
}

fn complaint_offices(conn: &mut Conn, row: &ComplexRow) -> WorkResult<Vec<ComplaintOffice>> {
    let offices = offices::complaint_phones(conn, &row.county, &row.township, &row.community)?;
    let shown = |office: offices::model::Office| ComplaintOffice {
        role: office.role,
        name: office.name,
        phone: office.complaint_phone.unwrap_or(office.phone),
        hours: office.hours,
    };
    Ok(offices.into_iter().map(shown).collect())
}

/// The public data of a document, by its verification code.
pub fn document(conn: &mut Conn, typed: &str) -> WorkResult<PublicDocument> {
    let unknown = || Problem::not_found_at("path/code");
    let code = documents::normalised_code(typed).ok_or_else(unknown)?;
    let row = documents::find_by_code(conn, &code)?.ok_or_else(unknown)?;
    Ok(PublicDocument {
        state: row.state,
        kind: row.kind,
        title: row.title,
        number: row.number,
        office_name: row.office_name,
        issued_on: row.issued_on,
        addressee: row.addressee,
        code: row.code,
        digest: row.digest,
        withdrawn_on: row.withdrawn_on,
        withdrawal_reason: row.withdrawal_reason,
    })
}
