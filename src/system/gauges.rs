//! Gauges that are read when metrics are requested, not counted as things happen.

use crate::service::Service;
use crate::{clock_watch, counties, db, ledger};

pub async fn refresh(state: &Service) {
    let metrics = &state.metrics;
    let today = state.clock.today();
    let asked = state.db.read(move |conn| {
        let missing = counties::missing_years(conn, today)?.len();
        let stopped = clock_watch::store::find(conn)?.is_some_and(|watched| watched.stopped_at.is_some());
        Ok((missing, db::applied(conn)?, ledger::sizes(conn)?, stopped))
    });
    // If the database is unreachable, the last values stay.
    if let Ok((missing, applied, (sealed, unsealed), stopped)) = asked.await {
        metrics.clock_stopped.set(i64::from(stopped));
        metrics.ledger_size.set(sealed);
        metrics.ledger_unsealed.set(unsealed);
        metrics.calendar_years_missing.set(missing as i64);
        metrics.migrations.with_label_values(&["applied"]).set(applied);
    }
    for (place, free) in state.disks.free() {
        metrics.disk_free.with_label_values(&[place]).set(i64::try_from(free).unwrap_or(i64::MAX));
    }
    metrics.storage_full.set(i64::from(state.db.is_full()));
    let refusal = state.db.refusal().map(|refusal| refusal.mismatch);
    for mismatch in db::Mismatch::ALL {
        let refused = i64::from(refusal == Some(mismatch));
        metrics.database_refused.with_label_values(&[mismatch.code()]).set(refused);
    }
    let known = db::count();
    metrics.migrations.with_label_values(&["known"]).set(known as i64);
    metrics.keyring_broken.set(i64::from(state.keys.broken()));
    for keys in state.verifier.fetched() {
        let age = i64::try_from(keys.age().as_secs()).unwrap_or(i64::MAX);
        metrics.issuer_keys_age.with_label_values(&[keys.issuer()]).set(age);
    }
    metrics.lease_held.set(i64::from(state.lease.is_held(&state.db)));
    metrics.write_queue.set(state.db.write_queue_depth() as i64);
    metrics.writer_held.set(state.db.writer_held_for().as_secs() as i64);
    for (pool, in_use, idle) in state.db.pools() {
        metrics.pool_connections.with_label_values(&[pool, "in_use"]).set(i64::from(in_use));
        metrics.pool_connections.with_label_values(&[pool, "idle"]).set(i64::from(idle));
    }
}
