//! Existing data of the service: complexes with their current companies, the policy, and the working days.

use std::collections::HashMap;

use anyhow::{Context, ensure};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use xiaoqu::calendar;
use xiaoqu::calendar::rules::WorkCalendar;
use xiaoqu::complaints::clock_rules::Clock;
use xiaoqu::complexes::model::Point;
use xiaoqu::db::schema::{complex_services as services, complexes, policies};
use xiaoqu::db::{Conn, Id, WorkResult};
use xiaoqu::ledger::Place;
use xiaoqu::policy::complaints::{ComplaintCategory, ComplaintRules};
use xiaoqu::policy::model::PolicyDocument;

pub struct Home {
    pub id: Id,
    pub place: Place,
    pub company: Option<Id>,
    pub point: Option<Point>,
}

pub struct World {
    pub homes: Vec<Home>,
    pub rules: ComplaintRules,
    pub policy_version: i64,
    calendar: WorkCalendar,
    zone: chrono_tz::Tz,
    /// Categories by their index in the rules, and how often each occurs.
    pub mix: Vec<(usize, usize)>,
    /// Issuer of the residents' accounts.
    pub issuer: String,
    pub now: DateTime<Utc>,
}

/// Per 1,000 complaints. Categories of the policy that are missing here occur as often as the rarest.
const MIX: &[(&str, usize)] = &[
    ("service.cleaning", 110),
    ("service.order", 70),
    ("service.greening", 35),
    ("service.facilities", 120),
    ("service.lift", 60),
    ("service.attitude", 25),
    ("fees.overcharging", 40),
    ("fees.not_disclosed", 15),
    ("fees.coercion", 12),
    ("fees.public_revenue", 20),
    ("fees.maintenance_fund", 20),
    ("contract.handover", 12),
    ("building.illegal_construction", 45),
    ("environment.waste", 40),
    ("environment.noise", 80),
    ("environment.fumes", 30),
    ("business.unlawful", 10),
    ("animals", 25),
    ("safety.fire_lane", 40),
    ("safety.ebike", 40),
    ("safety.falling_objects", 10),
    ("safety.fire_equipment", 12),
    ("utility.power", 15),
    ("utility.water_drainage", 35),
    ("utility.heat_gas", 40),
    ("utility.telecom_tv", 8),
    ("dispute.mediation", 20),
    ("farmland_greenery", 6),
    ("other", 25),
];

fn homes(conn: &mut Conn, today: NaiveDate) -> WorkResult<Vec<Home>> {
    let serving: Vec<(Id, Id)> = services::table
        .filter(services::effective_from.le(today))
        .filter(services::effective_to.is_null().or(services::effective_to.ge(today)))
        .order((services::effective_from, services::id))
        .select((services::complex_id, services::company_id))
        .load(conn)?;
    let serving: HashMap<Id, Id> = serving.into_iter().collect();
    type Row = (Id, String, String, String, Option<f64>, Option<f64>);
    let rows: Vec<Row> = complexes::table
        .order((complexes::name, complexes::id))
        .select((
            complexes::id,
            complexes::county,
            complexes::township,
            complexes::community,
            complexes::longitude,
            complexes::latitude,
        ))
        .load(conn)?;
    let home = |(id, county, township, community, longitude, latitude): Row| Home {
        id,
        place: Place { county, township, community },
        company: serving.get(&id).copied(),
        point: longitude.zip(latitude).map(|(longitude, latitude)| Point { longitude, latitude }),
    };
    Ok(rows.into_iter().map(home).collect())
}

impl World {
    pub fn read(conn: &mut Conn, zone: chrono_tz::Tz, issuer: String, now: DateTime<Utc>) -> anyhow::Result<World> {
        let failed = |fail| anyhow::anyhow!("the database cannot be read: {fail:?}");
        let today = now.with_timezone(&zone).date_naive();
        let homes = homes(conn, today).map_err(failed)?;
        ensure!(!homes.is_empty(), "there are no complexes to complain of: register some first");
        let newest: (i64, String) = policies::table
            .order(policies::version.desc())
            .select((policies::version, policies::document))
            .first(conn)
            .context("no policy: has the service been started on this database?")?;
        let rules = serde_json::from_str::<PolicyDocument>(&newest.1)?.complaints;
        let weight = |one: &ComplaintCategory| MIX.iter().find(|(code, _)| *code == one.code).map_or(5, |(_, n)| *n);
        let mix = rules.categories.iter().enumerate().map(|(at, one)| (at, weight(one))).collect();
        let calendar = calendar::work_calendar(conn, "").map_err(failed)?;
        Ok(World { homes, rules, policy_version: newest.0, calendar, zone, mix, issuer, now })
    }

    pub fn clock(&self) -> Clock<'_> {
        Clock { calendar: &self.calendar, zone: self.zone }
    }
}
