//! The settings of a deployment: `xiaoqu.toml`, then `XIAOQU_*` variables, then flags. The last value applies.
//!
//! One table below defines every setting once: its type, default and accepted values. The structs, the checks and
//! `xiaoqu settings` are generated from it.

mod issuers;
mod jwks;
mod keys;
mod kinds;
mod sources;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub use crate::secret::Secret;
use issuers::Issuers;
pub use issuers::{ClaimMapping, ClaimRule, KeySource, TrustedIssuer, is_loopback};
pub use jwks::{MOST_JWKS_BYTES, check_key as check_public_key, usable_keys};
use kinds::*;
pub use kinds::{DatabaseUrl, FilesUrl};
pub use sources::{Origin, SettingsError, Sources, Values};

/// The header that the proxies write. They pass the other one on unchanged from the client, so it is never read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    #[default]
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

/// One row of the table of settings.
pub struct Setting {
    pub name: &'static str,
    /// Empty if there is no default.
    pub default: &'static str,
    pub flags: &'static [Flag],
    pub doc: &'static str,
    accepted: fn() -> String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// Its value is never shown, not even in an error.
    Secret,
    /// Its value can contain a password, and is shown without it.
    Masked,
    /// Too long to show.
    Long,
    /// `xiaoqu serve` does not start without it.
    Required,
}

impl Setting {
    pub fn accepted(&self) -> String {
        (self.accepted)()
    }

    pub fn variable(&self) -> String {
        format!("{}{}", sources::PREFIX, self.name.to_uppercase())
    }

