//! Whether a day that is told may still move, because its year has no arrangement of holidays yet.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use std::time::{Duration, Instant as StopWatch};

use chrono::{Datelike, NaiveDate};

use super::store;
use crate::db::{Conn, WorkResult};
use crate::service::Ctx;

/// How long another replica's change of the calendar may be unknown here.
const KEPT: Duration = Duration::from_secs(5);

/// The years of each county, and with an empty one those of the deployment.
type Years = HashMap<String, BTreeSet<i32>>;

/// The years on file, as last read.
#[derive(Default)]
pub struct OnFile(Mutex<Option<(StopWatch, Years)>>);

fn has(years: &Years, county: &str, year: i32) -> bool {
    [county, ""].into_iter().any(|of| years.get(of).is_some_and(|own| own.contains(&year)))
}

impl OnFile {
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = None;
    }

    /// Is a year on file for a county, its own or the deployment's?
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

/// Years from today to the last of these deadlines that are not on file for a county: until they are, the deadlines may move to later days.
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
