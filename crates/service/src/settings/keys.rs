//! Secrets that `serve` needs in addition to the settings: keys and passwords in files.

use std::path::Path;

use toml::Value;

use super::kinds::{Kind, SingleLineSecret};
use super::sources::Values;
use super::{DatabaseUrl, FilesUrl, Secret, Settings, SettingsError, TABLE};
use crate::keys::{Source, Wrapping};

impl Settings {
    /// The keyring file and its wrapping key. A missing setting is reported in one line, like a wrong one.
    pub fn keyring(&self) -> Result<Source, SettingsError> {
        let access = &self.access;
        let file = access.keyring_file.clone().ok_or_else(|| missing("keyring_file"))?;
        let wrapping = match (&access.wrapping_key, &access.wrapping_key_file) {
            (Some(key), _) => Wrapping::Value(key.clone()),
            (None, Some(path)) => Wrapping::File(path.clone()),
            (None, None) => return Err(missing("wrapping_key_file")),
        };
        Ok(Source { file, wrapping })
    }

    /// libpq's connection URL with the password and the timeouts; `None` on SQLite.
    pub fn postgres_url(&self) -> Result<Option<Secret<String>>, SettingsError> {
        self.complete(Some(&self.database.database_url))
    }

    /// The same for the standby.
    pub fn standby_url(&self) -> Result<Option<Secret<String>>, SettingsError> {
        self.complete(self.database.read_database_url.as_ref())
    }

    /// A bucket needs keys, and a folder must have none.
    pub(super) fn check_files(&self, values: &Values) -> Result<(), SettingsError> {
        let files = &self.files;
        let secrets = (&files.s3_secret_access_key, &files.s3_secret_access_key_file);
        let given = [
            ("s3_endpoint", files.s3_endpoint.is_some()),
            ("s3_access_key_id", files.s3_access_key_id.is_some()),
            ("s3_secret_access_key", secrets.0.is_some()),
            ("s3_secret_access_key_file", secrets.1.is_some()),
        ];
        if let FilesUrl::Folder(_) = files.attachments_url {
            let needless = given.iter().find(|(_, given)| *given);
            return needless.map_or(Ok(()), |(name, _)| Err(values.fault(name, "attachments_url is a folder")));
        }
        match (files.s3_access_key_id.is_some(), secrets) {
            (_, (Some(_), Some(_))) => Err(values
                .fault("s3_secret_access_key_file", "s3_secret_access_key is given too, and only one of them can be")),
            (true, (Some(_), None) | (None, Some(_))) => Ok(()),
            (false, _) => Err(values.fault("s3_access_key_id", "attachments_url is a bucket, which needs it")),
            (true, (None, None)) => {
                Err(values.fault("s3_secret_access_key_file", "attachments_url is a bucket, which needs it"))
            }
        }
    }

    /// The secret key of the bucket.
    pub fn s3_secret(&self) -> Result<Secret<String>, SettingsError> {
        const FILE: &str = "s3_secret_access_key_file";
        match (&self.files.s3_secret_access_key, &self.files.s3_secret_access_key_file) {
            (Some(secret), _) => Ok(secret.clone()),
            (None, Some(path)) => {
                let text = String::from_utf8(read_file(FILE, path)?).unwrap_or_default();
                let secret = SingleLineSecret.read(&Value::String(text.trim().to_owned()));
                secret.map_err(|_| file_fault(FILE, path, &format!("must hold {}", SingleLineSecret.accepted())))
            }
            (None, None) => Err(missing(FILE)),
        }
    }

    fn complete(&self, url: Option<&DatabaseUrl>) -> Result<Option<Secret<String>>, SettingsError> {
        let database = &self.database;
        let Some(DatabaseUrl::Postgres(url)) = url else {
            return Ok(None);
        };
        let mut options = vec![
            ("connect_timeout", database.connect_timeout_seconds.as_secs().to_string()),
            ("tcp_user_timeout", database.tcp_user_timeout_seconds.as_millis().to_string()),
            ("options", format!("-c statement_timeout={}", database.statement_timeout_seconds.as_millis())),
            ("application_name", "xiaoqu".into()),
        ];
        if let Some(file) = &database.database_password_file {
            let bytes = read_file("database_password_file", file)?;
            let text =
                String::from_utf8(bytes).map_err(|_| file_fault("database_password_file", file, "is not UTF-8"))?;
            options.push(("password", text.trim_end_matches(['\r', '\n']).to_owned()));
        }
        let mut url = url.expose().clone();
        let said = url.split_once('?').map_or("", |(_, options)| options).to_owned();
        for (name, value) in options {
            // Options in the operator's URL take precedence.
            if said.split('&').any(|option| option.split('=').next() == Some(name)) {
                continue;
            }
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&format!("{name}={}", percent_encode(&value)));
        }
        Ok(Some(Secret::new(url)))
    }
}

fn percent_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn read_file(name: &str, path: &Path) -> Result<Vec<u8>, SettingsError> {
    std::fs::read(path).map_err(|error| file_fault(name, path, &format!("cannot be read: {error}")))
}

fn file_fault(name: &str, path: &Path, fault: &str) -> SettingsError {
    SettingsError::new(format!("{name}: {} {fault}", path.display()))
}

fn missing(name: &str) -> SettingsError {
    let accepted =
        TABLE.iter().find(|setting| setting.name == name).map(|setting| setting.accepted()).unwrap_or_default();
    // Here the setting is required, so "or empty" does not apply.
    let accepted = accepted.trim_end_matches("; or empty");
    let variable = format!("{}{}", super::sources::PREFIX, name.to_uppercase());
    let how = match name {
        "keyring_file" => "; `xiaoqu keys init` makes one there",
        "wrapping_key_file" => "; `openssl rand -base64 32` makes a key",
        _ => "",
    };
    SettingsError::new(format!(
        "{name}: is not set in the file, {variable} or a flag, and is required: {accepted}{how}"
    ))
}