    pub fn has(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrateAtStart {
    /// Yes on SQLite, no on PostgreSQL.
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Json,
    Text,
}

const MIGRATE: OneOf<MigrateAtStart> =
    OneOf(&[("auto", MigrateAtStart::Auto), ("always", MigrateAtStart::Always), ("never", MigrateAtStart::Never)]);
const LOG_FORMAT: OneOf<LogFormat> = OneOf(&[("json", LogFormat::Json), ("text", LogFormat::Text)]);
const FORWARDED: OneOf<ForwardedHeader> =
    OneOf(&[("x-forwarded-for", ForwardedHeader::XForwardedFor), ("forwarded", ForwardedHeader::Forwarded)]);
const LOG_LEVEL: OneOf<tracing::Level> = OneOf(&[
    ("error", tracing::Level::ERROR),
    ("warn", tracing::Level::WARN),
    ("info", tracing::Level::INFO),
    ("debug", tracing::Level::DEBUG),
    ("trace", tracing::Level::TRACE),
]);

macro_rules! settings {
    ($(
        $(#[$about:meta])*
        $group:ident: $Group:ident {
            $( $name:ident: $type:ty = $default:literal, $kind:expr, [$($flag:ident),*], $doc:literal; )*
        }
    )*) => {
        $(
            $(#[$about])*
            #[derive(Clone, Debug)]
            pub struct $Group {
                $( #[doc = $doc] pub $name: $type, )*
            }
        )*

        /// All settings of a deployment, validated.
        #[derive(Clone, Debug)]
        pub struct Settings {
            $( pub $group: $Group, )*
        }

        /// Every setting, in the order of their explanation.
        pub static TABLE: &[Setting] = &[
            $($( Setting {
                name: stringify!($name),
                default: $default,
                flags: &[$(Flag::$flag),*],
                doc: $doc,
                accepted: || $kind.accepted(),
            }, )*)*
        ];

        fn read(values: &Values) -> Result<Settings, SettingsError> {
            Ok(Settings {
                $( $group: $Group { $( $name: values.read(stringify!($name), &$kind)?, )* }, )*
            })
        }
    };
}

settings! {
    /// The HTTP server and its limits.
    http: HttpSettings {
        listen: SocketAddr = "127.0.0.1:8080", Address, [],
            "Address and port of the service. TLS ends at the proxy before it.";
        metrics_listen: Option<SocketAddr> = "", Maybe(Address), [],
            "Address and port of /metrics, which is never served on `listen`. Without it there are no metrics.";
        public_url: String = "http://127.0.0.1:8080", SiteUrl, [],
            "URL under which callers reach the service. It is the `iss` of the service's own tokens. Once there are data, changing it needs `xiaoqu deployment accept --public-url`.";
        workers: usize = "auto", Workers, [],
            "Number of worker threads.";
        max_connections: usize = "4096", Whole(16, 100_000), [],
            "Most connections that one worker keeps open; more wait to be accepted.";
        json_body_limit_bytes: usize = "1048576", Whole(1024, 16 * 1024 * 1024), [],
            "Largest JSON body that is read.";
        header_read_timeout_seconds: Duration = "10", seconds(1, 300), [],
            "How long a caller may take to send the head of a request.";
        request_timeout_seconds: Duration = "30", seconds(1, 600), [],
            "How long a request may take in all.";
        keep_alive_seconds: Duration = "30", seconds(1, 3600), [],
            "How long an idle connection stays open. Set it longer than the proxy's.";
        public_page_cache_seconds: Duration = "10", seconds(0, 300), [],
            "How long a public page that was made is served again without asking the database. 0 makes each anew.";
        shutdown_timeout_seconds: Duration = "30", seconds(1, 600), [],
            "How long a stopping service finishes the requests that it took.";
    }

    /// Database connections.
    database: DatabaseSettings {
        database_url: DatabaseUrl = "sqlite:xiaoqu.sqlite", Database, [Masked],
            "The database: one SQLite file, or PostgreSQL for production and several replicas.";
        database_password_file: Option<PathBuf> = "", Maybe(File), [],
            "File with PostgreSQL's password, so that it stands in no URL.";
        read_database_url: Option<DatabaseUrl> = "", Maybe(Database), [Masked],
            "PostgreSQL: a standby of `database_url` that lists are read from. The password file is for both.";
        read_max_lag_seconds: Duration = "5", seconds(3, 300), [],
            "PostgreSQL: how far the standby may be behind; where it is further, the primary is read.";
        migrate_at_start: MigrateAtStart = "auto", MIGRATE, [],
            "Whether `serve` migrates the database first; auto does so on SQLite only.";
        sqlite_readers: usize = "16", Whole(1, 64), [],
            "SQLite: reading connections for lists.";
        write_queue: usize = "1024", Whole(1, 1_000_000), [],
            "SQLite: most writes that wait; more are answered with 503.";
        pool_size: usize = "8", Whole(1, 500), [],
            "PostgreSQL: connections of this process. Keep the sum over all replicas under its max_connections.";
        pool_wait_seconds: Duration = "2", seconds(1, 60), [],
            "How long a request waits for a connection that reads or, on PostgreSQL, writes before it is answered with 503.";
        connect_timeout_seconds: Duration = "5", seconds(2, 60), [],
            "PostgreSQL: how long opening a connection may take.";
        statement_timeout_seconds: Duration = "15", seconds(1, 600), [],
            "PostgreSQL: how long one statement may run.";
        tcp_user_timeout_seconds: Duration = "10", seconds(1, 600), [],
            "PostgreSQL: after how long without an answer of the network a connection counts as lost.";
    }

    /// Tokens and keys.
    access: AccessSettings {
        keyring_file: Option<PathBuf> = "", Maybe(File), [Required],
            "The keyring that `xiaoqu keys init` makes: signing keys and data keys, sealed under the wrapping key. Replicas share it.";
        wrapping_key: Option<Secret<[u8; 32]>> = "", Maybe(Key32), [Secret, Required],
            "Key that the keyring is sealed under. Losing it loses the keyring. Either this or `wrapping_key_file`.";
        wrapping_key_file: Option<PathBuf> = "", Maybe(File), [Required],
            "File with the wrapping key, in the same form; it is read again when it changes. Either this or `wrapping_key`.";
        audience: String = "xiaoqu", Line(200), [],
            "What `aud` must be in the service's own tokens.";
        access_token_minutes: Duration = "60", minutes(1, 1440), [],
            "Life of a token that the service makes.";
        client_secret_days: usize = "365", Whole(0, 3650), [],
            "Days after which a client's secret ends, also one that was made before. 0 is never.";
        step_up_minutes: Duration = "0", minutes(0, 1440), [],
            "How old a log-in may be (`auth_time` of the token) when a contact is shown in full. Older ones are sent to log in again (RFC 9470). 0: as old as it is.";
        step_up_acr_values: Vec<String> = "", Names(200), [],
            "Values with spaces between, one of which must be the token's `acr` when a contact is shown in full. Nothing: any.";
        trusted_issuers: Vec<TrustedIssuer> = "[]", Issuers, [Long],
            "Other issuers whose tokens are accepted, and the limits of each. In a variable or flag: a list in TOML on one line.";
        jwks_refresh_minutes: Duration = "10", minutes(1, 1440), [],
            "How often the keys at the `jwks_url` of a trusted issuer are fetched again.";
        jwks_retry_seconds: Duration = "30", seconds(1, 3600), [],
            "Least time between two tries to fetch them, also when a token names a key that is not known yet.";
    }

    /// Rate limits for each caller and address.
    limits: LimitSettings {
        caller_requests_per_second: usize = "500", Whole(0, 1_000_000), [],
            "Requests a second of one caller (issuer and subject). 0 is no limit.";
        caller_burst: usize = "1000", Whole(1, 1_000_000), [],
            "Requests of one caller at once.";
        address_requests_per_second: usize = "100", Whole(0, 1_000_000), [],
            "Requests a second without a token of one address (IPv6: of one /64). 0 is no limit.";
        address_burst: usize = "300", Whole(1, 1_000_000), [],
            "Requests without a token of one address at once.";
        address_requests_at_once: usize = "200", Whole(0, 100_000), [],
            "Requests of one address, with or without a token, that may be under way at the same time. 0 is no limit.";
        refused_tokens_per_second: usize = "5", Whole(0, 1_000_000), [],
            "How often a second one refused token is looked at again, from one address. 0 is no limit.";
        refused_tokens_burst: usize = "50", Whole(1, 1_000_000), [],
            "The same at once.";
        forged_tokens_per_second: usize = "1000", Whole(0, 1_000_000), [],
            "Wrong signatures a second of one address; over it, no token of that address is looked at that was not good before. 0 is no limit.";
        forged_tokens_burst: usize = "2000", Whole(1, 1_000_000), [],
            "Wrong signatures of one address at once.";
        token_requests_per_second: usize = "5", Whole(0, 1_000_000), [],
            "Requests a second at /oauth/token of one address. 0 is no limit.";
        token_requests_burst: usize = "50", Whole(1, 1_000_000), [],
            "Requests at /oauth/token of one address at once.";
        probe_requests_per_second: usize = "50", Whole(0, 1_000_000), [],
            "Requests a second at /livez and /readyz of one address. 0 is no limit.";
        probe_requests_burst: usize = "200", Whole(1, 1_000_000), [],
            "Requests at /livez and /readyz of one address at once.";
        trusted_proxies: Vec<ipnet::IpNet> = "", Networks, [],
            "Proxies whose word about the caller's address is believed. Without the proxy here, all callers without a token share its address.";
        forwarded_header: ForwardedHeader = "x-forwarded-for", FORWARDED, [],
            "The header in which these proxies say it. The other one is never read.";
    }

    /// What one caller may use in a day of `time_zone`, counted on all replicas together. 0 is no limit.
    quotas: QuotaSettings {
        resident_files_per_day: usize = "100", Whole(0, 1_000_000_000), [],
            "Files that one resident may upload in a day. 0 is no limit, here and below.";
        resident_bytes_per_day: usize = "104857600", Whole(0, 1 << 50), [],
            "Bytes of files that one resident may upload in a day.";
        resident_tickets_per_day: usize = "20", Whole(0, 1_000_000_000), [],
            "Complaints that one resident may submit in a day.";
        files_per_day: usize = "5000", Whole(0, 1_000_000_000), [],
            "Files that one caller who is no resident may upload in a day: an officer, a company's user, a system.";
        bytes_per_day: usize = "10737418240", Whole(0, 1 << 50), [],
            "Bytes of files that one such caller may upload in a day.";
        tickets_per_day: usize = "5000", Whole(0, 1_000_000_000), [],
            "Complaints that one such caller may submit in a day, such as the system of a hotline.";
        unmaskings_per_day: usize = "200", Whole(0, 1_000_000_000), [],
            "Contacts of complainants that one caller may read in full in a day.";
        caller_searches_per_day: usize = "500", Whole(0, 1_000_000_000), [],
            "Searches by a caller's phone that one caller may make in a day.";
    }

    /// Attachments and their storage.
    files: FileSettings {
        attachments_url: FilesUrl = "file:xiaoqu-attachments", FilesPlace, [],
            "Where uploaded files are kept: a folder that all replicas share, or a bucket that speaks S3.";
        s3_endpoint: Option<String> = "", Maybe(BaseUrl), [],
            "URL of the S3 service, where it is not Amazon's. With the bucket's name before the host it is called by host, else by path.";
        s3_region: String = "us-east-1", Word(100), [],
            "Region that requests to S3 are signed for.";
        s3_access_key_id: Option<String> = "", Maybe(Word(200)), [],
            "Access key of the bucket.";
        s3_secret_access_key: Option<Secret<String>> = "", Maybe(SingleLineSecret), [Secret],
            "Its secret. Either this or `s3_secret_access_key_file`.";
        s3_secret_access_key_file: Option<PathBuf> = "", Maybe(File), [],
            "File with the secret. Either this or `s3_secret_access_key`.";
        attachment_limit_bytes: usize = "20971520", Whole(1024, 1024 * 1024 * 1024), [],
            "Largest file that is taken.";
        upload_timeout_seconds: Duration = "600", seconds(1, 3600), [],
            "How long an upload may take in all; where nothing comes for `request_timeout_seconds` it ends before.";
        disk_warning_megabytes: usize = "1024", Whole(0, 100_000_000), [],
            "Below so many free megabytes, where the attachments or an SQLite database are kept, `/readyz` and the log warn. 0 is never.";
        uploads_at_once: usize = "32", Whole(1, 1000), [],
            "Uploads under way at once, a quarter of them of one caller at most; more are answered with 503.";
    }

    /// Logs, metrics and the location of the service.
    deployment: DeploymentSettings {
        time_zone: chrono_tz::Tz = "Asia/Shanghai", TimeZone, [],
            "Time zone in which days begin and deadlines end. Once there are data, changing it needs `xiaoqu deployment accept --time-zone`.";
        clock_jump_limit_minutes: Duration = "60", minutes(10, 1440), [],
            "How far the system's clock may differ from the database's, or jump while the service runs, before background work stands still until `xiaoqu clock confirm`.";
        clock_downtime_limit_hours: Duration = "48", hours(1, 8760), [],
            "How long after the last recorded time the service may start again and do its background work without `xiaoqu clock confirm`.";
        ledger_origin: Option<String> = "", Maybe(Word(200)), [],
            "Name of the ledger in its checkpoints, without spaces and pluses. Taken when the ledger is begun, kept from then on. Default: the host of `public_url` and `/ledger`.";
        log_level: tracing::Level = "info", LOG_LEVEL, [],
            "Least level of what is logged.";
        log_format: LogFormat = "json", LOG_FORMAT, [],
            "Form of the log on standard error.";
        otlp_endpoint: Option<String> = "", Maybe(BaseUrl), [],
            "OpenTelemetry collector that traces are sent to (OTLP over HTTP, protobuf); `/v1/traces` is added. Nothing is traced without it.";
        trace_percent: usize = "10", Whole(0, 100), [],
            "Of the requests whose `traceparent` does not decide it, how many in a hundred are traced.";
    }
}

impl Settings {
    /// The name for a new ledger.
    pub fn ledger_origin(&self) -> String {
        let url = &self.http.public_url;
        let host = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        self.deployment.ledger_origin.clone().unwrap_or_else(|| format!("{host}/ledger"))
    }

    /// Reads and checks all sources.
    pub fn load(sources: &Sources) -> Result<Settings, SettingsError> {
        Settings::from_values(&sources.collect()?)
    }

    pub fn from_values(values: &Values) -> Result<Settings, SettingsError> {
        let settings = read(values)?;
        let access = &settings.access;
        if access.wrapping_key.is_some() && access.wrapping_key_file.is_some() {
            return Err(values.fault("wrapping_key_file", "wrapping_key is given too, and only one of them can be"));
        }
        let own = &settings.http.public_url;
        if access.trusted_issuers.iter().any(|trusted| trusted.issuer.trim_end_matches('/') == own) {
            return Err(values.fault("trusted_issuers", &format!("{own:?} is this service itself (public_url)")));
        }
        if settings.http.metrics_listen == Some(settings.http.listen) {
            return Err(values.fault("metrics_listen", "is the same as listen"));
        }
        settings.check_files(values)?;
        let on_sqlite = matches!(settings.database.database_url, DatabaseUrl::Sqlite(_));
        if on_sqlite && settings.database.database_password_file.is_some() {
            return Err(values.fault("database_password_file", "database_url is an SQLite file"));
        }
        if settings
            .database
            .read_database_url
            .as_ref()
            .is_some_and(|url| on_sqlite || matches!(url, DatabaseUrl::Sqlite(_)))
        {
            return Err(values.fault("read_database_url", "only PostgreSQL has a standby"));
        }
        Ok(settings)
    }
}
