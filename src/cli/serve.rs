//! `xiaoqu serve`: runs the service.

use super::SettingFlags;
use crate::app;
use crate::bootstrap;
use crate::deployment;
use crate::http::schema::Contract;
use crate::settings::{MigrateAtStart, Settings};

/// Compiles the schemas in the background, so that the first request of an operation does not wait for it.
fn read_schemas(contract: &'static Contract) {
    let read = move || {
        for fault in contract.read_all() {
            tracing::error!(%fault, "a schema of the document cannot be read");
        }
    };
    if let Err(error) = std::thread::Builder::new().name("schemas".into()).spawn(read) {
        tracing::warn!(%error, "the schemas are read on first use instead");
    }
}

/// Serves until SIGTERM or SIGINT.
pub fn run(flags: &SettingFlags) -> anyhow::Result<()> {
    let settings = Settings::load(&flags.sources())?;
    bootstrap::start_log(&settings);
    let options = bootstrap::server_options(&settings);
    for file in settings.keyring()?.open_to_others() {
        tracing::warn!(file = %file.display(), "other users can read this key file: use mode 0600 for the service's account, or 0640 for root and the service's group");
    }
    let config = bootstrap::config(&settings)?;
    let _held = bootstrap::hold(&config.db)?;
    let migrate = match settings.database.migrate_at_start {
        MigrateAtStart::Auto => !config.db.is_postgres(),
        MigrateAtStart::Always => true,
        MigrateAtStart::Never => false,
    };
    if migrate {
        deployment::check_before_migrating(&config.db, &config.expected())?;
        bootstrap::prepare(&config.db)?;
    }
    bootstrap::raise_file_limit(&options);
    let state = app::build(config)?;
    bootstrap::load(&state)?;
    bootstrap::warn_of_ledger_name(&state, &settings);
    actix_web::rt::System::new().block_on(async move {
        let (server, address) = app::server(state.clone(), &options)?;
        tracing::info!(%address, "listening");
        read_schemas(state.contract);
        match settings.http.metrics_listen {
            Some(listen) => {
                let (metrics, address) = app::metrics_server(state.clone(), listen)?;
                tracing::info!(%address, "listening for /metrics");
                actix_web::rt::spawn(metrics);
            }
            None => tracing::info!("no metrics are served: metrics_listen is not set"),
        }
        bootstrap::run(state, server).await
    })
}
