//! The kinds of setting values: what each accepts, and how it is parsed.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use actix_web::http::Uri;
use toml::Value;

use crate::secret::{KEY32, Secret, key32};

/// What is wrong with a value, in addition to "not accepted"; empty if there is nothing to add.
pub type InputError = String;

pub trait Kind {
    type Value;
    /// Completes the sentence "accepted: …".
    fn accepted(&self) -> String;
    fn read(&self, value: &Value) -> Result<Self::Value, InputError>;
}

/// A value as text, as the operator wrote it. `None` for tables and lists.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn read_text<T>(value: &Value, read: impl FnOnce(&str) -> Option<T>) -> Result<T, InputError> {
    text(value).and_then(|text| read(&text)).ok_or_else(String::new)
}

/// An integer in an inclusive range.
pub struct Whole(pub u64, pub u64);

impl Kind for Whole {
    type Value = usize;

    fn accepted(&self) -> String {
        format!("a whole number from {} to {}", self.0, self.1)
    }

    fn read(&self, value: &Value) -> Result<usize, InputError> {
        read_text(value, |text| {
            let number: u64 = text.parse().ok().filter(|n| (self.0..=self.1).contains(n))?;
            usize::try_from(number).ok()
        })
    }
}

/// A duration in whole units, in a range: the unit in seconds, its name, and both ends.
pub struct Time(pub u64, pub &'static str, pub u64, pub u64);

pub const fn seconds(least: u64, most: u64) -> Time {
    Time(1, "seconds", least, most)
}

pub const fn minutes(least: u64, most: u64) -> Time {
    Time(60, "minutes", least, most)
}

pub const fn hours(least: u64, most: u64) -> Time {
    Time(3600, "hours", least, most)
}

impl Kind for Time {
    type Value = Duration;

    fn accepted(&self) -> String {
        format!("a whole number of {} from {} to {}", self.1, self.2, self.3)
    }

    fn read(&self, value: &Value) -> Result<Duration, InputError> {
        let number = Whole(self.2, self.3).read(value)?;
        Ok(Duration::from_secs(number as u64 * self.0))
    }
}

/// The number of worker threads.
pub struct Workers;

impl Kind for Workers {
    type Value = usize;

    fn accepted(&self) -> String {
        "auto (one for each processor), or a whole number from 1 to 256".into()
    }

    fn read(&self, value: &Value) -> Result<usize, InputError> {
        match text(value).as_deref() {
            Some("auto") => Ok(std::thread::available_parallelism().map_or(1, |cores| cores.get())),
            _ => Whole(1, 256).read(value),
        }
    }
}

/// An address and port to listen on.
pub struct Address;

impl Kind for Address {
    type Value = SocketAddr;

    fn accepted(&self) -> String {
        "an IP address and port such as 127.0.0.1:8080 or [::]:8080".into()
    }

    fn read(&self, value: &Value) -> Result<SocketAddr, InputError> {
        read_text(value, |text| text.parse().ok())
    }
}

/// A list of networks.
pub struct Networks;

impl Kind for Networks {
    type Value = Vec<ipnet::IpNet>;

    fn accepted(&self) -> String {
        "IP addresses or networks separated by commas, such as 127.0.0.1, 10.0.0.0/8, fd00::/8; or empty".into()
    }

    fn read(&self, value: &Value) -> Result<Vec<ipnet::IpNet>, InputError> {
        read_text(value, |text| {
            let items = text.split(',').map(str::trim).filter(|item| !text.is_empty() || !item.is_empty());
            items.map(|item| item.parse().ok().or_else(|| item.parse::<IpAddr>().ok().map(Into::into))).collect()
        })
    }
}

/// One of a fixed set of words, each with its value.
pub struct OneOf<T: 'static>(pub &'static [(&'static str, T)]);

impl<T: Copy> Kind for OneOf<T> {
    type Value = T;

    fn accepted(&self) -> String {
        self.0.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")
    }

    fn read(&self, value: &Value) -> Result<T, InputError> {
        read_text(value, |text| self.0.iter().find(|(word, _)| *word == text).map(|(_, value)| *value))
    }
}

/// Non-empty text on one line.
pub struct Line(pub usize);

impl Kind for Line {
    type Value = String;

    fn accepted(&self) -> String {
        format!("text of 1 to {} characters on one line", self.0)
    }

    fn read(&self, value: &Value) -> Result<String, InputError> {
        read_text(value, |text| is_line(text, self.0).then(|| text.to_owned()))
    }
}

pub fn is_line(text: &str, most: usize) -> bool {
    !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// A name without spaces and pluses (C2SP signed-note).
pub struct Word(pub usize);

impl Kind for Word {
    type Value = String;

    fn accepted(&self) -> String {
        format!("a name of 1 to {} characters without spaces and pluses", self.0)
    }

    fn read(&self, value: &Value) -> Result<String, InputError> {
        let fits = |text: &str| is_line(text, self.0) && !text.contains('+') && !text.contains(char::is_whitespace);
        read_text(value, |text| fits(text).then(|| text.to_owned()))
    }
}

/// Names separated by spaces, with only characters that need no escaping in a quoted string.
pub struct Names(pub usize);

impl Kind for Names {
    type Value = Vec<String>;

    fn accepted(&self) -> String {
        format!("names of letters, digits and -._:/ separated by spaces, {} characters in total; or empty", self.0)
    }

    fn read(&self, value: &Value) -> Result<Vec<String>, InputError> {
        let good = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:/".contains(&b));
        read_text(value, |text| {
            let names: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            (text.len() <= self.0 && names.iter().all(|name| good(name))).then_some(names)
        })
    }
}

/// The path of a file. Whether it can be read is checked when it is needed.
pub struct File;

impl Kind for File {
    type Value = PathBuf;

    fn accepted(&self) -> String {
        "a file path".into()
    }

    fn read(&self, value: &Value) -> Result<PathBuf, InputError> {
        Line(4096).read(value).map(PathBuf::from)
    }
}

/// An `http` or `https` URL to which other paths are appended.
pub struct BaseUrl;

impl Kind for BaseUrl {
    type Value = String;

    fn accepted(&self) -> String {
        "an http or https URL without user, query, fragment or a slash at its end, such as https://wuye.example.gov.cn"
            .into()
    }

    fn read(&self, value: &Value) -> Result<String, InputError> {
        read_text(value, |text| (base_url(text).is_some() && !text.ends_with('/')).then(|| text.to_owned()))
    }
}

/// An `http` or `https` URL without a path. Pages, tokens and QR codes are made from it, and their paths start at its
/// root.
pub struct SiteUrl;

impl Kind for SiteUrl {
    type Value = String;

    fn accepted(&self) -> String {
        "an http or https URL of scheme, host and port alone, without a path, such as https://wuye.example.gov.cn"
            .into()
    }

    fn read(&self, value: &Value) -> Result<String, InputError> {
        let url = BaseUrl.read(value)?;
        let has_path = url.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
        if has_path {
            return Err("the service cannot run under a path: give it its own host name".into());
        }
        Ok(url)
    }
}

/// The URL, if it can identify an issuer: scheme and host, without user, query or fragment.
pub fn base_url(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let plain = !text.contains(['#', '@', '?']) && uri.host().is_some_and(|host| !host.is_empty());
    let port = uri.authority()?.as_str().rsplit(']').next()?.contains(':') == uri.port_u16().is_some();
    (plain && port && matches!(uri.scheme_str(), Some("http" | "https"))).then_some(uri)
}

/// A name of the IANA time zone database.
pub struct TimeZone;

impl Kind for TimeZone {
    type Value = chrono_tz::Tz;

    fn accepted(&self) -> String {
        "a name of the IANA time zone database such as Asia/Shanghai".into()
    }

    fn read(&self, value: &Value) -> Result<chrono_tz::Tz, InputError> {
        read_text(value, |text| text.parse().ok())
    }
}

/// The database and its location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    /// A libpq connection URL, which can contain a password.
    Postgres(Secret<String>),
}

pub struct Database;

impl Kind for Database {
    type Value = DatabaseUrl;

    fn accepted(&self) -> String {
        "sqlite:FILE, or postgres://USER@HOST:PORT/DATABASE with a name for the database".into()
    }

    fn read(&self, value: &Value) -> Result<DatabaseUrl, InputError> {
        read_text(value, |text| {
            if let Some(file) = text.strip_prefix("sqlite:") {
                // `:memory:` would give every connection a database of its own.
                let a_file = is_line(file, 4096) && !file.starts_with(':') && !file.starts_with("//");
                return a_file.then(|| DatabaseUrl::Sqlite(PathBuf::from(file)));
            }
            let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"))?;
            let (authority, database) = rest.split('?').next()?.split_once('/')?;
            // libpq takes an unescaped `@` or `/` in a password as its end, and would show the rest as an unknown host,
            // port or name.
            let good = is_line(text, 4096)
                && authority.matches('@').count() <= 1
                && authority.rsplit('@').next()?.split(',').all(has_good_port)
                && is_line(database, 63)
                && !database.contains(['/', '@']);
            good.then(|| DatabaseUrl::Postgres(Secret::new(text.to_owned())))
        })
    }
}

/// Accepts `host`, `host:port`, `[address]:port` or nothing.
fn has_good_port(place: &str) -> bool {
    let after_address = place.rsplit(']').next().unwrap_or("");
    after_address.split_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_ok())
}

/// The location of a database for logs and the list of settings, without user, password or options.
impl std::fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DatabaseUrl::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            DatabaseUrl::Postgres(url) => {
                let rest = url.expose().split_once("://").map_or("", |(_, rest)| rest);
                let place = rest.rsplit('@').next().and_then(|rest| rest.split('?').next()).unwrap_or("");
                write!(f, "postgres://{place}")
            }
        }
    }
}

