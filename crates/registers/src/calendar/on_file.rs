//! Determines whether a displayed deadline may still move because the holidays of its year are not registered yet.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use std::time::{Duration, Instant as StopWatch};

use chrono::{Datelike, NaiveDate};

use super::store;
use crate::db::{Conn, WorkResult};
use crate::service::Ctx;

/// After this time, a change of the calendar by another replica is noticed here.
const KEPT: Duration = Duration::from_secs(5);

/// Registered years by county; the empty key is the deployment.
type Years = HashMap<String, BTreeSet<i32>>;

/// Cache of the registered years.
#[derive(Default)]
pub struct OnFile(Mutex<Option<(StopWatch, Years)>>);

fn has(years: &Years, county: &str, year: i32) -> bool {
    [county, ""].into_iter().any(|of| years.get(of).is_some_and(|own| own.contains(&year)))
}

impl OnFile {
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = None;
    }

    /// True if the year is registered for the county or the deployment.
    fn holds(&self, conn: &mut Conn, county: &str, year: i32) -> WorkResult<bool> {
        let mut kept = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some((read, years)) = kept.as_ref()
            && read.elapsed() < KEPT
        {
            return Ok(has(years, county, year));
        }
        let years = store::years_on_file(conn)?;
        let found = has(&years, county, year);
        *kept = Some((StopWatch::now(), years));
        Ok(found)
    }
}

/// The unregistered years from today to the last of these deadlines. Until they are registered, the deadlines may move
/// to later days.
pub fn missing_until(
    conn: &mut Conn,
    ctx: &Ctx,
    county: &str,
    deadlines: impl IntoIterator<Item = Option<NaiveDate>>,
) -> WorkResult<Vec<i32>> {
    let Some(last) = deadlines.into_iter().flatten().max().filter(|last| *last >= ctx.today) else {
        return Ok(Vec::new());
    };
    let mut missing = Vec::new();
    for year in ctx.today.year()..=last.year().min(ctx.today.year() + 20) {
        if !ctx.state.parts.get::<OnFile>().holds(conn, county, year)? {
            missing.push(year);
        }
    }
    Ok(missing)
}
