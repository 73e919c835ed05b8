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
            "Address and port of the service. TLS ends at the reverse proxy.";
        metrics_listen: Option<SocketAddr> = "", Maybe(Address), [],
            "Address and port of /metrics, which is never served on `listen`. Without it there are no metrics.";
        public_url: String = "http://127.0.0.1:8080", SiteUrl, [],
            "URL under which callers reach the service. It is the `iss` of the service's own tokens. Once there are data, changing it needs `xiaoqu deployment accept --public-url`.";
        workers: usize = "auto", Workers, [],
            "Number of worker threads.";
        max_connections: usize = "4096", Whole(16, 100_000), [],
            "Most open connections of one worker. Further connections wait to be accepted.";
        json_body_limit_bytes: usize = "1048576", Whole(1024, 16 * 1024 * 1024), [],
            "Largest accepted JSON body.";
        header_read_timeout_seconds: Duration = "10", seconds(1, 300), [],
            "Timeout for the request headers.";
        request_timeout_seconds: Duration = "30", seconds(1, 600), [],
            "Timeout for a whole request.";
        keep_alive_seconds: Duration = "30", seconds(1, 3600), [],
            "How long an idle connection stays open. Set it longer than the proxy's.";
        public_page_cache_seconds: Duration = "10", seconds(0, 300), [],
            "How long a rendered public page is served from the cache. 0 turns the cache off.";
        shutdown_timeout_seconds: Duration = "30", seconds(1, 600), [],
            "How long a stopping service waits for open requests.";
    }

    /// Database connections.
    database: DatabaseSettings {
        database_url: DatabaseUrl = "sqlite:xiaoqu.sqlite", Database, [Masked],
            "The database: one SQLite file, or PostgreSQL for production and several replicas.";
        database_password_file: Option<PathBuf> = "", Maybe(File), [],
            "File with PostgreSQL's password, so that it is not in the URL.";
        read_database_url: Option<DatabaseUrl> = "", Maybe(Database), [Masked],
            "PostgreSQL: a standby of `database_url` from which lists are read. It uses the same password file.";
        read_max_lag_seconds: Duration = "5", seconds(3, 300), [],
            "PostgreSQL: largest lag of the standby. If it is further behind, the primary is read.";
        migrate_at_start: MigrateAtStart = "auto", MIGRATE, [],
            "Whether `serve` migrates the database at start-up. auto does so on SQLite only.";
        sqlite_readers: usize = "16", Whole(1, 64), [],
            "SQLite: number of read connections for lists.";
        write_queue: usize = "1024", Whole(1, 1_000_000), [],
            "SQLite: most waiting writes. Further writes get 503.";
        pool_size: usize = "8", Whole(1, 500), [],
            "PostgreSQL: connections of this process. Keep the sum over all replicas below the server's max_connections.";
        pool_wait_seconds: Duration = "2", seconds(1, 60), [],
            "How long a request waits for a read connection (on PostgreSQL also a write connection) before it gets 503.";
        connect_timeout_seconds: Duration = "5", seconds(2, 60), [],
            "PostgreSQL: timeout for opening a connection.";
        statement_timeout_seconds: Duration = "15", seconds(1, 600), [],
            "PostgreSQL: timeout for one statement.";
        tcp_user_timeout_seconds: Duration = "10", seconds(1, 600), [],
            "PostgreSQL: time without a network response after which a connection counts as lost.";
    }

    /// Tokens and keys.
    access: AccessSettings {
        keyring_file: Option<PathBuf> = "", Maybe(File), [Required],
            "The keyring that `xiaoqu keys init` creates: signing keys and data keys, encrypted with the wrapping key. Replicas share it.";
        wrapping_key: Option<Secret<[u8; 32]>> = "", Maybe(Key32), [Secret, Required],
            "Key that encrypts the keyring. If you lose it, you lose the keyring. Either this or `wrapping_key_file`.";
        wrapping_key_file: Option<PathBuf> = "", Maybe(File), [Required],
            "File with the wrapping key, in the same format. It is read again when it changes. Either this or `wrapping_key`.";
        audience: String = "xiaoqu", Line(200), [],
            "Required `aud` of the service's own tokens.";
        access_token_minutes: Duration = "60", minutes(1, 1440), [],
            "Lifetime of a token that the service issues.";
        client_secret_days: usize = "365", Whole(0, 3650), [],
            "Days after which a client secret expires. Also applies to existing secrets. 0 means never.";
        step_up_minutes: Duration = "0", minutes(0, 1440), [],
            "Largest age of the log-in (`auth_time` of the token) for unmasking a contact. After that the caller must log in again (RFC 9470). 0 accepts any age.";
        step_up_acr_values: Vec<String> = "", Names(200), [],
            "Accepted values of the token's `acr` for unmasking a contact, separated by spaces. Empty accepts any.";
        trusted_issuers: Vec<TrustedIssuer> = "[]", Issuers, [Long],
            "Other issuers whose tokens are accepted, and the limits of each. In a variable or flag: a list in TOML on one line.";
        jwks_refresh_minutes: Duration = "10", minutes(1, 1440), [],
            "How often the keys at a trusted issuer's `jwks_url` are fetched.";
        jwks_retry_seconds: Duration = "30", seconds(1, 3600), [],
            "Shortest time between two attempts to fetch them, also when a token names an unknown key.";
    }

    /// Rate limits for each caller and address.
    limits: LimitSettings {
        caller_requests_per_second: usize = "500", Whole(0, 1_000_000), [],
            "Requests per second of one caller (issuer and subject). 0 is no limit.";
        caller_burst: usize = "1000", Whole(1, 1_000_000), [],
            "Burst of requests of one caller.";
        address_requests_per_second: usize = "100", Whole(0, 1_000_000), [],
            "Requests per second without a token from one address (IPv6: one /64). 0 is no limit.";
        address_burst: usize = "300", Whole(1, 1_000_000), [],
            "Burst of requests without a token from one address.";
        address_requests_at_once: usize = "200", Whole(0, 100_000), [],
            "Concurrent requests from one address, with or without a token. 0 is no limit.";
        refused_tokens_per_second: usize = "5", Whole(0, 1_000_000), [],
            "Requests per second with one refused token from one address. 0 is no limit.";
        refused_tokens_burst: usize = "50", Whole(1, 1_000_000), [],
            "Burst of requests with one refused token from one address.";
        forged_tokens_per_second: usize = "1000", Whole(0, 1_000_000), [],
            "Wrong signatures per second from one address. Above it, only tokens that were verified before are accepted from that address. 0 is no limit.";
        forged_tokens_burst: usize = "2000", Whole(1, 1_000_000), [],
            "Burst of wrong signatures from one address.";
        token_requests_per_second: usize = "5", Whole(0, 1_000_000), [],
            "Requests per second of /oauth/token from one address. 0 is no limit.";
        token_requests_burst: usize = "50", Whole(1, 1_000_000), [],
            "Burst of requests of /oauth/token from one address.";
        probe_requests_per_second: usize = "50", Whole(0, 1_000_000), [],
            "Requests per second of /livez and /readyz from one address. 0 is no limit.";
        probe_requests_burst: usize = "200", Whole(1, 1_000_000), [],
            "Burst of requests of /livez and /readyz from one address.";
        trusted_proxies: Vec<ipnet::IpNet> = "", Networks, [],
            "Proxies that are trusted to report the client address. If your proxy is missing here, all callers without a token share its address.";
        forwarded_header: ForwardedHeader = "x-forwarded-for", FORWARDED, [],
            "The header in which these proxies report it. The other one is never read.";
    }

    /// What one caller may use in a day of `time_zone`, counted on all replicas together. 0 is no limit.
    quotas: QuotaSettings {
        resident_files_per_day: usize = "100", Whole(0, 1_000_000_000), [],
            "Attachments that one resident may upload in a day. 0 is no limit, here and below.";
        resident_bytes_per_day: usize = "104857600", Whole(0, 1 << 50), [],
            "Bytes of attachments that one resident may upload in a day.";
        resident_complaints_per_day: usize = "20", Whole(0, 1_000_000_000), [],
            "Complaints that one resident may submit in a day.";
        files_per_day: usize = "5000", Whole(0, 1_000_000_000), [],
            "Attachments that any other caller may upload in a day: an officer, a company's user, a client.";
        bytes_per_day: usize = "10737418240", Whole(0, 1 << 50), [],
            "Bytes of attachments that one such caller may upload in a day.";
        complaints_per_day: usize = "5000", Whole(0, 1_000_000_000), [],
            "Complaints that one such caller may submit in a day, such as the system of a hotline.";
        unmaskings_per_day: usize = "200", Whole(0, 1_000_000_000), [],
            "Contacts of complainants that one caller may read in full in a day.";
        phone_searches_per_day: usize = "500", Whole(0, 1_000_000_000), [],
            "Searches by a caller's phone that one caller may make in a day.";
    }

    /// Attachments and their storage.
    files: FileSettings {
        attachments_url: FilesUrl = "file:xiaoqu-attachments", FilesPlace, [],
            "The attachment store: a folder that all replicas share, or an S3 bucket.";
        s3_endpoint: Option<String> = "", Maybe(BaseUrl), [],
            "URL of the S3 service, if it is not Amazon's. If the host starts with the bucket's name, requests use virtual-host style, otherwise path style.";
        s3_region: String = "us-east-1", Word(100), [],
            "Region for signing S3 requests.";
        s3_access_key_id: Option<String> = "", Maybe(Word(200)), [],
            "Access key of the bucket.";
        s3_secret_access_key: Option<Secret<String>> = "", Maybe(SingleLineSecret), [Secret],
            "Secret key of the bucket. Either this or `s3_secret_access_key_file`.";
        s3_secret_access_key_file: Option<PathBuf> = "", Maybe(File), [],
            "File with the secret key. Either this or `s3_secret_access_key`.";
        attachment_limit_bytes: usize = "20971520", Whole(1024, 1024 * 1024 * 1024), [],
            "Largest accepted attachment.";
        upload_timeout_seconds: Duration = "600", seconds(1, 3600), [],
            "Timeout for a whole upload. It ends earlier if no data arrives for `request_timeout_seconds`.";
        disk_warning_megabytes: usize = "1024", Whole(0, 100_000_000), [],
            "If fewer megabytes are free where attachments or an SQLite database are stored, `/readyz` and the log warn. 0 turns the warning off.";
        uploads_at_once: usize = "32", Whole(1, 1000), [],
            "Concurrent uploads, at most a quarter of them of one caller. Further uploads get 503.";
    }

    /// Logs, metrics and the location of the service.
    deployment: DeploymentSettings {
        time_zone: chrono_tz::Tz = "Asia/Shanghai", TimeZone, [],
            "Time zone in which days begin and deadlines end. Once there are data, changing it needs `xiaoqu deployment accept --time-zone`.";
        clock_jump_limit_minutes: Duration = "60", minutes(10, 1440), [],
            "How far the system clock may differ from the database's, or jump while the service runs, before background jobs pause until `xiaoqu clock confirm`.";
        clock_downtime_limit_hours: Duration = "48", hours(1, 8760), [],
            "How long after the last recorded time the service may start and run its background jobs without `xiaoqu clock confirm`.";
        ledger_origin: Option<String> = "", Maybe(Word(200)), [],
            "Name of the ledger in its checkpoints, without spaces and pluses. Set when the ledger is created, and fixed from then on. Default: the host of `public_url` and `/ledger`.";
        log_level: tracing::Level = "info", LOG_LEVEL, [],
            "Lowest log level that is written.";
        log_format: LogFormat = "json", LOG_FORMAT, [],
            "Format of the log on standard error.";
        otlp_endpoint: Option<String> = "", Maybe(BaseUrl), [],
            "URL of the OpenTelemetry collector (OTLP over HTTP, protobuf), without `/v1/traces`. Without it nothing is traced.";
        trace_percent: usize = "10", Whole(0, 100), [],
            "Percentage of requests traced, among those whose `traceparent` makes no decision.";
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