/// Where attachments are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilesUrl {
    Folder(PathBuf),
    S3 {
        bucket: String,
        /// Empty, or folders without a slash at either end.
        prefix: String,
    },
}

pub struct FilesPlace;

impl Kind for FilesPlace {
    type Value = FilesUrl;

    fn accepted(&self) -> String {
        "file:FOLDER, or s3://BUCKET or s3://BUCKET/PREFIX".into()
    }

    fn read(&self, value: &Value) -> Result<FilesUrl, InputError> {
        read_text(value, |text| {
            if let Some(folder) = text.strip_prefix("file:") {
                let folder = folder.strip_prefix("//").unwrap_or(folder);
                return is_line(folder, 4096).then(|| FilesUrl::Folder(PathBuf::from(folder)));
            }
            let (bucket, prefix) = text.strip_prefix("s3://").map(|rest| rest.split_once('/').unwrap_or((rest, "")))?;
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
            let folder = |part: &str| {
                !part.trim_matches('.').is_empty()
                    && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
            };
            let prefix = prefix.trim_end_matches('/');
            let good = (3..=63).contains(&bucket.len())
                && bucket.bytes().all(plain)
                && (prefix.is_empty() || prefix.len() <= 500 && prefix.split('/').all(folder));
            good.then(|| FilesUrl::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
        })
    }
}

/// A secret on one line, without spaces.
pub struct SingleLineSecret;

impl Kind for SingleLineSecret {
    type Value = Secret<String>;

    fn accepted(&self) -> String {
        "a secret of 1 to 500 characters without spaces".into()
    }

    fn read(&self, value: &Value) -> Result<Secret<String>, InputError> {
        let fits = |text: &str| is_line(text, 500) && !text.contains(char::is_whitespace);
        read_text(value, |text| fits(text).then(|| Secret::new(text.to_owned())))
    }
}

/// The wrapping key (封装密钥), 32 bytes.
pub struct Key32;

impl Kind for Key32 {
    type Value = Secret<[u8; 32]>;

    fn accepted(&self) -> String {
        KEY32.into()
    }

    fn read(&self, value: &Value) -> Result<Secret<[u8; 32]>, InputError> {
        read_text(value, key32)
    }
}

/// An optional setting. The empty string also leaves it out.
pub struct Maybe<K>(pub K);

impl<K: Kind> Kind for Maybe<K> {
    type Value = Option<K::Value>;

    fn accepted(&self) -> String {
        format!("{}; or empty", self.0.accepted())
    }

    fn read(&self, value: &Value) -> Result<Self::Value, InputError> {
        match value {
            Value::String(text) if text.is_empty() => Ok(None),
            value => self.0.read(value).map(Some),
        }
    }
}
